/**
 * What the postures of the samples must say, so that the demo cannot show a lie and call it success. Rules come and go:
 * only what every sensible set of rules finds is expected here, no exact counts.
 */
import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import type { Cluster } from '../support/cluster.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { PostureWatch } from './posture-watch.ts';

const timeoutMs = 20_000;
/** Twice the least time between two writes of one posture. */
const quietMs = 500;

interface Expectation {
  readonly what: string;
  readonly holds: (watch: PostureWatch) => boolean;
}

const expectations: readonly Expectation[] = [
  { what: 'shop fails, with something critical', holds: ({ namespaces }) => isBad(namespaces.get('shop')?.status) },
  {
    what: 'legacy-monitoring fails, with something critical',
    holds: ({ namespaces }) => isBad(namespaces.get('legacy-monitoring')?.status),
  },
  {
    what: 'ci fails, because of its impersonation rights',
    holds: ({ namespaces }) => hasFinding(namespaces.get('ci')?.status, 'rbac-impersonate-any'),
  },
  {
    what: 'shop does not meet what its own policy expects',
    holds: ({ namespaces }) => hasFinding(namespaces.get('shop')?.status, 'rbac-expectations'),
  },
  {
    what: 'payments is ready for the restricted level that it enforces, and shop for none',
    holds: ({ namespaces }) =>
      isReadyFor(namespaces.get('payments'), 'restricted') && isReadyFor(namespaces.get('shop'), 'privileged'),
  },
  { what: 'payments is compliant', holds: ({ namespaces }) => isGood(namespaces.get('payments')?.status) },
  { what: 'merlon itself is compliant', holds: ({ namespaces }) => isGood(namespaces.get('merlon')?.status) },
  {
    what: 'the cluster fails, because of the binding of system:anonymous',
    holds: ({ cluster }) =>
      cluster?.status?.compliant === 'False' && hasFinding(cluster.status, 'rbac-anonymous-grants'),
  },
  {
    what: 'the cluster posture counts every namespace',
    holds: ({ cluster, namespaces }) => cluster?.status?.namespaces?.total === namespaces.size,
  },
];

/**
 * Waits until everything runs, the postures say what they must, and nothing changes any more.
 * @throws {Error} naming what is not as expected
 */
export async function untilSettled(cluster: Cluster, watch: PostureWatch): Promise<void> {
  if (cluster.description.hasControllerManager) await untilWorkloadsRun(cluster);
  await watch.until(() => expectations.every(({ holds }) => holds(watch)), {
    what: 'the postures to say what the samples deserve',
    timeoutMs,
    missing: () => describeMissing(watch),
  });
  await watch.untilQuiet(quietMs, timeoutMs);
  const missing = describeMissing(watch);
  if (missing !== '') throw new Error(`the postures do not stay as they must: not true that ${missing}`);
}

/** @returns the moment at which the verdict was seen, by `performance.now()` */
export function untilVerdict(watch: PostureWatch, namespace: string, verdict: 'True' | 'False'): Promise<number> {
  return watch.until(() => watch.namespaces.get(namespace)?.status?.compliant === verdict, {
    what: `the posture of "${namespace}" to say Compliant=${verdict}`,
    timeoutMs,
  });
}

function describeMissing(watch: PostureWatch): string {
  return expectations
    .filter(({ holds }) => !holds(watch))
    .map(({ what }) => what)
    .join('; ');
}

async function untilWorkloadsRun({ client }: Cluster): Promise<void> {
  const isRunning = async () => {
    const deployments = await client.resource<Deployment>('apps/v1', 'deployments').list();
    const daemonSets = await client.resource<DaemonSet>('apps/v1', 'daemonsets').list();
    return (
      bodyOf('list deployments', deployments).items.every(
        ({ spec, status }) => status?.availableReplicas === spec.replicas,
      ) && bodyOf('list daemonsets', daemonSets).items.every(({ status }) => (status?.numberAvailable ?? 0) > 0)
    );
  };
  await waitUntil(isRunning, { what: 'the workloads to run', timeoutMs });
}

interface Deployment {
  readonly spec: { readonly replicas: number };
  readonly status?: { readonly availableReplicas?: number };
}

interface DaemonSet {
  readonly status?: { readonly numberAvailable?: number };
}

function isBad(status: PostureStatus | undefined): boolean {
  return status?.compliant === 'False' && (status.summary?.critical ?? 0) > 0;
}

function isGood(status: PostureStatus | undefined): boolean {
  const summary = status?.summary;
  return status?.compliant === 'True' && summary?.critical === 0 && summary.high === 0;
}

function isReadyFor(posture: SecurityPosture | undefined, level: string): boolean {
  return posture?.status?.podSecurity?.ready === level;
}

function hasFinding(status: PostureStatus | undefined, rule: string): boolean {
  return status?.findings?.some((finding) => finding.rule === rule && finding.outcome === 'fail') === true;
}
