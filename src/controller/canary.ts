/**
 * Tries what is to be applied where nothing can be made of it: the text in force in the namespace of probes alone, a pod that
 * must be let in and one that must be refused, dry runs both. Whatever comes of it, nothing of the trial stays.
 */
import { PROBE_NAMESPACE } from '../api/v1alpha1/group.ts';
import type { Clock } from '../core/clock.ts';
import type { EnforcementWriter, TryOutcome } from '../enforcement/plan/enforcement-writer.ts';
import { buildManifests } from '../enforcement/plan/planned-policy.ts';
import type { EnforcementManifest } from '../enforcement/plan/planned-policy.ts';
import { CANARY_NAME } from '../enforcement/plan/trial.ts';
import type { Trial } from '../enforcement/plan/trial.ts';
import { enforceObject, removeObject } from './enforced-object.ts';
import type { ObjectResult } from './enforced-object.ts';

export interface CanaryContext {
  readonly writer: EnforcementWriter;
  readonly clock: Pick<Clock, 'now' | 'setTimeout'>;
  /** @throws {Error} where another process writes now */
  readonly assertMayWrite: () => void;
}

/** From when it is stored until it acts; ten times what was ever measured. */
const ACTS_WITHIN_MS = 10_000;
const POLL_MS = 500;

/**
 * @returns why it is not to be applied; undefined where it did what it should
 * @throws what is to be tried again
 */
export async function tryOut(trial: Trial, context: CanaryContext): Promise<ObjectResult | undefined> {
  const unguarded = await context.writer.findGuardProblem();
  if (unguarded !== undefined)
    return barred(`it is tried in a namespace that a guard keeps empty, apply config/probes: ${unguarded}`);
  // Before anything is written: rights may be missing for long.
  const first = await context.writer.tryPod(trial.harmless);
  if (first.outcome === 'forbidden') return forbidden(first.message);
  const [policy, ...bindings] = buildManifests([trial.canary]);
  if (policy === undefined) return untried('there is nothing to try');
  try {
    return (await put([policy, ...bindings], context)) ?? (await judge(trial, context));
  } finally {
    for (const { kind, metadata } of [...bindings, policy]) await removeObject({ kind, name: metadata.name }, context);
  }
}

async function put(
  manifests: readonly EnforcementManifest[],
  context: CanaryContext,
): Promise<ObjectResult | undefined> {
  for (const manifest of manifests) {
    const result = await enforceObject(manifest, { ...context, objection: undefined, isContested: false });
    if (result.state !== 'InForce') return result;
  }
  return undefined;
}

async function judge(trial: Trial, context: CanaryContext): Promise<ObjectResult | undefined> {
  const { writer } = context;
  const { harmless, careless } = trial;
  const refused = await waitForRefusal(careless, context);
  if (refused.outcome === 'forbidden') return forbidden(refused.message);
  if (refused.outcome === 'passed') return untried('a pod that breaks its rules was let in when it was tried');
  if (!isByCanary(refused) && !(await isUntaggedRefused(trial, writer))) return describeOther(refused.message);
  const passed = await writer.tryPod(harmless);
  return passed.outcome === 'passed' ? undefined : describeRefusal(trial, passed);
}

/** The canary had time to act; what refuses the careless pod may let this one in. */
async function isUntaggedRefused({ untagged }: Trial, writer: EnforcementWriter): Promise<boolean> {
  return untagged !== undefined && isByCanary(await writer.tryPod(untagged));
}

function describeOther(message: string): ObjectResult {
  return untried(
    `something else refuses the pod that is tried in the namespace "${PROBE_NAMESPACE}", so that it cannot be seen whether this would; exempt that namespace there, or, where it is Pod Security's default, label it pod-security.kubernetes.io/enforce=privileged; the API server says: ${message}`,
  );
}

/** Of the pod that should be let in. Where a rule says what is wrong with it the text may be right, for its parameters. */
function describeRefusal({ canary: { rules = [] } }: Trial, refused: Exclude<TryOutcome, { outcome: 'passed' }>) {
  const { message } = refused;
  const rule = rules.find((id) => message.includes(` denied request: ${id}: `));
  return untried(
    rule === undefined || !isByCanary(refused)
      ? `a pod that breaks no rule was refused when it was tried: ${message}`
      : `a pod that breaks no rule by default was refused when it was tried, by ${rule}: its parameters may ask for more than the pod has, so leave them out or apply what "merlon enforce" prints yourself; the API server says: ${message}`,
  );
}

/** The API server learns of a policy some time after it is stored; until then another may refuse the pod, too. */
async function waitForRefusal(pod: object, { writer, clock }: CanaryContext): Promise<TryOutcome> {
  const untilMs = clock.now() + ACTS_WITHIN_MS;
  for (;;) {
    const outcome = await writer.tryPod(pod);
    const isOver = outcome.outcome === 'forbidden' || isByCanary(outcome);
    if (isOver || clock.now() >= untilMs) return outcome;
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, POLL_MS);
    });
  }
}

/** In the API server's words: `ValidatingAdmissionPolicy 'merlon-canary' with binding …`. */
function isByCanary(outcome: TryOutcome): boolean {
  return outcome.outcome === 'refused' && outcome.message.includes(`'${CANARY_NAME}'`);
}

function forbidden(message: string): ObjectResult {
  return barred(`a pod may not be tried, apply config/probes: ${message}`);
}

function barred(message: string): ObjectResult {
  return { ...untried(message), isBarred: true };
}

function untried(message: string): ObjectResult {
  return { state: 'Untried', message };
}
