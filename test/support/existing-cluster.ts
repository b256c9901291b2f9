/** The cluster of the current kubeconfig, for USE_EXISTING_CLUSTER=true. Tests create namespaces and more in it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectAssets } from '../control-plane/assets.ts';
import { ApiClient } from './api-client.ts';
import { Cluster, readVersion } from './cluster.ts';
import { buildKubeconfig } from './kubeconfig.ts';
import type { Access, Credentials } from './kubeconfig.ts';

export class ExistingCluster extends Cluster {
  /** Removes what this process wrote to disk; the cluster is not ours. */
  async stop(): Promise<void> {
    this.client.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** @throws {Error} if the kubeconfig's user has neither a client certificate nor a token, itself or by a program */
export async function useExistingCluster(env: NodeJS.ProcessEnv): Promise<ExistingCluster> {
  const [{ kubectl }, access] = await Promise.all([selectAssets(env), readCurrentAccess(env['KUBECONFIG'])]);
  const client = new ApiClient(access);
  const version = await readVersion(client);
  const dir = await mkdtemp(join(tmpdir(), 'merlon-test-cluster-'));
  const adminKubeconfig = join(dir, 'admin.kubeconfig');
  await writeFile(adminKubeconfig, buildKubeconfig(access), { mode: 0o600 });
  const cluster = new ExistingCluster(
    {
      source: 'existing-cluster',
      dir,
      url: access.url,
      caPem: access.caPem,
      adminKubeconfig,
      kubectl,
      ...version,
      hasControllerManager: true,
      hasAuditLog: false,
    },
    client,
  );
  await cluster.describe();
  return cluster;
}

/** client-node knows every way in which a kubeconfig may say who one is. */
async function readCurrentAccess(kubeconfig: string | undefined): Promise<Access> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  // Otherwise ~/.kube/config, or what a pod finds.
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromDefault();
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('USE_EXISTING_CLUSTER is set, but the current kubeconfig names no cluster');
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { caData, caFile } = cluster;
  const caPem = caFile === undefined ? Buffer.from(caData ?? '', 'base64').toString() : await readFile(caFile, 'utf8');
  return { url: cluster.server.replace(/\/$/, ''), caPem, credentials: selectCredentials(options) };
}

interface HttpsIdentity {
  readonly cert?: unknown;
  readonly key?: unknown;
  readonly headers?: unknown;
}

function selectCredentials({ cert, key, headers }: HttpsIdentity): Credentials {
  if (isPem(cert) && isPem(key)) {
    return { kind: 'client-certificate', certificatePem: cert.toString(), privateKeyPem: key.toString() };
  }
  const authorization = (headers as Record<string, unknown> | undefined)?.['Authorization'];
  if (typeof authorization === 'string' && authorization.startsWith('Bearer ')) {
    return { kind: 'token', token: authorization.slice('Bearer '.length) };
  }
  throw new Error('USE_EXISTING_CLUSTER is set, but the kubeconfig has neither a client certificate nor a token');
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
