/**
 * How long a changed policy takes: from the answer to its write until a watcher has seen the posture of every namespace
 * that it selects say the new generation; how long the API server takes for the same writes when nobody judges anything;
 * and how many postures are written for a policy that selects ten.
 */
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { OperatorProcess } from '../e2e/operator-process.ts';
import { createNamespaces } from '../e2e/many-repairs.ts';
import { readWrites } from '../e2e/operator-suite.ts';
import { PostureWatch } from '../e2e/posture-watch.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { installBenchCluster } from './bench-cluster.ts';
import { forEachConcurrently } from './concurrently.ts';
import { say } from './progress.ts';
import { readResourceUse } from './resource-use.ts';
import { median, roundTo } from './statistics.ts';

export interface PolicySpeed {
  readonly namespaces: number;
  readonly changes: number;
  readonly settledMedianMs: number;
  readonly settledWorstMs: number;
  /** The same statuses once more with another threshold, as many at a time as the operator writes, from a bare client. */
  readonly bareWritesMedianMs: number;
  /** Of the operator, which other work on the machine does not make worse; the mean of all changes. */
  readonly cpuSPerChange: number;
  /** Postures of namespaces that were written for a policy that selects ten. */
  readonly writtenForTen: number;
  readonly kubernetes: string;
}

const namespaceCount = 1000;
const deadlineMs = 900_000;
const settleTimeoutMs = 300_000;
const quietMs = 3000;
/** As in src/main.ts. */
const writesAtATime = 4;

/** @param changes of the policy that selects everything */
export async function measurePolicies(changes: number): Promise<PolicySpeed> {
  const controlPlane = await installBenchCluster({ controllerManager: false });
  try {
    say(`creating ${namespaceCount} namespaces`);
    const names = Array.from({ length: namespaceCount }, (_, index) => `ns-${String(index).padStart(4, '0')}`);
    await createNamespaces(controlPlane.client, names, {});
    const watch = await PostureWatch.start(controlPlane.client);
    const operator = await OperatorProcess.start(controlPlane, { deadlineMs });
    try {
      const bench = { controlPlane, watch, names };
      await operator.whileRunning(change(bench, 'everywhere', { threshold: 'critical' }, names));
      const times: number[] = [];
      const cpuBeforeS = readResourceUse(operator.pid)?.cpuS ?? 0;
      for (let index = 0; index < changes; index += 1) {
        const threshold = index % 2 === 0 ? 'low' : 'critical';
        times.push(await operator.whileRunning(change(bench, 'everywhere', { threshold }, names)));
        say(`${namespaceCount} namespaces follow after ${times.at(-1)?.toFixed(0)} ms`);
      }
      const cpuS = (readResourceUse(operator.pid)?.cpuS ?? 0) - cpuBeforeS;
      const writtenForTen = await operator.whileRunning(countForTen(bench));
      await operator.stop();
      const bareTimes: number[] = [];
      for (let index = 0; index < changes; index += 1) {
        bareTimes.push(await writeBare(bench, `bare-${index}`));
        say(`${namespaceCount} bare writes took ${bareTimes.at(-1)?.toFixed(0)} ms`);
      }
      return {
        namespaces: namespaceCount,
        changes,
        settledMedianMs: roundTo(0, median(times)),
        settledWorstMs: roundTo(0, Math.max(...times)),
        bareWritesMedianMs: roundTo(0, median(bareTimes)),
        cpuSPerChange: roundTo(2, cpuS / changes),
        writtenForTen,
        kubernetes: controlPlane.version,
      };
    } finally {
      await operator.stop();
      await watch.stop();
    }
  } finally {
    await controlPlane.stop();
  }
}

interface PolicyBench {
  readonly controlPlane: ControlPlane;
  readonly watch: PostureWatch;
  readonly names: readonly string[];
}

/** @returns how long it took, in milliseconds */
async function change(
  { controlPlane, watch }: PolicyBench,
  name: string,
  spec: ClusterHardeningPolicySpec,
  selected: readonly string[],
): Promise<number> {
  const policy = { apiVersion: API_VERSION, kind: 'ClusterHardeningPolicy', metadata: { name }, spec };
  const { metadata } = await controlPlane.client.apply(policy);
  const answeredAtMs = performance.now();
  const isDue = (namespace: string): boolean => {
    const observed = watch.namespaces.get(namespace)?.status?.observedPolicies ?? [];
    return !observed.some((one) => one.name === name && one.generation === metadata['generation']);
  };
  const seenAtMs = await watch.until(() => !selected.some(isDue), {
    what: `the postures to follow policy "${name}"`,
    timeoutMs: settleTimeoutMs,
    missing: () => `${selected.filter(isDue).length} of ${selected.length} namespaces`,
  });
  return Math.max(0, seenAtMs - answeredAtMs);
}

/** @returns how long it took until the watch had seen them all, in milliseconds */
async function writeBare({ controlPlane, watch, names }: PolicyBench, policy: string): Promise<number> {
  const startedAtMs = performance.now();
  await forEachConcurrently(names, writesAtATime, async (namespace) => {
    const { metadata, status } = watch.namespaces.get(namespace) ?? {};
    const postures = controlPlane.client.resource(API_VERSION, 'securitypostures', namespace);
    const object = { apiVersion: API_VERSION, kind: 'SecurityPosture', metadata, status: { ...status, policy } };
    const { status: code } = await postures.replace('current', object, { subresource: 'status' });
    if (code !== 200) throw new Error(`bench: the posture of ${namespace} was not written: HTTP ${code}`);
  });
  const seenAtMs = await watch.until(
    () => names.every((namespace) => watch.namespaces.get(namespace)?.status?.policy === policy),
    { what: 'the bare writes', timeoutMs: settleTimeoutMs, missing: () => policy },
  );
  return seenAtMs - startedAtMs;
}

/** Whatever is written for it within three seconds after all ten have followed. */
async function countForTen(bench: PolicyBench): Promise<number> {
  const ten = bench.names.filter((name) => name.startsWith('ns-000'));
  const from = await bench.controlPlane.readAuditPosition();
  await change(bench, 'ten', { namespaces: ['ns-000*'], priority: 1, threshold: 'medium' }, ten);
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const writes = await readWrites(bench.controlPlane, from);
  return writes.filter(({ objectRef }) => objectRef?.resource === 'securitypostures').length;
}
