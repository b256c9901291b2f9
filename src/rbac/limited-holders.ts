/**
 * Who may be others within limits, and how much there is to look at: everybody may be everybody, where many hold one role. Beyond
 * a bound nothing of it is looked at, and that is said.
 */
import type { Authorizer } from './authorizer.ts';
import type { NodeKey } from './escalation-node.ts';
import type { HeldRole } from './held-roles.ts';
import { effortOf, findReaches, holdsConstrained } from './limited-identities.ts';
import type { Reach } from './limited-identities.ts';
import { Impersonable, keyOfImpersonable, Signatures } from './rights-alike.ts';
import type { ImpersonableBy } from './rights-alike.ts';

/** Rules that are held against rules, for all together; as each of whom somebody may be counts as some, 20,000 nodes at most. */
export const defaultMostLimits = 500_000;

interface LimitedHolder {
  readonly reaches: readonly Reach[];
  readonly effort: number;
}

export class LimitedHolders {
  readonly #most: number;
  readonly #holders = new Map<NodeKey, LimitedHolder>();
  readonly #whom = new Map<string, Impersonable>();
  readonly #signatures = new Signatures();
  #effort = 0;
  #isCut = false;
  /** How often it was asked whom somebody may be. */
  judged = 0;

  /** @param most rules that are held against others */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there is more to look at than is looked at: then nobody is anybody else. */
  get isCut(): boolean {
    return this.#isCut;
  }

  get size(): number {
    return this.#holders.size;
  }

  holders(): Iterable<NodeKey> {
    return this.#holders.keys();
  }

  /** Whom they may be; nobody beyond the bound. */
  reachesOf(holder: NodeKey): readonly Reach[] {
    return this.#isCut ? [] : (this.#holders.get(holder)?.reaches ?? []);
  }

  clear(): void {
    this.#holders.clear();
    this.#whom.clear();
    this.#signatures.clear();
    this.#effort = 0;
  }

  /** Takes note of what somebody holds. */
  set(holder: NodeKey, held: readonly HeldRole[], authorizer: Authorizer): void {
    const known = this.#holders.get(holder);
    if (!holdsConstrained(held)) {
      if (known !== undefined) this.delete(holder);
      return;
    }
    this.judged += 1;
    const reaches = [...findReaches(held, (by, namespace) => this.#whomBy(by, namespace, authorizer))];
    for (const { whom } of reaches) whom.holders.add(holder);
    if (known !== undefined) this.#release(holder, known, new Set(reaches.map(({ whom }) => whom)));
    const effort = effortOf(reaches, held);
    this.#effort += effort;
    this.#holders.set(holder, { reaches, effort });
  }

  delete(holder: NodeKey): void {
    const known = this.#holders.get(holder);
    if (known === undefined) return;
    this.#release(holder, known, new Set());
    this.#holders.delete(holder);
  }

  /** Those who may be some of these, where that comes to be another thing than it was; also these may hold other than they did. */
  touchedBy(affected: Iterable<NodeKey>, authorizer: Authorizer): ReadonlySet<NodeKey> {
    const touched = new Set<NodeKey>();
    if (this.#whom.size === 0) {
      this.#signatures.clear();
      return touched;
    }
    const moved = this.#signatures.forget(affected, authorizer);
    for (const whom of this.#whom.values()) {
      if (!moved.some((identity) => whom.has(identity)) || !whom.refresh(this.#signatures, authorizer)) continue;
      for (const holder of whom.holders) touched.add(holder);
    }
    return touched;
  }

  /** Once everybody is noted. @returns whether it came to be too much, or is no longer */
  settle(): boolean {
    const wasCut = this.#isCut;
    this.#isCut = this.#effort > this.#most;
    return this.#isCut !== wasCut;
  }

  #whomBy(by: ImpersonableBy, namespace: string, authorizer: Authorizer): Impersonable {
    const known = this.#whom.get(keyOfImpersonable(by, namespace));
    if (known !== undefined) return known;
    const whom = new Impersonable(by, namespace);
    whom.refresh(this.#signatures, authorizer);
    this.#whom.set(whom.key, whom);
    return whom;
  }

  #release(holder: NodeKey, { reaches, effort }: LimitedHolder, kept: ReadonlySet<Impersonable>): void {
    this.#effort -= effort;
    for (const { whom } of reaches) {
      if (kept.has(whom)) continue;
      whom.holders.delete(holder);
      if (whom.holders.size === 0) this.#whom.delete(whom.key);
    }
  }
}
