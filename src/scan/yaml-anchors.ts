/**
 * The anchors of one YAML document and how far its aliases may blow it up ("billion laughs"). Steps are counted as
 * go-yaml counts them, so that what kubectl reads is read and what it refuses is refused; but nothing is ever expanded,
 * an aliased value is the same object in all its places.
 */
import type { EntryRange } from './entry-list.ts';
import { ValueRefused } from './input-problem.ts';

/** What an alias points at. */
export interface Anchored {
  readonly value: unknown;
  readonly range: EntryRange;
  /** The steps that go-yaml takes to decode the value, its own aliases expanded. */
  readonly decodeCount: number;
  /** How many levels of maps and lists the value has, its own aliases expanded. */
  readonly height: number;
}

/** Filled once the end of its value is known. */
export interface Anchor {
  anchored: Anchored | undefined;
}

export class YamlAnchors {
  /** The steps that go-yaml would have taken so far; it starts with the one for the document itself. */
  decodeCount = 1;
  #aliasCount = 0;
  readonly #anchors = new Map<string, Anchor>();

  /** An anchor counts from where it stands, also inside its own value, and until one of the same name follows. */
  open(name: string): Anchor {
    const anchor: Anchor = { anchored: undefined };
    this.#anchors.set(name, anchor);
    return anchor;
  }

  /** @throws {ValueRefused} if there is no such anchor yet, or the alias stands inside it */
  get(name: string): Anchored {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) throw new ValueRefused(`alias "*${name}" has no anchor before it`);
    if (anchor.anchored === undefined) throw new ValueRefused(`alias "*${name}" stands inside its own anchor`);
    return anchor.anchored;
  }

  /** @throws {ValueRefused} as `get`, or if by now too much of the document comes from aliases */
  expand(name: string): Anchored {
    const anchored = this.get(name);
    this.decodeCount += anchored.decodeCount;
    this.#aliasCount += anchored.decodeCount;
    const isSmall = this.#aliasCount <= 100 || this.decodeCount <= 1000;
    if (!isSmall && this.#aliasCount / this.decodeCount > allowedRatio(this.decodeCount)) {
      throw new ValueRefused('the document consists of too many aliases, kubectl refuses it too');
    }
    return anchored;
  }
}

const ratioRangeLow = 400_000;
const ratioRangeHigh = 4_000_000;

/** Source: go.yaml.in/yaml/v2 v2.4.4, `allowedAliasRatio`. */
function allowedRatio(decodeCount: number): number {
  if (decodeCount <= ratioRangeLow) return 0.99;
  if (decodeCount >= ratioRangeHigh) return 0.1;
  return 0.99 - 0.89 * ((decodeCount - ratioRangeLow) / (ratioRangeHigh - ratioRangeLow));
}
