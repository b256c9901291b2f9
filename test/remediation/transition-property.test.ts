/** Whatever happens in whatever order: what is never written, and that it always comes to rest. */
import { expect } from 'chai';
import fc from 'fast-check';

import type { RemediationAction } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { applyMode, atRisk, killed, offMode, planMode, Repairer } from './repairer.ts';
import type { Crash } from './repairer.ts';

const hourMs = 3_600_000;

type Event =
  | { readonly kind: 'step'; readonly crash: Crash }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'mode'; readonly mode: keyof typeof modes }
  | { readonly kind: 'ask'; readonly action: RemediationAction | undefined }
  | { readonly kind: 'take'; readonly manager: string; readonly value: boolean }
  /** `late`: what happens from now on to the target is not judged yet, until `hear`. */
  | { readonly kind: 'remove' | 'recreate' | 'loseRecord' | 'late' | 'hear' }
  | { readonly kind: 'risk' | 'guard' | 'exempt' | 'refuse' | 'hide'; readonly is: boolean }
  | { readonly kind: 'right'; readonly mayPatch: boolean };

const modes = { apply: applyMode, plan: planMode, off: offMode, killed };

const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      crash: fc.constantFrom<Crash[]>(undefined, undefined, undefined, 'beforeWrite', 'afterWrite'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(1_000, 600_000, hourMs, 2 * hourMs),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mode' as const),
      mode: fc.constantFrom<(keyof typeof modes)[]>('apply', 'apply', 'apply', 'plan', 'off', 'killed'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      action: fc.constantFrom<(RemediationAction | undefined)[]>(undefined, 'Approve', 'Revert', 'Skip'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      manager: fc.constantFrom('argocd-controller', 'kubectl-edit'),
      value: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom(...(['remove', 'remove', 'remove', 'remove', 'recreate'] as const)) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('loseRecord' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom(...(['late', 'hear'] as const)) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(...(['risk', 'guard', 'exempt', 'refuse', 'hide'] as const)),
      is: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('right' as const),
      mayPatch: fc.boolean(),
    }),
  },
);

/** What a run must know besides what is there. */
interface History {
  /** Since the last write, somebody has changed the object, or asked for something. */
  hasChanged: boolean;
  /** Since it was contested, a person has acted, or the object, or the record of it, is another one. */
  isHeld: boolean;
  /** Of each write since then. */
  writeTimes: number[];
  recreated: number;
  /** The uid of the object that was approved last. */
  approved?: string;
}

function happen(repairer: Repairer, event: Event, history: History): void {
  const { target } = repairer;
  switch (event.kind) {
    case 'step':
      take(repairer, event.crash, history);
      return;
    case 'wait':
      repairer.nowMs += event.ms;
      return;
    case 'mode':
      repairer.mode = { ...modes[event.mode] };
      return;
    case 'ask':
      if (repairer.record === undefined) return;
      repairer.ask(event.action);
      // What was said to a record of another object is not said of the one that is there now.
      if (event.action === 'Approve') history.approved = repairer.record.status?.target?.uid ?? target.uid;
      history.hasChanged = true;
      if (event.action === 'Approve' || event.action === 'Revert') release(history);
      return;
    case 'take':
      target.take(event.manager, 'Update', event.value);
      history.hasChanged = true;
      if (!event.value) release(history);
      return;
    case 'remove':
      target.remove();
      history.hasChanged = true;
      return;
    case 'recreate':
      history.recreated += 1;
      target.recreate(`uid-${history.recreated + 1}`);
      history.hasChanged = true;
      release(history);
      return;
    case 'loseRecord':
      // Whoever deletes it takes back what was asked for in it, too.
      repairer.record = undefined;
      history.hasChanged = true;
      release(history);
      return;
    case 'late':
      repairer.late = repairer.judged;
      return;
    case 'hear':
      repairer.late = undefined;
      return;
    case 'refuse':
      target.refusal = event.is ? 'a webhook says no' : undefined;
      return;
    case 'hide':
      repairer.mayRead = !event.is;
      return;
    case 'risk':
      repairer.late = undefined;
      repairer.risks = event.is ? [atRisk] : [];
      return;
    case 'guard':
      repairer.isGuarded = event.is;
      return;
    case 'exempt':
      repairer.late = undefined;
      repairer.isExempt = event.is;
      // What is exempt for an hour is a new story afterwards.
      if (event.is) release(history);
      return;
    case 'right':
      repairer.setRight(event.mayPatch);
  }
}

