/** What `merlon uninstall` prints: one line for each object, under the heading of its step. */
import { printable } from '../report/terminal.ts';
import type { StepListener } from '../uninstall/apply/perform.ts';
import type { TaskOutcome } from '../uninstall/apply/task-outcome.ts';
import { printObject } from '../uninstall/plan/present-object.ts';
import { printOwned, printTarget } from '../uninstall/plan/standing-repairs.ts';
import { stepNames, stepTitles } from '../uninstall/plan/steps.ts';
import type { StepName, StepPlan, Task } from '../uninstall/plan/steps.ts';
import type { Note } from '../uninstall/plan/note.ts';
import { writeAll } from './output.ts';
import type { OutputStream } from './output.ts';

const WIDTH = 'would delete'.length;

function line(verb: string, text: string): string {
  return `   ${verb.padEnd(WIDTH)}  ${printable(text)}\n`;
}

/** `1. Stop the operator` */
function printHeading(name: StepName): string {
  return `${stepNames.indexOf(name) + 1}. ${stepTitles[name]}\n`;
}

/** @returns nothing where the step finds nothing */
export function printPlan(name: StepName, plan: StepPlan): readonly string[] {
  const undecided = plan.undecided ?? [];
  const lines = [
    ...plan.tasks.flatMap((task) => [
      line(task.kind === 'delete' ? 'would delete' : 'would revert', describeTask(task)),
      ...printTaken(task),
    ]),
    ...undecided.map((repair) => line('stands', `${printTarget(repair)}: ${printOwned(repair)}`)),
    ...plan.notes.map(printNote),
    ...(plan.remarks ?? []).map(printRemark),
  ];
  return lines.length === 0 ? [] : [printHeading(name), ...lines];
}

function printNote({ about, message }: Note): string {
  return line('left alone', `${about}: ${message}`);
}

function printRemark(remark: string): string {
  return line('mind', remark);
}

function printOutcome(task: Task, outcome: TaskOutcome): readonly string[] {
  const what = describeTask(task);
  switch (outcome.outcome) {
    case 'done': {
      const remark = outcome.message === undefined ? '' : `; ${outcome.message}`;
      return [line(task.kind === 'delete' ? 'deleted' : 'reverted', `${what}${remark}`), ...printTaken(task)];
    }
    case 'gone':
      return [line('already gone', what)];
    case 'forbidden':
      return [line('forbidden', `${what}: ${outcome.message}`)];
    case 'failed':
      return [line('failed', `${what}: ${outcome.message}`)];
  }
}

export function describeTask(task: Task): string {
  return task.kind === 'delete' ? printObject(task.object) : `${printTarget(task.repair)}: ${printOwned(task.repair)}`;
}

function printTaken(task: Task): readonly string[] {
  return task.kind === 'delete' ? (task.takes ?? []).map((object) => line('  with it', object)) : [];
}

export interface UninstallReport extends StepListener {
  titleOf(name: StepName): string;
  /** The last line: how many. */
  end(): Promise<void>;
}

/** Prints each line as it comes true. */
export function openUninstallReport(stdout: OutputStream): UninstallReport {
  const counts = { deleted: 0, reverted: 0, leftAlone: 0, failed: 0 };
  return {
    titleOf: (name) => stepTitles[name],
    async onStep(name, { tasks, notes, remarks = [] }) {
      if (tasks.length + notes.length > 0) await writeAll(stdout, [printHeading(name), ...remarks.map(printRemark)]);
    },
    async onTask(task, outcome) {
      if (outcome.outcome === 'done') counts[task.kind === 'delete' ? 'deleted' : 'reverted'] += 1;
      else if (outcome.outcome !== 'gone') counts.failed += 1;
      await writeAll(stdout, printOutcome(task, outcome));
    },
    async onNote(note) {
      counts.leftAlone += 1;
      await writeAll(stdout, [printNote(note)]);
    },
    async end() {
      const { deleted, reverted, leftAlone, failed } = counts;
      const text = `${deleted} deleted, ${reverted} reverted, ${leftAlone} left alone, ${failed} failed\n`;
      await writeAll(stdout, [text]);
    },
  };
}
