/** Kubeconfigs as this test support writes and reads them: one cluster, one user, one context. */
import { readFile } from 'node:fs/promises';

/** How to reach an API server and as whom. */
export interface Access {
  readonly url: string;
  readonly caPem: string;
  readonly credentials: Credentials;
  /** Act as someone else, where the credentials allow it. */
  readonly impersonate?: Impersonation;
}

export interface Impersonation {
  readonly user: string;
  readonly groups: readonly string[];
}

export type Credentials =
  | { readonly kind: 'client-certificate'; readonly certificatePem: string; readonly privateKeyPem: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none' };

interface KubeconfigUser {
  readonly 'client-certificate-data'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly as?: string;
  readonly 'as-groups'?: readonly string[];
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { server: string; 'certificate-authority-data': string } }[];
  readonly users: readonly { readonly user: KubeconfigUser }[];
}

/** @returns text of a kubeconfig; JSON, which every YAML reader reads */
export function buildKubeconfig(access: Access, namespace = 'default'): string {
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
      clusters: [{ name: 'test', cluster: { server: access.url, 'certificate-authority-data': base64(access.caPem) } }],
      users: [{ name: 'test', user: buildUser(access) }],
    },
    null,
    2,
  )}\n`;
}

/** Reads a kubeconfig that `buildKubeconfig` made. */
export async function readKubeconfig(path: string): Promise<Access> {
  const { clusters, users } = JSON.parse(await readFile(path, 'utf8')) as Kubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error(`${path} names no cluster or no user`);
  return {
    url: cluster.server,
    caPem: text(cluster['certificate-authority-data']),
    credentials: readCredentials(user),
    ...(user.as !== undefined && { impersonate: { user: user.as, groups: user['as-groups'] ?? [] } }),
  };
}

function buildUser({ credentials, impersonate }: Access): KubeconfigUser {
  return {
    ...buildCredentials(credentials),
    ...(impersonate && { as: impersonate.user, 'as-groups': impersonate.groups }),
  };
}

function buildCredentials(credentials: Credentials): KubeconfigUser {
  switch (credentials.kind) {
    case 'client-certificate':
      return {
        'client-certificate-data': base64(credentials.certificatePem),
        'client-key-data': base64(credentials.privateKeyPem),
      };
    case 'token':
      return { token: credentials.token };
    case 'none':
      return {};
  }
}

function readCredentials(user: KubeconfigUser): Credentials {
  const { 'client-certificate-data': certificate, 'client-key-data': key, token } = user;
  if (certificate !== undefined && key !== undefined) {
    return { kind: 'client-certificate', certificatePem: text(certificate), privateKeyPem: text(key) };
  }
  return token === undefined ? { kind: 'none' } : { kind: 'token', token };
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

function text(value: string): string {
  return Buffer.from(value, 'base64').toString();
}
