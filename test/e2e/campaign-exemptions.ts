/**
 * `make campaign-exemptions`: that many exemptions come at once while an operator runs, most of them to one rule for a
 * CronJob that is there, and more into one namespace than count there. In the end the status of each must say what it
 * should; meanwhile namespaces are born with something careless in them, and their postures must come. How long those
 * took at worst is printed with the results on stdout, progress on stderr.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { AnyExemption } from '../../src/core/exemption.ts';
import { MAX_OWN_EXEMPTIONS } from '../../src/core/exemption-table.ts';
import { forEachConcurrently } from '../bench/concurrently.ts';
import { readResourceUse } from '../bench/resource-use.ts';
import { bodyOf } from '../support/api-client.ts';
import { readCount, showProgress } from '../support/campaign.ts';
import { startControlPlane } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { exitOnSignals } from '../support/run-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { install } from './installation.ts';
import { createHardenedNamespace, cronJob, plainPod } from './manifests.ts';
import { OperatorProcess, operatorProgram } from './operator-process.ts';
import { conditionOf, untilPosture } from './operator-suite.ts';

const perNamespace = 100;
/** So many are in the one namespace that has too many. */
const crowd = 2 * MAX_OWN_EXEMPTIONS;
const connections = 8;
const deadlineMs = 900_000;
const probePauseMs = 2000;
const probeTimeoutMs = 120_000;

exitOnSignals();
const { values } = parseArgs({ options: { exemptions: { type: 'string', default: '10000' } } });
const total = readCount('exemptions', values.exemptions, 2 * crowd);
const teams = Array.from({ length: Math.ceil((total - crowd) / perNamespace) }, (_, index) => `team-${index}`);
const places = [
  ...Array.from({ length: crowd }, () => 'crowd'),
  ...Array.from({ length: total - crowd }, (_, index) => teams[index % teams.length] ?? ''),
];

const controlPlane = await startControlPlane({ controllerManager: false });
const failures: string[] = [];
try {
  await install(controlPlane);
  const spec = { delegation: { exempt: ['pod-*'] } };
  await controlPlane.client.apply({
    apiVersion: API_VERSION,
    kind: 'ClusterHardeningPolicy',
    metadata: { name: 'exempt' },
    spec,
  });
  await forEachConcurrently(['crowd', ...teams], connections, createTeam);
  const operator = await OperatorProcess.start(controlPlane, { program: operatorProgram, deadlineMs });
  try {
    await untilPosture(
      controlPlane.client,
      teams.at(-1) ?? '',
      'to be there',
      ({ compliant }) => compliant === 'False',
    );
    const probing = new AbortController();
    const probes = probe(controlPlane, probing.signal);
    const startedAtMs = performance.now();
    const reasons = await operator.whileRunning(exemptAll(controlPlane));
    const seconds = (performance.now() - startedAtMs) / 1000;
    probing.abort();
    const delaysMs = await probes;
    const { peakRssMB = 0, cpuS = 0 } = readResourceUse(operator.pid) ?? {};
    expectCount(reasons, 'Active', total - crowd + MAX_OWN_EXEMPTIONS);
    expectCount(reasons, 'TooMany', crowd - MAX_OWN_EXEMPTIONS);
    process.stdout.write(
      `API server ${controlPlane.version}\n` +
        `  ${total} exemptions in ${teams.length + 1} namespaces: ${[...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ')}\n` +
        `  written, judged and said in ${seconds.toFixed(0)} s; the operator took ${cpuS.toFixed(0)} s of CPU and ${peakRssMB.toFixed(0)} MB at its peak\n` +
        `  ${delaysMs.length} namespaces born meanwhile had their posture after ${Math.max(...delaysMs).toFixed(0)} ms at worst\n`,
    );
  } finally {
    await operator.stop();
  }
} finally {
  await controlPlane.stop();
}
process.stdout.write(failures.length > 0 ? `\nFAILED: ${failures.join(', ')}\n` : '\neach says what it should\n');
process.exit(failures.length > 0 ? 1 : 0);

async function createTeam(name: string): Promise<void> {
  await createHardenedNamespace(controlPlane.client, name);
  await controlPlane.client.create(cronJob(name, 'report', plainPod));
}

function expectCount(reasons: ReadonlyMap<string, number>, reason: string, expected: number): void {
  const count = reasons.get(reason) ?? 0;
  if (count !== expected) failures.push(`${count} are ${reason}, not ${expected}`);
}

/** @returns how many there are of each reason, once every status says one for the present moment */
async function exemptAll({ client }: ControlPlane): Promise<ReadonlyMap<string, number>> {
  let created = 0;
  let reasons = new Map<string, number>();
  const progress = showProgress('exemptions', total, () => ({ done: created, found: describe(reasons) }));
  try {
    await forEachConcurrently(places.entries(), connections, async ([index, namespace]) => {
      await client.create({
        apiVersion: API_VERSION,
        kind: 'HardeningExemption',
        metadata: { name: `one-${index}`, namespace },
        spec: {
          reason: 'accepted for this campaign',
          rules: ['pod-run-as-non-root'],
          subjects: [{ kind: 'CronJob', name: 'report' }],
        },
      });
      created += 1;
    });
    await waitUntil(
      async () => {
        const before = describe(reasons);
        reasons = await readReasons(client);
        return !reasons.has('') && describe(reasons) === before;
      },
      { what: 'every status to be said', timeoutMs: deadlineMs, isCostly: true },
    );
    return reasons;
  } finally {
    progress.stop();
  }
}

async function readReasons(client: ControlPlane['client']): Promise<Map<string, number>> {
  const { items } = bodyOf('list', await client.resource<AnyExemption>(API_VERSION, 'hardeningexemptions').list());
  return new Map(
    [...Map.groupBy(items, ({ status }) => conditionOf(status, 'Active')?.reason ?? '')].map(([reason, some]) => [
      reason,
      some.length,
    ]),
  );
}

function describe(reasons: ReadonlyMap<string, number>): string {
  return [...reasons].map(([reason, count]) => `${count} ${reason === '' ? 'say nothing yet' : reason}`).join(', ');
}

/** @returns how long each namespace that was born until `signal` waited for its posture, in milliseconds */
async function probe({ client }: ControlPlane, signal: AbortSignal): Promise<readonly number[]> {
  const delays: number[] = [];
  while (!signal.aborted) {
    const name = `born-${delays.length}`;
    await createTeam(name);
    const bornAtMs = performance.now();
    await waitUntil(
      async () => {
        const { status } = bodyOf(
          'read',
          await client
            .resource<{ status?: { compliant?: string } }>(API_VERSION, 'securitypostures', name)
            .get('current'),
        );
        return status?.compliant === 'False';
      },
      { what: `the posture of ${name}`, timeoutMs: probeTimeoutMs },
    );
    delays.push(performance.now() - bornAtMs);
    await pause(probePauseMs);
  }
  return delays;
}
