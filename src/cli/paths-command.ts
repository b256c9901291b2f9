/** `merlon paths`: who can become cluster-admin, or whoever else is asked for, and by which chain of steps. */
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { kindNames } from '../core/kinds.ts';
import { inputsOf } from '../core/source.ts';
import { workloadKinds } from '../core/owners.ts';
import { adminPathsOf } from '../rbac/admin-paths.ts';
import type { AdminPaths } from '../rbac/admin-paths.ts';
import { escalationGraphOf } from '../rbac/escalation-graph.ts';
import type { EscalationGraph } from '../rbac/escalation-graph.ts';
import type { Routes } from '../rbac/routes.ts';
import { ADMIN, identityOfNode, isIdentityKey } from '../rbac/escalation-node.ts';
import type { NodeKey } from '../rbac/escalation-node.ts';
import { buildPath } from '../rbac/escalation-path.ts';
import { execReachOf } from '../rbac/exec-reach.ts';
import { findCuts } from '../rbac/path-cut.ts';
import { drawPaths, printPaths, printPathsJson, tellBesidePaths } from '../report/paths-report.ts';
import type { PathsReport, ReportedPath } from '../report/paths-report.ts';
import { printDot, printMermaid } from '../report/picture.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { readObjectsAndVersion } from '../scan/cluster-objects.ts';
import { loadRbacFiles } from '../scan/rbac-files.ts';
import type { FileChoice } from '../scan/rbac-files.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterChoice } from './cluster-access.ts';
import { isPicture } from './grants-output.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { describeAssumed } from './rbac-view.ts';

export interface PathsOptions extends ClusterChoice, FileChoice {
  /** Undefined for everybody. */
  readonly from: NodeKey | undefined;
  readonly to: NodeKey;
  /** Whether to show what Kubernetes itself grants, and who is there already. */
  readonly isComplete: boolean;
  /** How many paths are shown at most. */
  readonly limit: number;
  readonly output: 'table' | 'json' | 'dot' | 'mermaid';
}

/** What the paths are looked for in. */
interface PathsInput {
  readonly snapshot: Snapshot;
  readonly notes: readonly string[];
  /** Of which roles that are bound it is not known what they grant, in sentences. */
  readonly doubts: readonly string[];
  readonly hasProblems: boolean;
}

/** @returns 0 where there is no path, 1 where there is one, 3 for unusable input, 4 where it cannot be told */
export async function runPaths(options: PathsOptions, streams: CommandStreams): Promise<0 | 1 | 3 | 4> {
  const input = options.files.length > 0 ? await readFiles(options, streams) : await readCluster(options, streams);
  const { state, message } = input.snapshot.observation('EscalationPaths');
  if (!isReadable({ source: 'EscalationPaths', state, message })) {
    streams.stderr.write(`error: who can become what is not known: ${printable(message)}\n`);
    return 4;
  }
  const graph = escalationGraphOf(input.snapshot);
  const { report, isCut } = buildReport(graph, input, options);
  await writeAll(streams.stdout, print(report, options.output, streams));
  if (isPicture(options.output)) await writeAll(streams.stderr, tellBesidePaths(report));
  if (input.hasProblems) return 3;
  if (report.found > 0) return 1;
  return isCut || input.doubts.length > 0 ? 4 : 0;
}

function* print(report: PathsReport, output: PathsOptions['output'], streams: CommandStreams): Generator<string> {
  switch (output) {
    case 'table':
      yield* printPaths(report, buildPainter(hasColour(streams.stdout, streams.env)));
      return;
    case 'json':
      yield printPathsJson(report);
      return;
    case 'dot':
      yield printDot('paths', drawPaths(report));
      return;
    case 'mermaid':
      yield printMermaid(drawPaths(report));
      return;
  }
}

