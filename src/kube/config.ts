/** Which API server to speak to, and as whom: for the operator in its pod, and for a person at a terminal. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterConfig } from './cluster-config.ts';
import { ConfigError } from './config-error.ts';
import { readKubeconfig } from './kubeconfig.ts';
import type { KubeconfigOptions } from './kubeconfig.ts';
import type { Environment } from './proxy.ts';
import { messageOf } from './request-error.ts';

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterOptions {
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are read from it. */
  readonly environment: Environment;
  /** Holds `token`, `ca.crt` and `namespace`. */
  readonly tokenFolder: string;
}

/**
 * What Kubernetes gives to every pod. The files are read again as Kubernetes renews them.
 * @throws {ConfigError} outside a pod
 * Source: client-go v0.37.2, rest/config.go `InClusterConfig`
 */
export async function readInClusterConfig({ environment, tokenFolder }: InClusterOptions): Promise<ClusterConfig> {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') {
    throw new ConfigError(
      'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this is no pod; use --kubeconfig',
    );
  }
  const tokenFile = join(tokenFolder, 'token');
  try {
    if ((await readFile(tokenFile, 'utf8')).trim() === '') throw new Error('the file is empty');
  } catch (error) {
    throw new ConfigError(
      `the service account's token "${tokenFile}" cannot be read (${messageOf(error)}); mount it, or use --kubeconfig`,
      { cause: error },
    );
  }
  return {
    origin: `service account folder "${tokenFolder}"`,
    // No name has a colon, and no address of IPv4.
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    certificateAuthority: { file: join(tokenFolder, 'ca.crt') },
    isInsecure: false,
    credentials: [{ kind: 'token', token: { file: tokenFile } }],
    namespace: await readNamespace(tokenFolder),
  };
}

/**
 * What kubectl would use: the kubeconfig; in a pod without one, the pod's service account.
 * @throws {ConfigError} if neither is there
 */
export async function readUserConfig(
  options: KubeconfigOptions & { readonly tokenFolder?: string },
): Promise<ClusterConfig> {
  try {
    return await readKubeconfig(options);
  } catch (error) {
    const { path, environment, tokenFolder = serviceAccountFolder } = options;
    if (path !== undefined || environment['KUBECONFIG'] !== undefined) throw error;
    if (environment['KUBERNETES_SERVICE_HOST'] === undefined) throw error;
    return readInClusterConfig({ environment, tokenFolder });
  }
}

async function readNamespace(tokenFolder: string): Promise<string> {
  try {
    return (await readFile(join(tokenFolder, 'namespace'), 'utf8')).trim() || 'default';
  } catch {
    // Only commands that name no namespace need it.
    return 'default';
  }
}
