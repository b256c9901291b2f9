import { expect } from 'chai';

import { Gate } from '../../src/kube/gate.ts';
import { FakeClock } from '../controller/fake-clock.ts';

describe('a gate', () => {
  let clock: FakeClock;
  let entered: string[];
  let gate: Gate;
  beforeEach(() => {
    clock = new FakeClock();
    entered = [];
    gate = new Gate(2, 1000, clock);
  });

  async function enter(name: string, signal = new AbortController().signal): Promise<() => void> {
    const leave = await gate.enter(signal);
    entered.push(name);
    return leave;
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('lets through a few at a time, in the order in which they came', async () => {
    const all = ['pods', 'nodes', 'roles', 'jobs'].map((name) => enter(name));
    await settle();
    expect(entered).to.deep.equal(['pods', 'nodes']);
    (await all[1])?.();
    await settle();
    expect(entered).to.deep.equal(['pods', 'nodes', 'roles']);
    (await all[0])?.();
    await settle();
    expect(entered).to.deep.equal(['pods', 'nodes', 'roles', 'jobs']);
  });

  it('counts who leaves once, however often he says so', async () => {
    const leave = await enter('pods');
    await enter('nodes');
    leave();
    leave();
    void enter('roles');
    void enter('jobs');
    await settle();
    expect(entered).to.deep.equal(['pods', 'nodes', 'roles']);
  });

  it('is held up by nobody who stays within', async () => {
    for (const name of ['pods', 'nodes', 'roles', 'jobs', 'services']) void enter(name);
    await settle();
    await clock.advance(1000);
    await settle();
    expect(entered).to.deep.equal(['pods', 'nodes', 'roles', 'jobs']);
    await clock.advance(1000);
    await settle();
    expect(entered).to.have.length(5);
  });

  it('lets nobody wait who has given up, and gives his place to nobody twice', async () => {
    const leave = await enter('pods');
    await enter('nodes');
    const stopped = new AbortController();
    const gone = enter('roles', stopped.signal);
    void enter('jobs');
    stopped.abort();
    (await gone)();
    expect(entered).to.deep.equal(['pods', 'nodes', 'roles']);
    leave();
    void enter('services');
    await settle();
    expect(entered).to.deep.equal(['pods', 'nodes', 'roles', 'jobs']);
  });

  it('waits for nothing once all have left', async () => {
    (await enter('pods'))();
    expect(clock.timers).to.equal(0);
  });
});
