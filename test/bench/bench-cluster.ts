/** The cluster that is measured: a real control plane, Merlon's manifests, and a population. */
import { CLUSTER_POSTURE_NAME } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { POSTURE_NAME } from '../../src/api/v1alpha1/security-posture.ts';
import type { ControlPlane, ControlPlaneOptions } from '../support/control-plane.ts';
import { startControlPlane } from '../support/control-plane.ts';
import { install } from '../e2e/installation.ts';
import { forgerOf } from '../e2e/operator-suite.ts';
import { OperatorProcess } from '../e2e/operator-process.ts';
import { PostureWatch } from '../e2e/posture-watch.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { BenchOptions } from './bench-options.ts';
import { populate } from './populate.ts';
import { planPopulation } from './population.ts';
import { say } from './progress.ts';

export interface BenchCluster {
  readonly controlPlane: ControlPlane;
  readonly watch: PostureWatch;
  /** All that have a posture, those of Kubernetes included. */
  readonly namespaces: readonly string[];
  /** Those that the bench populated. */
  readonly populated: readonly string[];
  /** How many the bench created. */
  readonly workloads: number;
  stop(): Promise<void>;
}

// Nothing may take longer, however slow the machine.
const operatorDeadlineMs = 3_600_000;
const settleTimeoutMs = 300_000;

/** A control plane with Merlon's manifests and nothing else. */
export async function installBenchCluster(own: ControlPlaneOptions): Promise<ControlPlane> {
  say('starting a control plane');
  const controlPlane = await startControlPlane(own);
  try {
    await install(controlPlane);
    return controlPlane;
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

/** Starts it without a controller manager, which would make work of its own out of the population. */
export async function startBenchCluster(options: BenchOptions): Promise<BenchCluster> {
  say('starting the control plane');
  const controlPlane = await startControlPlane({ controllerManager: false, apiServerFlags: { profiling: 'true' } });
  try {
    await install(controlPlane);
    say(`creating ${options.pods} pods of ${options.workloads} workloads in ${options.namespaces} namespaces`);
    const population = planPopulation(options, options.seed);
    await populate(controlPlane.client, population);
    const { items } = bodyOf('list namespaces', await controlPlane.client.resource('v1', 'namespaces').list());
    const watch = await PostureWatch.start(controlPlane.client);
    await warmUp(controlPlane);
    return {
      controlPlane,
      watch,
      namespaces: items.map(({ metadata }) => metadata.name),
      populated: population.namespaces,
      workloads: population.workloads.length,
      async stop() {
        await watch.stop();
        await controlPlane.stop();
      },
    };
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

/**
 * The API server opens the storage of a custom kind when somebody first asks for it, and sends who asked away for a
 * second. That is no cost of whoever comes first; the kinds of postures are open already, they are watched.
 */
async function warmUp({ client }: ControlPlane): Promise<void> {
  const policies = client.resource(API_VERSION, 'clusterhardeningpolicies');
  await waitUntil(async () => (await policies.list()).status === 200, { what: 'the policies to be served' });
}

/**
 * Has the API server collect its garbage now. By itself it does so at some reads of everything and not at others, and takes a core of
 * theirs: of two that are measured in turns it may be one's more often than the other's.
 */
export async function collectServerGarbage({ controlPlane: { client } }: BenchCluster): Promise<void> {
  const { status } = await client.request('GET', '/debug/pprof/heap?gc=1');
  if (status !== 200) throw new Error(`the API server did not collect its garbage: it answered ${status}`);
}

export function startOperator({ controlPlane }: BenchCluster): Promise<OperatorProcess> {
  return OperatorProcess.start(controlPlane, { deadlineMs: operatorDeadlineMs });
}

/**
 * Waits until every namespace has its posture and the cluster's posture counts them all.
 * @returns when that was seen, by `performance.now()`
 */
export function untilSettled(cluster: BenchCluster, operator: OperatorProcess): Promise<number> {
  const isDue = (namespace: string) => cluster.watch.namespaces.get(namespace)?.status?.summary === undefined;
  const settled = cluster.watch.until(() => isRolledUp(cluster) && !cluster.namespaces.some(isDue), {
    what: 'every posture to be written',
    timeoutMs: settleTimeoutMs,
    missing: () => `${cluster.namespaces.filter(isDue).length} of ${cluster.namespaces.length} namespaces`,
  });
  return operator.whileRunning(settled);
}

function isRolledUp({ namespaces, watch }: BenchCluster): boolean {
  const counts = watch.cluster?.status?.namespaces;
  if (counts?.total !== namespaces.length) return false;
  const verdicts = [...watch.namespaces.values()].map(({ status }) => status?.compliant);
  const count = (verdict: string) => verdicts.filter((one) => one === verdict).length;
  return (
    counts.compliant === count('True') && counts.nonCompliant === count('False') && counts.unknown === count('Unknown')
  );
}

/** Removes every posture, so that the next operator has all of them to write. */
export async function removePostures({ controlPlane, watch }: BenchCluster): Promise<void> {
  const client = await forgerOf(controlPlane);
  for (const namespace of [...watch.namespaces.keys()]) {
    const postures = client.resource(API_VERSION, 'securitypostures', namespace);
    bodyOf(`delete the posture of "${namespace}"`, await postures.delete(POSTURE_NAME));
  }
  if (watch.cluster !== undefined) {
    const postures = client.resource(API_VERSION, 'clustersecuritypostures');
    bodyOf("delete the cluster's posture", await postures.delete(CLUSTER_POSTURE_NAME));
  }
  await watch.until(() => watch.namespaces.size === 0 && watch.cluster === undefined, {
    what: 'the postures to be gone',
    timeoutMs: settleTimeoutMs,
  });
}
