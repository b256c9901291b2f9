/** Where the questions about RBAC look: a live cluster with the caller's own rights, or files. */
import { discoverResources } from '../kube/discovery.ts';
import { hasStatusCode } from '../kube/request-error.ts';
import type { Transport } from '../kube/transport.ts';
import { apiResources } from '../rbac/api-resources.ts';
import { usualModes } from '../rbac/authorizer-chain.ts';
import type { AuthorizationMode } from '../rbac/authorizer-chain.ts';
import { buildResourceTable } from '../rbac/resource-table.ts';
import type { ResourceTable } from '../rbac/resource-table.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { printable } from '../report/terminal.ts';
import type { ReadScope } from '../scan/cluster-objects.ts';
import { readRbacCluster } from '../scan/rbac-cluster.ts';
import { loadRbacFiles } from '../scan/rbac-files.ts';
import type { FileChoice } from '../scan/rbac-files.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterChoice } from './cluster-access.ts';
import { reportInput } from './input-report.ts';
import type { CommandStreams } from './output.ts';

/** Where to look. */
export interface RbacChoice extends ClusterChoice, FileChoice {
  /** As they were given. */
  readonly modes?: readonly AuthorizationMode[];
}

export interface RbacView {
  readonly snapshot: Snapshot;
  /** What may not be read of a live cluster. */
  readonly missing: readonly string[];
  /** What could not be read of files, and may grant something. */
  readonly doubts: readonly string[];
  /** Whether something of the input was no input. */
  readonly hasProblems: boolean;
  readonly table: ResourceTable;
  /** Undefined where nobody said, and nobody can see it: live. */
  readonly modes: readonly AuthorizationMode[] | undefined;
  readonly assumptions: readonly string[];
  /** Undefined for files. */
  readonly transport: Transport | undefined;
  /** Which namespace is meant where none was named; for files `default`. */
  readonly namespace: string;
  close(): void;
}

/**
 * @param scopeOf what has to be read, told the namespace of the context
 * @throws {Error} where there is no usable kubeconfig, or the API server does not answer
 */
export async function openRbacView(
  choice: RbacChoice,
  scopeOf: (namespace: string) => ReadScope,
  streams: CommandStreams,
): Promise<RbacView> {
  return choice.files.length > 0 ? readFiles(choice, streams) : readCluster(choice, scopeOf, streams);
}

async function readFiles(choice: RbacChoice, streams: CommandStreams): Promise<RbacView> {
  const { files, modes } = choice;
  const { snapshot, found, problems, leftOut } = await loadRbacFiles(choice, streams);
  reportInput({ problems, leftOut }, streams.stderr);
  const isEmpty = found === 0 && problems.length === 0;
  if (isEmpty) streams.stderr.write(`no role and no binding in ${files.map(printable).join(', ')}\n`);
  const doubts = problems.map(({ path, line, reason }) => `${path}${line === undefined ? '' : `:${line}`}: ${reason}`);
  const assumed =
    modes === undefined ? `the API server runs with --authorization-mode=${usualModes.join(',')}` : undefined;
  return {
    snapshot,
    missing: [],
    doubts: isEmpty ? ['the files hold no role and no binding'] : doubts,
    hasProblems: isEmpty || problems.length > 0,
    table: buildResourceTable(apiResources),
    modes: modes ?? usualModes,
    assumptions: [...(assumed === undefined ? [] : [`assumed: ${assumed}`]), ...describeAssumed(snapshot)],
    transport: undefined,
    namespace: 'default',
    close: () => undefined,
  };
}

/** What counts although no file holds it. */
export function describeAssumed({ assumed }: Snapshot): readonly string[] {
  if (assumed === undefined) return [];
  return [`assumed: roles and bindings of ${assumed.by} are as it makes them, where the files do not hold them`];
}

async function readCluster(
  choice: RbacChoice,
  scopeOf: (namespace: string) => ReadScope,
  { env, stderr }: CommandStreams,
): Promise<RbacView> {
  const { transport, namespace } = await openCluster(choice, env);
  try {
    const [{ snapshot, missing }, discovered] = await Promise.all([
      readRbacCluster(transport, scopeOf(namespace)),
      discover(transport),
    ]);
    if (discovered === undefined) {
      stderr.write(
        'Warning: the API server does not say which resources it serves; only those of Kubernetes are known\n',
      );
    }
    return {
      snapshot,
      missing,
      doubts: [],
      hasProblems: false,
      table: buildResourceTable(discovered ?? apiResources),
      modes: choice.modes,
      assumptions: choice.modes === undefined ? [] : [`assumed: --authorization-mode=${choice.modes.join(',')}`],
      transport,
      namespace,
      close: () => {
        transport.close();
      },
    };
  } catch (error) {
    transport.close();
    throw error;
  }
}

async function discover(transport: Transport): ReturnType<typeof discoverResources> {
  try {
    return await discoverResources(transport);
  } catch (error) {
    if (hasStatusCode(error, 403)) return undefined;
    throw error;
  }
}
