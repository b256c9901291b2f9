/** What somebody may have meant who wrote the id of a rule that there is not. */
import type { AnyRule } from './rule.ts';
import { compareText } from './subject-ref.ts';

/** In words for a message; empty where no id is like the one that was written. */
export function suggestRule(written: string, catalogue: readonly Pick<AnyRule, 'id'>[]): string {
  const [nearest] = catalogue
    .map(({ id }) => ({ id, likeness: likenessOf(id, written) }))
    .filter(({ likeness }) => likeness > 0.6)
    .toSorted((a, b) => b.likeness - a.likeness || compareText(a.id, b.id));
  return nearest === undefined ? '' : ` (did you mean "${nearest.id}"?)`;
}

/** From 0 to 1: how many pairs of neighbouring letters two ids have in common (Dice's coefficient). */
function likenessOf(a: string, b: string): number {
  const [ofA, ofB] = [letterPairsOf(a), letterPairsOf(b)];
  return (2 * [...ofA].filter((pair) => ofB.has(pair)).length) / (ofA.size + ofB.size);
}

function letterPairsOf(id: string): ReadonlySet<string> {
  return new Set(Array.from(id.slice(1), (letter, index) => `${id[index] ?? ''}${letter}`));
}
