/** What API servers count is told in powers of ten, and never as none. */
import { expect } from 'chai';

import { EnforcedWorld, exec } from './enforced-world.ts';

const DENIED = 'merlon-exec-guard-deny';

function counted(count: number, startedAtSeconds: number | undefined = 1_000_000_000, instance = 'a:6443') {
  return { instance, startedAtSeconds, checks: [{ binding: DENIED, action: 'deny' as const, count }] };
}

const told = (world: EnforcedWorld) => world.controller.summary()?.report.recorded;
const since = '2001-09-09T01:46:40Z';

describe('what is told of what API servers count', () => {
  it('is nothing as long as nothing was counted, which is not none', async () => {
    expect(told(await EnforcedWorld.at(exec))).to.deep.equal([]);
  });

  it('is how much it is at least, and another word only where it is ten times as much', async () => {
    const world = await EnforcedWorld.at(exec);
    const { changes } = world;
    const rows = [
      [1, 1],
      [9, 1],
      [10, 10],
      [999, 100],
      [1000, 1000],
    ] as const;
    for (const [count, atLeast] of rows) {
      world.controller.noteCounted([counted(count)]);
      expect(told(world)).to.deep.equal([{ binding: DENIED, atLeast, since }]);
    }
    expect(world.changes - changes).to.equal(4);
  });

  it('adds up what several API servers count, and what one counted before it was started anew', async () => {
    const world = await EnforcedWorld.at(exec);
    world.controller.noteCounted([counted(60), counted(30, 1_000_000_900, 'b:6443')]);
    expect(told(world)).to.deep.equal([{ binding: DENIED, atLeast: 10, since }]);
    world.controller.noteCounted([counted(10, 1_000_002_000)]);
    expect(told(world)).to.deep.equal([{ binding: DENIED, atLeast: 100, since }]);
    // Nobody answers.
    world.controller.noteCounted([]);
    expect(told(world)).to.deep.equal([{ binding: DENIED, atLeast: 100, since }]);
  });

  it('does not say since when where one does not tell, nor what nobody has planned', async () => {
    const world = await EnforcedWorld.at(exec);
    const other = { binding: 'merlon-rbac-deny', action: 'deny' as const, count: 5 };
    const silent = { ...counted(3), startedAtSeconds: undefined };
    world.controller.noteCounted([{ ...silent, checks: [...silent.checks, other] }]);
    expect(told(world)).to.deep.equal([{ binding: DENIED, atLeast: 1 }]);
  });

  it('counts of a binding what it is for, and not that the audit log has it too', async () => {
    const world = await EnforcedWorld.at(exec);
    world.controller.noteCounted([{ ...counted(1), checks: [{ binding: DENIED, action: 'audit', count: 4 }] }]);
    expect(told(world)).to.deep.equal([]);
  });
});
