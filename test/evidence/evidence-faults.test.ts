import { expect } from 'chai';

import { objectsOf } from './declared/stated-objects.ts';
import { Rounds } from './evidence-rounds.ts';
import { FakeServer } from './fake-server.ts';

const minuteMs = 60_000;

describe('rounds of evidence in which Merlon itself fails', () => {
  const fault = new TypeError('what was read of somebody is somebody else');
  const explained = 'a fault of Merlon (TypeError) kept it from being read; please report it';

  it('know nothing of that API server, as before of the others, say so once, and come again', async () => {
    const [one, other] = [new FakeServer('a:1'), new FakeServer('b:1')];
    const rounds = new Rounds([one, other]);
    one.fault = fault;
    await rounds.loop.start();
    expect(rounds.versions).to.deep.equal({ 'a:1': explained, 'b:1': 37 });
    const [line, ...more] = rounds.logged;
    expect([line?.message, line?.fields['instance'], more.length]).to.deep.equal([
      'an API server could not be read',
      'a:1',
      0,
    ]);
    expect(line?.fields['error']).to.include('somebody else');
    one.fault = undefined;
    await rounds.clock.advance(10 * minuteMs + 1000);
    expect(rounds.versions).to.deep.equal({ 'a:1': 37, 'b:1': 37 });
    expect(rounds.logged).to.have.length(1);
    rounds.loop.stop();
  });

  it('know nothing of one that was started again while they fail at what alarms people', async () => {
    const server = new FakeServer('a:1');
    const rounds = new Rounds([server]);
    await rounds.loop.start();
    server.startedAtSeconds += 500;
    server.fault = fault;
    await rounds.clock.advance(10 * minuteMs + 1000);
    expect(rounds.versions).to.deep.equal({ 'vip:443': 37, 'a:1': explained });
    rounds.loop.stop();
  });

  it('know nothing of what they cannot make facts of', async () => {
    const rounds = new Rounds([new FakeServer('a:1')]);
    rounds.declared = { ...objectsOf([]), nodes: { read: undefined as never } };
    await rounds.loop.start();
    expect(rounds.versions).to.deep.equal({ 'a:1': explained });
    rounds.declared = objectsOf([]);
    await rounds.clock.advance(10 * minuteMs + 1000);
    expect(rounds.versions).to.deep.equal({ 'a:1': 37 });
    expect(rounds.logged.map(({ fields }) => fields['instance'])).to.deep.equal(['a:1']);
    rounds.loop.stop();
  });

  it('come again within a minute, and not at once, where nobody was asked at all', async () => {
    const rounds = new Rounds([new FakeServer('a:1')]);
    rounds.found = { addresses: ['nowhere:1'] };
    await rounds.loop.start();
    await rounds.clock.advance(minuteMs - 1000);
    expect([rounds.seen.length, rounds.searches]).to.deep.equal([0, 1]);
    rounds.found = { addresses: ['a:1'] };
    await rounds.clock.advance(2000);
    expect(rounds.versions).to.deep.equal({ 'a:1': 37 });
    expect(rounds.logged.map(({ message }) => message)).to.deep.equal(['a round of evidence came to nothing']);
    rounds.loop.stop();
  });

  it('come again where nobody could take what they told', async () => {
    const rounds = new Rounds([new FakeServer('a:1')]);
    rounds.listener = () => {
      throw fault;
    };
    await rounds.loop.start();
    rounds.listener = () => undefined;
    await rounds.clock.advance(minuteMs + 1000);
    expect(rounds.seen).to.have.length(2);
    expect(rounds.logged).to.have.length(1);
    rounds.loop.stop();
  });
});
