/**
 * Does one step after the other. Of a step everything is tried; where something of it could not be done the next ones do
 * not begin, because each rests on those before.
 */
import { REMEDIATION_FIELD_MANAGER } from '../../api/v1alpha1/hardening-remediation.ts';
import { ApiClient } from '../../kube/api-client.ts';
import { hasStatusCode, StatusError } from '../../kube/request-error.ts';
import { createTargetWriter } from '../../kube/target-writer.ts';
import type { Transport } from '../../kube/transport.ts';
import type { StepName, StepPlan, Task } from '../plan/steps.ts';
import type { Note } from '../plan/note.ts';
import { takeBack } from './repairs-step.ts';
import type { TaskOutcome } from './task-outcome.ts';
import type { UninstallStep } from './uninstall-steps.ts';
import { NotSettled } from './waiting.ts';

export interface StepListener {
  onStep(name: StepName, plan: StepPlan): Promise<void>;
  onTask(task: Task, outcome: TaskOutcome): Promise<void>;
  onNote(note: Note): Promise<void>;
}

export type UninstallEnd =
  | { readonly end: 'complete' }
  /** Whoever uninstalls may not do something, or nobody has said what becomes of repairs. */
  | { readonly end: 'refused'; readonly name: StepName; readonly message: string }
  | { readonly end: 'incomplete'; readonly name: StepName; readonly message: string };

const AT_ONCE = 8;

/** @throws {RequestError} where the API server does not answer */
export async function performSteps(
  steps: readonly UninstallStep[],
  transport: Transport,
  listener: StepListener,
): Promise<UninstallEnd> {
  for (const step of steps) {
    const { name } = step;
    try {
      const plan = await step.find();
      if ((plan.undecided ?? []).length > 0) {
        return { end: 'refused', name, message: 'a repair was found of which nobody has said what becomes of it' };
      }
      await listener.onStep(name, plan);
      const outcomes = await performTasks(plan.tasks, transport, listener);
      for (const note of plan.notes) await listener.onNote(note);
      const problem = findProblem(outcomes);
      if (problem !== undefined) return { ...problem, name };
      await step.settle?.(plan);
    } catch (error) {
      if (error instanceof NotSettled) return { end: 'incomplete', name, message: error.message };
      if (hasStatusCode(error, 403)) return { end: 'refused', name, message: error.status.message };
      throw error;
    }
  }
  return { end: 'complete' };
}

function findProblem(
  outcomes: readonly TaskOutcome[],
): Omit<Exclude<UninstallEnd, { end: 'complete' }>, 'name'> | undefined {
  const forbidden = outcomes.find(({ outcome }) => outcome === 'forbidden');
  const failed = outcomes.find(({ outcome }) => outcome === 'failed');
  const first = forbidden ?? failed;
  if (first === undefined || !('message' in first)) return undefined;
  return { end: forbidden === undefined ? 'incomplete' : 'refused', message: first.message ?? '' };
}

/** In their order, objects of one kind a few at once. */
async function performTasks(
  tasks: readonly Task[],
  transport: Transport,
  listener: StepListener,
): Promise<readonly TaskOutcome[]> {
  const outcomes: TaskOutcome[] = [];
  for (let start = 0; start < tasks.length;) {
    const first = tasks[start];
    const rest = tasks.slice(start, start + AT_ONCE);
    const others = rest.findIndex((task) => first === undefined || kindOf(task) !== kindOf(first));
    const some = others === -1 ? rest : rest.slice(0, others);
    const done = await Promise.all(some.map((task) => performTask(task, transport)));
    for (const [index, task] of some.entries()) {
      const outcome = done[index] ?? { outcome: 'gone' };
      await listener.onTask(task, outcome);
      outcomes.push(outcome);
    }
    start += some.length;
  }
  return outcomes;
}

function kindOf(task: Task): string {
  return task.kind === 'delete' ? task.served.plural : task.kind;
}

async function performTask(task: Task, transport: Transport): Promise<TaskOutcome> {
  if (task.kind === 'revert') {
    return takeBack(task.repair, createTargetWriter(transport, REMEDIATION_FIELD_MANAGER));
  }
  const { name, namespace, uid } = task.object.metadata;
  try {
    await new ApiClient(transport).delete(task.served, { namespace, name }, { uid });
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const { code, message } = error.status;
    if (code === 404) return { outcome: 'gone' };
    if (code === 403) return { outcome: 'forbidden', message };
    return { outcome: 'failed', message: code === 409 ? `another object has taken its name: ${message}` : message };
  }
}
