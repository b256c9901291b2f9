/**
 * Holds Merlon's Pod Security verdicts to those of a real API server, word for word, on pods that nobody thought of.
 * `SEED=… mocha FILE` repeats a run; `make campaign-pod-security` is the same with hundreds of thousands.
 */
import { realpathSync } from 'node:fs';
import { expect } from 'chai';
import { selectAssets } from '../control-plane/assets.ts';
import { numbersFrom } from '../support/campaign.ts';
import { useControlPlane } from '../support/integration.ts';
import { printDisagreement } from './campaign-report.ts';
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

const onServer = 3000;
const onEvaluator = 5000;
// A second for each hundred, where the machine has other things to do.
const timeoutMs = 120_000;

describe('Pod Security', () => {
  const controlPlane = useControlPlane({ needs: ['build'], own: { controllerManager: false, auditLog: false } });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

  it(`is said word for word as a real API server says it, of ${onServer} generated pods (SEED=${seed})`, async function () {
    this.timeout(timeoutMs);
    const tally = startTally();
    const run = { ask: askServer(new PodSecurityOracle(controlPlane())), minor: controlPlane().minor, seed };
    await compareWithServer(run, numbersFrom(0, onServer), tally);
    await expectAgreement(run, tally, onServer);
  });

  it(`is said word for word as Kubernetes’ evaluator says it, of ${onEvaluator} more (SEED=${seed})`, async function () {
    this.timeout(timeoutMs);
    const { kubeApiServer = '' } = await selectAssets(process.env);
    const evaluator = new KubernetesEvaluator(realpathSync(kubeApiServer));
    const tally = startTally();
    const minor = binaryMinor();
    await compareWithEvaluator({ evaluator, minor, seed }, numbersFrom(onServer, onServer + onEvaluator), tally);
    await expectAgreement({ ask: askEvaluator(evaluator), minor, seed }, tally, onEvaluator);
    evaluator.close();
  });

  /** The evaluator emulates nothing. */
  function binaryMinor(): number {
    return Number(/^v1\.(\d+)/.exec(controlPlane().version)?.[1]);
  }
});

async function expectAgreement(
  { ask, minor, seed }: { ask: Ask; minor: number; seed: number },
  { disagreed, verdicts, allowed, invalid, invalidExamples }: Tally,
  asked: number,
): Promise<void> {
  const [first] = disagreed;
  const smallest =
    first === undefined ? undefined : await shrinkDisagreement({ ask, minor }, generateCase(seed, first));
  const shown = smallest === undefined ? 'none when asked again' : printDisagreement(smallest, minor);
  expect(disagreed, `SEED=${seed}, ${disagreed.length} disagree, the first of them: ${shown}`).to.deep.equal([]);
  expect(verdicts + invalid).to.equal(asked);
  expect(invalid, invalidExamples.join('\n')).to.be.lessThan(asked * 0.02);
  expect(allowed).to.be.within(asked * 0.25, asked * 0.75);
}
