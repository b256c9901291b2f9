/**
 * A detached process that starts the parts of one control plane and ends them when its parent is gone, however that
 * died. Should this process itself be killed, the kernel kills the parts (`setpriv --pdeathsig KILL`), and the next
 * supervisor removes the folder.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dyingWithUs } from './dying-with-us.ts';

/** From the parent. */
export type Order =
  | { readonly type: 'start'; readonly part: string; readonly program: string; readonly args: readonly string[] }
  | { readonly type: 'signal'; readonly part: string; readonly signal: NodeJS.Signals };

/** To the parent. */
export type Notice =
  | { readonly type: 'ready'; readonly dir: string }
  | { readonly type: 'started'; readonly part: string; readonly pid: number }
  | { readonly type: 'exited'; readonly part: string; readonly reason: string };

const folderPrefix = 'merlon-control-plane-';

/** Runs in the supervisor's process. */
function supervise(): void {
  removeAbandonedFolders();
  const dir = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const children = new Map<string, ChildProcess>();
  let ending = false;

  const end = () => {
    ending = true;
    for (const child of children.values()) child.kill('SIGKILL');
    if (children.size > 0) return;
    if (process.env['KEEP_CONTROL_PLANE'] === undefined) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  };
  const notify = (notice: Notice) => {
    // The parent may be gone already: `disconnect` follows.
    if (process.connected) process.send?.(notice, undefined, undefined, () => undefined);
  };

  process.on('message', (order: Order) => {
    if (ending) return;
    if (order.type === 'signal') {
      children.get(order.part)?.kill(order.signal);
      return;
    }
    const child = start(order.program, order.args, join(dir, `${order.part}.log`));
    children.set(order.part, child);
    const exited = (reason: string) => {
      if (!children.delete(order.part)) return;
      notify({ type: 'exited', part: order.part, reason });
      if (ending) end();
    };
    child.once('error', (error) => {
      exited(error.message);
    });
    child.once('exit', (code, signal) => {
      exited(signal ?? `exit code ${code ?? 'unknown'}`);
    });
    if (child.pid !== undefined) notify({ type: 'started', part: order.part, pid: child.pid });
  });
  process.once('disconnect', end).once('SIGTERM', end).once('SIGINT', end);
  notify({ type: 'ready', dir });
}

function start(program: string, args: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(...dyingWithUs(program, args), { stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

/** The folder's name tells its supervisor; one that is gone cannot have removed it. */
function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isSupervisor(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isSupervisor(pid: string): boolean {
  try {
    if (!existsSync('/proc/self')) return process.kill(Number(pid), 0);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(basename(fileURLToPath(import.meta.url)));
  } catch {
    return false;
  }
}

if (import.meta.main) supervise();
