/** Repairs that have come some way. */
import { expect } from 'chai';

import { Repairer } from './repairer.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

export function repaired(): Repairer {
  const repairer = new Repairer();
  repairer.settle();
  expect(repairer.state).to.equal('Applied/Applied');
  expect(repairer.target.writes).to.deep.equal([false]);
  return repairer;
}

/** Somebody takes the field away twice within an hour. */
export function contested(): Repairer {
  const repairer = repaired();
  for (let times = 0; times < 2; times += 1) {
    repairer.nowMs += minuteMs;
    repairer.target.remove();
    repairer.settle();
  }
  expect(repairer.state).to.equal('Blocked/Contested');
  return repairer;
}
