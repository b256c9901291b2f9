/** What `merlon baseline` is asked for, from what the command line says. */
import type { BaselineTerms } from '../report/baseline-text.ts';
import { stdinPath } from '../scan/manifests.ts';
import { findReasonMistake } from './exempt-options.ts';
import { parseExpiry } from './expiry-option.ts';
import { findNameProblem } from './object-name.ts';
import type { UsageError } from './usage-error.ts';

export interface GivenBaselineOptions {
  readonly cluster: boolean;
  /** Files, folders, and `-`. */
  readonly filename?: readonly string[];
  readonly policy?: readonly string[];
  readonly namespace?: string;
  readonly expires: string;
  readonly reason?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface BaselineOptions {
  readonly terms: Omit<BaselineTerms, 'namespace'>;
  /** Undefined for a live cluster. */
  readonly paths?: readonly string[];
  readonly policies: readonly string[];
  /** Undefined for the context's; of files, `default`. */
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

const MAX_NAMESPACE_LENGTH = 63;

/** @param nowMs milliseconds since 1970 */
export function parseBaselineOptions(
  given: GivenBaselineOptions,
  nowMs: number,
): { readonly options: BaselineOptions } | UsageError {
  const { cluster, filename: paths = [], policy: policies = [], namespace, kubeconfig, context } = given;
  const mistake = findSourceMistake(given) ?? findNamespaceMistake(namespace);
  if (mistake !== undefined) return { usageError: mistake };
  const expiry = parseExpiry('--expires', given.expires, nowMs);
  if ('usageError' in expiry) return expiry;
  const reason = given.reason ?? defaultReason(expiry.expiresAt !== undefined);
  const wrong = findReasonMistake(reason);
  if (wrong !== undefined) return { usageError: wrong };
  return {
    options: {
      terms: { reason: reason.trim(), ...expiry },
      ...(cluster ? {} : { paths }),
      policies,
      ...(namespace === undefined ? {} : { namespace }),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    },
  };
}

function defaultReason(expires: boolean): string {
  return expires
    ? 'It failed before Merlon was there; to be repaired or explained before this expires'
    : 'It failed before Merlon was there; to be repaired or explained';
}

function findSourceMistake({
  cluster,
  filename: paths = [],
  policy: policies = [],
  kubeconfig,
  context,
}: GivenBaselineOptions): string | undefined {
  if (cluster === paths.length > 0) return 'say what to judge: --cluster, or -f with files';
  if (cluster && policies.length > 0) {
    return '--policy goes with files: on a cluster the policies that are in it decide';
  }
  if (!cluster && (kubeconfig !== undefined || context !== undefined)) {
    return '--kubeconfig and --context go with --cluster';
  }
  return policies.includes(stdinPath) && paths.includes(stdinPath)
    ? 'standard input can be read only once: for --policy, or as what is judged'
    : undefined;
}

function findNamespaceMistake(namespace: string | undefined): string | undefined {
  return namespace === undefined ? undefined : findNameProblem('--namespace', namespace, MAX_NAMESPACE_LENGTH);
}
