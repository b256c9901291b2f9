import { expect } from 'chai';

import { probeGuardBindingSpec, probeGuardSpec } from '../../src/core/probe-guard.ts';
import { collectDryRun, shareGuard } from '../../src/evidence/dry-run-probes.ts';
import type { DryRunReading, TryPod } from '../../src/evidence/dry-run-probes.ts';
import type { TrialAnswer } from '../../src/evidence/probe-answers.ts';
import { buildProbePods } from '../../src/evidence/probe-pods.ts';
import type { ProbePod } from '../../src/evidence/probe-pods.ts';
import type { Reading, TextAnswer } from '../../src/evidence/reading.ts';

const NONCE = 'n0nce';
const POLICY = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/merlon-probes';
const BINDING = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/merlon-probes';
const stands: Readonly<Record<string, TextAnswer>> = {
  [POLICY]: { status: 200, body: JSON.stringify({ metadata: {}, spec: probeGuardSpec }) },
  [BINDING]: { status: 200, body: JSON.stringify({ metadata: {}, spec: probeGuardBindingSpec }) },
};
const absent = (plural: string): TextAnswer => ({
  status: 404,
  body: JSON.stringify({ kind: 'Status', message: `${plural}.admissionregistration.k8s.io "merlon-probes" not found` }),
});

interface Trial {
  readonly reading: Reading<DryRunReading>;
  readonly tried: readonly string[];
  readonly read: readonly string[];
}

/** @param changed what is read otherwise than of a guard that stands */
async function run(changed: Readonly<Record<string, TextAnswer>>, tryPod: TryPod = answerAsShipped): Promise<Trial> {
  const tried: string[] = [];
  const read: string[] = [];
  const reading = await collectDryRun({
    get: (path) => {
      read.push(path);
      return Promise.resolve({ ...stands, ...changed }[path] ?? { status: 500, body: '' });
    },
    tryPod: (namespace, pod) => {
      tried.push(`${namespace}/${(pod as ProbePod).metadata.name}`);
      return tryPod(namespace, pod);
    },
    nonce: NONCE,
    guard: shareGuard(),
    mayTry: true,
    reviewers: () => ({ read: { mutators: [], webhooks: [] } }),
  });
  return { reading, tried, read };
}

/** Of an API server with the default plugins. */
function answerAsShipped(_namespace: string, pod: object): Promise<TrialAnswer> {
  const { metadata, spec } = pod as ProbePod;
  const refuse = (message: string): TrialAnswer => ({
    status: 403,
    body: JSON.stringify({ kind: 'Status', message: `pods "${metadata.name}" is forbidden: ${message}` }),
    warning: '',
  });
  if (metadata.labels !== undefined) {
    return Promise.resolve(
      refuse(
        "ValidatingAdmissionPolicy 'merlon-probes' with binding 'merlon-probes' denied request: this guard stands, and the namespace warns at restricted",
      ),
    );
  }
  if ('serviceAccountName' in spec) return Promise.resolve(refuse('error looking up service account x: not found'));
  const warning = 'hostPID' in spec ? '299 - "would violate PodSecurity \\"restricted:latest\\": x"' : '';
  return Promise.resolve({ status: 201, body: JSON.stringify(pod), warning });
}

