/** `merlon uninstall`: lists what Merlon has made in a cluster, and removes it, with the caller's own rights. */
import { hasStatusCode } from '../kube/request-error.ts';
import { systemClock } from '../kube/system-clock.ts';
import type { Transport } from '../kube/transport.ts';
import { printable } from '../report/terminal.ts';
import { findOperatorElsewhere } from '../uninstall/apply/operator-place.ts';
import { performSteps } from '../uninstall/apply/perform.ts';
import type { RepairChoice } from '../uninstall/apply/uninstall-choices.ts';
import { buildUninstallSteps } from '../uninstall/apply/uninstall-steps.ts';
import type { UninstallStep } from '../uninstall/apply/uninstall-steps.ts';
import type { StepPlan } from '../uninstall/plan/steps.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterChoice } from './cluster-access.ts';
import { openQuestioner } from './confirmation.ts';
import type { Questioner } from './confirmation.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { describeTask, openUninstallReport, printPlan } from './uninstall-report.ts';
import { askRepairs, confirm, REPAIRS_HINT } from './uninstall-questions.ts';
import { USAGE_ERROR } from './usage-error.ts';

export interface UninstallOptions extends ClusterChoice {
  /** Merlon's own. */
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly repairs?: RepairChoice;
  /** Whether objects that people made may go with the kinds that Merlon brought. */
  readonly policies: boolean;
  readonly yes: boolean;
  /** In seconds. */
  readonly timeout: number;
}

const DONE = 0;
const INCOMPLETE = 4;

/** @returns 0 what may go is gone, 2 somebody has to say or to grant something first, 4 something did not come to its end */
export async function runUninstall(options: UninstallOptions, streams: CommandStreams): Promise<number> {
  const { stderr, env } = streams;
  const say = (text: string): void => void stderr.write(`${printable(text)}\n`);
  const questioner = openQuestioner(streams);
  if (!options.dryRun && !options.yes && questioner === undefined) {
    say('nobody is there to confirm it: see with --dry-run what would go, then give --yes');
    return USAGE_ERROR;
  }
  const { transport } = await openCluster(options, env);
  try {
    const elsewhere = await findOperatorElsewhere(transport, options.namespace);
    if (elsewhere !== undefined) {
      say(`Merlon runs in namespace "${elsewhere}", by its ClusterRoleBinding; give --namespace ${elsewhere}`);
      return USAGE_ERROR;
    }
    return await uninstall(options, { transport, streams, questioner, say });
  } finally {
    transport.close();
  }
}

interface Session {
  readonly transport: Transport;
  readonly streams: CommandStreams;
  readonly questioner: Questioner | undefined;
  readonly say: (text: string) => void;
}

async function uninstall(options: UninstallOptions, session: Session): Promise<number> {
  const { transport, streams, questioner, say } = session;
  const { dryRun, yes, policies, namespace, timeout } = options;
  let repairs = options.repairs;
  const steps = buildUninstallSteps({
    transport,
    clock: systemClock,
    namespace,
    repairs: () => repairs,
    takesPeoples: policies,
    timeoutMs: timeout * 1000,
    onWait: say,
  });
  const found = await findAll(steps, say);
  if (found === undefined) return nothingRemoved(say);
  const count = found.reduce((sum, { plan }) => sum + plan.tasks.length, 0);
  if (dryRun || !yes || count === 0) {
    await writeAll(
      streams.stdout,
      found.flatMap(({ step, plan }) => printPlan(step.name, plan)),
    );
  }
  const undecided = found.flatMap(({ plan }) => plan.undecided ?? []);
  if (count === 0) {
    const but = undecided.length === 0 ? '' : ' but these repairs, which --repairs revert takes back';
    await writeAll(streams.stdout, [`nothing of Merlon is left to remove${but}\n`]);
    return DONE;
  }
  if (dryRun) {
    if (undecided.length > 0) say(`what becomes of the repairs that stand is to be said: ${REPAIRS_HINT}`);
    await writeAll(streams.stdout, [`${count} to remove or revert; nothing was changed\n`]);
    return DONE;
  }
  if (undecided.length > 0) {
    repairs = await askRepairs(undecided, questioner, say);
    if (repairs === undefined) return nothingRemoved(say);
  }
  if (!yes && !(await confirm(questioner, count, transport.server))) return nothingRemoved(say);
  return perform(steps, session);
}

function nothingRemoved(say: (text: string) => void): number {
  say('nothing was removed');
  return USAGE_ERROR;
}

async function perform(steps: readonly UninstallStep[], { transport, streams, say }: Session): Promise<number> {
  const report = openUninstallReport(streams.stdout);
  try {
    const end = await performSteps(steps, transport, report);
    if (end.end !== 'complete') {
      say(`stopped at "${report.titleOf(end.name)}": ${end.message}`);
      say('once that is settled, the same command goes on from there');
      return end.end === 'refused' ? USAGE_ERROR : INCOMPLETE;
    }
    const after = await findAll(steps, say);
    if (after === undefined) {
      say('everything was removed that was found; whether something applies it again may not be looked at');
      return INCOMPLETE;
    }
    const left = after.flatMap(({ plan }) => plan.tasks);
    for (const task of left) say(`there again, so something applies it: ${describeTask(task)}`);
    return left.length === 0 ? DONE : INCOMPLETE;
  } finally {
    await report.end();
  }
}

interface FoundStep {
  readonly step: UninstallStep;
  readonly plan: StepPlan;
}

/** @returns undefined where something may not be looked at: each is said */
async function findAll(
  steps: readonly UninstallStep[],
  say: (text: string) => void,
): Promise<readonly FoundStep[] | undefined> {
  const found: FoundStep[] = [];
  for (const step of steps) {
    try {
      found.push({ step, plan: await step.find() });
    } catch (error) {
      if (!hasStatusCode(error, 403)) throw error;
      say(`what there is may not be read: ${error.status.message}`);
    }
  }
  return found.length === steps.length ? found : undefined;
}
