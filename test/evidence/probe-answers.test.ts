import { expect } from 'chai';

import { readGuardAnswer, readPodSecurity, readPullPolicy, readStranger } from '../../src/evidence/probe-answers.ts';
import type { TrialAnswer } from '../../src/evidence/probe-answers.ts';
import { buildProbePods } from '../../src/evidence/probe-pods.ts';
import type { Reading } from '../../src/evidence/reading.ts';

const { guard, plain, hostPid, stranger } = buildProbePods('n0nce');

function admitted(object: object = {}, warning = ''): TrialAnswer {
  return { status: 201, body: JSON.stringify({ kind: 'Pod', ...object }), warning };
}

function refused(status: number, message: string, warning = ''): TrialAnswer {
  return { status, body: JSON.stringify({ kind: 'Status', status: 'Failure', message }), warning };
}

function pulled(imagePullPolicy: unknown): TrialAnswer {
  return admitted({ spec: { containers: [{ imagePullPolicy }] } });
}

const asItWas = { spec: { hostPID: true } };
const policy = "ValidatingAdmissionPolicy 'merlon-probes' with binding 'merlon-probes' denied request: ";
const stands = 'this guard stands, and the namespace warns at restricted';
const oldLabel =
  '299 - "spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use \\"kubernetes.io/arch\\" instead"';
const violates = '299 - "would violate PodSecurity \\"restricted:latest\\": host namespaces (hostPID=true)"';
const withoutDryRun = refused(400, 'admission webhook "images.example.com" does not support dry run');
const noRight = refused(
  403,
  'pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the namespace "merlon-probes"',
);

function missingIn(reading: Reading<unknown>): string {
  return 'missing' in reading ? reading.missing : `read ${JSON.stringify(reading.read)}`;
}

describe('the answer to what the guard must refuse', () => {
  it('shows that it stands, and at which level the namespace warns', () => {
    const answer = refused(403, `pods "merlon-probe-n0nce-guard" is forbidden: ${policy}${stands}`);
    expect(readGuardAnswer(guard, answer)).to.deep.equal({ read: 'restricted' });
  });

  it('shows that it does not where the pod is admitted', () => {
    expect(missingIn(readGuardAnswer(guard, admitted()))).to.include('does not refuse what it should');
  });

  const others: readonly (readonly [what: string, answer: TrialAnswer, said: string])[] = [
    [
      'another policy refuses with the same words',
      refused(403, `pods "merlon-probe-n0nce-guard" is forbidden: ValidatingAdmissionPolicy 'mine' denied: ${stands}`),
      "ValidatingAdmissionPolicy 'mine'",
    ],
    [
      'a webhook refuses with the same words',
      refused(403, `admission webhook "x" denied the request: pods "merlon-probe-n0nce-guard" is forbidden: ${policy}`),
      'answered 403: admission webhook "x"',
    ],
    [
      'it refuses for the reason that nothing is tried',
      refused(403, `pods "merlon-probe-n0nce-guard" is forbidden: ${policy}in this namespace nothing is created`),
      "answered 403: ValidatingAdmissionPolicy 'merlon-probes'",
    ],
    ['a webhook knows no dry runs', withoutDryRun, 'the admission webhook "images.example.com" does not support'],
    ['Merlon may not create pods', noRight, 'needs the permission to create pods'],
    ['the namespace is not there', refused(404, 'namespaces "merlon-probes" not found'), 'answered 404: namespaces'],
    ['a proxy answers', { status: 200, body: '<html>login</html>', warning: '' }, 'was answered 200'],
    ['nothing is in the answer', { status: 403, body: '', warning: '' }, 'was answered 403'],
    ['JSON of another kind is in the answer', { status: 201, body: '[null]', warning: '' }, 'was answered 201'],
  ];
  for (const [what, answer, said] of others) {
    it(`shows nothing where ${what}`, () => {
      const reading = readGuardAnswer(guard, answer);
      expect(reading).not.to.have.property('read');
      expect(missingIn(reading)).to.include('the guard was not seen to act: ').and.include(said);
    });
  }
});

