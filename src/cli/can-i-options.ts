/** What the command line of `merlon can-i` says; as `kubectl auth can-i` takes it. */
import { stdinPath } from '../scan/manifests.ts';
import { findNamespaceMistake, parseRbacChoice, readsStdin } from './rbac-options.ts';
import type { GivenNamespaces, GivenRbacOptions } from './rbac-options.ts';
import type { RbacChoice } from './rbac-view.ts';
import type { UsageError } from './usage-error.ts';

export interface GivenCanIOptions extends GivenRbacOptions, GivenNamespaces {
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly subresource?: string;
  readonly list: boolean;
  readonly headers: boolean;
  readonly quiet: boolean;
  readonly batch?: string;
  readonly output: 'text' | 'json';
}

export interface CanIOptions {
  readonly choice: RbacChoice;
  readonly task:
    | { readonly kind: 'ask'; readonly verb: string; readonly target: string; readonly subresource: string }
    | { readonly kind: 'list'; readonly hasHeaders: boolean }
    /** `path` is a file, or `-`. */
    | { readonly kind: 'batch'; readonly path: string };
  /** Undefined for the caller. */
  readonly as: { readonly user: string; readonly groups: readonly string[] } | undefined;
  /** Empty for all of them; undefined for the context's. */
  readonly namespace: string | undefined;
  readonly isQuiet: boolean;
  readonly output: 'text' | 'json';
}

export function parseCanIOptions(
  args: readonly string[],
  given: GivenCanIOptions,
): { readonly options: CanIOptions } | UsageError {
  const parsed = parseRbacChoice(given);
  if ('usageError' in parsed) return parsed;
  const { choice } = parsed;
  const { as: user, asGroup: groups = [], namespace, allNamespaces, quiet: isQuiet, output } = given;
  const usageError = findMistake(args, given) ?? findBatchMistake(args, given, choice);
  if (usageError !== undefined) return { usageError };
  if (choice.files.length > 0 && user === undefined && given.batch === undefined) {
    return { usageError: 'files do not say who you are: give --as' };
  }
  return {
    options: {
      choice,
      task: readTask(args, given),
      as: user === undefined ? undefined : { user, groups },
      namespace: allNamespaces ? '' : namespace,
      isQuiet,
      output,
    },
  };
}

function readTask(
  [verb = '', target = '']: readonly string[],
  { list, batch, headers: hasHeaders, subresource = '' }: GivenCanIOptions,
): CanIOptions['task'] {
  if (batch !== undefined) return { kind: 'batch', path: batch };
  return list ? { kind: 'list', hasHeaders } : { kind: 'ask', verb, target, subresource };
}

/** Source: k8s.io/kubectl v0.37.2, pkg/cmd/auth/cani.go (`Complete` and `Validate`). */
function findMistake(args: readonly string[], given: GivenCanIOptions): string | undefined {
  const { as: user, asGroup: groups = [], allNamespaces, subresource, list, headers, quiet, batch } = given;
  if (user === '') return '--as needs a name';
  if (user === undefined && groups.length > 0) return '--as-group goes with --as: groups alone are nobody';
  const mistake = findNamespaceMistake(given);
  if (mistake !== undefined) return mistake;
  if (batch !== undefined) return undefined;
  if (list) {
    if (args.length > 0) return '--list takes no arguments';
    return quiet || allNamespaces || subresource !== undefined
      ? '--list goes with neither --quiet, --all-namespaces nor --subresource'
      : undefined;
  }
  if (args.length !== 2)
    return 'say what to ask: a verb and a resource, as "list pods", "get pods/web" or "get /healthz"';
  if (args[1]?.startsWith('/') === true && subresource !== undefined) return '--subresource does not go with a URL';
  return headers ? undefined : '--no-headers goes with --list';
}

function findBatchMistake(
  args: readonly string[],
  { batch, as: user, namespace, allNamespaces, subresource, list, quiet, output }: GivenCanIOptions,
  choice: RbacChoice,
): string | undefined {
  if (batch === undefined) return undefined;
  const isAlone = args.length === 0 && user === undefined && namespace === undefined && subresource === undefined;
  if (!isAlone || allNamespaces || list || quiet) return 'with --batch each line says what is asked, and for whom';
  if (output === 'json') return '--batch prints JSON by itself, an answer a line';
  return batch === stdinPath && readsStdin(choice)
    ? 'standard input can be read only once: for --batch, or for -f'
    : undefined;
}
