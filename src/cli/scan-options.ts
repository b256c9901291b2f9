/** What `merlon scan` is asked for, from what the command line says. */
import { isSeverity } from '../core/severity.ts';
import type { Severity } from '../core/severity.ts';
import { stdinPath } from '../scan/manifests.ts';
import { parseVersionOption } from './pod-security-version.ts';
import type { UsageError } from './usage-error.ts';

export interface ScanOptions {
  readonly output: 'table' | 'json';
  /** Undefined for what the policy says that decides. */
  readonly failOn?: Severity;
  /** Also what passes and what does not apply. */
  readonly isComplete: boolean;
  /** What to judge. */
  readonly target: FileTarget | ClusterTarget;
}
export interface FileTarget {
  readonly kind: 'files';
  readonly paths: readonly string[];
  /** Files and folders with ClusterHardeningPolicies; the built-in one decides where there are none. */
  readonly policies: readonly string[];
  /** Files and folders with exemptions; absent where none are named. */
  readonly exemptions?: readonly string[];
  /** The minor of the Pod Security Standards' version; undefined for the latest. */
  readonly podSecurityVersion?: number;
}
export interface ClusterTarget {
  readonly kind: 'cluster';
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Every namespace and the cluster itself. */
  readonly isEverything: boolean;
  /** Undefined for the context's own. */
  readonly namespace?: string;
}

type Given = Readonly<Record<string, unknown>>;

/** @param options as the command line gave them */
export function parseScanOptions(
  paths: readonly string[],
  options: Given,
): { readonly options: ScanOptions } | UsageError {
  const { cluster, output, failOn, all } = options;
  const target = cluster === true ? parseClusterTarget(paths, options) : parseFileTarget(paths, options);
  if ('usageError' in target) return target;
  return {
    options: {
      output: output === 'json' ? 'json' : 'table',
      ...(isSeverity(failOn) ? { failOn } : {}),
      isComplete: all === true,
      target,
    },
  };
}

function parseClusterTarget(
  paths: readonly string[],
  { allNamespaces, namespace, context, kubeconfig, policy, exemptions, podSecurityVersion }: Given,
): ClusterTarget | UsageError {
  if (paths.length > 0) return { usageError: '--cluster judges a live cluster and takes no paths' };
  if (policy !== undefined) {
    return { usageError: '--policy goes with files: on a cluster the policies that are in it decide' };
  }
  if (exemptions !== undefined) {
    return { usageError: '--exemptions goes with files: on a cluster the exemptions that are in it count' };
  }
  if (podSecurityVersion !== undefined) {
    return { usageError: '--pod-security-version goes with files: on a cluster the version of its API server counts' };
  }
  if (allNamespaces === true && namespace !== undefined) {
    return { usageError: '--namespace and --all-namespaces exclude each other' };
  }
  if (namespace === '') return { usageError: '--namespace needs a name' };
  return {
    kind: 'cluster',
    isEverything: allNamespaces === true,
    ...(typeof kubeconfig === 'string' ? { kubeconfig } : {}),
    ...(typeof context === 'string' ? { context } : {}),
    ...(typeof namespace === 'string' ? { namespace } : {}),
  };
}

function parseFileTarget(
  paths: readonly string[],
  { allNamespaces, namespace, context, kubeconfig, policy, exemptions, podSecurityVersion }: Given,
): FileTarget | UsageError {
  if (paths.length === 0) {
    return { usageError: 'nothing to scan: name files or folders, - for standard input, or use --cluster' };
  }
  const clusterOnly = Object.entries({ '--namespace': namespace, '--context': context, '--kubeconfig': kubeconfig });
  const stray = clusterOnly.find(([, given]) => given !== undefined)?.[0];
  if (stray !== undefined || allNamespaces === true) {
    return { usageError: `${stray ?? '--all-namespaces'} goes with --cluster` };
  }
  const policies = pathsOf(policy);
  const accepted = pathsOf(exemptions);
  if ([policies, accepted, paths].filter((given) => given.includes(stdinPath)).length > 1) {
    return { usageError: 'standard input can be read only once: for --policy, for --exemptions, or as what is judged' };
  }
  const asked = typeof podSecurityVersion === 'string' ? podSecurityVersion : undefined;
  const version = parseVersionOption('--pod-security-version', asked);
  if (typeof version === 'object') return version;
  return {
    kind: 'files',
    paths,
    policies,
    ...(accepted.length === 0 ? {} : { exemptions: accepted }),
    ...(version === 'latest' ? {} : { podSecurityVersion: version }),
  };
}

function pathsOf(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.filter((path) => typeof path === 'string') : [];
}