async function readFiles(options: PathsOptions, streams: CommandStreams): Promise<PathsInput> {
  const { files, isWholeCluster } = options;
  const wanted = [...inputsOf('EscalationPaths'), ...workloadKinds];
  const { snapshot, found, problems, leftOut } = await loadRbacFiles(options, streams, wanted);
  reportInput({ problems, leftOut }, streams.stderr);
  if (found === 0) streams.stderr.write(`no role and no binding in ${files.map(printable).join(', ')}\n`);
  const notes = isWholeCluster
    ? []
    : ['roles and bindings that are not among the files may add paths; --whole-cluster says that there are none'];
  const doubts = isWholeCluster ? [] : execReachOf(snapshot).doubtsIn();
  return {
    snapshot,
    notes: [...describeAssumed(snapshot), ...notes],
    doubts,
    hasProblems: problems.length > 0 || found === 0,
  };
}

async function readCluster(options: PathsOptions, { env }: CommandStreams): Promise<PathsInput> {
  const { transport } = await openCluster(options, env);
  try {
    const inputs = inputsOf('EscalationPaths');
    const wanted = kindNames.filter((kind) => inputs.includes(kind));
    const snapshot = await readObjectsAndVersion(wanted, { transport, scope: 'everything' });
    return { snapshot, notes: [], doubts: [], hasProblems: false };
  } finally {
    transport.close();
  }
}

function buildReport(
  graph: EscalationGraph,
  { snapshot, notes, doubts }: PathsInput,
  options: PathsOptions,
): { readonly report: PathsReport; readonly isCut: boolean } {
  const { to, from, limit } = options;
  const known = adminPathsOf(snapshot);
  const all = to === ADMIN ? graph.toAdmin() : graph.routesTo(to);
  // Whom no binding names is in groups all the same.
  const routes = from === undefined || all.stepsFrom(from) !== undefined ? all : graph.routesTo(to, from);
  const starts = from === undefined ? selectStarts(routes, known, options) : [from];
  const reaching = starts.filter((node) => node !== to && routes.stepsFrom(node) !== undefined);
  reaching.sort((a, b) => (routes.stepsFrom(a) ?? 0) - (routes.stepsFrom(b) ?? 0) || (a < b ? -1 : 1));
  const shown = reaching.slice(0, limit);
  const cuts = findCuts(routes, reaching, known.isPredefined);
  const paths = shown.map((node): ReportedPath => {
    const cut = cuts.get(node);
    const identity = identityOfNode(node);
    const path = buildPath(node, to, routes.pathFrom(node) ?? []);
    const pods =
      identity?.type === 'ServiceAccount' ? graph.podsWithTokenOf(identity.namespace, identity.name) : undefined;
    return { path, ...(cut === undefined ? {} : { cut }), ...(pods === undefined ? {} : { pods }) };
  });
  const hidden = to === ADMIN && from === undefined && !options.isComplete ? describeHidden(known) : [];
  const cutNote = routes.isCut ? ['the cluster is larger than what paths are looked for in: there may be more'] : [];
  return {
    report: { to, paths, found: reaching.length, notes: [...hidden, ...cutNote, ...describeDoubts(doubts), ...notes] },
    isCut: routes.isCut,
  };
}

/** As many as are worth a line each. */
const mostDoubts = 10;

function describeDoubts(doubts: readonly string[]): readonly string[] {
  const left = doubts.length - mostDoubts;
  const more = left > 0 ? [`the same goes for ${left} more`] : [];
  return [...doubts.slice(0, mostDoubts).map((doubt) => `${doubt}: there may be paths by it`), ...more];
}

/** Whoever is meant where nobody is named. */
function selectStarts(routes: Routes, known: AdminPaths, { to, isComplete }: PathsOptions): NodeKey[] {
  const identities = [...routes.nodes()].filter(isIdentityKey);
  return to === ADMIN && !isComplete ? identities.filter((node) => known.reaching.has(node)) : identities;
}

function describeHidden({ admins, builtIn }: AdminPaths): readonly string[] {
  const few = [...admins].sort().slice(0, 5).join(', ');
  const more = admins.size > 5 ? ` and ${admins.size - 5} more` : '';
  return [
    ...(admins.size === 0 ? [] : [`cluster-admin already: ${few}${more}`]),
    ...(builtIn.size === 0
      ? []
      : [`${builtIn.size} more get there by what Kubernetes itself grants (--all shows them too)`]),
  ];
}
