/**
 * How fast repairs begin and end: from the birth of a default account until it is repaired, and from the kill switch until
 * the last patch while many namespaces are being repaired. Both by the audit log of the API server.
 */
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { installBenchCluster } from './bench-cluster.ts';
import {
  answeredMs,
  appliedNamespaces,
  createNamespaces,
  readPatches,
  receivedMs,
  repairEverywhere,
} from '../e2e/many-repairs.ts';
import { OperatorProcess, operatorUser } from '../e2e/operator-process.ts';
import { untilRecord } from '../e2e/remediation-suite.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { waitUntil } from '../support/wait-until.ts';
import { say } from './progress.ts';
import { median, roundTo } from './statistics.ts';

export interface RepairSpeed {
  readonly births: number;
  /** From when the controller manager's request for the account came until the patch of it was answered. */
  readonly birthMedianMs: number;
  readonly birthWorstMs: number;
  /** How often the switch was turned off. */
  readonly kills: number;
  /** Of the slowest: from the answer to the policy's write until the answer to the last patch; 0 where none came after. */
  readonly killWorstMs: number;
  /** Of the one with the most: patches that were answered after it. */
  readonly killMostPatches: number;
  /** How many were still to be repaired at the last one. */
  readonly killLeft: number;
  readonly kubernetes: string;
}

const birthCount = 20;
const manyCount = 200;
/** Repaired before it is switched off. */
const begunCount = 10;
const kills = 3;
const deadlineMs = 900_000;
const settleTimeoutMs = 120_000;
const applying = { 'merlon.dev/remediation': 'apply' };

export async function measureRepairs(): Promise<RepairSpeed> {
  const controlPlane = await installBenchCluster({});
  try {
    await controlPlane.client.apply(repairEverywhere);
    // The budget is another matter: make campaign-remediation.
    const flags = ['--repairs-per-minute', '10000'];
    const operator = await OperatorProcess.start(controlPlane, { flags, deadlineMs });
    try {
      const births = await operator.whileRunning(measureBirths(controlPlane));
      const stops = await operator.whileRunning(measureKills(controlPlane));
      return { ...births, ...stops, kubernetes: controlPlane.version };
    } finally {
      await operator.stop();
    }
  } finally {
    await controlPlane.stop();
  }
}

type BirthSpeed = Pick<RepairSpeed, 'births' | 'birthMedianMs' | 'birthWorstMs'>;

async function measureBirths(controlPlane: ControlPlane): Promise<BirthSpeed> {
  const { client } = controlPlane;
  const give = async (name: string): Promise<void> => {
    await createNamespaces(client, [name], applying);
    await untilRecord(client, name, 'to be applied', ({ state }) => state === 'Applied', settleTimeoutMs);
  };
  // The first waits for the start of the operator, and for the right to be known.
  await give('first');
  say(`giving birth to ${birthCount} namespaces, one after the other`);
  const from = await controlPlane.readAuditPosition();
  const names = Array.from({ length: birthCount }, (_, index) => `born-${index}`);
  for (const name of names) await give(name);
  const { written } = await readPatches(controlPlane, from);
  const created = await controlPlane.readAudit({ resource: 'serviceaccounts', verbs: ['create'], from });
  const times = names.map((name) => {
    const isOf = ({ objectRef }: { readonly objectRef?: { readonly namespace?: string } }) =>
      objectRef?.namespace === name;
    const [birth, patch] = [created.find(isOf), written.find(isOf)];
    if (birth === undefined || patch === undefined) throw new Error(`the audit log knows no repair of "${name}"`);
    return answeredMs(patch) - receivedMs(birth);
  });
  return {
    births: times.length,
    birthMedianMs: roundTo(0, median(times)),
    birthWorstMs: Math.max(...times),
  };
}

type KillSpeed = Pick<RepairSpeed, 'kills' | 'killWorstMs' | 'killMostPatches' | 'killLeft'>;

async function measureKills(controlPlane: ControlPlane): Promise<KillSpeed> {
  const { client } = controlPlane;
  say(`switching ${manyCount} namespaces on, and off while they are repaired, ${kills} times`);
  await turnSwitch(controlPlane, 'off');
  await createNamespaces(
    client,
    Array.from({ length: manyCount }, (_, index) => `many-${index}`),
    applying,
  );
  const repaired = async (): Promise<number> => (await appliedNamespaces(client, 'many-')).length;
  const stops: { readonly afterMs: number; readonly patches: number }[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = await repaired();
    const from = await controlPlane.readAuditPosition();
    await turnSwitch(controlPlane, 'apply');
    const what = { what: 'some to be repaired', timeoutMs: settleTimeoutMs };
    await waitUntil(async () => (await repaired()) >= before + begunCount, what);
    const offMs = await turnSwitch(controlPlane, 'off');
    const { written } = await readPatches(controlPlane, from);
    const after = written.map(answeredMs).filter((atMs) => atMs > offMs);
    stops.push({ afterMs: Math.max(offMs, ...after) - offMs, patches: after.length });
  }
  const left = manyCount - (await repaired());
  if (left === 0) throw new Error('all were repaired before the switch was turned off the last time');
  return {
    kills,
    killWorstMs: Math.max(...stops.map(({ afterMs }) => afterMs)),
    killMostPatches: Math.max(...stops.map(({ patches }) => patches)),
    killLeft: left,
  };
}

/** Waits until it is known, and what was under way has ended. @returns when the write was answered, in milliseconds since 1970 */
async function turnSwitch(controlPlane: ControlPlane, mode: string): Promise<number> {
  const from = await controlPlane.readAuditPosition();
  const metadata = { name: 'switch' };
  await controlPlane.client.apply({
    apiVersion: API_VERSION,
    kind: 'ClusterHardeningPolicy',
    metadata,
    spec: { remediation: { mode } },
  });
  const [write] = await controlPlane.readAudit({ resource: 'clusterhardeningpolicies', verbs: ['patch'], from });
  if (write === undefined) throw new Error('the audit log does not know the policy');
  await waitUntil(
    async () => {
      const filter = { user: operatorUser, resource: 'clusterhardeningpolicies/status', from };
      return (await controlPlane.readAudit(filter)).length > 0;
    },
    { what: 'the policy to be known', timeoutMs: settleTimeoutMs },
  );
  if (mode === 'off') await untilQuiet(controlPlane);
  return answeredMs(write);
}

/** Nothing was written to an account within two seconds. */
async function untilQuiet(controlPlane: ControlPlane): Promise<void> {
  for (;;) {
    const from = await controlPlane.readAuditPosition();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    if ((await readPatches(controlPlane, from)).written.length === 0) return;
  }
}
