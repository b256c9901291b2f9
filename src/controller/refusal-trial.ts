/** Tries a policy that refuses: one pod must be let in, and another refused. */
import type { EnforcementWriter, TryOutcome } from '../enforcement/plan/enforcement-writer.ts';
import type { RefusalTrial } from '../enforcement/plan/trial.ts';
import type { CanaryContext } from './canary-context.ts';
import type { ObjectResult } from './enforced-object.ts';
import { describeOther, forbiddenToTry, isByCanary, tryUntil, untried } from './untried.ts';
import type { PreparedTrial } from './untried.ts';

export async function prepareRefusal(trial: RefusalTrial, context: CanaryContext): Promise<PreparedTrial> {
  const first = await context.writer.tryPod(trial.harmless);
  return first.outcome === 'forbidden'
    ? { failed: forbiddenToTry(first.message) }
    : { judge: () => judge(trial, context) };
}

async function judge(trial: RefusalTrial, { writer, clock }: CanaryContext): Promise<ObjectResult | undefined> {
  const { harmless, careless } = trial;
  // Until the canary acts another may refuse the pod, too.
  const isOver = (one: TryOutcome): boolean => one.outcome === 'forbidden' || isByCanary(one);
  const refused = await tryUntil(() => writer.tryPod(careless), isOver, clock);
  if (refused.outcome === 'forbidden') return forbiddenToTry(refused.message);
  if (refused.outcome === 'passed') return untried('a pod that breaks its rules was let in when it was tried');
  if (!isByCanary(refused) && !(await isUntaggedRefused(trial, writer))) {
    return describeOther(refused.message, 'this would');
  }
  const passed = await writer.tryPod(harmless);
  return passed.outcome === 'passed' ? undefined : describeRefusal(trial, passed);
}

/** The canary had time to act; what refuses the careless pod may let this one in. */
async function isUntaggedRefused({ untagged }: RefusalTrial, writer: EnforcementWriter): Promise<boolean> {
  return untagged !== undefined && isByCanary(await writer.tryPod(untagged));
}

/** Of the pod that should be let in. Where a rule says what is wrong with it the text may be right, for its parameters. */
function describeRefusal(
  { canary: { rules = [] } }: RefusalTrial,
  refused: Exclude<TryOutcome, { outcome: 'passed' }>,
) {
  const { message } = refused;
  const rule = rules.find((id) => message.includes(` denied request: ${id}: `));
  return untried(
    rule === undefined || !isByCanary(refused)
      ? `a pod that breaks no rule was refused when it was tried: ${message}`
      : `a pod that is made to break no rule was refused when it was tried, by ${rule}: its parameters may ask for more than the pod has, so leave them out or apply what "merlon enforce" prints yourself; the API server says: ${message}`,
  );
}
