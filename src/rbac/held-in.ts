/** What somebody holds, by where it counts. */
import type { Held } from './step.ts';

/** By namespace; what is held everywhere is under the empty name, and counts in the others besides. */
export function* holdingsByNamespace<H extends Held>(held: readonly H[]): Generator<readonly [string, HeldIn<H>]> {
  const byNamespace = Map.groupBy(held, ({ namespace }) => namespace);
  const everywhere = byNamespace.get('') ?? [];
  for (const [namespace, own] of byNamespace) {
    yield [namespace, new HeldIn(own, namespace === '' ? [] : everywhere)];
  }
}

/** What is held in one namespace, found by permission; what is held everywhere counts as well. */
export class HeldIn<H extends Held> {
  readonly #own = new Map<string, H[]>();
  readonly #everywhere = new Map<string, H[]>();

  constructor(own: readonly H[], everywhere: readonly H[]) {
    for (const one of own) add(this.#own, one);
    for (const one of everywhere) add(this.#everywhere, one);
  }

  /** Held right here: what is held everywhere makes its steps there. */
  own(permission: Held['permission']): readonly H[] {
    return this.#own.get(permission) ?? [];
  }

  any(permission: Held['permission']): readonly H[] {
    return [...this.own(permission), ...(this.#everywhere.get(permission) ?? [])];
  }

  /**
   * Pairs of what must be held together: at least one of them right here.
   * @returns of each pair the first, with the second
   */
  *both(first: Held['permission'], second: Held['permission']): Generator<readonly [H, H]> {
    for (const one of this.any(first)) {
      for (const other of this.any(second)) {
        if (this.own(first).includes(one) || this.own(second).includes(other)) yield [one, other];
      }
    }
  }
}

function add<H extends Held>(map: Map<string, H[]>, one: H): void {
  const some = map.get(one.permission);
  if (some === undefined) map.set(one.permission, [one]);
  else some.push(one);
}

/** Which of two names both allow; undefined for every name. */
export function commonNames(a: Pick<Held, 'names'>, b: Pick<Held, 'names'>): readonly string[] | undefined {
  if (a.names === undefined) return b.names;
  return b.names === undefined ? a.names : a.names.filter((name) => b.names?.includes(name) === true);
}

/** The first of them, and how many more: `"a", "b", "c" or 2 more`. */
export function listNames(names: readonly string[]): string {
  const some = names.slice(0, 3).map((name) => JSON.stringify(name));
  return names.length > 3 ? `${some.join(', ')} or ${names.length - 3} more` : some.join(' or ');
}
