/**
 * One cluster for all integration files of a run. It starts when the first file asks for it, in mocha's main process,
 * so that workers of a parallel run share it too; a socket named in the environment is where they ask.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectSource } from '../control-plane/assets.ts';
import { openCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';

const socketVariable = 'MERLON_TEST_CLUSTER_SOCKET';

type Answer = { readonly dir: string } | { readonly error: string };

/** Opens the run's cluster; the first to ask waits until it has started. */
export async function openSharedCluster(): Promise<Cluster> {
  const path = process.env[socketVariable];
  if (path === undefined)
    throw new Error('run this file with mocha from the repository: .mocharc.json must be in force');
  const socket = connect(path);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const answer = JSON.parse(Buffer.concat(chunks).toString()) as Answer;
  if ('error' in answer) throw new Error(answer.error);
  return openCluster(answer.dir);
}

/** Answers those who ask. @returns what ends the cluster, if it was started */
export async function offerSharedCluster(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'merlon-test-'));
  let cluster: Promise<StoppableCluster> | undefined;
  const answer = async (socket: Socket) => {
    cluster ??= startSharedCluster();
    const reply: Answer = await cluster.then(
      ({ dir }) => ({ dir }),
      (error: unknown) => ({ error: String(error) }),
    );
    socket.on('error', () => undefined).end(JSON.stringify(reply));
  };
  const server = createServer((socket) => void answer(socket));
  const path = join(folder, 'cluster.socket');
  await once(server.listen(path), 'listening');
  server.unref();
  process.env[socketVariable] = path;
  return async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
    await (await cluster?.catch(() => undefined))?.stop();
  };
}

interface StoppableCluster {
  readonly dir: string;
  stop(): Promise<void>;
}

// Imported late: a run of unit tests shall not wait for certificates and their like.
async function startSharedCluster(): Promise<StoppableCluster> {
  if (selectSource(process.env) === 'existing-cluster') {
    const { useExistingCluster } = await import('./existing-cluster.ts');
    return useExistingCluster(process.env);
  }
  const { startControlPlane } = await import('./control-plane.ts');
  return startControlPlane();
}