function release(history: History): void {
  history.isHeld = false;
  history.writeTimes = [];
}

function take(repairer: Repairer, crash: Crash, history: History): void {
  const { target, mode, nowMs, isGuarded, record, isExempt } = repairer;
  const action = record?.spec?.action;
  const isRisky = repairer.risks.length > 0;
  const owners = [...target.owners.keys()];
  const before = target.writes.length;
  repairer.step(crash);
  // An approval that came while a policy stopped everything is not heard yet, and counts later.
  const isHeard = repairer.record?.status?.observedAction === repairer.record?.spec?.action;
  const isOfThisOne = repairer.record?.status?.target?.uid === target.uid;
  if (repairer.state === 'Blocked/Contested' && isHeard && isOfThisOne) history.isHeld = true;
  const written = target.writes.slice(before);
  if (written.length === 0) return;

  expect(written, 'no more than one write in a step').to.have.length(1);
  expect(mode.isKilled, 'written although a cluster policy stops everything').to.equal(false);
  if (written[0] === false) {
    expect(mode.mode, 'repaired').to.equal('apply');
    expect(isExempt, 'repaired what is exempt').to.equal(false);
    expect(target.mayPatch && repairer.mayRead, 'written without a right').to.equal(true);
    expect(target.refusal, 'written although it is refused').to.equal(undefined);
    expect(owners, 'taken from others').to.deep.equal(owners.filter((owner) => owner === 'merlon-remediator'));
    expect(history.isHeld, 'written although it is contested').to.equal(false);
    expect(history.hasChanged, 'written twice for one finding').to.equal(true);
    history.hasChanged = false;
    expect(['Skip', 'Revert'], 'against what was asked for').not.to.include(action);
    if (isRisky) {
      expect(isGuarded && action === 'Approve', 'at risk without an approval').to.equal(true);
      expect(history.approved, 'approved for another object').to.equal(target.uid);
    }
    history.writeTimes = [...history.writeTimes.filter((time) => nowMs - time < hourMs), nowMs];
    expect(history.writeTimes.length, 'written in an hour').to.be.at.most(2);
  } else {
    expect(isGuarded && action === 'Revert', 'reverted without being asked').to.equal(true);
    expect(owners).to.deep.equal(['merlon-remediator']);
    history.hasChanged = false;
  }
}

describe('whatever happens to a repair', function () {
  this.timeout(60_000);

  it('it is never written against what was said, nor twice for one thing, and comes to rest', () => {
    let writes = 0;
    let contests = 0;
    fc.assert(
      fc.property(fc.array(events, { minLength: 20, maxLength: 80, size: 'max' }), (run) => {
        const repairer = new Repairer();
        const history: History = { hasChanged: true, isHeld: false, writeTimes: [], recreated: 0 };
        let contested = false;
        for (const event of run) {
          happen(repairer, event, history);
          if (history.isHeld) contested = true;
        }
        if (contested) contests += 1;
        repairer.settle();
        writes += repairer.target.writes.length;
      }),
      { numRuns: 1_000 },
    );
    expect(writes, 'writes in all runs').to.be.greaterThan(1_000);
    expect(contests, 'contests in all runs').to.be.greaterThan(20);
  });

  it('a look at what has not changed writes nothing, also into the record', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 30 }), (run) => {
        const repairer = new Repairer();
        const history: History = { hasChanged: true, isHeld: false, writeTimes: [], recreated: 0 };
        for (const event of run) happen(repairer, event, history);
        repairer.settle();
        const { record } = repairer;
        repairer.nowMs += 1_000;
        repairer.step();
        expect(repairer.record).to.deep.equal(record);
      }),
      { numRuns: 500 },
    );
  });
});
