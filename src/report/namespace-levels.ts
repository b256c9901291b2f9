/** What `merlon pod-security --namespaces` prints: a line for each namespace, or all that is known of it as JSON. */
import { compareLevels } from '../pod-security/admission.ts';
import { describeAdvice, printLabelCommand } from '../pod-security/advice-text.ts';
import type { LevelAdvice, Obstacle } from '../pod-security/level-advisor.ts';
import { printVersion } from '../pod-security/version.ts';
import type { ExitCode } from './posture-report.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell, Column } from './table-layout.ts';
import { printableJson } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface AdvisedNamespace {
  readonly namespace: string;
  readonly advice: LevelAdvice;
}

const columns: readonly Column[] = [
  { title: 'NAMESPACE' },
  { title: 'ENFORCED' },
  { title: 'READY FOR' },
  { title: 'WHY, AND THE CHANGE' },
];

export function* printNamespaceLevels(namespaces: readonly AdvisedNamespace[], paint: Painter): Generator<string> {
  for (const line of layoutTable(columns, namespaces.map(toRow), paint)) yield `${line}\n`;
}

function toRow({ namespace, advice }: AdvisedNamespace): readonly Cell[] {
  const { enforced, ready, version, change } = advice;
  const command = change === undefined ? [] : [printLabelCommand(namespace, change)];
  return [
    namespace,
    printPolicy(enforced.level ?? 'unknown', enforced.version),
    printPolicy(ready, ready === 'unknown' || ready === 'privileged' ? undefined : version),
    [describeAdvice(advice), ...command].join(': '),
  ];
}

function printPolicy(level: string, version: number | 'latest' | undefined): string {
  return version === undefined ? level : `${level}:${printVersion(version)}`;
}

/** The shape that others parse. */
interface JsonNamespace {
  readonly namespace: string;
  /** `unknown` where the default of the API server decides. */
  readonly enforced: string;
  /** Absent where no label says it. */
  readonly enforcedVersion?: string;
  readonly ready: string;
  readonly readyVersion?: string;
  readonly message: string;
  /** Absent where there is nothing to gain. */
  readonly command?: string;
  readonly obstacles: readonly Obstacle[];
  readonly doubts: readonly string[];
}

/** @param missing what could not be read, in sentences */
export function printNamespaceLevelsJson(namespaces: readonly AdvisedNamespace[], missing: readonly string[]): string {
  return `${printableJson(JSON.stringify({ namespaces: namespaces.map(toJson), missing }, undefined, 2))}\n`;
}

function toJson({ namespace, advice }: AdvisedNamespace): JsonNamespace {
  const { enforced, ready, version, obstacles, doubts, change } = advice;
  return {
    namespace,
    enforced: enforced.level ?? 'unknown',
    ...(enforced.version === undefined ? {} : { enforcedVersion: printVersion(enforced.version) }),
    ready,
    ...(version === undefined ? {} : { readyVersion: printVersion(version) }),
    message: describeAdvice(advice),
    ...(change === undefined ? {} : { command: printLabelCommand(namespace, change) }),
    obstacles,
    doubts,
  };
}

/** As of pods in files: what is known to need a hand comes before what is not known. */
export function exitCodeOfLevels(namespaces: readonly AdvisedNamespace[]): ExitCode {
  if (namespaces.some(({ advice }) => advice.change !== undefined || enforcesTooMuch(advice))) return 1;
  return namespaces.some(({ advice }) => advice.ready === 'unknown') ? 4 : 0;
}

function enforcesTooMuch({ enforced, ready }: LevelAdvice): boolean {
  return enforced.level !== undefined && ready !== 'unknown' && compareLevels(enforced.level, ready) > 0;
}
