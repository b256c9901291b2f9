/** What the questions about RBAC have in common on the command line. */
import { parseModes } from '../rbac/authorizer-chain.ts';
import { baselineMinors } from '../rbac/predefined/baseline.ts';
import { stdinPath } from '../scan/manifests.ts';
import type { RbacChoice } from './rbac-view.ts';
import type { UsageError } from './usage-error.ts';

export interface GivenRbacOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly filename?: readonly string[];
  readonly wholeCluster: boolean;
  readonly kubernetesVersion?: string;
  readonly authorizationMode?: string;
}

export function parseRbacChoice(given: GivenRbacOptions): { readonly choice: RbacChoice } | UsageError {
  const { kubeconfig, context, filename: files = [], wholeCluster: isWholeCluster, authorizationMode } = given;
  if (files.length > 0 && (kubeconfig !== undefined || context !== undefined)) {
    return {
      usageError: `${kubeconfig === undefined ? '--context' : '--kubeconfig'} goes with a live cluster, not with -f`,
    };
  }
  if (files.length === 0 && isWholeCluster) return { usageError: '--whole-cluster goes with -f' };
  const minor = given.kubernetesVersion === undefined ? undefined : parseKubernetesMinor(given.kubernetesVersion);
  if (minor !== undefined) {
    if (files.length === 0) return { usageError: '--kubernetes-version goes with -f' };
    if (isWholeCluster)
      return { usageError: '--whole-cluster says that nothing is missing that --kubernetes-version adds' };
    if (typeof minor !== 'number') return minor;
  }
  const modes = authorizationMode === undefined ? undefined : parseModes(authorizationMode);
  if (modes !== undefined && 'unknown' in modes) {
    return { usageError: `--authorization-mode: there is no mode "${modes.unknown}"` };
  }
  return {
    choice: {
      files,
      isWholeCluster,
      ...(minor === undefined ? {} : { kubernetesMinor: minor }),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(modes === undefined ? {} : { modes }),
    },
  };
}

/** @returns a minor version of which it was recorded what Kubernetes makes */
function parseKubernetesMinor(given: string): number | UsageError {
  const [, minor] = /^v?1\.(\d{1,3})(?:\.\d{1,3})?$/.exec(given) ?? [];
  if (minor !== undefined && baselineMinors.includes(Number(minor))) return Number(minor);
  const known = baselineMinors.map((one) => `1.${one}`).join(', ');
  return {
    usageError: `--kubernetes-version "${given}": what that release makes was not recorded; there is ${known}`,
  };
}

export interface GivenNamespaces {
  readonly namespace?: string;
  readonly allNamespaces: boolean;
}

/** @returns undefined where the options go together */
export function findNamespaceMistake({ namespace, allNamespaces }: GivenNamespaces): string | undefined {
  if (allNamespaces && namespace !== undefined) return '--namespace and --all-namespaces exclude each other';
  return namespace === '' ? '--namespace needs a name' : undefined;
}

export function readsStdin({ files }: RbacChoice): boolean {
  return files.includes(stdinPath);
}
