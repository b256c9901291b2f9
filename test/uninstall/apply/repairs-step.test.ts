import { expect } from 'chai';

import type { LiveObject } from '../../../src/remediation/live-object.ts';
import type { PatchOutcome } from '../../../src/remediation/outcome.ts';
import type { PatchFields } from '../../../src/remediation/planned-repair.ts';
import type { LiveTarget } from '../../../src/remediation/situation.ts';
import { takeBack } from '../../../src/uninstall/apply/repairs-step.ts';
import type { TaskOutcome } from '../../../src/uninstall/apply/task-outcome.ts';
import { findStandingRepairs } from '../../../src/uninstall/plan/standing-repairs.ts';
import { defaultAccount, recordOf } from '../plan/repaired-objects.ts';

interface Said {
  readonly patches: readonly PatchOutcome[];
  readonly reads?: readonly LiveTarget[];
}

interface Told {
  readonly outcome: TaskOutcome;
  /** Version, fields, and whether it was only tried. */
  readonly writes: readonly (readonly [version: string | undefined, fields: PatchFields, isDryRun: boolean])[];
}

/** Takes a repair back whose record says that true stood there, from an API server that answers so. */
async function takeBackFrom({ patches, reads = [] }: Said): Promise<Told> {
  const [repair] = findStandingRepairs([defaultAccount()], [recordOf('true')]);
  if (repair === undefined) throw new Error('nothing stands');
  const answers = [...patches];
  const objects = [...reads];
  const writes: Told['writes'][number][] = [];
  const writer = {
    applyFields(target: LiveObject, fields: PatchFields, isDryRun: boolean) {
      writes.push([target.metadata.resourceVersion, fields, isDryRun]);
      return Promise.resolve(answers.shift() ?? ({ outcome: 'conflict' } as const));
    },
    readTarget: () => Promise.resolve(objects.shift() ?? ({ outcome: 'read', object: defaultAccount() } as const)),
  };
  return { outcome: await takeBack(repair, writer), writes };
}

const before: PatchFields = { automountServiceAccountToken: true };
const written: PatchOutcome = { outcome: 'written', object: defaultAccount({ value: true }) };

describe('a repair that is taken back', () => {
  it('is tried on the server first, then written', async () => {
    expect(await takeBackFrom({ patches: [written, written] })).to.deep.equal({
      outcome: { outcome: 'done' },
      writes: [
        ['7', before, true],
        ['7', before, false],
      ],
    });
  });

  it('is read anew where somebody wrote the object meanwhile, and is told by the same record', async () => {
    const { outcome, writes } = await takeBackFrom({
      patches: [written, { outcome: 'conflict' }, written, written],
      reads: [{ outcome: 'read', object: defaultAccount({ resourceVersion: '9' }) }],
    });
    expect(outcome).to.deep.equal({ outcome: 'done' });
    expect(writes.slice(2)).to.deep.equal([
      ['9', before, true],
      ['9', before, false],
    ]);
  });

  it('is left to whoever has taken the field, or the name of the object, meanwhile', async () => {
    const object = defaultAccount({ manager: 'kubectl' });
    const taken = await takeBackFrom({ patches: [{ outcome: 'conflict' }], reads: [{ outcome: 'read', object }] });
    expect([taken.outcome, taken.writes.length]).to.deep.equal([{ outcome: 'gone' }, 1]);
    const gone = await takeBackFrom({ patches: [{ outcome: 'conflict' }], reads: [{ outcome: 'gone' }] });
    expect(gone.outcome).to.deep.equal({ outcome: 'gone' });
  });

  it('is given up where somebody writes all the time', async () => {
    expect((await takeBackFrom({ patches: [] })).outcome).to.deep.equal({
      outcome: 'failed',
      message: 'somebody else writes it all the time',
    });
  });

  it('says that the field stays where somebody else has set it, too', async () => {
    const still: PatchOutcome = { outcome: 'written', object: defaultAccount() };
    expect((await takeBackFrom({ patches: [still, still] })).outcome).to.deep.equal({
      outcome: 'done',
      message: 'automountServiceAccountToken stays as it is: somebody else has set it, too',
    });
  });

  const refusals: readonly (readonly [sentence: string, answer: PatchOutcome, outcome: TaskOutcome])[] = [
    ['it may not be patched', { outcome: 'forbidden', message: 'no' }, { outcome: 'forbidden', message: 'no' }],
    [
      'somebody owns the field',
      { outcome: 'fieldConflict', manager: 'kubectl', message: 'conflict' },
      { outcome: 'failed', message: '"kubectl" owns it: conflict' },
    ],
    [
      'the API server refuses it',
      { outcome: 'refused', message: 'a webhook' },
      { outcome: 'failed', message: 'the API server refuses it: a webhook' },
    ],
    ['it is gone', { outcome: 'gone' }, { outcome: 'gone' }],
  ];
  for (const [sentence, answer, outcome] of refusals) {
    it(`is not written where ${sentence}`, async () => {
      const told = await takeBackFrom({ patches: [answer] });
      expect(told).to.deep.equal({ outcome, writes: [['7', before, true]] });
    });
  }
});
