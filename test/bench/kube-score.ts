/** kube-score, the fastest of the peers that scan files, installed as a Go tool into the per-user cache. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { runProcess } from '../support/run-process.ts';
import { say } from './progress.ts';

export const KUBE_SCORE_VERSION = 'v1.20.0';
const installTimeoutMs = 15 * 60_000;

/** @returns the path of the program; undefined where it cannot be installed, which is said and no failure */
export async function findKubeScore(): Promise<string | undefined> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'merlon', 'kube-score');
  const folder = join(cache, KUBE_SCORE_VERSION);
  const program = join(folder, 'kube-score');
  if (existsSync(program)) return program;
  say(`installing kube-score ${KUBE_SCORE_VERSION} into ${folder}; this takes a few minutes, once`);
  await mkdir(folder, { recursive: true });
  const problem = await install(folder);
  if (problem === undefined && existsSync(program)) return program;
  say(`kube-score is left out: ${problem ?? 'go installed nothing'}`);
  return undefined;
}

/** @returns why it did not work */
async function install(folder: string): Promise<string | undefined> {
  const module = `github.com/zegl/kube-score/cmd/kube-score@${KUBE_SCORE_VERSION}`;
  try {
    const { code, stderr, timedOut } = await runProcess('go', ['install', module], {
      cwd: folder,
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
      timeoutMs: installTimeoutMs,
    });
    if (timedOut) return `go install was not done within ${installTimeoutMs / 60_000} minutes`;
    return code === 0 ? undefined : stderr.trim().split('\n').at(-1);
  } catch {
    return '`go` was not found';
  }
}
