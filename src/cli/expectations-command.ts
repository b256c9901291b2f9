/** `merlon expectations init`: what the service accounts of a namespace are granted today, as policies to keep in git. */
import type { KindName } from '../core/kinds.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { buildExpectationsOfToday } from '../rbac/expectations-of-today.ts';
import type { AccountExpectation, ExpectationsOfToday } from '../rbac/expectations-of-today.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { printStatedExpectations, whyNotStated } from '../report/stated-expectations.ts';
import { printable } from '../report/terminal.ts';
import { loadRbacFiles } from '../scan/rbac-files.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { findNameProblem } from './object-name.ts';

export interface ExpectationsOptions {
  readonly fromCluster: boolean;
  /** Files, folders, and `-`. */
  readonly filename?: readonly string[];
  readonly namespace?: string;
  /** Also what is granted beyond the namespace. */
  readonly allGrants: boolean;
  /** Of the policy. */
  readonly name: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** @returns what is wrong with the command line; undefined if nothing is */
export function findExpectationsUsageError(options: ExpectationsOptions): string | undefined {
  const { fromCluster, filename = [], namespace, name, kubeconfig, context } = options;
  if (fromCluster === filename.length > 0) return 'say where to look: --from-cluster, or -f with files';
  if (!fromCluster && (kubeconfig !== undefined || context !== undefined)) {
    return '--kubeconfig and --context go with --from-cluster';
  }
  if (namespace === '') return '--namespace needs a name';
  return findNameProblem('--name', name, 180);
}

/** All that says what a service account is granted. */
const grantKinds: readonly KindName[] = ['ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];

/** What was read, and what could not be. */
interface Read {
  readonly snapshot: Snapshot;
  readonly namespace: string;
  readonly hasProblem: boolean;
}

/** Nothing is printed where something could not be read: what is missing in the file would be a finding tomorrow. */
export async function runExpectationsInit(options: ExpectationsOptions, streams: CommandStreams): Promise<ExitCode> {
  const { allGrants: isComplete, name } = options;
  const { stdout, stderr } = streams;
  const say = (line: string): unknown => stderr.write(`${printable(line)}\n`);
  const { snapshot, namespace, hasProblem } = options.fromCluster
    ? await readCluster(options, streams)
    : await readFiles(options, streams);
  if (hasProblem) return 3;
  const unread = grantKinds.map((kind) => snapshot.observation(kind)).filter(({ state }) => state !== 'observed');
  for (const { message } of unread) say(`not read: ${message}`);
  if (unread.length > 0) return 4;
  const found = buildExpectationsOfToday(snapshot, namespace, isComplete);
  const all = [...found.own, ...found.cluster];
  if (all.length === 0) {
    say(`nothing to state: namespace "${namespace}" has no service account`);
    return 3;
  }
  const left = all.filter((one) => whyNotStated(one) !== undefined);
  for (const one of left) {
    say(`not stated: ServiceAccount "${one.spec.subject.name}" is granted ${whyNotStated(one) ?? ''}`);
  }
  for (const { doubts } of all) for (const doubt of doubts) say(`not stated, because it is not known: ${doubt}`);
  await writeAll(stdout, printStatedExpectations(withoutThose(found, left), { name, namespace, isComplete }));
  return left.length > 0 || all.some(({ doubts }) => doubts.length > 0) ? 4 : 0;
}

function withoutThose({ own, cluster }: ExpectationsOfToday, left: readonly AccountExpectation[]): ExpectationsOfToday {
  const rest = (some: readonly AccountExpectation[]) => some.filter((one) => !left.includes(one));
  return { own: rest(own), cluster: rest(cluster) };
}

async function readFiles({ filename = [], namespace }: ExpectationsOptions, streams: CommandStreams): Promise<Read> {
  const { snapshot, problems, leftOut } = await loadRbacFiles(
    { files: filename, isWholeCluster: false },
    streams,
    grantKinds,
  );
  reportInput({ problems, leftOut }, streams.stderr);
  return { snapshot, namespace: namespace ?? 'default', hasProblem: problems.length > 0 };
}

async function readCluster(options: ExpectationsOptions, { env }: CommandStreams): Promise<Read> {
  const [{ openCluster }, { readObjects }] = await Promise.all([
    import('./cluster-access.ts'),
    import('../scan/cluster-objects.ts'),
  ]);
  const { transport, namespace: ofContext } = await openCluster(options, env);
  const namespace = options.namespace ?? ofContext;
  try {
    const scope = options.allGrants ? 'everything' : { namespace };
    const snapshot = await readObjects(grantKinds, { transport, scope });
    return { snapshot, namespace, hasProblem: false };
  } finally {
    transport.close();
  }
}
