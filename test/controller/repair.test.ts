import { expect } from 'chai';

import { performRepair } from '../../src/controller/repair.ts';
import type { RuleMode } from '../../src/remediation/mode.ts';
import { address, apply, atRisk, candidate, killed, World } from './repair-world.ts';

describe('performRepair', () => {
  it('writes what it is about to do, does it, and writes that it is done', async () => {
    const world = new World();
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'patched' });
    expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', 'patch', 'status Applied']);
    // It is still told that it fails.
    const recheckAtMs = world.context.nowMs() + 60_000;
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'settled', recheckAtMs });
    expect(world.writes).to.have.length(4);
  });

  it('begins no patch once it is switched off, be it between two writes, and leaves nothing behind', async () => {
    const world = new World();
    world.onWrite = (write) => {
      if (write.includes('intent')) world.mode = killed;
    };
    await performRepair(candidate, world.context);
    expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', 'delete']);
  });

  for (const [what, finding, state] of [
    ['exempt', { outcome: 'exempt' }, 'status Superseded'],
    ['found to put a workload at risk', atRisk, 'status Blocked'],
  ] as const) {
    it(`begins no patch of what is ${what} while it writes the record`, async () => {
      const world = new World();
      world.onWrite = (write) => {
        if (write.includes('intent')) world.finding = finding;
      };
      await performRepair(candidate, world.context);
      expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', state]);
    });
  }

  it('begins no patch of what somebody skips right after the record says that it is about to be written', async () => {
    const world = new World();
    const mode = (): RuleMode => {
      const record = world.records.get(address.namespace, address.name);
      if (record?.status?.intent !== undefined)
        world.records.upsert(world.change(record, { spec: { action: 'Skip' } }));
      return apply;
    };
    await performRepair(candidate, { ...world.context, mode });
    expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', 'status Blocked']);
  });

  it('does not take for heard what somebody asks for while it writes', async () => {
    const world = new World();
    world.accidents.push({ outcome: 'forbidden', message: 'no' });
    const known = () => world.records.get(address.namespace, address.name);
    const noteEnded = (): void => {
      const record = known();
      if (record !== undefined) world.records.upsert(world.change(record, { spec: { action: 'Approve' } }));
    };
    await performRepair(candidate, { ...world.context, noteEnded });
    expect(known()?.spec).to.deep.equal({ action: 'Approve' });
    expect(known()?.status)
      .to.include({ state: 'Blocked', reason: 'Forbidden' })
      .and.not.to.have.property('observedAction');
  });

  it('takes its intent back where somebody wrote the target first, so that nobody takes that for a set-back', async () => {
    const world = new World();
    world.accidents.push({ outcome: 'conflict' });
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'patched' });
    expect(world.writes).to.deep.equal([
      'create',
      'status Proposed intent Apply',
      'status Proposed',
      'status Proposed intent Apply',
      'patch',
      'status Applied',
    ]);
    expect(world.records.get(address.namespace, address.name)?.status).not.to.have.property('setBackTimes');
  });

  it('writes nothing once another process writes', async () => {
    const world = new World();
    world.onWrite = (write) => {
      if (write === 'create') world.isLeader = false;
    };
    const failure = await performRepair(candidate, world.context).catch((error: unknown) => error);
    expect(String(failure)).to.match(/another process writes/);
    expect(world.writes).to.deep.equal(['create']);
  });

  it('writes nothing while the budget is spent', async () => {
    const world = new World();
    world.budgetMs = 500;
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'waits', waitMs: 500 });
    expect(world.writes).to.deep.equal([]);
  });

  it('tells the budget when a patch has ended, whatever has come of it', async () => {
    const world = new World();
    world.accidents.push({ outcome: 'conflict' });
    await performRepair(candidate, world.context);
    // One that somebody else was faster than, and the next.
    expect(world.patchesEnded).to.equal(2);
    expect(world.writes.filter((write) => write === 'patch')).to.have.length(1);
  });

  it('asks for the admission policy only where something may come of it', async () => {
    const guarded = { ...candidate.remedy, needsGuard: true };
    const reads = async (remedy: typeof guarded): Promise<readonly string[]> => {
      const world = new World();
      const what: string[] = [];
      world.onRead = (one) => what.push(one);
      await performRepair({ ...candidate, remedy }, world.context);
      expect(world.writes).to.deep.equal(['create', remedy.isPlanOnly ? 'status Proposed' : 'status Blocked']);
      return what;
    };
    expect(await reads(guarded)).to.deep.equal(['target', 'guard']);
    expect(await reads({ ...guarded, isPlanOnly: true })).to.deep.equal(['target']);
  });

  it('leaves a field to whom the API server names, and looks again in an hour', async () => {
    const world = new World();
    world.trial = { outcome: 'fieldConflict', manager: 'somebody', message: 'conflict' };
    const recheckAtMs = world.context.nowMs() + 3_600_000;
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'settled', recheckAtMs });
    expect(world.writes).to.deep.equal(['create', 'status Blocked']);
  });

  it('says what a dry run was refused for, and patches nothing', async () => {
    const world = new World();
    world.trial = { outcome: 'forbidden', message: 'no' };
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'failed' });
    expect(world.writes).to.deep.equal(['create', 'status Blocked']);
  });
});
