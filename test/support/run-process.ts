/** Child processes that always end: each has a deadline, after which it and its children are killed. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to stdin, which is then closed; without it stdin is empty. */
  readonly stdin?: string;
  /** After this long the process group gets SIGKILL. */
  readonly timeoutMs: number;
  /** Kills the group as the deadline does. */
  readonly signal?: AbortSignal;
  /** `inherit` shows the output as it comes and returns none of it. */
  readonly output?: 'collect' | 'inherit';
  /** Called with every line of stderr as it comes; only with `output: 'collect'`. */
  readonly onStderrLine?: (line: string) => void;
}

export interface ProcessResult {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

// Being in a group of its own, a child does not hear the terminal's Ctrl-C; it must not outlive us either.
const live = new Set<number | undefined>();
process.once('exit', () => {
  live.forEach(killProcessGroup);
});

/** For programs: Ctrl-C and SIGTERM end this process by way of `exit`, which ends the children. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
}

/**
 * Runs a command to its end.
 * @throws the spawn error (ENOENT, EACCES) when the command cannot be started; an exit code is a result, not an error
 */
export function runProcess(command: string, args: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  const { output = 'collect' } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', output === 'inherit' ? 'inherit' : 'pipe', output === 'inherit' ? 'inherit' : 'pipe'],
      // A group of its own, so that the deadline reaches grandchildren too (go's compilers, mocha's workers).
      detached: true,
    });
    let timedOut = false;
    const deadline = setTimeout(() => {
      timedOut = true;
      killProcessGroup(child.pid);
    }, options.timeoutMs);
    const abort = () => {
      killProcessGroup(child.pid);
    };
    options.signal?.addEventListener('abort', abort);
    live.add(child.pid);
    const settle = () => {
      clearTimeout(deadline);
      options.signal?.removeEventListener('abort', abort);
      live.delete(child.pid);
    };

    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr, options.onStderrLine);
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code) => {
      settle();
      resolve({ code, stdout: stdout(), stderr: stderr(), timedOut });
    });
    // EPIPE: the child did not read all of its input, which is its own affair.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.stdin ?? '');
  });
}

function killProcessGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

function collect(stream: Readable | null, onLine?: (line: string) => void): () => string {
  const chunks: string[] = [];
  let unfinished = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    chunks.push(chunk);
    if (onLine === undefined) return;
    const lines = (unfinished + chunk).split('\n');
    unfinished = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  return () => chunks.join('');
}
