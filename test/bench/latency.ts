/**
 * How long after a change the posture tells: from the moment at which the change is sent to the one at which a watcher
 * that is not the operator sees a posture that knows of it. Changes come at a fixed rate, however long they take. The API
 * server collects the garbage of the population before.
 */
import { bodyOf } from '../support/api-client.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import type { OperatorProcess } from '../e2e/operator-process.ts';
import { collectServerGarbage } from './bench-cluster.ts';
import type { BenchCluster } from './bench-cluster.ts';
import { forEachConcurrently } from './concurrently.ts';
import { say } from './progress.ts';
import { percentile, roundTo } from './statistics.ts';

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ChangeRate {
  readonly latencySeconds: number;
  readonly changesPerSecond: number;
}

const probeName = 'latency-probe';
const connections = 16;
const longestMs = 30_000;

/** Something in each namespace that can be made good or bad, and the finding that says which it is. */
interface Switch {
  readonly rule: string;
  readonly subject: string;
  readonly path: (namespace: string) => string;
  readonly patch: (isBad: boolean) => object;
}

const switches = [
  {
    // Nothing runs of it, so its template is what is judged.
    rule: 'pod-privileged',
    subject: probeName,
    path: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/${probeName}`,
    patch: (isBad: boolean) => ({ spec: probeSpec(isBad) }),
  },
  {
    rule: 'service-account-default-token-mount',
    subject: 'default',
    path: (namespace: string) => `/api/v1/namespaces/${namespace}/serviceaccounts/default`,
    patch: (isBad: boolean) => ({ automountServiceAccountToken: isBad }),
  },
] as const satisfies readonly Switch[];

/** @throws {Error} when a change was sent and no posture ever told */
export async function measureLatency(
  cluster: BenchCluster,
  operator: OperatorProcess,
  { latencySeconds, changesPerSecond }: ChangeRate,
): Promise<Latency> {
  await createProbes(cluster);
  await operator.whileRunning(untilAllGood(cluster));
  await collectServerGarbage(cluster);
  const changes = latencySeconds * changesPerSecond;
  say(`changing ${changesPerSecond} objects per second for ${latencySeconds} s`);
  const underWay: Promise<number>[] = [];
  const startedAtMs = performance.now();
  for (let index = 0; index < changes; index += 1) {
    await until(startedAtMs + (index * 1000) / changesPerSecond);
    underWay.push(change(cluster, index));
  }
  const latencies = await operator.whileRunning(Promise.all(underWay));
  const latency = { p50Ms: roundTo(1, percentile(latencies, 50)), p99Ms: roundTo(1, percentile(latencies, 99)) };
  say(`latency: p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms, longest ${Math.max(...latencies).toFixed(0)} ms`);
  return latency;
}

/** Goes through the namespaces round by round: in each round every namespace's one switch is turned. */
async function change({ controlPlane, watch, populated }: BenchCluster, index: number): Promise<number> {
  const namespace = populated[index % populated.length] ?? '';
  const round = Math.floor(index / populated.length);
  const turned: Switch = switches[round % 2 === 0 ? 0 : 1];
  const isBad = Math.floor(round / 2) % 2 === 0;
  const sentAtMs = performance.now();
  const told = watch.until(() => isFound(watch.namespaces.get(namespace), turned) === isBad, {
    what: `the posture of "${namespace}" to tell of a change to ${turned.subject}`,
    timeoutMs: longestMs,
  });
  const [seenAtMs] = await Promise.all([told, apply(controlPlane.client, namespace, turned, isBad)]);
  return seenAtMs - sentAtMs;
}

async function apply(
  client: BenchCluster['controlPlane']['client'],
  namespace: string,
  { path, patch }: Switch,
  isBad: boolean,
): Promise<void> {
  const response = await client.request('PATCH', path(namespace), {
    body: patch(isBad),
    contentType: 'application/strategic-merge-patch+json',
  });
  bodyOf(`patch ${path(namespace)}`, response);
}

function isFound(posture: SecurityPosture | undefined, { rule, subject }: Switch): boolean {
  return posture?.status?.findings?.some((one) => one.rule === rule && one.subject.name === subject) === true;
}

async function createProbes({ controlPlane: { client }, populated }: BenchCluster): Promise<void> {
  await forEachConcurrently(populated, connections, async (namespace) => {
    await client.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: probeName, namespace },
      spec: probeSpec(false),
    });
    for (const each of switches) await apply(client, namespace, each, false);
  });
}

function probeSpec(isPrivileged: boolean): object {
  const labels = { 'app.kubernetes.io/name': probeName };
  const container = {
    name: 'probe',
    image: 'registry.example/probe:1',
    securityContext: { privileged: isPrivileged },
  };
  return {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
  };
}

/** Every posture knows the probe, and that it is good. */
async function untilAllGood({ watch, populated }: BenchCluster): Promise<void> {
  const isReady = (namespace: string) => {
    const posture = watch.namespaces.get(namespace);
    const knowsProbe = posture?.status?.findings?.some(({ subject }) => subject.name === probeName) === true;
    return knowsProbe && !switches.some((each) => isFound(posture, each));
  };
  await watch.until(() => populated.every(isReady), {
    what: 'the postures to know the probes',
    timeoutMs: longestMs,
    missing: () => populated.filter((namespace) => !isReady(namespace)).join(', '),
  });
}

async function until(momentMs: number): Promise<void> {
  const delayMs = momentMs - performance.now();
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
}
