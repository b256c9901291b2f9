/** What the questions about RBAC have in common on the command line. */
import { parseModes } from '../rbac/authorizer-chain.ts';
import { stdinPath } from '../scan/manifests.ts';
import type { RbacChoice } from './rbac-view.ts';
import type { UsageError } from './usage-error.ts';

export interface GivenRbacOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly filename?: readonly string[];
  readonly wholeCluster: boolean;
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
  const modes = authorizationMode === undefined ? undefined : parseModes(authorizationMode);
  if (modes !== undefined && 'unknown' in modes) {
    return { usageError: `--authorization-mode: there is no mode "${modes.unknown}"` };
  }
  return {
    choice: {
      files,
      isWholeCluster,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(modes === undefined ? {} : { modes }),
    },
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
