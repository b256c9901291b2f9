/** The operator as a process of its own, with what a pod would give it: the token of its ServiceAccount. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import type { Cluster } from '../support/cluster.ts';
import { readShippedContainer } from '../../src/generate/shipped-container.ts';
import { compileCacheEnvironment } from '../support/compile-cache.ts';
import { dyingWithUs } from '../support/dying-with-us.ts';
import { testedPrograms } from '../support/tested-programs.ts';

/** Its namespace and its ServiceAccount, as the shipped manifests create them. */
export const operatorUser = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_NAME}`;
/** Relative to the repository. */
export const operatorBundle = 'dist/operator.mjs';
export const operatorProgram = testedPrograms.operator;

export interface OperatorOptions {
  /** By default the bundle in `dist/`. */
  readonly program?: string;
  /** Besides those that say where the API server is. */
  readonly flags?: readonly string[];
  /** Where it is told that the API server is; by default where that is. */
  readonly url?: string;
  /** What is mounted into its pod; by default a new one. */
  readonly tokenFolder?: string;
  /** After this long it is killed, whatever happens. */
  readonly deadlineMs: number;
}

export interface OperatorExit {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of its log. */
export interface LogRecord {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

const gracefulStopMs = 7000;
const keptLines = 2000;
const probeTimeoutMs = 2000;

export class OperatorProcess {
  readonly pid: number;
  /** By `performance.now()`. */
  readonly startedAtMs: number;
  /** The end of its log. */
  readonly log: readonly string[];
  /** As mounted into its pod: token, ca.crt and namespace. */
  readonly tokenFolder: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<OperatorExit>;

  /**
   * Starts it as the ServiceAccount that the shipped manifests create, which must exist, and with nothing else: an
   * environment of what every pod finds and the Deployment sets.
   */
  static async start(cluster: Cluster, options: OperatorOptions): Promise<OperatorProcess> {
    const { program: file = operatorBundle, flags = [], deadlineMs } = options;
    const tokenFolder = options.tokenFolder ?? (await writeTokenFolder(cluster));
    const { hostname, port } = new URL(options.url ?? cluster.url);
    const { nodeFlags, environment } = readShippedContainer('.');
    const args = [
      ...nodeFlags,
      file,
      '--token-folder',
      tokenFolder,
      '--health-port',
      '0',
      // As of one pod whose container starts again and again; a second operator needs a name of its own.
      '--identity',
      'merlon-0',
      ...flags,
    ];
    const startedAtMs = performance.now();
    const child = spawn(...dyingWithUs(process.execPath, args), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment,
        // What is shipped has no such thing.
        ...(file === operatorProgram && compileCacheEnvironment),
        KUBERNETES_SERVICE_HOST: hostname,
        KUBERNETES_SERVICE_PORT: port,
      },
    });
    await once(child, 'spawn');
    return new OperatorProcess(child, { startedAtMs, deadlineMs, tokenFolder });
  }

  private constructor(
    child: ChildProcess,
    { startedAtMs, deadlineMs, tokenFolder }: { startedAtMs: number; deadlineMs: number; tokenFolder: string },
  ) {
    if (child.pid === undefined) throw new Error('the operator has no process');
    this.pid = child.pid;
    this.startedAtMs = startedAtMs;
    this.tokenFolder = tokenFolder;
    this.#child = child;
    const log: string[] = [];
    this.log = log;
    const keep = (line: string) => {
      log.push(line);
      if (log.length > keptLines) log.shift();
    };
    readLines(child.stdout, keep);
    readLines(child.stderr, keep);
    const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs).unref();
    this.#exited = once(child, 'close').then(() => {
      clearTimeout(deadline);
      return { code: child.exitCode, signal: child.signalCode };
    });
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    void this.#exited.then(() => process.off('exit', killWithUs));
  }

  /** Resolves when it has ended, however. */
  get exited(): Promise<OperatorExit> {
    return this.#exited;
  }

  /** The lines of its log that are JSON. */
  get records(): readonly LogRecord[] {
    return this.log.flatMap((line) => parseRecord(line) ?? []);
  }

  /** What a probe of the kubelet would be answered. @throws {Error} while the port is not open */
  async probe(path: '/healthz' | '/readyz'): Promise<{ readonly status: number; readonly text: string }> {
    const port = this.records.find(({ healthPort }) => typeof healthPort === 'number')?.['healthPort'];
    if (typeof port !== 'number') throw new Error('the operator has not logged its health port yet');
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(probeTimeoutMs) });
    return { status: response.status, text: await response.text() };
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The result of `work`. @throws {Error} with the end of its log if the operator ends first */
  async whileRunning<T>(work: Promise<T>): Promise<T> {
    const ended = this.#exited.then((): never => {
      const { exitCode, signalCode } = this.#child;
      throw new Error(`the operator ended by itself (${signalCode ?? `exit code ${exitCode ?? ''}`})`);
    });
    try {
      return await Promise.race([work, ended]);
    } catch (error) {
      throw new Error(`${String(error)}\nthe end of the operator's log:\n${this.log.slice(-20).join('\n')}`, {
        cause: error,
      });
    }
  }

  /** How long after its start it logged this message; undefined if it has not. */
  millisecondsUntil(message: string): number | undefined {
    const timestamp = this.records.find((record) => record.message === message)?.['timestamp'];
    if (typeof timestamp !== 'string') return undefined;
    return Date.parse(timestamp) - (performance.timeOrigin + this.startedAtMs);
  }

  /** SIGTERM, and SIGKILL when that has not ended it in time. */
  async stop(): Promise<OperatorExit> {
    if (this.hasEnded) return this.#exited;
    this.#child.kill('SIGTERM');
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), gracefulStopMs);
    const exit = await this.#exited;
    clearTimeout(deadline);
    return exit;
  }

  /** SIGKILL: as when the node goes away. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}

/** The token of its ServiceAccount, as a kubelet mounts it. @returns the folder */
export async function writeTokenFolder(cluster: Cluster): Promise<string> {
  const token = await cluster.serviceAccountToken(OPERATOR_NAMESPACE, OPERATOR_NAME, { expirationSeconds: 24 * 3600 });
  const folder = await mkdtemp(join(cluster.dir, 'operator-token-'));
  const files = { token, 'ca.crt': cluster.caPem, namespace: OPERATOR_NAMESPACE };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })));
  return folder;
}

function readLines(stream: Readable | null, keep: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Infinity }).on('line', keep);
}

function parseRecord(line: string): LogRecord | undefined {
  try {
    return JSON.parse(line) as LogRecord;
  } catch {
    return undefined;
  }
}
