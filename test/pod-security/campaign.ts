/**
 * `make campaign-pod-security`: the differential test of Pod Security with as many pods as asked for. A share of them
 * goes to real API servers, in equal parts to every version that the control plane emulates; the rest to Kubernetes'
 * evaluator alone. What is said is printed on stdout, what is done on stderr.
 */
import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { selectAssets } from '../control-plane/assets.ts';
import { startControlPlane } from '../support/control-plane.ts';
import { numbersFrom, readCount, readSeed, showProgress } from '../support/campaign.ts';
import { exitOnSignals } from '../support/run-process.ts';
import { printDisagreement, printTally } from './campaign-report.ts';
import { generateCase } from './differential-case.ts';
import {
  askEvaluator,
  askServer,
  compareWithEvaluator,
  compareWithServer,
  shrinkDisagreement,
  startTally,
} from './differential.ts';
import type { Ask, Tally } from './differential.ts';
import { PodSecurityOracle } from './oracle.ts';
import { KubernetesEvaluator } from './oracle-evaluator.ts';

const batch = 2000;
/** Of one cause there may be thousands of disagreements: some are made small, and those that come out alike are one. */
const mostShrunk = 40;
const mostInvalid = 0.02;

exitOnSignals();
const { pods, serverPods, seed, minors } = readOptions(process.argv.slice(2));
process.stderr.write(`campaign: SEED=${seed}\n`);
const failures: string[] = [];
const binary = await findBinary();
for (const [place, minor] of minors.entries()) {
  const indexes = numbersFrom(share(place), share(place + 1));
  if (indexes.length > 0) await runOnServer(minor, indexes);
}
if (pods > serverPods) await runOnEvaluator(numbersFrom(serverPods, pods));
process.stdout.write(failures.length > 0 ? `\nFAILED: ${failures.join(', ')}\n` : '\nno disagreement\n');
process.exitCode = failures.length > 0 ? 1 : 0;

async function runOnServer(minor: number, indexes: readonly number[]): Promise<void> {
  const controlPlane = await startControlPlane({
    emulatedVersion: `1.${minor}`,
    controllerManager: false,
    auditLog: false,
  });
  try {
    const run = { ask: askServer(new PodSecurityOracle(controlPlane)), minor: controlPlane.minor, seed };
    const what = `API server ${controlPlane.version} as 1.${controlPlane.minor}`;
    await compareAll(what, indexes, run, (some, tally) => compareWithServer(run, some, tally));
  } finally {
    await controlPlane.stop();
  }
}

async function runOnEvaluator(indexes: readonly number[]): Promise<void> {
  const evaluator = new KubernetesEvaluator(binary);
  // It knows no emulation: it clamps to the newest version that it has.
  const minor = Number.MAX_SAFE_INTEGER;
  const ask = askEvaluator(evaluator);
  await compareAll('evaluator alone', indexes, { ask, minor }, (some, tally) =>
    compareWithEvaluator({ evaluator, minor, seed }, some, tally),
  );
  evaluator.close();
}

async function compareAll(
  what: string,
  indexes: readonly number[],
  run: { readonly ask: Ask; readonly minor: number },
  compare: (some: readonly number[], tally: Tally) => Promise<void>,
): Promise<void> {
  const tally = startTally();
  const progress = showProgress(what, indexes.length, () => ({
    done: tally.verdicts + tally.invalid,
    found: `${tally.disagreed.length} disagree, ${tally.invalid} invalid`,
  }));
  for (let start = 0; start < indexes.length; start += batch) await compare(indexes.slice(start, start + batch), tally);
  const seconds = progress.stop();
  process.stdout.write(printTally(what, tally, seconds));
  const invalidShare = tally.invalid / Math.max(1, indexes.length);
  if (tally.disagreed.length === 0 && invalidShare <= mostInvalid) return;
  failures.push(what);
  const shown = new Set<string>();
  for (const index of tally.disagreed.slice(0, mostShrunk)) {
    const disagreement = await shrinkDisagreement(run, generateCase(seed, index));
    const text =
      disagreement === undefined ? 'no disagreement when asked again\n' : printDisagreement(disagreement, run.minor);
    if (!shown.has(text)) process.stdout.write(`\nnumber ${index}:\n${text}`);
    shown.add(text);
  }
}

async function findBinary(): Promise<string> {
  const { source, kubeApiServer } = await selectAssets(process.env);
  if (source !== 'build' || kubeApiServer === undefined) throw new Error('the campaign needs our own control plane');
  return realpathSync(kubeApiServer);
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pods: { type: 'string', default: '200000' },
      'server-pods': { type: 'string', default: '200000' },
      seed: { type: 'string', default: '' },
      minors: { type: 'string', default: '34,35,36,37' },
    },
  });
  const all = readCount('pods', values.pods);
  const emulated = process.env['CONTROL_PLANE_EMULATED_VERSION']?.replace(/^1\./, '') ?? '';
  return {
    pods: all,
    serverPods: Math.min(all, readCount('server-pods', values['server-pods'], 0)),
    seed: readSeed(values.seed),
    minors: (emulated === '' ? values.minors : emulated).split(',').map(Number),
  };
}

/** Where the part of a version begins. */
function share(place: number): number {
  return Math.floor((serverPods * place) / minors.length);
}
