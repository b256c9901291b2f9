/** A cluster as a test sees it: where it is, as whom to speak to it, kubectl, and what its audit log says. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlaneSource } from '../control-plane/assets.ts';
import { ApiClient, bodyOf } from './api-client.ts';
import { readAuditLog, readAuditPosition } from './audit-log.ts';
import type { AuditEvent, AuditFilter } from './audit-log.ts';
import type { ClientIdentity } from './certificates.ts';
import { buildKubeconfig, readKubeconfig } from './kubeconfig.ts';
import type { Access } from './kubeconfig.ts';
import { runProcess } from './run-process.ts';
import type { ProcessResult } from './run-process.ts';

/** What there is to know about a cluster; kept in its folder, so that another process can open it. */
export interface ClusterDescription {
  readonly source: ControlPlaneSource;
  readonly dir: string;
  readonly url: string;
  readonly caPem: string;
  /** Path of a kubeconfig of someone who may do everything. */
  readonly adminKubeconfig: string;
  /** Path or name of the program. */
  readonly kubectl: string;
  /** As `v1.37.2`. */
  readonly version: string;
  /** The minor version that the API server behaves like: the emulated one if it emulates. */
  readonly minor: number;
  readonly hasControllerManager: boolean;
  readonly hasAuditLog: boolean;
}

export interface KubectlOptions {
  /** By default the administrator's. */
  readonly kubeconfig?: string;
  readonly stdin?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TokenOptions {
  readonly expirationSeconds?: number;
  readonly audiences?: readonly string[];
}

const descriptionFile = 'cluster.json';

/** Opens a cluster that another process started. @param dir its folder */
export async function openCluster(dir: string): Promise<Cluster> {
  const description = JSON.parse(await readFile(join(dir, descriptionFile), 'utf8')) as ClusterDescription;
  return new Cluster(description, await ApiClient.fromKubeconfig(description.adminKubeconfig));
}

interface VersionInfo {
  readonly gitVersion: string;
  readonly minor: string;
  /** From 1.33. */
  readonly emulationMinor?: string;
}

/** What the API server says about its version. */
export async function readVersion(client: ApiClient): Promise<Pick<ClusterDescription, 'version' | 'minor'>> {
  const version = bodyOf('read /version', await client.request<VersionInfo>('GET', '/version'));
  // Some providers append a plus sign.
  return { version: version.gitVersion, minor: Number.parseInt(version.emulationMinor ?? version.minor, 10) };
}

export class Cluster {
  readonly dir: string;
  readonly url: string;
  readonly caPem: string;
  readonly adminKubeconfig: string;
  readonly version: string;
  readonly minor: number;
  /** Speaks as the administrator. */
  readonly client: ApiClient;
  readonly description: ClusterDescription;

  constructor(description: ClusterDescription, client: ApiClient) {
    this.description = description;
    this.dir = description.dir;
    this.url = description.url;
    this.caPem = description.caPem;
    this.adminKubeconfig = description.adminKubeconfig;
    this.version = description.version;
    this.minor = description.minor;
    this.client = client;
  }

  /** Makes it possible for other processes to open this cluster. */
  async describe(): Promise<void> {
    await writeFile(join(this.dir, descriptionFile), JSON.stringify(this.description));
  }

  /** @returns path of a kubeconfig of this user, in a file of its own */
  async kubeconfigFor(identity: ClientIdentity): Promise<string> {
    return this.#writeKubeconfig(await this.#accessFor(identity));
  }

  /** A client that speaks as this user. */
  async clientFor(identity: ClientIdentity): Promise<ApiClient> {
    return new ApiClient(await this.#accessFor(identity));
  }

  /** A bound token by TokenRequest, for an hour unless told otherwise. */
  async serviceAccountToken(namespace: string, name: string, options: TokenOptions = {}): Promise<string> {
    const { expirationSeconds = 3600, audiences = [] } = options;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const response = await this.client.request<{ status: { token: string } }>('POST', path, {
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds, audiences },
      },
    });
    return bodyOf(`token of ServiceAccount "${namespace}/${name}"`, response).status.token;
  }

  /** @returns path of a kubeconfig with a token of the account, in a file of its own */
  async kubeconfigForServiceAccount(namespace: string, name: string, options: TokenOptions = {}): Promise<string> {
    const token = await this.serviceAccountToken(namespace, name, options);
    return this.#writeKubeconfig(
      { url: this.url, caPem: this.caPem, credentials: { kind: 'token', token } },
      namespace,
    );
  }

  /** Runs the real kubectl; its exit code is a result. @throws {Error} when it takes longer than `timeoutMs` (30 s) */
  async kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<ProcessResult> {
    const { kubeconfig = this.adminKubeconfig, stdin, timeoutMs = 30_000, env = {} } = options;
    const result = await runProcess(this.description.kubectl, args, {
      timeoutMs,
      ...(stdin !== undefined && { stdin }),
      env: {
        ...process.env,
        KUBECONFIG: kubeconfig,
        // Nothing of the developer's own: no preferences, and a discovery cache that ends with the cluster.
        KUBECACHEDIR: join(this.dir, 'kubectl-cache'),
        KUBERC: 'off',
        ...env,
      },
    });
    if (result.timedOut) throw new Error(`kubectl ${args.join(' ')}: not done within ${timeoutMs / 1000} s`);
    return result;
  }

  /** @returns the matching records; of a watch there are two, ResponseStarted and ResponseComplete */
  readAudit(filter: AuditFilter = {}): Promise<AuditEvent[]> {
    return readAuditLog(this.#auditLog(), filter);
  }

  /** Where the audit log ends now: `readAudit({ from })` later gives what came after. */
  readAuditPosition(): Promise<number> {
    return readAuditPosition(this.#auditLog());
  }

  #auditLog(): string {
    if (!this.description.hasAuditLog) throw new Error('this cluster has no audit log that the test can read');
    return join(this.dir, 'audit.log');
  }

  async #accessFor(identity: ClientIdentity): Promise<Access> {
    const { url, caPem } = this;
    if (this.description.source === 'existing-cluster') {
      // Nobody gives us its certificate authority's key.
      const admin = await readKubeconfig(this.adminKubeconfig);
      return { ...admin, impersonate: { user: identity.user, groups: identity.groups ?? [] } };
    }
    const { issueClientCertificate } = await import('./certificates.ts');
    const authority = { certificatePem: caPem, privateKeyPem: await readFile(join(this.dir, 'ca.key'), 'utf8') };
    const certificate = await issueClientCertificate(authority, identity);
    return { url, caPem, credentials: { kind: 'client-certificate', ...certificate } };
  }

  async #writeKubeconfig(access: Access, namespace?: string): Promise<string> {
    const path = join(this.dir, `${randomBytes(6).toString('hex')}.kubeconfig`);
    await writeFile(path, buildKubeconfig(access, namespace), { mode: 0o600 });
    return path;
  }
}
