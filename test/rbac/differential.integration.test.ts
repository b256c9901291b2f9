/**
 * Merlon's authorizer beside a real API server's, on roles and requests that nobody thought of. `SEED=… mocha FILE`
 * repeats a run; `make campaign-rbac` is the same with hundreds of thousands.
 */
import { expect } from 'chai';

import { useControlPlane } from '../support/integration.ts';
import { RbacArena, startTally } from './differential.ts';

const requests = 4000;
const writes = 1000;
const writtenWorlds = 4;
const timeoutMs = 120_000;

describe('RBAC', () => {
  const controlPlane = useControlPlane({ needs: ['build'], own: { controllerManager: false, auditLog: false } });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

  it(`is answered as a real API server answers it, in ${requests} generated requests (SEED=${seed})`, async function () {
    this.timeout(timeoutMs);
    const arena = await RbacArena.open(controlPlane(), seed, 0);
    const tally = startTally();
    await arena.compareRequests(Array(requests).keys(), tally);
    expect(tally.disagreements.slice(0, 5), `SEED=${seed}, ${tally.disagreements.length} disagree`).to.deep.equal([]);
    expect(tally.asked).to.equal(requests);
    expect(tally.allowed).to.be.within(requests * 0.05, requests * 0.9);
    expect(tally.dangling).to.be.above(requests * 0.02);
  });

  it(`lets people hand out what they hold, and no more, in ${writes} generated writes (SEED=${seed})`, async function () {
    this.timeout(timeoutMs);
    const tally = startTally();
    // In some worlds everybody may do everything.
    for (let world = 1; world <= writtenWorlds; world += 1) {
      const arena = await RbacArena.open(controlPlane(), seed, world);
      await arena.compareWrites(Array(writes / writtenWorlds).keys(), tally);
      await arena.close();
    }
    expect(tally.disagreements.slice(0, 5), `SEED=${seed}, ${tally.disagreements.length} disagree`).to.deep.equal([]);
    expect(tally.invalid).to.be.below(writes * 0.2);
    expect(tally.allowed).to.be.within(writes * 0.05, writes * 0.9);
    // Roles that do not exist come in few of the worlds that so many writes need, in some runs in none.
  });
});
