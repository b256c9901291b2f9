import { expect } from 'chai';

import { isObserved, isSameEvidence } from '../../src/core/evidence.ts';
import type { Fact, ServerEvidence } from '../../src/core/evidence.ts';
import { objectsOf, serverNode, serverPod } from './declared/stated-objects.ts';
import { Rounds } from './evidence-rounds.ts';
import { unusable } from '../../src/evidence/reading.ts';
import { FakeServer } from './fake-server.ts';

const minuteMs = 60_000;

describe('the rounds of evidence', () => {
  it('are one at once and one in ten minutes, whatever may not be seen', async () => {
    const { loop, seen, configured, clock } = new Rounds();
    await loop.start();
    expect([seen.length, configured.count('/version')]).to.deep.equal([1, 1]);
    await clock.advance(9 * minuteMs);
    expect(configured.count('/version')).to.equal(1);
    await clock.advance(21 * minuteMs + 1000);
    expect([seen.length, configured.count('/version')]).to.deep.equal([4, 4]);
    loop.stop();
  });

  it('know the same as before where nothing has changed, and since when', async () => {
    const { loop, seen, clock } = new Rounds([new FakeServer('a:1')]);
    await loop.start();
    await clock.advance(11 * minuteMs);
    const [first, second] = seen.map(({ servers }) => servers);
    expect(isSameEvidence(first ?? [], second ?? [])).to.equal(true);
    const timesOf = (servers: readonly ServerEvidence[] = []) =>
      servers.map(({ evidence: { minorVersion, anonymousAuthentication } }) =>
        [minorVersion, anonymousAuthentication].map(
          (fact) => isObserved<Partial<Fact<unknown>>>(fact) && fact.observedAt,
        ),
      );
    const [[before, probedBefore] = []] = timesOf(first);
    const [[after, probedAfter] = []] = timesOf(second);
    expect(Date.parse(String(after)) - Date.parse(String(before))).to.equal(10 * minuteMs);
    expect([probedBefore, probedAfter]).to.deep.equal([before, before]);
    loop.stop();
  });

  it('ask without credentials, and shake hands, once in an hour', async () => {
    const { loop, configured, clock } = new Rounds();
    await loop.start();
    await clock.advance(59 * minuteMs);
    expect([configured.count('anonymous'), configured.count('handshake')]).to.deep.equal([6, 4]);
    await clock.advance(2 * minuteMs);
    expect([configured.count('anonymous'), configured.count('handshake')]).to.deep.equal([12, 8]);
    loop.stop();
  });

  it('shake hands no more often where nobody may be asked without credentials', async () => {
    const { loop, configured, clock } = new Rounds([], { mayBeAskedAnonymously: false });
    await loop.start();
    await clock.advance(59 * minuteMs);
    expect([configured.count('anonymous'), configured.count('handshake')]).to.deep.equal([0, 4]);
    loop.stop();
  });

  it('come again within a minute while nobody answers', async () => {
    const rounds = new Rounds();
    rounds.configured.isAway = true;
    await rounds.loop.start();
    rounds.configured.isAway = false;
    await rounds.clock.advance(minuteMs + 1000);
    expect(rounds.seen).to.have.length(2);
    expect(rounds.versions).to.deep.equal({ 'vip:443': 37 });
    await rounds.clock.advance(5 * minuteMs);
    expect(rounds.seen).to.have.length(2);
    rounds.loop.stop();
  });

  it('hear once a round what the cluster declares', async () => {
    const rounds = new Rounds();
    rounds.declared = objectsOf([serverPod()], [serverNode()]);
    await rounds.loop.start();
    const [known] = rounds.seen.at(-1)?.servers ?? [];
    expect(known?.evidence.nodeRestriction).to.deep.include({
      value: true,
      source: 'Pod kube-system/kube-apiserver-a',
      confidence: 'medium',
    });
    await rounds.clock.advance(10 * minuteMs);
    expect(rounds.declarations).to.equal(2);
    rounds.loop.stop();
  });

  it('are no answer of an API server that does not answer, whatever is declared of it', async () => {
    const rounds = new Rounds();
    rounds.declared = objectsOf([serverPod()], [serverNode()]);
    rounds.configured.isAway = true;
    await rounds.loop.start();
    await rounds.clock.advance(minuteMs + 1000);
    expect(rounds.seen).to.have.length(2);
    rounds.loop.stop();
  });

  it('hear nothing that is declared of one that was not reached', async () => {
    const server = new FakeServer('a:6443');
    server.unreached = 'not reached: another certificate';
    const rounds = new Rounds([server]);
    rounds.configured.isAway = true;
    rounds.declared = objectsOf([serverPod()], [serverNode()]);
    await rounds.loop.start();
    const evidence = rounds.seen.at(-1)?.servers.find(({ instance }) => instance === 'a:6443')?.evidence;
    expect(evidence?.nodeRestriction).to.deep.equal({ unobserved: 'not reached: another certificate' });
    rounds.loop.stop();
  });

  it('try pods each time, and see who may have changed them as it is then', async () => {
    const rounds = new Rounds([], { hasTrials: true });
    rounds.configured.minor = 35;
    await rounds.loop.start();
    rounds.mutators = ['MutatingWebhookConfiguration "engine"'];
    await rounds.clock.advance(11 * minuteMs);
    expect(rounds.configured.count('try')).to.equal(8);
    const facts = rounds.seen.map(({ servers: [one] }) => one?.evidence.alwaysPullImages);
    expect(facts[0]).to.include({ value: true, source: 'dry run' });
    expect(facts[1]).to.have.property('unobserved').that.includes('"engine"');
    rounds.loop.stop();
  });

  it('say once in the log that what is published for all API servers is of no use, and once that it is of use again', async () => {
    const rounds = new Rounds();
    rounds.declared = { ...objectsOf([]), clientAuthorities: unusable('it is not what an API server publishes') };
    await rounds.loop.start();
    await rounds.clock.advance(11 * minuteMs);
    const line = { instance: 'vip:443', source: 'extension-apiserver-authentication' };
    const trouble = 'it is not what an API server publishes';
    const warned = { message: 'a source of evidence is of no use', fields: { ...line, trouble } };
    expect(rounds.logged).to.deep.equal([warned]);
    rounds.declared = objectsOf([]);
    await rounds.clock.advance(20 * minuteMs);
    expect(rounds.logged).to.deep.equal([warned, { message: 'a source of evidence is of use again', fields: line }]);
    rounds.loop.stop();
  });

  it('end with a stop', async () => {
    const { loop, seen, configured, clock } = new Rounds();
    await loop.start();
    loop.stop();
    expect(configured.asked.at(-1)).to.equal('close');
    await clock.advance(60 * minuteMs);
    expect(seen).to.have.length(1);
  });

  describe('of several API servers', () => {
    it('ask each of them by itself, and none through the address that leads to any', async () => {
      const [one, other] = [new FakeServer('a:1'), new FakeServer('b:1')];
      other.minor = 36;
      const rounds = new Rounds([one, other]);
      await rounds.loop.start();
      expect(rounds.versions).to.deep.equal({ 'a:1': 37, 'b:1': 36 });
      expect(rounds.configured.asked).to.deep.equal([]);
      expect(rounds.searches).to.equal(1);
      for (const { asked } of [one, other]) {
        expect(asked.filter((what) => what !== 'handshake')).to.have.length.of.at.most(15);
      }
      rounds.loop.stop();
    });

    it('know nothing of those that are there and are not asked', async () => {
      const rounds = new Rounds();
      rounds.found = { addresses: [], doubt: 'behind a proxy', unasked: ['a:1', 'b:1'] };
      await rounds.loop.start();
      expect(rounds.versions).to.deep.equal({ 'vip:443': 37, 'a:1': 'behind a proxy', 'b:1': 'behind a proxy' });
      expect(rounds.seen.at(-1)?.doubt).to.equal('behind a proxy');
      rounds.loop.stop();
    });

    it('pass on why there may be others', async () => {
      const rounds = new Rounds();
      rounds.found = { addresses: undefined, doubt: 'grant get on it' };
      await rounds.loop.start();
      expect(rounds.seen.at(-1)?.doubt).to.equal('grant get on it');
      expect(rounds.versions).to.deep.equal({ 'vip:443': 37 });
      rounds.loop.stop();
    });

    it('send nothing to one that does not show to be an API server, and look again within a minute: at that one alone', async () => {
      const [one, other] = [new FakeServer('a:1'), new FakeServer('b:1')];
      other.unreached = 'not reached: another certificate';
      const rounds = new Rounds([one, other]);
      await rounds.loop.start();
      expect(rounds.versions).to.deep.equal({ 'a:1': 37, 'b:1': 'not reached: another certificate' });
      expect(other.asked).to.deep.equal([]);
      other.unreached = undefined;
      await rounds.clock.advance(minuteMs + 1000);
      expect(rounds.versions).to.deep.equal({ 'a:1': 37, 'b:1': 37 });
      expect([one.count('/version'), other.count('/version')]).to.deep.equal([1, 1]);
      rounds.loop.stop();
    });

    it('also ask the address that Merlon was told where none of them is reached', async () => {
      const [one, other] = [new FakeServer('a:1'), new FakeServer('b:1')];
      one.unreached = 'not reached: no route';
      other.unreached = 'not reached: no route';
      const rounds = new Rounds([one, other]);
      await rounds.loop.start();
      expect(rounds.versions).to.deep.equal({
        'vip:443': 37,
        'a:1': 'not reached: no route',
        'b:1': 'not reached: no route',
      });
      rounds.loop.stop();
    });

    it('leave out one that is gone, take up one that is new, and keep what is known of the others', async () => {
      const [one, other, third] = [new FakeServer('a:1'), new FakeServer('b:1'), new FakeServer('c:1')];
      const rounds = new Rounds([one, other, third]);
      rounds.found = { addresses: ['a:1', 'b:1'] };
      await rounds.loop.start();
      rounds.found = { addresses: ['b:1', 'c:1'] };
      await rounds.clock.advance(10 * minuteMs + 1000);
      expect(rounds.versions).to.deep.equal({ 'b:1': 37, 'c:1': 37 });
      expect(one.asked.at(-1)).to.equal('close');
      // What may alarm people is asked of the new one, and not again of the one that stayed.
      expect([other.count('anonymous'), third.count('anonymous')]).to.deep.equal([6, 6]);
      rounds.loop.stop();
      expect([other.asked.at(-1), third.asked.at(-1)]).to.deep.equal(['close', 'close']);
    });

    it('ask everything of one that was started again, and of no other', async () => {
      const [one, other] = [new FakeServer('a:1'), new FakeServer('b:1')];
      const rounds = new Rounds([one, other]);
      await rounds.loop.start();
      one.startedAtSeconds += 500;
      await rounds.clock.advance(10 * minuteMs + 1000);
      expect([one.count('anonymous'), other.count('anonymous')]).to.deep.equal([12, 6]);
      expect([one.count('handshake'), other.count('handshake')]).to.deep.equal([8, 4]);
      await rounds.clock.advance(10 * minuteMs);
      expect([one.count('anonymous'), other.count('anonymous')]).to.deep.equal([12, 6]);
      rounds.loop.stop();
    });

    it('ask no more of one that tells its start elsewhere in a round, or not at all, unless it was started', async () => {
      const server = new FakeServer('a:1');
      const rounds = new Rounds([server]);
      const { startedAtSeconds } = server;
      server.statusStart = '2026-11-19T00:00:00Z';
      await rounds.loop.start();
      for (const told of [Number.NaN, startedAtSeconds, Number.NaN]) {
        server.startedAtSeconds = told;
        await rounds.clock.advance(10 * minuteMs + 1000);
      }
      server.statusStart = undefined;
      await rounds.clock.advance(10 * minuteMs + 1000);
      expect([rounds.seen.length, server.count('anonymous'), server.count('handshake')]).to.deep.equal([5, 6, 4]);
      server.startedAtSeconds = startedAtSeconds + 60;
      await rounds.clock.advance(10 * minuteMs);
      expect(server.count('anonymous')).to.equal(12);
      rounds.loop.stop();
    });

    it('ask each process behind one address once, and doubt that they know all once the older answers again', async () => {
      const server = new FakeServer('a:1');
      const rounds = new Rounds([server]);
      const { startedAtSeconds } = server;
      await rounds.loop.start();
      for (const later of [500, 0, 500, 0]) {
        server.startedAtSeconds = startedAtSeconds + later;
        await rounds.clock.advance(10 * minuteMs + 1000);
      }
      expect([server.count('anonymous'), server.count('handshake')]).to.deep.equal([12, 8]);
      const doubt = 'several API servers answer at a:1; name each with --api-server-endpoint';
      expect(rounds.seen.map((one) => one.doubt)).to.deep.equal([undefined, undefined, doubt, doubt, doubt]);
      // Who has ended is forgotten after an hour.
      await rounds.clock.advance(71 * minuteMs);
      expect(rounds.seen.at(-1)?.doubt).to.equal(undefined);
      rounds.loop.stop();
    });
  });

  describe('after an API server was started', () => {
    it('come within seconds, one for several starts, and ask everything only of the one that is another', async () => {
      const [one, other] = [new FakeServer('a:1'), new FakeServer('b:1')];
      const rounds = new Rounds([one, other]);
      await rounds.loop.start();
      await rounds.clock.advance(minuteMs);
      other.startedAtSeconds += 60;
      rounds.loop.hasten();
      await rounds.clock.advance(1_000);
      rounds.loop.hasten();
      await rounds.clock.advance(1_900);
      expect(rounds.seen).to.have.length(1);
      await rounds.clock.advance(200);
      expect(rounds.seen).to.have.length(2);
      expect([one.count('anonymous'), other.count('anonymous')]).to.deep.equal([6, 12]);
      // What was asked now is not due before ten minutes are over.
      await rounds.clock.advance(9 * minuteMs);
      expect(rounds.seen).to.have.length(2);
      rounds.loop.stop();
    });

    it('ask everything again of one that does not say any more when it was started', async () => {
      const server = new FakeServer('a:1');
      const rounds = new Rounds([server]);
      await rounds.loop.start();
      await rounds.clock.advance(minuteMs);
      const { startedAtSeconds } = server;
      server.startedAtSeconds = Number.NaN;
      rounds.loop.hasten();
      await rounds.clock.advance(3_100);
      expect(server.count('anonymous')).to.equal(12);
      server.startedAtSeconds = startedAtSeconds + 60;
      await rounds.clock.advance(10 * minuteMs);
      expect(server.count('anonymous')).to.equal(18);
      await rounds.clock.advance(10 * minuteMs);
      expect(server.count('anonymous')).to.equal(18);
      rounds.loop.stop();
    });

    it('ask everything of one that does not say when it was started', async () => {
      const server = new FakeServer('a:1');
      server.startedAtSeconds = Number.NaN;
      const rounds = new Rounds([server]);
      await rounds.loop.start();
      await rounds.clock.advance(minuteMs);
      rounds.loop.hasten();
      await rounds.clock.advance(3_100);
      expect(server.count('anonymous')).to.equal(12);
      rounds.loop.stop();
    });

    it('come no sooner than half a minute after the last, however often that is', async () => {
      const rounds = new Rounds([new FakeServer('a:1')]);
      await rounds.loop.start();
      for (let second = 0; second < 95; second += 1) {
        rounds.loop.hasten();
        await rounds.clock.advance(1_000);
      }
      expect(rounds.seen).to.have.length(4);
      rounds.loop.stop();
    });

    it('come again where it was started while one was under way', async () => {
      const server = new FakeServer('a:1');
      const rounds = new Rounds([server]);
      const started = rounds.loop.start();
      rounds.loop.hasten();
      await started;
      expect(rounds.seen).to.have.length(1);
      await rounds.clock.advance(30_100);
      expect(rounds.seen).to.have.length(2);
      rounds.loop.stop();
    });

    it('do not come after a stop', async () => {
      const rounds = new Rounds([new FakeServer('a:1')]);
      await rounds.loop.start();
      rounds.loop.stop();
      rounds.loop.hasten();
      await rounds.clock.advance(minuteMs);
      expect(rounds.seen).to.have.length(1);
    });
  });
});
