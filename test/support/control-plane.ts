/**
 * Starts a real control plane: etcd, kube-apiserver and kube-controller-manager as three processes on loopback ports,
 * in a temporary folder. Whatever happens to this process, none of them outlives it for long (control-plane-supervisor).
 */
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { selectAssets } from '../control-plane/assets.ts';
import type { ControlPlaneAssets } from '../control-plane/assets.ts';
import { ApiClient } from './api-client.ts';
import { writeVerbs } from './audit-log.ts';
import { createCredentials } from './control-plane-credentials.ts';
import type { ControlPlaneCredentials } from './control-plane-credentials.ts';
import { Cluster, readVersion } from './cluster.ts';
import type { ClusterDescription } from './cluster.ts';
import { findFreePort } from './free-port.ts';
import { buildKubeconfig } from './kubeconfig.ts';
import { apiServerFlags, auditFlags, controllerManagerFlags, etcdFlags, ownCertificateFlags } from './program-flags.ts';
import type { Flags, Ports } from './program-flags.ts';
import { Part, Supervisor } from './supervised-part.ts';
import { waitUntil } from './wait-until.ts';

export interface ControlPlaneOptions {
  /** Laid over the base flags; null leaves one out. `{dir}` in a value is the folder that `files` are written to. */
  readonly apiServerFlags?: Flags;
  /** File name to content: authentication, authorization, admission or audit configuration; `{dir}` as in flags. */
  readonly files?: Readonly<Record<string, string>>;
  /** As `1.34`; by default CONTROL_PLANE_EMULATED_VERSION, and without it the binary's own. */
  readonly emulatedVersion?: string;
  /** False leaves the controller manager out: no default ServiceAccounts, no garbage collection. */
  readonly controllerManager?: boolean;
  /** Controllers to run besides the usual ones, as `resourcequota-controller`. */
  readonly controllers?: readonly string[];
  /** False for none; by default everything at level Metadata. A policy of your own is text of an `audit.k8s.io/v1 Policy`. */
  readonly auditLog?: boolean | { readonly policy: string };
  /** How long the API server's certificate holds; by default a year. */
  readonly certificateDays?: number;
  /** The API server is given no certificate, and makes one itself. */
  readonly makesOwnCertificate?: boolean;
}

const metadataPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  // Of writes it is known when they are under way: see readAuditLog.
  rules: [
    { level: 'Metadata', verbs: writeVerbs },
    { level: 'Metadata', omitStages: ['RequestReceived'] },
  ],
});

/**
 * Starts a control plane and waits until it serves and default ServiceAccounts appear: about 5 s on two cores.
 * @throws {Error} with the end of a part's log when that part gives up
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const [assets, credentials, ports] = await Promise.all([
    selectAssets(process.env),
    createCredentials(options.certificateDays),
    findPorts(),
  ]);
  const { etcd, kubeApiServer } = assets;
  if (etcd === undefined || kubeApiServer === undefined) {
    throw new Error('USE_EXISTING_CLUSTER is set: this test needs a control plane of its own');
  }
  const supervisor = await Supervisor.start();
  try {
    const url = `https://127.0.0.1:${ports.apiServer}`;
    await writeFiles(supervisor.dir, url, credentials, options);
    const client = new ApiClient({
      url,
      caPem: credentials.authority.certificatePem,
      credentials: { kind: 'client-certificate', ...credentials.admin },
    });
    const parts = createParts({ supervisor, client, ports, assets: { ...assets, etcd, kubeApiServer }, options });
    await startParts(parts, ports);
    const caPem = options.makesOwnCertificate === true ? await readOwnCertificate(supervisor) : undefined;
    const openApiServer = (port: number, flags: Flags): OtherApiServer =>
      createOtherApiServer({ supervisor, credentials, ports: { ...ports, apiServer: port }, kubeApiServer, flags });
    const controlPlane = new ControlPlane({ supervisor, parts, ports, openApiServer }, client, {
      source: assets.source,
      dir: supervisor.dir,
      url,
      caPem: caPem ?? credentials.authority.certificatePem,
      adminKubeconfig: join(supervisor.dir, 'admin.kubeconfig'),
      kubectl: assets.kubectl,
      ...(await readVersion(client)),
      hasControllerManager: parts.controllerManager !== undefined,
      hasAuditLog: options.auditLog !== false,
    });
    await controlPlane.describe();
    return controlPlane;
  } catch (error) {
    await supervisor.end();
    throw error;
  }
}

interface Parts {
  readonly etcd: Part;
  readonly apiServer: Part;
  readonly controllerManager?: Part;
}

/** One that serves what another one does, from the same etcd. */
export interface OtherApiServer {
  readonly part: Part;
  readonly url: string;
  readonly client: ApiClient;
}

