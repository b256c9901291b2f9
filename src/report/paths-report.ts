/** The answer of `merlon paths`: chains from somebody to cluster-admin, as text, JSON or a picture. */
import { describeGrant } from '../rbac/authorizer.ts';
import type { EscalationPath, Leg } from '../rbac/escalation-path.ts';
import { printPath } from '../rbac/escalation-path.ts';
import type { Cut } from '../rbac/path-cut.ts';
import type { Picture } from './picture.ts';
import { printable, printableJson } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface ReportedPath {
  readonly path: EscalationPath;
  /** Absent where only what Kubernetes itself grants leads there. */
  readonly cut?: Cut;
  /** How many running pods carry the token of the account that it begins with; absent for users and groups. */
  readonly pods?: number;
}

export interface PathsReport {
  /** Where they end. */
  readonly to: string;
  /** The shortest first. */
  readonly paths: readonly ReportedPath[];
  /** How many were found in all. */
  readonly found: number;
  /** What the paths leave open, and who is left out, in sentences. */
  readonly notes: readonly string[];
}

export function* printPaths(report: PathsReport, paint: Painter): Generator<string> {
  const { paths, found } = report;
  if (found === 0) yield describeNone(report);
  for (const { path, cut, pods } of paths) {
    yield `${paint('bold', printable(printPath(path)))}\n`;
    for (const line of detailsOf(path, cut, pods)) yield `    ${printable(line)}\n`;
  }
  yield* explainPaths(report);
}

/** What is not in the picture; the grant of each step and the pods that carry a token are in the text and in JSON alone. */
export function* tellBesidePaths(report: PathsReport): Generator<string> {
  if (report.found === 0) yield describeNone(report);
  const legs = distinctLegs(report.paths);
  for (const { from, to, by, assumes } of legs) {
    for (const assumption of new Set(assumes))
      yield `note: ${printable(`${from} -[${by}]-> ${to} assumes: ${assumption}`)}\n`;
  }
  yield* explainPaths(report);
}

function describeNone({ to }: PathsReport): string {
  return `no path to ${printable(to)}\n`;
}

function* explainPaths({ paths, found, notes }: PathsReport): Generator<string> {
  if (found > paths.length) yield `... and ${found - paths.length} more (--limit)\n`;
  for (const note of notes) yield `note: ${printable(note)}\n`;
}

function* detailsOf({ legs }: EscalationPath, cut: Cut | undefined, pods: number | undefined): Generator<string> {
  if (pods !== undefined && pods > 0) yield `carried by: ${pods} running ${pods === 1 ? 'pod' : 'pods'}`;
  for (const grant of new Set(legs.flatMap(({ grants }) => grants.map((one) => describeRule(one)))))
    yield `by: ${grant}`;
  for (const assumption of new Set(legs.flatMap(({ assumes }) => assumes))) yield `assumes: ${assumption}`;
  if (cut === undefined) return;
  const others = cut.paths > 1 ? ` (${cut.paths} paths need it)` : '';
  yield `cut: ${describeGrant(cut.grant)}${others}`;
}

function describeRule({ grant, rule }: Leg['grants'][number]): string {
  return `${describeGrant(grant)}, rules[${rule}]`;
}

export function printPathsJson({ to, paths, found, notes }: PathsReport): string {
  const json = {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'EscalationPaths',
    to,
    found,
    paths: paths.map(({ path, cut, pods }) => ({
      from: path.from,
      to: path.to,
      steps: path.steps,
      ...(pods === undefined ? {} : { pods }),
      hops: path.legs.map(({ from, to: end, by, grants, assumes }) => ({
        from,
        to: end,
        by,
        grants: grants.map(({ grant, rule }) => ({ ...grantOf(grant), rule })),
        assumes,
      })),
      ...(cut === undefined ? {} : { cut: { ...grantOf(cut.grant), paths: cut.paths } }),
    })),
    notes,
  };
  return `${printableJson(JSON.stringify(json, null, 2))}\n`;
}

function grantOf({ bound: { kind, binding }, subject }: Cut['grant']): object {
  const { namespace, name } = binding.metadata;
  return {
    binding: { kind, ...(kind === 'RoleBinding' && namespace !== undefined ? { namespace } : {}), name },
    role: { kind: binding.roleRef.kind, name: binding.roleRef.name },
    subject: { ...subject },
  };
}

/** Each leg once: many paths end alike. Those that the advised cuts take away are marked. */
export function drawPaths({ paths, to }: PathsReport): Picture {
  const cuts = new Set(paths.flatMap(({ cut }) => (cut === undefined ? [] : [cut.grant.bound.binding])));
  const isCut = ({ grants }: Leg): boolean => grants.some(({ grant }) => cuts.has(grant.bound.binding));
  return {
    end: to,
    arrows: distinctLegs(paths).map((leg) => ({
      ...{ from: leg.from, to: leg.to, label: leg.by },
      ...(isCut(leg) ? { mark: 'cut' } : {}),
    })),
  };
}

function distinctLegs(paths: PathsReport['paths']): readonly Leg[] {
  const legs = new Map<string, Leg>();
  for (const { path } of paths) for (const leg of path.legs) legs.set(`${leg.from}\n${leg.to}\n${leg.by}`, leg);
  return [...legs.values()];
}
