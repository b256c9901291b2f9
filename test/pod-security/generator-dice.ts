/** Seeded choices of one generated pod: how careless its author was, and what to write in a field. */
import { createRandom, integerBetween, oneOf } from '../bench/random.ts';
import type { Random } from '../bench/random.ts';

export interface Dice {
  readonly random: Random;
  /** How likely a value is one that some check refuses, from 0 to 1: differs from pod to pod, so that some pass all. */
  readonly badness: number;
}

/** The dice of one pod of a run: pod 17 of a seed is the same whatever was made before it. */
export function createDice(seed: number, index: number): Dice {
  const random = createRandom(Math.imul(index + 1, 0x9e3779b1) ^ seed);
  // The first number of neighbours is alike.
  random();
  return { random, badness: oneOf(random, [0, 0, 0.03, 0.1, 0.3, 0.6]) };
}

export function chance({ random }: Dice, probability: number): boolean {
  return random() < probability;
}

export function pick<T>({ random }: Dice, choices: readonly T[]): T {
  return oneOf(random, choices);
}

/** As many of them as it comes, in any order; with `isRepeating` some twice. */
export function pickSome<T>(dice: Dice, choices: readonly T[], most: number, isRepeating = false): T[] {
  const picked: T[] = [];
  for (let left = integerBetween(dice.random, 0, most); left > 0; left -= 1) {
    const choice = pick(dice, choices);
    if (isRepeating || !picked.includes(choice)) picked.push(choice);
  }
  return picked;
}

/** A value that no check minds, or one that some check refuses. */
export function pickValue<T>(dice: Dice, { good, bad }: { good: readonly T[]; bad: readonly T[] }): T {
  return pick(dice, chance(dice, dice.badness) ? bad : good);
}

/** Absent otherwise, and now and then null, which to the API server is the same. */
export function optional<T>(dice: Dice, probability: number, make: () => T): T | null | undefined {
  if (chance(dice, probability)) return make();
  return chance(dice, 0.02) ? null : undefined;
}

/** What the strictest level demands: missing as often as the author is careless. */
export function demanded<T>(dice: Dice, make: () => T): T | null | undefined {
  return optional(dice, 1 - dice.badness * 0.6, make);
}
