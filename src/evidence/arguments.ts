/**
 * The flags of an API server from its command line, as the pod of a static API server or a node's annotation shows it.
 *
 * Source: facts about kubeadm, kind, kOps, Talos, RKE2 and k3s; the flags' parser is spf13/pflag, which kube-apiserver uses.
 */
import { addFlag, isListFlag, isPresentable } from './server-flags.ts';

export interface ArgumentFlags {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly hidden: ReadonlySet<string>;
  /** Whether every word was understood: where one comes from elsewhere, any flag may be behind it. */
  readonly isComplete: boolean;
}

/** A flag of these that is given without a value is true, and what follows it is none. Source: kube-apiserver v1.37.2 --help. */
const switches: ReadonlySet<string> = new Set([
  'aggregator-reject-forwarding-redirect',
  'allow-privileged',
  'anonymous-auth',
  'audit-log-batch-throttle-enable',
  'audit-log-compress',
  'audit-log-truncate-enabled',
  'audit-webhook-batch-throttle-enable',
  'audit-webhook-truncate-enabled',
  'contention-profiling',
  'disable-http2-serving',
  'emulation-forward-compatible',
  'enable-aggregator-routing',
  'enable-bootstrap-token-auth',
  'enable-garbage-collector',
  'enable-logs-handler',
  'enable-priority-and-fairness',
  'encryption-provider-config-automatic-reload',
  'log-json-split-stream',
  'log-text-split-stream',
  'permit-address-sharing',
  'permit-port-sharing',
  'profiling',
  'repair-malformed-updates',
  'runtime-config-emulation-forward-compatible',
  'service-account-extend-token-expiration',
  'service-account-lookup',
  'shutdown-send-retry-after',
  'watch-cache',
]);

/** What Kubernetes or a shell puts in from elsewhere, and what somebody masked. */
const unseen = /\$[({\w@*]|`|^\*{3,}$/;

const program = /^(?!-)([^=]*\/)?(kube-apiserver|apiserver)$/;

/**
 * @param command a container's command and arguments in order
 * @returns undefined where no kube-apiserver is started by it
 */
export function parseServerCommand(command: readonly string[]): ArgumentFlags | undefined {
  const words = unwrapShell(command);
  const start = words.findIndex((word) => program.test(word));
  if (start === -1) return undefined;
  const flags = parseFlags(words.slice(start + 1));
  // Of two of them, one may be asked for its version only.
  const isStartedOnce = command.flatMap(wordsOf).filter((word) => program.test(word)).length === 1;
  return { ...flags, isComplete: flags.isComplete && isStartedOnce };
}

/** @param words what follows the program's name */
export function parseFlags(words: readonly string[]): ArgumentFlags {
  const values = new Map<string, readonly string[]>();
  const hidden = new Set<string>();
  let isComplete = true;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') break;
    const match = /^--?([^=\s]+)(?:=([\s\S]*))?$/.exec(word);
    const name = (match?.[1] ?? '').replaceAll('_', '-');
    if (match === null || unseen.test(name)) {
      isComplete &&= !unseen.test(word);
      continue;
    }
    const next = words[index + 1];
    let text = match[2];
    if (text === undefined && switches.has(name)) text = 'true';
    if (text === undefined) {
      text = next !== undefined && !next.startsWith('--') ? next : '';
      if (text !== '') index += 1;
    }
    const bare = unquote(text);
    // Of a list every part counts, of anything else the last one.
    if (!isReadable(bare)) hidden.add(name);
    else if (!isListFlag(name)) hidden.delete(name);
    addFlag(values, name, bare);
  }
  for (const [name, parts] of values) if (!isPresentable(parts.join(','))) hidden.add(name);
  for (const name of hidden) values.delete(name);
  return { values, hidden, isComplete };
}

function isReadable(text: string): boolean {
  return !unseen.test(text) && isPresentable(text);
}

/** `sh -c "exec kube-apiserver --a=b 2>&1 | tee log"` is one argument for a shell. */
function unwrapShell(command: readonly string[]): readonly string[] {
  return command.flatMap((word, index) =>
    index > 0 && /\s/.test(word) && /(^|[\s/])(kube-)?apiserver(\s|$)/.test(word) ? splitWords(word) : [word],
  );
}

/** From the program up to where the shell does something else. */
function splitWords(line: string): readonly string[] {
  const words = wordsOf(line);
  const start = words.findIndex((word) => program.test(word));
  const end = words.findIndex((word, index) => index > start && /^[;&|<>]/.test(word));
  return words
    .slice(Math.max(start, 0), end === -1 ? undefined : end)
    .map((word) => unquote(word.replaceAll(/(["'])((?:(?!\1).)*)\1/g, '$2')));
}

/** As a shell sees them, and what stands between two commands. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/[;&|<>]+|(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\;&|<>])+/g)].map(([word]) => word);
}

function unquote(text: string): string {
  return /^"[\s\S]*"$|^'[\s\S]*'$/.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}
