/**
 * Whether the API server finds the service that a webhook or an aggregated API names. Whether somebody answers behind it
 * changes with every pod, and is not looked at.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/util/proxy `ResolveCluster`.
 */
import type { KindName } from '../../core/kinds.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** What `findServiceProblem` reads. */
export const serviceKinds = ['Service'] as const satisfies readonly KindName[];

/** What is not read of Services in files. */
export const NO_SERVICES_IN_FILES = 'whether a service is there only a cluster tells';

/** Where nothing is said. */
const DEFAULT_PORT = 443;

export interface NamedService {
  readonly namespace?: string;
  readonly name?: string;
  readonly port?: number;
}

/** As `guard/webhook`. */
export function nameService({ namespace = '', name = '' }: NamedService): string {
  return `${namespace}/${name}`;
}

/**
 * @returns what is wrong, to be read after the name of whom it is asked for; undefined where nothing is
 * @throws {NotObserved}
 */
export function findServiceProblem(named: NamedService, snapshot: Snapshot): string | undefined {
  const { namespace = '', name = '', port = DEFAULT_PORT } = named;
  const service = snapshot.get('Service', namespace, name);
  if (service === undefined) return `service "${nameService(named)}" does not exist`;
  const { ports = [], type, clusterIP } = service.spec ?? {};
  // The API server sends to addresses of Services, and to no pods behind them.
  if (clusterIP === 'None') return `service "${nameService(named)}" has no address of its own (clusterIP: None)`;
  // Then it is a name in DNS, which has any port.
  if (type === 'ExternalName' || ports.some((one) => one.port === port)) return undefined;
  return `service "${nameService(named)}" has no port ${port}`;
}
