import { expect } from 'chai';
import { factNames, isObserved } from '../../src/core/evidence.ts';
import type { Evidence, Fact, Unobserved } from '../../src/core/evidence.ts';
import { probeGuardBindingSpec, probeGuardSpec } from '../../src/core/probe-guard.ts';
import { collectServer } from '../../src/evidence/collect-server.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import type { ProbePod } from '../../src/evidence/probe-pods.ts';
import type { TextAnswer } from '../../src/evidence/reading.ts';
import type { ServerAccess } from '../../src/evidence/server-access.ts';
import { handReused } from '../support/reused-memory.ts';

/** A round, at most. */
const MOST_REQUESTS = 15;
const MOST_ANONYMOUS = 6;
/** Where pods may be tried: so many creates, and their guard is read. */
const MOST_TRIALS = 6;
const READS_OF_GUARD = 2;

interface Asked {
  readonly own: string[];
  readonly anonymous: string[];
  handshakes: number;
}

const GUARD = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
const answers: Readonly<Record<string, string>> = {
  [`${GUARD}ies/merlon-probes`]: JSON.stringify({ spec: probeGuardSpec }),
  [`${GUARD}ybindings/merlon-probes`]: JSON.stringify({ spec: probeGuardBindingSpec }),
  '/version': '{"major":"1","minor":"37","gitVersion":"v1.37.2"}',
  '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication':
    '{"data":{"client-ca-file":"-----BEGIN CERTIFICATE-----"}}',
  '/flagz': JSON.stringify({
    kind: 'Flagz',
    flags: {
      'authorization-mode': '[Node,RBAC]',
      'etcd-servers': '[https://etcd:PASSWORD-OF-ETCD@10.0.0.1:2379]',
      'etcd-keyfile': '/etc/kubernetes/PATH-OF-A-KEY',
      'etcd-certfile': '/etc/kubernetes/PATH-OF-A-CERTIFICATE',
      'token-auth-file': 'CLASSIFIED',
      'oidc-issuer-url': 'https://client:SECRET-OF-OIDC@issuer.example.com',
      'oidc-client-id': 'ID-OF-OIDC',
      'service-account-key-file': '[/etc/kubernetes/PATH-OF-A-KEY]',
      'encryption-provider-config': '/etc/kubernetes/PATH-OF-KEYS',
      'audit-webhook-config-file': '/etc/kubernetes/PATH-OF-A-KUBECONFIG',
      'audit-policy-file': '/etc/kubernetes/PATH-OF-A-POLICY',
    },
  }),
};

function serverThat(
  { own, anonymous, ...counts }: Asked,
  change: (path: string, answer: TextAnswer) => Promise<TextAnswer> = (_path, answer) => Promise.resolve(answer),
): { readonly access: ServerAccess; readonly asked: Asked } {
  const asked: Asked = { own, anonymous, ...counts };
  const answer = (path: string): Promise<TextAnswer> => change(path, { status: 200, body: answers[path] ?? '' });
  return {
    asked,
    access: {
      instance: '10.0.0.1:6443',
      get: (path) => {
        own.push(path);
        return answer(path);
      },
      stream: async (path, _asked, take) => {
        own.push(path);
        const { status, body } = await change(path, {
          status: 200,
          body: 'apiserver_authorization_decisions_total{type="RBAC",decision="allowed",name="rbac"} 1\nprocess_start_time_seconds 1795000000\n',
        });
        handReused(Buffer.from(body), take);
        return status;
      },
      review: async ({ user }) => {
        own.push(`review of ${user === undefined ? 'itself' : 'somebody'}`);
        const { status } = await change('review', { status: 201, body: '' });
        if (status === 403) return { outcome: 'forbidden' };
        if (status !== 201) throw new Error(`answered ${status}`);
        return {
          outcome: 'answered',
          evaluationError: '',
          allowed: user === undefined,
          reason: user === undefined ? 'RBAC: allowed by x' : '',
        };
      },
      whoAmI: () => {
        own.push('whoAmI');
        return Promise.resolve({ outcome: 'answered', user: 'system:serviceaccount:merlon:merlon' });
      },
      anonymousGet: (path) => {
        anonymous.push(path);
        return change(path, { status: 403, body: 'system:anonymous' });
      },
      handshake: () => {
        asked.handshakes += 1;
        return Promise.resolve({ outcome: 'agreed', notAfter: '2030-01-01T00:00:00Z' });
      },
      close: () => undefined,
    },
  };
}

