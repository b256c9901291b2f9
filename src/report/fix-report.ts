/** What `merlon fix --cluster` did, or would do, about each object: a line to read, and below it why, and the patch. */
import { printPatch } from '../remediation/patch-text.ts';
import type { PatchFields, PlannedField } from '../remediation/planned-repair.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { printable } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface FixResult {
  readonly rule: string;
  readonly subject: SubjectRef;
  readonly outcome: 'patched' | 'wouldBePatched' | 'held' | 'planOnly' | 'failed';
  /** Why it was held back, or what failed. */
  readonly reason?: string;
  /** Sentences, the first the most important. */
  readonly messages: readonly string[];
  readonly fields: readonly PlannedField[];
  /** Set where a person has to apply it himself. */
  readonly patch?: PatchFields;
}

const words = {
  patched: 'patched',
  wouldBePatched: 'would be patched',
  held: 'held back',
  planOnly: 'to be applied by yourself',
  failed: 'not patched',
} as const;

const colours = { patched: 'green', wouldBePatched: 'green', held: 'yellow', planOnly: 'blue', failed: 'red' } as const;

export function printFixResult(result: FixResult, dryRun: 'none' | 'client' | 'server', paint: Painter): string {
  const { rule, subject, outcome, reason, messages, fields, patch } = result;
  const name = subject.namespace === undefined ? subject.name : `${subject.namespace}/${subject.name}`;
  const why = reason === undefined ? '' : `, ${reason}`;
  const where = outcome === 'wouldBePatched' ? ` (${dryRun} dry run)` : '';
  const head = `${printable(subject.kind)} ${printable(name)}: ${paint(colours[outcome], words[outcome] + why)}${where}  ${paint('dim', rule)}`;
  const lines = [
    ...messages.map(printable),
    ...(outcome === 'planOnly' ? [] : fields.map(printField)),
    ...(patch === undefined ? [] : ['the patch:', ...printPatch(subject, patch).trimEnd().split('\n').map(indent)]),
  ];
  return [head, ...lines.map((line) => `    ${line}`), ''].join('\n');
}

function printField({ path, before, after }: PlannedField): string {
  return `${printable(path)}: ${printValue(before)} -> ${printValue(after)}`;
}

function printValue(value: PlannedField['before']): string {
  return value === undefined ? 'not set' : printable(JSON.stringify(value));
}

function indent(line: string): string {
  return `  ${printable(line)}`;
}
