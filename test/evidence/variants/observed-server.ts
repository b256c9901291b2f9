/** Starts the API server of a variant, lets the operator's ServiceAccount observe it, and ends it. */
import { allKindNames, kinds } from '../../../src/core/kinds.ts';
import type { Kind } from '../../../src/core/kinds.ts';
import type { ClusterStore } from '../../../src/controller/store.ts';
import { collectClientAuthorities } from '../../../src/evidence/client-authorities.ts';
import { collectServer } from '../../../src/evidence/collect-server.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import type { ServerAccess } from '../../../src/evidence/server-access.ts';
import { collectChecks } from '../../../src/evidence/readyz.ts';
import { collectStatus } from '../../../src/evidence/statusz.ts';
import { withReleaseEnd } from '../../../src/evidence/version.ts';
import { withoutCredentials } from '../../../src/kube/cluster-config.ts';
import { readKubeconfig } from '../../../src/kube/kubeconfig.ts';
import { openServerAccess } from '../../../src/kube/server-access.ts';
import { systemClock } from '../../../src/kube/system-clock.ts';
import { openHandshake } from '../../../src/kube/tls-handshake.ts';
import { openTransport } from '../../../src/kube/transport.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { nameProbeReviewers } from '../../../src/rules/lib/probe-reviewers.ts';
import { readObjects } from '../../../src/scan/cluster-objects.ts';
import { ApiClient, bodyOf } from '../../support/api-client.ts';
import { Cluster } from '../../support/cluster.ts';
import { startControlPlane } from '../../support/control-plane.ts';
import type { ControlPlane } from '../../support/control-plane.ts';
import { declaredBy } from './declared-server.ts';
import { grantOperator, installProbes, waitForGuard } from './operator-rights.ts';
import { serverSources } from './seen.ts';
import type { Variant } from './variant.ts';

/** When the tables were written: which versions are mended changes from then on. */
const TABLES_MS = Date.UTC(2026, 10, 26);

export interface ObservedServer {
  readonly readings: ServerReadings;
  /** What objects would declare of it, if kubeadm or RKE2 had set it up. */
  readonly declared: ServerReadings['flags'];
  /** Its objects, as the operator would have them, to be judged together with what is known of it. */
  readonly objects: ClusterStore;
  /** Of the program, whichever it behaves like. */
  readonly minorVersion: number;
  /** Every kind that it serves, as discovery names them: `apps/v1/deployments`. */
  readonly served: readonly string[];
}

/** @param webhookUrl for `{webhook}` in files */
export async function observeServer(
  { start, restart, adminToken }: Variant,
  webhookUrl: string,
): Promise<ObservedServer> {
  const files = Object.entries(start.files ?? {}).map(([name, text]) => [name, text.replace('{webhook}', webhookUrl)]);
  const controlPlane = await startControlPlane({
    controllerManager: false,
    auditLog: false,
    emulatedVersion: '',
    ...start,
    files: Object.fromEntries(files) as Record<string, string>,
  });
  try {
    const admin = adminToken === undefined ? controlPlane.client : clientWithToken(controlPlane, adminToken);
    const cluster = new Cluster(controlPlane.description, admin);
    const kubeconfig = await grantOperator(cluster);
    await installProbes(admin);
    if (restart !== undefined) await controlPlane.apiServer.restart({ flags: restart });
    else await leaveTraces(admin);
    await waitForGuard(admin);
    const minorVersion = Number(/^v1\.(\d+)/.exec(cluster.version)?.[1]);
    const declared = declaredBy(controlPlane.apiServer.arguments);
    return { ...(await observe(kubeconfig, cluster.minor)), declared, minorVersion };
  } finally {
    await controlPlane.stop();
  }
}

function clientWithToken({ url, caPem }: ControlPlane, token: string): ApiClient {
  return new ApiClient({ url, caPem, credentials: { kind: 'token', token } });
}

/** Writes leave series of admission plugins, and of how Secrets are stored. */
async function leaveTraces(client: ApiClient): Promise<void> {
  bodyOf('secret', await client.resource('v1', 'secrets', 'default').create({ metadata: { name: 'trace' } }));
}

interface Discovered {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly { readonly resource: string }[];
    }[];
  }[];
}

async function discoverKinds(get: ServerAccess['get']): Promise<readonly string[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const answers = await Promise.all(['/api', '/apis'].map((path) => get(path, { accept })));
  return answers
    .flatMap(({ body }) => (JSON.parse(body) as Discovered).items)
    .flatMap(({ metadata: { name = '' }, versions }) =>
      versions.flatMap(({ version, resources }) => resources.map(({ resource }) => `${name}/${version}/${resource}`)),
    )
    .sort();
}

async function observe(path: string, minor: number): Promise<Omit<ObservedServer, 'minorVersion' | 'declared'>> {
  const config = await readKubeconfig({ path, context: undefined, environment: {}, homeFolder: '/nonexistent' });
  const options = { version: 'test', clock: systemClock, environment: {} };
  const transport = openTransport(config, options);
  const anonymous = openTransport(withoutCredentials(config), options);
  try {
    const objects = await readServerSources(transport, minor);
    const handshake = openHandshake(config);
    const access = openServerAccess({ transport, anonymous, handshake, hasDryRunProbes: true });
    const reviewers = () => nameProbeReviewers(objects);
    const readings = await collectServer(access, { nonce: 'variant', nowMs: Date.now, reviewers });
    // Also what the operator asks only where others tell nothing: it must not tell otherwise.
    const [status, checks, clientAuthorities] = await Promise.all([
      collectStatus(access.get),
      collectChecks(access.get),
      collectClientAuthorities(access.get),
    ]);
    const served = await discoverKinds(access.get);
    const version = withReleaseEnd(readings.version, TABLES_MS);
    return {
      readings: { ...readings, version, status: withReleaseEnd(status, TABLES_MS), checks, clientAuthorities },
      objects,
      served,
    };
  } finally {
    transport.close();
    anonymous.close();
  }
}

/** The objects that rules about the API server look at. */
export function readServerSources(transport: Transport, minor: number): Promise<ClusterStore> {
  const served = allKindNames.filter((name) => {
    const { lastMinor = Infinity }: Kind = kinds[name];
    return lastMinor >= minor && serverSources.has(name);
  });
  return readObjects(served, { transport, scope: 'everything' });
}