describe('dry-run probes', () => {
  it('try four pods after the guard was read, and seen to refuse the first', async () => {
    const { reading, tried, read } = await run({});

    expect(read).to.deep.equal([POLICY, BINDING]);
    expect(tried).to.deep.equal(
      ['guard', 'plain', 'host-pid', 'stranger'].map((what) => `merlon-probes/merlon-probe-n0nce-${what}`),
    );
    expect(reading).to.deep.equal({
      read: {
        pullPolicy: { read: 'kept' },
        podSecurity: { read: 'warns' },
        stranger: { read: 'refused' },
        reviewers: { read: { mutators: [], webhooks: [] } },
      },
    });
  });

  it('are sent by nobody who was not told to, who reads nothing either', async () => {
    const get = () => Promise.reject(new Error('asked'));
    const reviewers = () => ({ read: { mutators: [], webhooks: [] } });
    const usual = { get, nonce: NONCE, guard: shareGuard(), reviewers };
    const reading = await collectDryRun({ ...usual, tryPod: undefined, mayTry: true });
    expect(reading).to.have.property('missing').that.includes('--dry-run-probes');
    const enough = await collectDryRun({ ...usual, tryPod: answerAsShipped, mayTry: false });
    expect(enough).to.deep.equal({
      missing: 'nothing is tried by dry runs: there are more than 3 API servers, and the first are tried',
    });
  });

  it('are guarded by what is read once for all API servers of a round, also where it is missing', async () => {
    let reads = 0;
    const guard = shareGuard();
    const ask = () =>
      guard((path) => {
        reads += 1;
        return Promise.resolve(path === POLICY ? absent('validatingadmissionpolicies') : { status: 500, body: '' });
      });
    expect(await Promise.all([ask(), ask()])).to.have.length(2);
    expect(reads).to.equal(1);
    expect(await ask()).to.equal(await ask());
    expect(reads).to.equal(1);
  });

  const changed = { ...probeGuardSpec, failurePolicy: 'Ignore' };
  const audited = { ...probeGuardBindingSpec, validationActions: ['Audit'] };
  const problems: readonly (readonly [what: string, objects: Readonly<Record<string, TextAnswer>>, said: string])[] = [
    ['no policy', { [POLICY]: absent('validatingadmissionpolicies') }, 'is not there; apply config/probes'],
    ['no binding', { [BINDING]: absent('validatingadmissionpolicybindings') }, 'is not there; apply config/probes'],
    ['no such kind', { [POLICY]: { status: 404, body: '404 page not found' } }, 'from 1.30 on'],
    ['another policy', { [POLICY]: { status: 200, body: JSON.stringify({ spec: changed }) } }, 'is not the one'],
    ['another binding', { [BINDING]: { status: 200, body: JSON.stringify({ spec: audited }) } }, 'is not the one'],
    [
      'a policy on its way out',
      {
        [POLICY]: {
          status: 200,
          body: JSON.stringify({ metadata: { deletionTimestamp: '2026-11-26T00:00:00Z' }, spec: probeGuardSpec }),
        },
      },
      'is being deleted',
    ],
    ['a policy that may not be read', { [POLICY]: { status: 403, body: '' } }, 'grant get on it'],
    [
      'an answer that is none, of which nothing is shown',
      { [POLICY]: { status: 200, body: '<html>' } },
      'reading the ValidatingAdmissionPolicy "merlon-probes" was answered with what is no JSON of an object',
    ],
    ['JSON of nothing', { [BINDING]: { status: 200, body: 'null' } }, 'reading the ValidatingAdmissionPolicyBinding'],
  ];
  for (const [what, objects, said] of problems) {
    it(`try nothing where there is ${what}`, async () => {
      const { reading, tried } = await run(objects);
      expect(tried).to.deep.equal([]);
      expect(reading).to.have.property('missing').that.includes(said);
    });
  }

  it('try nothing else where the guard was not seen to act', async () => {
    const { reading, tried } = await run({}, (_namespace, pod) =>
      Promise.resolve({ status: 201, body: JSON.stringify(pod), warning: '' }),
    );
    expect(tried).to.have.length(1);
    expect(reading).to.have.property('missing').that.includes('does not refuse what it should');
  });

  it('tell of each pod that is not answered, and go on with the next', async () => {
    const { reading, tried } = await run({}, (namespace, pod) =>
      (pod as ProbePod).metadata.name.endsWith('plain')
        ? Promise.reject(new Error('no answer within 10 s'))
        : answerAsShipped(namespace, pod),
    );
    expect(tried).to.have.length(4);
    expect(reading).to.have.nested.property('read.pullPolicy.missing').that.includes('no answer within 10 s');
    expect(reading).to.have.nested.property('read.stranger.read', 'refused');
  });
});

describe('the pods that are tried', () => {
  const pods = Object.values(buildProbePods(NONCE));

  it('could not run if they were made: nobody schedules them, nowhere, from no image', () => {
    expect(pods).to.have.length(4);
    for (const { spec } of pods) {
      expect(spec).to.have.property('schedulerName', 'none.merlon.dev');
      expect(spec).to.have.property('nodeSelector').that.is.an('object').that.is.not.empty;
      expect(spec).to.have.nested.property('containers[0].image', 'merlon.invalid/probe:1');
      expect(spec).not.to.have.property('nodeName');
    }
  });

  it('mount no token and are called otherwise each time', () => {
    const again = Object.values(buildProbePods('0ther'));
    for (const { spec } of pods) expect(spec).to.have.property('automountServiceAccountToken', false);
    const names = [...pods, ...again].map(({ metadata }) => metadata.name);
    expect(new Set(names).size).to.equal(8);
  });
});