/** As the guard refuses, whatever is tried. */
function guardSays(pod: object): string {
  const { name } = (pod as ProbePod).metadata;
  const message = `pods "${name}" is forbidden: ValidatingAdmissionPolicy 'merlon-probes' with binding 'merlon-probes' denied request: this guard stands, and the namespace warns at restricted`;
  return JSON.stringify({ kind: 'Status', message });
}

function nobodyAsked(): Asked {
  return { own: [], anonymous: [], handshakes: 0 };
}

const options = { nonce: 'n0nce', nowMs: () => Date.parse('2026-11-26T00:00:00Z') };

function knownIn(evidence: Evidence): readonly string[] {
  return factNames.filter((name) =>
    isObserved<Fact<unknown>>(evidence[name] as Fact<unknown> | Unobserved | undefined),
  );
}

describe('a round of evidence', () => {
  it('asks an API server no more than 15 times, 6 of them without credentials', async () => {
    const { access, asked } = serverThat(nobodyAsked());

    await collectServer(access, options);

    expect(asked.own.length + asked.anonymous.length).to.be.at.most(MOST_REQUESTS);
    expect(asked.anonymous).to.have.length(MOST_ANONYMOUS);
    expect(asked.handshakes).to.equal(4);
  });

  describe('has one request left', () => {
    /** What is asked of an API server that refuses some paths, and whom nobody knows to ask RBAC where that is said. */
    async function lastOf(refused: RegExp, isRbacKnown = true): Promise<readonly string[]> {
      const { access, asked } = serverThat(nobodyAsked(), (path, answer) =>
        Promise.resolve(refused.test(path) ? { status: 403, body: '' } : answer),
      );
      await collectServer(
        isRbacKnown ? access : { ...access, review: () => Promise.resolve(otherAuthorizer) },
        options,
      );
      expect(asked.own.length + asked.anonymous.length).to.be.at.most(MOST_REQUESTS);
      return asked.own.filter((path) => /statusz|readyz/.test(path));
    }
    const otherAuthorizer = {
      outcome: 'answered',
      allowed: true,
      reason: 'a webhook says so',
      evaluationError: '',
    } as const;

    const rows: readonly (readonly [string, RegExp, boolean, readonly string[]])[] = [
      ['that is not needed where others tell everything', /^$/, true, []],
      ['for the version where that is not told', /version/, true, ['/statusz']],
      ['for the version before anything else', /version|metrics|flagz/, false, ['/statusz']],
      ['for the authorizer RBAC where nobody tells of it', /metrics|flagz/, false, ['/readyz?verbose']],
      ['for the time of the start where everything else is told', /metrics/, true, ['/statusz']],
    ];
    for (const [what, refused, isRbacKnown, last] of rows) {
      it(what, async () => {
        expect(await lastOf(refused, isRbacKnown)).to.deep.equal(last);
      });
    }
  });

  it('says when each source was read', async () => {
    let second = 0;
    const { access } = serverThat(nobodyAsked());
    const nowMs = () => Date.parse('2026-11-26T00:00:00Z') + 1000 * second;
    const first = await collectServer(access, { ...options, nowMs });
    second = 600;
    const { anonymousAnswers, tls } = first;

    const evidence = concludeEvidence(
      await collectServer(access, { ...options, nowMs, slow: { anonymousAnswers, tls } }),
    );

    const observedAt = (name: 'anonymousRequests' | 'servingCertificate' | 'minorVersion' | 'rbacAuthorizer') =>
      isObserved<Partial<Fact<unknown>>>(evidence[name]) ? evidence[name].observedAt : undefined;
    expect(observedAt('anonymousRequests')).to.equal('2026-11-26T00:00:00Z');
    expect(observedAt('servingCertificate')).to.equal('2026-11-26T00:00:00Z');
    expect(observedAt('minorVersion')).to.equal('2026-11-26T00:10:00Z');
    expect(observedAt('rbacAuthorizer')).to.equal('2026-11-26T00:10:00Z');
  });

  it('tries no pod where that is not switched on, and no more than 6 times where it is', async () => {
    const off = serverThat(nobodyAsked());
    const on = serverThat(nobodyAsked());
    const tried: object[] = [];
    await collectServer(off.access, options);

    const readings = await collectServer(
      {
        ...on.access,
        tryPod: (_namespace, pod) => {
          tried.push(pod);
          return Promise.resolve({ status: 403, body: guardSays(pod), warning: '' });
        },
      },
      options,
    );

    expect(off.asked.own.filter((path) => path.includes('admissionregistration'))).to.deep.equal([]);
    expect(on.asked.own.length - off.asked.own.length).to.equal(READS_OF_GUARD);
    expect(tried).to.have.length.within(2, MOST_TRIALS);
    expect(readings.dryRun).to.have.nested.property('read.reviewers.missing').that.includes('not looked at');
  });

  it('asks what may alarm people only when it is due', async () => {
    const { access, asked } = serverThat(nobodyAsked());
    const { anonymousAnswers, tls } = await collectServer(access, options);
    const first = { ...asked, anonymous: [...asked.anonymous] };

    await collectServer(access, { ...options, slow: { anonymousAnswers, tls } });

    expect(asked.anonymous).to.deep.equal(first.anonymous);
    expect(asked.handshakes).to.equal(4);
  });

  it('asks nothing without credentials where that is switched off', async () => {
    const { access, asked } = serverThat(nobodyAsked());

    const readings = await collectServer({ ...access, anonymousGet: undefined }, options);

    expect(asked.anonymous).to.deep.equal([]);
    expect(readings.anonymousAnswers).to.have.property('missing').that.includes('switched off');
  });

  it('never asks for profiles', async () => {
    const { access, asked } = serverThat(nobodyAsked());

    await collectServer(access, options);

    expect([...asked.own, ...asked.anonymous].filter((path) => path.includes('debug'))).to.deep.equal([]);
  });

  it('tells no value of a flag that says where or what a credential is', async () => {
    const { access } = serverThat(nobodyAsked());

    const evidence = JSON.stringify(concludeEvidence(await collectServer(access, options)));

    expect(evidence).to.include('--etcd-certfile and --etcd-keyfile are given');
    expect(evidence).not.to.match(/PASSWORD|SECRET|PATH-OF|ID-OF|CLASSIFIED|BEGIN CERTIFICATE/);
  });

  const failures: readonly (readonly [string, (path: string, answer: TextAnswer) => Promise<TextAnswer>])[] = [
    ['refuses everything', () => Promise.resolve({ status: 403, body: '' })],
    ['fails at everything', () => Promise.resolve({ status: 500, body: 'oops' })],
    ['answers nothing', () => Promise.reject(new Error('no answer within 10 s'))],
    ['answers with nothing', (_path, { status }) => Promise.resolve({ status, body: '' })],
    ['answers with something else', (_path, { status }) => Promise.resolve({ status, body: '<html>login</html>' })],
    ['answers with other JSON', (_path, { status }) => Promise.resolve({ status, body: '[null]' })],
  ];
  const others = ['serviceAccountAuthentication', 'acceptsOldTls', 'acceptsWeakCiphers', 'servingCertificate'];
  for (const [what, change] of failures) {
    it(`never throws where an API server ${what}, and knows nothing from that`, async () => {
      const { access } = serverThat(nobodyAsked(), change);
      const whole = valuesIn(concludeEvidence(await collectServer(serverThat(nobodyAsked()).access, options)));

      const values = valuesIn(concludeEvidence(await collectServer(access, options)));

      // Reviews that are answered, and requests without credentials, tell what they tell.
      const invented = Object.entries(values).filter(
        ([name, value]) => !others.includes(name) && !name.startsWith('anonymous') && whole[name] !== value,
      );
      expect(invented).to.deep.equal([]);
    });
  }

  it('says of every fact that is unknown what would make it known', async () => {
    const { access } = serverThat(nobodyAsked(), () => Promise.resolve({ status: 403, body: '' }));

    const evidence = concludeEvidence(await collectServer(access, options));

    const silent = factNames.filter((name) => {
      const fact = evidence[name] as Fact<unknown> | Unobserved | undefined;
      return fact !== undefined && 'unobserved' in fact && !/grant|permission|no source tells/.test(fact.unobserved);
    });
    expect(silent).to.deep.equal([]);
  });

  it('makes nothing of answers that differ each time but what they said this time', async () => {
    let count = 0;
    const { access } = serverThat(nobodyAsked(), (_path, answer) => {
      count += 1;
      return count % 2 === 0 ? Promise.resolve(answer) : Promise.resolve({ status: 503, body: '' });
    });

    const first = knownIn(concludeEvidence(await collectServer(access, options)));
    const second = knownIn(concludeEvidence(await collectServer(access, options)));

    expect(first).to.include('servingCertificate');
    expect(second).to.include('servingCertificate');
  });
});

function valuesIn(evidence: Evidence): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    factNames.flatMap((name) => {
      const fact = evidence[name] as Fact<unknown> | Unobserved | undefined;
      return isObserved(fact) ? [[name, JSON.stringify(fact.value)]] : [];
    }),
  );
}
