import { expect } from 'chai';

import { probeGuardBindingSpec, probeGuardSpec } from '../../src/core/probe-guard.ts';
import { isObserved } from '../../src/core/evidence.ts';
import type { ServerEvidence } from '../../src/core/evidence.ts';
import { EvidenceLoop } from '../../src/evidence/evidence-loop.ts';
import type { DeclaredObjects } from '../../src/evidence/declared/control-plane-objects.ts';
import type { TrialAnswer } from '../../src/evidence/probe-answers.ts';
import type { ProbePod } from '../../src/evidence/probe-pods.ts';
import type { ServerAccess } from '../../src/evidence/server-access.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { objectsOf, serverNode, serverPod } from './declared/stated-objects.ts';

const minuteMs = 60_000;

/** An API server that counts what it is asked. */
class Server {
  readonly clock = new FakeClock();
  readonly asked: string[] = [];
  isAway = false;
  declared: DeclaredObjects = objectsOf([]);
  mutators: readonly string[] = [];
  readonly seen: (readonly ServerEvidence[])[] = [];
  readonly loop: EvidenceLoop;

  constructor(options: { readonly mayBeAskedAnonymously?: boolean; readonly hasTrials?: boolean } = {}) {
    const { mayBeAskedAnonymously = true, hasTrials = false } = options;
    const answer = <T>(what: string, result: T): Promise<T> => {
      this.asked.push(what);
      return this.isAway ? Promise.reject(new Error('nobody is there')) : Promise.resolve(result);
    };
    const access: ServerAccess = {
      instance: 'one:6443',
      get: (path) => {
        const spec = path.includes('bindings/') ? probeGuardBindingSpec : probeGuardSpec;
        if (path.includes('/validatingadmissionpolic'))
          return answer(path, { status: 200, body: JSON.stringify({ spec }) });
        return answer(path, { status: path === '/version' ? 200 : 403, body: '{"minor":"35"}' });
      },
      ...(hasTrials
        ? { tryPod: (_namespace: string, pod: object) => answer('try', answerTrial(pod as ProbePod)) }
        : {}),
      stream: (path) => answer(path, 403),
      review: () => answer('review', { outcome: 'forbidden' }),
      whoAmI: () => answer('whoAmI', undefined),
      anonymousGet: mayBeAskedAnonymously
        ? (path) => answer(`anonymous ${path}`, { status: 401, body: '' })
        : undefined,
      handshake: () => {
        this.asked.push('handshake');
        return Promise.resolve({ outcome: 'refused' });
      },
      close: () => {
        this.asked.push('close');
      },
    };
    this.loop = new EvidenceLoop({
      servers: [access],
      intervals: { intervalMs: 10 * minuteMs, slowIntervalMs: 60 * minuteMs, retryMs: minuteMs },
      clock: this.clock,
      declared: () => {
        this.asked.push('declared');
        return Promise.resolve(this.declared);
      },
      nonce: () => 'x',
      mutators: () => ({ read: this.mutators }),
      onEvidence: (servers) => {
        this.seen.push(servers);
      },
    });
  }

  count(what: string): number {
    return this.asked.filter((one) => one.startsWith(what)).length;
  }
}

/** With AlwaysPullImages on. */
function answerTrial({ metadata: { name, labels }, spec }: ProbePod): TrialAnswer {
  const message = `pods "${name}" is forbidden: ValidatingAdmissionPolicy 'merlon-probes' with binding 'merlon-probes' denied request: this guard stands, and the namespace warns at restricted`;
  if (labels !== undefined) return { status: 403, body: JSON.stringify({ kind: 'Status', message }), warning: '' };
  const containers = [{ imagePullPolicy: 'Always' }];
  return { status: 201, body: JSON.stringify({ kind: 'Pod', spec: { ...spec, containers } }), warning: '' };
}

describe('the rounds of evidence', () => {
  it('are one at once and one in ten minutes, whatever may not be seen', async () => {
    const server = new Server();
    await server.loop.start();
    expect([server.seen.length, server.count('/version')]).to.deep.equal([1, 1]);
    await server.clock.advance(9 * minuteMs);
    expect(server.count('/version')).to.equal(1);
    await server.clock.advance(21 * minuteMs + 1000);
    expect([server.seen.length, server.count('/version')]).to.deep.equal([4, 4]);
    server.loop.stop();
  });

  it('ask without credentials, and shake hands, once in an hour', async () => {
    const server = new Server();
    await server.loop.start();
    await server.clock.advance(59 * minuteMs);
    expect([server.count('anonymous'), server.count('handshake')]).to.deep.equal([6, 3]);
    await server.clock.advance(2 * minuteMs);
    expect([server.count('anonymous'), server.count('handshake')]).to.deep.equal([12, 6]);
    server.loop.stop();
  });

  it('shake hands no more often where nobody may be asked without credentials', async () => {
    const server = new Server({ mayBeAskedAnonymously: false });
    await server.loop.start();
    await server.clock.advance(59 * minuteMs);
    expect([server.count('anonymous'), server.count('handshake')]).to.deep.equal([0, 3]);
    server.loop.stop();
  });

  it('come again within a minute while nobody answers', async () => {
    const server = new Server();
    server.isAway = true;
    await server.loop.start();
    server.isAway = false;
    await server.clock.advance(minuteMs + 1000);
    expect(server.seen).to.have.length(2);
    const [known] = server.seen.at(-1) ?? [];
    expect(isObserved<object>(known?.evidence.minorVersion)).to.equal(true);
    await server.clock.advance(5 * minuteMs);
    expect(server.seen).to.have.length(2);
    server.loop.stop();
  });

  it('hear once a round what the cluster declares', async () => {
    const server = new Server();
    server.declared = objectsOf([serverPod()], [serverNode()]);
    await server.loop.start();
    const [known] = server.seen.at(-1) ?? [];
    expect(known?.evidence.nodeRestriction).to.deep.include({
      value: true,
      source: 'Pod kube-system/kube-apiserver-a',
      confidence: 'medium',
    });
    await server.clock.advance(10 * minuteMs);
    expect(server.count('declared')).to.equal(2);
    server.loop.stop();
  });

  it('are no answer of an API server that does not answer, whatever is declared of it', async () => {
    const server = new Server();
    server.declared = objectsOf([serverPod()], [serverNode()]);
    server.isAway = true;
    await server.loop.start();
    await server.clock.advance(minuteMs + 1000);
    expect(server.seen).to.have.length(2);
    server.loop.stop();
  });

  it('try pods each time, and see who may have changed them as it is then', async () => {
    const server = new Server({ hasTrials: true });
    await server.loop.start();
    server.mutators = ['MutatingWebhookConfiguration "engine"'];
    await server.clock.advance(11 * minuteMs);
    expect(server.count('try')).to.equal(8);
    const facts = server.seen.map(([one]) => one?.evidence.alwaysPullImages);
    expect(facts[0]).to.include({ value: true, source: 'dry run' });
    expect(facts[1]).to.have.property('unobserved').that.includes('"engine"');
    server.loop.stop();
  });

  it('end with a stop', async () => {
    const server = new Server();
    await server.loop.start();
    server.loop.stop();
    expect(server.asked.at(-1)).to.equal('close');
    await server.clock.advance(60 * minuteMs);
    expect(server.seen).to.have.length(1);
  });
});