describe('the answer to a plain pod', () => {
  it('shows whether its pull policy was replaced', () => {
    expect(readPullPolicy(pulled('IfNotPresent'))).to.deep.equal({ read: 'kept' });
    expect(readPullPolicy(pulled('Always'))).to.deep.equal({ read: 'replaced' });
    const beside = [{ imagePullPolicy: 'Always' }, { imagePullPolicy: 'IfNotPresent' }];
    expect(readPullPolicy(admitted({ spec: { containers: beside } }))).to.deep.equal({ read: 'kept' });
  });

  it('shows nothing where it says something else, or the pod is refused', () => {
    for (const answer of [pulled('Never'), pulled(7), pulled(undefined), admitted(), noRight, withoutDryRun]) {
      expect(readPullPolicy(answer)).not.to.have.property('read');
    }
    expect(missingIn(readPullPolicy(withoutDryRun))).to.include('"images.example.com"');
  });

  const forbidden = `pods "${plain.metadata.name}" is forbidden: `;
  const called = 'Internal error occurred: failed calling webhook "x.example.com": failed to call webhook: Post';
  const refusals: readonly (readonly [what: string, status: number, message: string, said: string])[] = [
    [
      'a webhook that cannot be called, not from which port',
      500,
      `${called} "https://x.example.com/": read tcp 10.0.0.5:40211->10.0.0.9:443: connection reset`,
      ': failed calling webhook "x.example.com"',
    ],
    [
      'a webhook, not what it writes',
      418,
      'admission webhook "x.example.com" denied the request: at 12:00:01 merlon was given a token',
      ': admission webhook "x.example.com"',
    ],
    [
      'a policy, not what it writes',
      422,
      `${forbidden}ValidatingAdmissionPolicy 'mine' with binding 'all' denied request: at 12:00:01`,
      ": ValidatingAdmissionPolicy 'mine'",
    ],
    ['a quota, not what is used', 403, `${forbidden}exceeded quota: few, requested: pods=1`, ': exceeded quota: few'],
    [
      'PodSecurity, at which level',
      403,
      `${forbidden}violates PodSecurity "restricted:v1.30": runAsNonRoot != true`,
      ': violates PodSecurity "restricted:v1.30"',
    ],
    ['who says nothing of himself by nothing', 403, `${forbidden}no, at 12:00:01, says "admission webhook "x""`, ''],
    [
      'a webhook by a name cut short',
      400,
      `admission webhook "${'x'.repeat(500)}" denied`,
      `: admission webhook "${'x'.repeat(181)}…`,
    ],
  ];
  for (const [what, status, message, said] of refusals) {
    it(`names ${what}, so that every round says the same`, () => {
      const missing = `a pod that was tried was answered ${status}${said}`;
      expect(readPullPolicy(refused(status, message))).to.deep.equal({ missing });
      expect(readGuardAnswer(guard, refused(status, message))).to.deep.equal({
        missing: `the guard was not seen to act: ${missing}`,
      });
    });
  }
});

describe('the answer to a pod that no level but "privileged" admits', () => {
  const forbidden = `pods "${hostPid.metadata.name}" is forbidden: `;
  const rows: readonly (readonly [what: string, answer: TrialAnswer, sign: string])[] = [
    ['refuses', refused(403, `${forbidden}violates PodSecurity "baseline:latest": host namespaces`), 'refuses'],
    ['warns', admitted({}, `${oldLabel}, ${violates}`), 'warns'],
    ['warns, and another refuses', refused(403, 'admission webhook "x" denied the request', violates), 'warns'],
    ['says nothing, and other warnings arrive', admitted(asItWas, oldLabel), 'silent'],
  ];
  for (const [what, answer, sign] of rows) {
    it(`shows that PodSecurity ${what}`, () => {
      expect(readPodSecurity(hostPid, answer, 'restricted')).to.deep.equal({ read: sign });
    });
  }

  const doubts: readonly (readonly [what: string, answer: TrialAnswer, warnsAt: string, said: string])[] = [
    ['no warning arrives at all', admitted(asItWas), 'restricted', 'warnings of the API server do not arrive'],
    ['the namespace does not ask for warnings', admitted(asItWas, oldLabel), 'nothing', 'warns at nothing'],
    ['another refuses it first', refused(403, 'admission webhook "x" denied the request', oldLabel), 'restricted', 'x'],
    [
      'a webhook refuses with its words',
      refused(403, `admission webhook "psa" denied the request: ${forbidden}violates PodSecurity "baseline:latest"`),
      'restricted',
      'admission webhook "psa"',
    ],
    ['a webhook knows no dry runs', withoutDryRun, 'restricted', '"images.example.com"'],
    ['a webhook took away what is wrong with it', admitted({ spec: {} }, oldLabel), 'restricted', 'was taken from'],
  ];
  for (const [what, answer, warnsAt, said] of doubts) {
    it(`shows nothing where ${what}`, () => {
      const reading = readPodSecurity(hostPid, answer, warnsAt);
      expect(reading).not.to.have.property('read');
      expect(missingIn(reading)).to.include(said);
    });
  }
});

describe('the answer to a pod with a service account that is not there', () => {
  const forbidden = `pods "${stranger.metadata.name}" is forbidden: `;

  it('shows whether somebody looked for the account', () => {
    const answer = refused(403, `${forbidden}error looking up service account merlon-probes/x: "x" not found`);
    expect(readStranger(stranger, answer)).to.deep.equal({ read: 'refused' });
    expect(readStranger(stranger, admitted())).to.deep.equal({ read: 'admitted' });
  });

  it('shows nothing where it was refused for something else', () => {
    for (const message of [
      `${forbidden}exceeded quota`,
      'admission webhook "x" denied the request: error looking up',
    ]) {
      expect(readStranger(stranger, refused(403, message))).not.to.have.property('read');
    }
    expect(missingIn(readStranger(stranger, withoutDryRun))).to.include('"images.example.com"');
  });
});
