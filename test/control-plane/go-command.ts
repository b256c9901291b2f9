/** Runs `go` in a fixed environment, so that a developer's own settings change nothing. */
import { runProcess } from '../support/run-process.ts';

/** `go` ran and said no. */
export class GoFailure extends Error {}

export interface GoOptions {
  readonly folder: string;
  readonly timeoutMs: number;
  /** Called with every line of stderr: downloads, and with `-v` packages as they are compiled. */
  readonly onProgress?: (line: string) => void;
}

/**
 * @returns stdout, trimmed
 * @throws {GoFailure} with what `go` said; the spawn error when there is no `go`
 */
export async function runGo(args: readonly string[], options: GoOptions): Promise<string> {
  const { folder, timeoutMs, onProgress } = options;
  const result = await runProcess('go', args, {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    timeoutMs,
    ...(onProgress && { onStderrLine: onProgress }),
  });
  if (result.timedOut) throw new GoFailure(`go ${args[0] ?? ''}: no result within ${timeoutMs / 1000} s`);
  if (result.code !== 0) throw new GoFailure(selectErrors(result.stderr) || result.stdout.trim());
  return result.stdout.trim();
}

/** What is left without the progress lines: package paths and downloads. */
function selectErrors(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.includes(' ') && !line.startsWith('go: downloading'));
  return lines.join('\n').trim();
}
