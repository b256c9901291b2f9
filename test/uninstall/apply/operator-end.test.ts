import { expect } from 'chai';

import { waitForOperatorEnd } from '../../../src/uninstall/apply/operator-end.ts';
import { NotSettled } from '../../../src/uninstall/apply/waiting.ts';
import { FakeClock } from '../../controller/fake-clock.ts';
import { openScriptedCluster } from './scripted-cluster.ts';

interface World {
  lease?: { readonly holder: string; readonly resourceVersion: string };
  pods?: readonly string[];
}

/** Waits for the end of an operator whose Lease lasts 15 s. @returns how it ended, once the clock was moved that far */
function startWaiting(world: World) {
  const clock = new FakeClock();
  const told: string[] = [];
  const { transport } = openScriptedCluster(({ path }) => {
    if (path.endsWith('/pods')) {
      return { body: { metadata: {}, items: (world.pods ?? []).map((name) => ({ metadata: { name, uid: name } })) } };
    }
    if (!path.endsWith('/leases/merlon')) return { body: { metadata: {}, items: [] } };
    if (world.lease === undefined) return undefined;
    const { holder, resourceVersion } = world.lease;
    const metadata = { name: 'merlon', resourceVersion };
    return { body: { metadata, spec: { holderIdentity: holder, leaseDurationSeconds: 15 } } };
  });
  const result: { end?: string } = {};
  void waitForOperatorEnd({
    transport,
    clock,
    namespace: 'merlon',
    repairs: () => undefined,
    takesPeoples: false,
    timeoutMs: 60_000,
    onWait: (what) => told.push(what),
  }).then(
    () => (result.end = 'ended'),
    (error: unknown) => (result.end = error instanceof NotSettled ? error.message : `${String(error)}!`),
  );
  const pass = async (seconds: number): Promise<string | undefined> => {
    for (let half = 0; half < seconds * 2; half += 1) {
      await clock.advance(500);
      // Each look is a handful of answers.
      for (let turn = 0; turn < 12; turn += 1) await clock.advance(0);
    }
    return result.end;
  };
  return { pass, told };
}

describe('the end of the operator', () => {
  it('has come where nothing of it is there, or its Lease was let go', async () => {
    expect(await startWaiting({}).pass(1)).to.equal('ended');
    const { pass, told } = startWaiting({ lease: { holder: '', resourceVersion: '3' } });
    expect([await pass(1), told]).to.deep.equal(['ended', []]);
  });

  it('comes for one that was killed once its Lease has not changed for as long as it lasts', async () => {
    const { pass, told } = startWaiting({ lease: { holder: 'merlon-0', resourceVersion: '3' } });
    expect(await pass(14)).to.equal(undefined);
    expect(told).to.deep.equal(['waiting until the operator has ended and its Lease has run out']);
    expect(await pass(2)).to.equal('ended');
  });

  it('does not come while the Lease is renewed: that is said in the end, with the holder', async () => {
    const world = { lease: { holder: 'merlon-7', resourceVersion: '0' } };
    const { pass } = startWaiting(world);
    let end: string | undefined;
    for (let second = 1; second <= 62; second += 1) {
      world.lease = { holder: 'merlon-7', resourceVersion: String(second) };
      end = await pass(1);
    }
    expect(end).to.match(/^"merlon-7" still holds the Lease merlon\/merlon, .*\(waited for 60 s\)$/);
  });

  it('comes no sooner than its pods are gone', async () => {
    const world: World = { pods: ['merlon-5d-x'] };
    const { pass } = startWaiting(world);
    expect(await pass(5)).to.equal(undefined);
    world.pods = [];
    expect(await pass(1)).to.equal('ended');
  });
});
