/** What the suites about repairs share: namespaces that are switched on, their records, and who wrote what. */
import { setTimeout as pause } from 'node:timers/promises';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { ACTION_GUARD_NAME } from '../../src/api/v1alpha1/hardening-remediation.ts';
import type { HardeningRemediation, HardeningRemediationStatus } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { GUARD_SETTLING_MS } from '../../src/core/action-guard.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, KubeObject } from '../support/api-client.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import type { Cluster } from '../support/cluster.ts';
import type { ResourceClient } from '../support/resource-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { Manifest } from '../support/api-client.ts';
import { operatorUser } from './operator-process.ts';

export const DEFAULT_RULE = 'service-account-default-token-mount';
export const RECORD_NAME = `${DEFAULT_RULE}.serviceaccount.default`;

/** The right to repair the default account of a namespace. */
export function repairBinding(namespace: string): Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'merlon-repairs', namespace },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'merlon-repair-default-accounts',
    },
    subjects: [{ kind: 'ServiceAccount', name: 'merlon', namespace: 'merlon' }],
  };
}

export function switchTo(client: ApiClient, namespace: string, mode: string): Promise<unknown> {
  const labels = { 'merlon.dev/remediation': mode };
  return client
    .resource('v1', 'namespaces')
    .patch(namespace, { metadata: { labels } })
    .then((response) => bodyOf('label', response));
}

export function recordsOf(client: ApiClient, namespace: string): ResourceClient<HardeningRemediation> {
  return client.resource<HardeningRemediation>(API_VERSION, 'hardeningremediations', namespace);
}

/**
 * Waits until a record that is made from now on may be approved: of one that is about as old as the guard of such words
 * nobody knows whether they were guarded when they were said.
 */
export async function untilGuarded(client: ApiClient): Promise<void> {
  const guards = await Promise.all(
    ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map((plural) =>
      client.resource('admissionregistration.k8s.io/v1', plural).get(ACTION_GUARD_NAME),
    ),
  );
  const madeMs = guards.map((guard) => Date.parse(String(bodyOf('guard', guard).metadata['creationTimestamp'])));
  // A record's own age is told in whole seconds.
  const leftMs = Math.max(...madeMs) + GUARD_SETTLING_MS + 1_000 - Date.now();
  if (leftMs > 0) await pause(leftMs);
}

/** Waits until the record of the default account says so; a condition that throws is asked again. */
export function untilRecord(
  client: ApiClient,
  namespace: string,
  what: string,
  condition: (status: HardeningRemediationStatus) => boolean,
  timeoutMs = 10_000,
): Promise<HardeningRemediationStatus> {
  return waitUntil(
    async () => {
      const { status } = bodyOf('record', await recordsOf(client, namespace).get(RECORD_NAME));
      if (status === undefined || !condition(status)) throw new Error(JSON.stringify(status));
      return status;
    },
    { what: `the repair in "${namespace}" ${what}`, timeoutMs },
  );
}

export async function readDefaultAccount(client: ApiClient, namespace: string): Promise<KubeObject> {
  return bodyOf('default account', await client.resource('v1', 'serviceaccounts', namespace).get('default'));
}

export function say(
  client: ApiClient,
  namespace: string,
  action: 'Approve' | 'Revert' | 'Skip' | null,
): Promise<unknown> {
  return recordsOf(client, namespace)
    .patch(RECORD_NAME, { spec: { action } })
    .then((response) => bodyOf(`say ${String(action)}`, response));
}

/** What Merlon did to service accounts in earnest: dry runs and refusals are none. */
export async function readRepairs(cluster: Cluster, namespace: string, from: number): Promise<AuditEvent[]> {
  const verbs = ['create', 'update', 'patch', 'delete'];
  const events = await cluster.readAudit({ user: operatorUser, resource: 'serviceaccounts', verbs, namespace, from });
  return events.filter(
    ({ requestURI, responseStatus }) => !requestURI.includes('dryRun=') && (responseStatus?.code ?? 500) < 300,
  );
}

export interface GitOpsWriter {
  /** How often it has applied its manifest. */
  readonly applied: number;
  stop(): Promise<void>;
}

/** Applies the default account of a repository again and again, with force, as those controllers do. */
export function startGitOps(client: ApiClient, namespace: string, fieldManager: string, everyMs = 1000): GitOpsWriter {
  const stopped = new AbortController();
  const accounts = client.resource('v1', 'serviceaccounts', namespace);
  let applied = 0;
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const manifest = { kind: 'ServiceAccount', metadata: { name: 'default' }, automountServiceAccountToken: true };
      bodyOf('apply', await accounts.apply('default', manifest, { fieldManager }));
      applied += 1;
      await pause(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const done = run();
  return {
    get applied() {
      return applied;
    },
    async stop() {
      stopped.abort();
      await done;
    },
  };
}
