/** The answer of `merlon paths`: chains from somebody to cluster-admin, as text, JSON, DOT or Mermaid. */
import { describeGrant } from '../rbac/authorizer.ts';
import type { EscalationPath, Leg } from '../rbac/escalation-path.ts';
import { printPath } from '../rbac/escalation-path.ts';
import type { Cut } from '../rbac/path-cut.ts';
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

export function* printPaths({ paths, found, notes, to }: PathsReport, paint: Painter): Generator<string> {
  if (found === 0) yield `no path to ${printable(to)}\n`;
  for (const { path, cut, pods } of paths) {
    yield `${paint('bold', printable(printPath(path)))}\n`;
    for (const line of detailsOf(path, cut, pods)) yield `    ${printable(line)}\n`;
  }
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

/** Each identity once, each leg once: many paths end alike. */
function collect(paths: readonly ReportedPath[]): { readonly nodes: readonly string[]; readonly legs: readonly Leg[] } {
  const legs = new Map<string, Leg>();
  for (const { path } of paths) for (const leg of path.legs) legs.set(`${leg.from}\n${leg.to}\n${leg.by}`, leg);
  const nodes = new Set([...legs.values()].flatMap(({ from, to }) => [from as string, to as string]));
  return { nodes: [...nodes], legs: [...legs.values()] };
}

/** For Graphviz: `merlon paths -o dot | dot -Tsvg`. */
export function printPathsDot({ paths }: PathsReport): string {
  const { nodes, legs } = collect(paths);
  const cuts = cutLegs(paths);
  const lines = [
    ...nodes.map((node) => `  ${quoteDot(node)}${node === 'cluster-admin' ? ' [shape=doubleoctagon]' : ''};`),
    ...legs.map((leg) => {
      const style = cuts.has(leg) ? ', color=red, penwidth=2' : '';
      return `  ${quoteDot(leg.from)} -> ${quoteDot(leg.to)} [label=${quoteDot(leg.by)}${style}];`;
    }),
  ];
  return `digraph paths {\n  rankdir=LR;\n  node [shape=box];\n${lines.join('\n')}\n}\n`;
}

function quoteDot(text: string): string {
  return `"${printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** For Markdown: a fenced block of `mermaid`. */
export function printPathsMermaid({ paths }: PathsReport): string {
  const { nodes, legs } = collect(paths);
  const ids = new Map(nodes.map((node, index) => [node, `n${index}`]));
  const cuts = cutLegs(paths);
  const lines = [
    ...nodes.map((node) => `  ${ids.get(node) ?? ''}["${escapeMermaid(node)}"]`),
    ...legs.map(({ from, to, by }) => `  ${ids.get(from) ?? ''} -->|"${escapeMermaid(by)}"| ${ids.get(to) ?? ''}`),
    ...legs.flatMap((leg, index) => (cuts.has(leg) ? [`  linkStyle ${index} stroke:red,stroke-width:3px`] : [])),
  ];
  return `flowchart LR\n${lines.join('\n')}\n`;
}

/** Mermaid reads HTML entities, with # in place of &. */
function escapeMermaid(text: string): string {
  return printable(text).replaceAll(/[#"<>|\\]/g, (character) => `#${character.codePointAt(0) ?? 0};`);
}

/** The legs that the advised cuts take away. */
function cutLegs(paths: readonly ReportedPath[]): ReadonlySet<Leg> {
  const { legs } = collect(paths);
  const bindings = new Set(paths.flatMap(({ cut }) => (cut === undefined ? [] : [cut.grant.bound.binding])));
  return new Set(legs.filter(({ grants }) => grants.some(({ grant }) => bindings.has(grant.bound.binding))));
}