interface ControlPlaneProcesses {
  readonly supervisor: Supervisor;
  readonly parts: Parts;
  readonly ports: Ports;
  readonly openApiServer: (port: number, flags: Flags) => OtherApiServer;
}

/** A cluster whose parts the test may stop, kill, suspend and restart. */
export class ControlPlane extends Cluster {
  readonly etcd: Part;
  readonly apiServer: Part;
  readonly #controllerManager: Part | undefined;
  readonly #supervisor: Supervisor;
  readonly #etcdUrl: string;
  readonly #openApiServer: ControlPlaneProcesses['openApiServer'];
  readonly #others: OtherApiServer[] = [];

  constructor(processes: ControlPlaneProcesses, client: ApiClient, description: ClusterDescription) {
    super(description, client);
    const { supervisor, parts, ports, openApiServer } = processes;
    this.#supervisor = supervisor;
    this.#openApiServer = openApiServer;
    this.etcd = parts.etcd;
    this.apiServer = parts.apiServer;
    this.#controllerManager = parts.controllerManager;
    this.#etcdUrl = `http://127.0.0.1:${ports.etcd}`;
  }

  /** @throws {Error} if this control plane was started without one */
  get controllerManager(): Part {
    if (this.#controllerManager === undefined) throw new Error('this control plane has no controller manager');
    return this.#controllerManager;
  }

  get supervisorPid(): number | undefined {
    return this.#supervisor.pid;
  }

  /**
   * Drops all history before now: whoever reads or watches from an older resourceVersion gets 410 Gone, at the latest
   * after `apiServer.restart()`, as the API server keeps some history of its own.
   * @returns the revision at which history now starts
   */
  async compactEtcd(): Promise<number> {
    // An empty key is not in etcd; the answer's header says the revision.
    const { header } = await this.#etcdCall<{ header: { revision: string } }>('kv/range', { key: 'AA==' });
    await this.#etcdCall('kv/compaction', { revision: header.revision, physical: true });
    return Number(header.revision);
  }

  /**
   * Stores an object past the API server, as one of an older version may have left it.
   * @param key as `/registry/pods/default/web`
   */
  async putIntoEtcd(key: string, object: object): Promise<void> {
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    await this.#etcdCall('kv/put', { key: encode(key), value: encode(JSON.stringify(object)) });
  }

  /** Starts one more API server on the same etcd, with the same keys and without an audit log. @param flags as of options */
  async startAnotherApiServer(flags: Flags = {}): Promise<OtherApiServer> {
    const other = this.#openApiServer(await findFreePort(), flags);
    this.#others.push(other);
    await other.part.start();
    return other;
  }

  /** Ends every process and removes the folder. */
  async stop(): Promise<void> {
    for (const { client } of this.#others) client.close();
    this.client.close();
    await this.#supervisor.end();
  }

  async #etcdCall<T>(method: string, body: object): Promise<T> {
    const response = await fetch(`${this.#etcdUrl}/v3/${method}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

async function findPorts(): Promise<Ports> {
  const [etcd, etcdPeer, apiServer] = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
  return { etcd, etcdPeer, apiServer };
}

async function writeFiles(
  dir: string,
  url: string,
  credentials: ControlPlaneCredentials,
  { files = {}, auditLog = true }: ControlPlaneOptions,
): Promise<void> {
  const { authority, server, admin, controllerManager, serviceAccounts } = credentials;
  const caPem = authority.certificatePem;
  const kubeconfig = (certificate: typeof admin) =>
    buildKubeconfig({ url, caPem, credentials: { kind: 'client-certificate', ...certificate } });
  const contents = {
    'ca.crt': caPem,
    'ca.key': authority.privateKeyPem,
    'server.crt': server.certificatePem,
    'server.key': server.privateKeyPem,
    'service-account.key': serviceAccounts.privateKeyPem,
    'service-account.pub': serviceAccounts.publicKeyPem,
    'admin.kubeconfig': kubeconfig(admin),
    'controller-manager.kubeconfig': kubeconfig(controllerManager),
    'audit-policy.yaml': typeof auditLog === 'object' ? auditLog.policy : metadataPolicy,
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('{dir}', dir)])),
  };
  await Promise.all(
    Object.entries(contents).map(async ([name, content]) => {
      const path = join(dir, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { mode: 0o600 });
    }),
  );
}

interface PartsContext {
  readonly supervisor: Supervisor;
  readonly client: ApiClient;
  readonly ports: Ports;
  readonly assets: ControlPlaneAssets & { readonly etcd: string; readonly kubeApiServer: string };
  readonly options: ControlPlaneOptions;
}

function createParts({ supervisor, client, ports, assets, options }: PartsContext): Parts {
  const emulatedVersion = options.emulatedVersion ?? process.env['CONTROL_PLANE_EMULATED_VERSION'];
  const emulation: Flags = emulatedVersion ? { 'emulated-version': emulatedVersion } : {};
  const etcd = new Part(supervisor, {
    name: 'etcd',
    program: assets.etcd,
    flags: etcdFlags(ports),
    isReady: async () => (await fetch(`http://127.0.0.1:${ports.etcd}/health`)).ok,
  });
  const apiServer = new Part(supervisor, {
    name: 'kube-apiserver',
    program: assets.kubeApiServer,
    flags: {
      ...apiServerFlags(ports),
      ...(options.auditLog !== false && auditFlags),
      ...emulation,
      ...(options.makesOwnCertificate === true && ownCertificateFlags),
      ...options.apiServerFlags,
    },
    isReady: async () => {
      if (options.makesOwnCertificate === true) client.trust(await readOwnCertificate(supervisor));
      return (await client.request('GET', '/readyz')).status === 200;
    },
  });
  const { kubeControllerManager } = assets;
  if (options.controllerManager === false || kubeControllerManager === undefined) return { etcd, apiServer };
  const accounts = client.resource('v1', 'serviceaccounts', 'kube-node-lease');
  const controllerManager = new Part(supervisor, {
    name: 'kube-controller-manager',
    program: kubeControllerManager,
    flags: { ...controllerManagerFlags(options.controllers), ...emulation },
    // That an account comes back shows that the controllers work, also after a restart.
    prepare: () => accounts.delete('default').catch(() => undefined),
    isReady: async () => (await accounts.get('default')).status === 200,
  });
  return { etcd, apiServer, controllerManager };
}

/** With its authority behind it. */
function readOwnCertificate({ dir }: Supervisor): Promise<string> {
  return readFile(join(dir, 'own', 'apiserver.crt'), 'utf8');
}

function createOtherApiServer(context: {
  readonly supervisor: Supervisor;
  readonly credentials: ControlPlaneCredentials;
  readonly ports: Ports;
  readonly kubeApiServer: string;
  readonly flags: Flags;
}): OtherApiServer {
  const { supervisor, credentials, ports, kubeApiServer, flags } = context;
  const url = `https://127.0.0.1:${ports.apiServer}`;
  const client = new ApiClient({
    url,
    caPem: credentials.authority.certificatePem,
    credentials: { kind: 'client-certificate', ...credentials.admin },
  });
  const part = new Part(supervisor, {
    name: `kube-apiserver-${ports.apiServer}`,
    program: kubeApiServer,
    flags: { ...apiServerFlags(ports), ...flags },
    isReady: async () => (await client.request('GET', '/readyz')).status === 200,
  });
  return { part, url, client };
}

/**
 * Each once it can begin: an API server that finds nobody where etcd is to be asks again a second later, and so does a
 * controller manager where the API server does not serve yet.
 */
async function startParts({ etcd, apiServer, controllerManager }: Parts, ports: Ports): Promise<void> {
  const etcdServing = etcd.start();
  await Promise.race([etcdServing, untilListening(ports.etcd)]);
  await Promise.all([etcdServing, apiServer.start()]);
  await controllerManager?.start();
}

/** As soon as the port is open, long before what listens there answers. */
async function untilListening(port: number): Promise<void> {
  const isOpen = async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect').finally(() => socket.destroy());
    return true;
  };
  await waitUntil(isOpen, { what: `port ${port} to be open`, timeoutMs: 60_000 });
}
