/** The parent's view of the supervisor's process and of each part that it runs. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Notice, Order } from './control-plane-supervisor.ts';
import { buildArguments } from './program-flags.ts';
import type { Flags } from './program-flags.ts';
import { WaitAborted, waitUntil } from './wait-until.ts';

const supervisorTimeoutMs = 20_000;
const gracefulStopMs = 30_000;
const startTimeoutMs = 60_000;

/** A detached process that outlives this one just long enough to end the parts. */
export class Supervisor {
  readonly dir: string;
  readonly #process: ChildProcess;
  readonly #notices: EventEmitter;

  /** Starts the process, which creates the temporary folder. */
  static async start(): Promise<Supervisor> {
    const program = fileURLToPath(new URL('control-plane-supervisor.ts', import.meta.url));
    const child = fork(program, { detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const notices = new EventEmitter().setMaxListeners(0);
    child.on('message', (notice: Notice) => notices.emit(notice.type, notice));
    child.once('exit', () => notices.emit('gone'));
    const signal = AbortSignal.timeout(supervisorTimeoutMs);
    const [ready] = (await once(notices, 'ready', { signal })) as [Notice & { type: 'ready' }];
    return new Supervisor(child, notices, ready.dir);
  }

  private constructor(child: ChildProcess, notices: EventEmitter, dir: string) {
    this.#process = child;
    this.#notices = notices;
    this.dir = dir;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  order(order: Order): void {
    this.#process.send(order);
  }

  /** Calls back for every notice about a part. */
  onNotice(part: string, callback: (notice: Notice) => void): void {
    for (const type of ['started', 'exited']) {
      this.#notices.on(type, (notice: Notice) => {
        if ('part' in notice && notice.part === part) callback(notice);
      });
    }
  }

  /** Ends every part and removes the folder. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#notices, 'gone', { signal: AbortSignal.timeout(supervisorTimeoutMs) });
    this.#process.disconnect();
    await gone.catch(() => this.#process.kill('SIGKILL'));
  }
}

export interface PartDescription {
  readonly name: string;
  /** Path of the program. */
  readonly program: string;
  readonly flags: Flags;
  /** Runs before every start. */
  readonly prepare?: () => Promise<unknown>;
  /** Asked until it says true; may throw. */
  readonly isReady: () => Promise<boolean>;
}

/** One program of the control plane. */
export class Part {
  readonly name: string;
  #pid: number | undefined;
  #exit: string | undefined = 'never started';
  #flags: Flags;
  readonly #supervisor: Supervisor;
  readonly #description: PartDescription;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(supervisor: Supervisor, part: PartDescription) {
    this.name = part.name;
    this.#supervisor = supervisor;
    this.#description = part;
    this.#flags = part.flags;
    supervisor.onNotice(part.name, (notice) => {
      if (notice.type === 'started') this.#pid = notice.pid;
      if (notice.type === 'exited') {
        this.#pid = undefined;
        this.#exit = notice.reason;
        this.#changes.emit('exit');
      }
    });
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** What it is started with. */
  get arguments(): string[] {
    return buildArguments(this.#flags, this.#supervisor.dir);
  }

  /** Why it does not run: a signal or an exit code; undefined while it runs. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /** Starts the process and waits until it serves. @throws {Error} with the end of its log if it gives up */
  async start(): Promise<void> {
    const { program, prepare, isReady } = this.#description;
    await prepare?.();
    this.#exit = undefined;
    const args = this.arguments;
    this.#supervisor.order({ type: 'start', part: this.name, program, args });
    const waiting = { what: `${this.name} to be ready`, timeoutMs: startTimeoutMs };
    try {
      await waitUntil(async () => {
        if (this.#exit !== undefined) throw new WaitAborted(`${this.name} ended by itself: ${this.#exit}`);
        return isReady();
      }, waiting);
    } catch (error) {
      throw new Error(`${this.name} does not start; the end of its log:\n${await this.readLog()}`, { cause: error });
    }
  }

  /** SIGTERM, and SIGKILL when that has not ended it within half a minute. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** SIGSTOP: its sockets stay open and nothing answers. Resolves when it stands still. */
  async suspend(): Promise<void> {
    this.#signal('SIGSTOP');
    const stat = `/proc/${this.pid ?? 0}/stat`;
    await waitUntil(async () => / T /.test(await readFile(stat, 'utf8')), { what: `${this.name} to stand still` });
  }

  /** SIGCONT. */
  resume(): void {
    this.#signal('SIGCONT');
  }

  /** Stops it if it runs and starts it on the same port. @param flags laid over the present ones, for good */
  async restart({ flags = {} }: { flags?: Flags } = {}): Promise<void> {
    await this.stop();
    this.#flags = { ...this.#flags, ...flags };
    await this.start();
  }

  /** The end of what it wrote to stdout and stderr. */
  async readLog(lines = 40): Promise<string> {
    const text = await readFile(join(this.#supervisor.dir, `${this.name}.log`), 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#exit !== undefined) return;
    const exited = once(this.#changes, 'exit');
    const deadline = setTimeout(() => {
      this.#signal('SIGKILL');
    }, gracefulStopMs);
    // A suspended process does not hear SIGTERM.
    if (signal === 'SIGTERM') this.#signal('SIGCONT');
    this.#signal(signal);
    await exited;
    clearTimeout(deadline);
  }

  #signal(signal: NodeJS.Signals): void {
    this.#supervisor.order({ type: 'signal', part: this.name, signal });
  }
}
