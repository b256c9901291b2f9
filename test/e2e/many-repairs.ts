/** Many namespaces that want to be repaired at once, and what the audit log says of when that was done. */
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, Manifest } from '../support/api-client.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import type { Cluster } from '../support/cluster.ts';
import { operatorUser } from './operator-process.ts';
import { repairBinding } from './remediation-suite.ts';

const connections = 16;

/** The right to repair default accounts everywhere, those of namespaces to come included. */
export const repairEverywhere: Manifest = {
  ...repairBinding('any'),
  kind: 'ClusterRoleBinding',
  metadata: { name: 'merlon-repairs' },
};

/** The controller manager makes their accounts. @param labels of each, at its birth */
export async function createNamespaces(
  client: ApiClient,
  names: readonly string[],
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const left = [...names];
  const create = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    }
  };
  await Promise.all(Array.from({ length: connections }, create));
}

/** @param prefix of the names of namespaces */
export async function listRecords(client: ApiClient, prefix = ''): Promise<readonly HardeningRemediation[]> {
  const records = client.resource<HardeningRemediation>(API_VERSION, 'hardeningremediations');
  const { items } = bodyOf('list records', await records.list());
  return items.filter(({ metadata }) => metadata.namespace?.startsWith(prefix));
}

/** Of those that are applied. */
export async function appliedNamespaces(client: ApiClient, prefix = ''): Promise<readonly string[]> {
  const records = await listRecords(client, prefix);
  return records.filter(({ status }) => status?.state === 'Applied').map(({ metadata }) => metadata.namespace ?? '');
}

/** What Merlon asked of service accounts, in the order in which it was answered. */
export interface AccountPatches {
  /** Those that were written. */
  readonly written: readonly AuditEvent[];
  /** What was only tried, to learn whether it may be written. */
  readonly tried: readonly AuditEvent[];
}

export async function readPatches(cluster: Cluster, from: number): Promise<AccountPatches> {
  const events = await cluster.readAudit({ user: operatorUser, resource: 'serviceaccounts', verbs: ['patch'], from });
  const good = events.filter(({ responseStatus }) => (responseStatus?.code ?? 500) < 300);
  const isTrial = ({ requestURI }: AuditEvent): boolean => requestURI.includes('dryRun=');
  return { written: good.filter((event) => !isTrial(event)), tried: good.filter(isTrial) };
}

export function receivedMs({ requestReceivedTimestamp }: AuditEvent): number {
  return Date.parse(requestReceivedTimestamp);
}

export function answeredMs({ stageTimestamp }: AuditEvent): number {
  return Date.parse(stageTimestamp);
}

export function namespaceOf({ objectRef }: AuditEvent): string {
  return objectRef?.namespace ?? '';
}

/**
 * The most that the API server received in any 60 s, wherever these begin.
 * @param since only in those that end later, in milliseconds since 1970
 */
export function mostInAMinute(events: readonly AuditEvent[], since = 0): number {
  const times = events.map(receivedMs).toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [index, atMs] of times.entries()) {
    while ((times[first] ?? atMs) <= atMs - 60_000) first += 1;
    if (atMs > since) most = Math.max(most, index - first + 1);
  }
  return most;
}
