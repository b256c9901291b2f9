/**
 * Finds the exemptions that may concern a subject without asking each: ten thousand of them must not cost ten thousand
 * questions of every finding. They are found by the name that they want, or by what stands before its first star.
 */
import { compareExemptions } from './exemption.ts';
import type { ExemptedSubject, Exemption } from './exemption.ts';
import type { SubjectRef } from './subject-ref.ts';

/** As many HardeningExemptions of a namespace as count: the oldest. */
export const MAX_OWN_EXEMPTIONS = 200;

interface Table {
  readonly byName: ReadonlyMap<string, readonly ExemptedSubject[]>;
  readonly byPrefix: ReadonlyMap<string, readonly ExemptedSubject[]>;
  /** The lengths that there are of prefixes. */
  readonly prefixLengths: readonly number[];
}

/** All exemptions that are understood. Tables are made where they are asked for, and forgotten where something changes. */
export class ExemptionTable {
  readonly #ofCluster = new Map<string, Exemption>();
  readonly #own = new Map<string, Map<string, Exemption>>();
  readonly #ownTables = new Map<string, Table>();
  readonly #counted = new Map<string, ReadonlySet<Exemption>>();
  /** Of what names its namespace exactly, and, under no name, of everything else. */
  #clusterTables: ReadonlyMap<string | undefined, Table> | undefined;

  get isEmpty(): boolean {
    return this.#ofCluster.size === 0 && this.#own.size === 0;
  }

  set(exemption: Exemption): void {
    const { namespace, name } = exemption;
    if (namespace === undefined) {
      this.#ofCluster.set(name, exemption);
      this.#clusterTables = undefined;
      return;
    }
    const own = this.#own.get(namespace) ?? new Map<string, Exemption>();
    own.set(name, exemption);
    this.#own.set(namespace, own);
    this.#forgetOwn(namespace);
  }

  delete({ namespace, name }: Pick<Exemption, 'namespace' | 'name'>): void {
    if (namespace === undefined) {
      this.#ofCluster.delete(name);
      this.#clusterTables = undefined;
      return;
    }
    const own = this.#own.get(namespace);
    own?.delete(name);
    if (own?.size === 0) this.#own.delete(namespace);
    this.#forgetOwn(namespace);
  }

  #forgetOwn(namespace: string): void {
    this.#ownTables.delete(namespace);
    this.#counted.delete(namespace);
  }

  *all(): Generator<Exemption> {
    yield* this.#ofCluster.values();
    for (const own of this.#own.values()) yield* own.values();
  }

  /** Whether it is one of those of its namespace that count. */
  isCounted(exemption: Exemption): boolean {
    return exemption.namespace === undefined || this.#countedIn(exemption.namespace).has(exemption);
  }

  /**
   * Of which nothing is known but that they may be about such a subject, in lists.
   * @param posture the namespace whose posture is made; undefined for that of the cluster
   */
  candidates({ namespace, name }: SubjectRef, posture: string | undefined): readonly (readonly ExemptedSubject[])[] {
    const tables = (this.#clusterTables ??= buildClusterTables(this.#ofCluster.values()));
    const own = posture === undefined ? undefined : this.#ownTable(posture);
    const ofNamespace = namespace === undefined ? undefined : tables.get(namespace);
    const found: (readonly ExemptedSubject[])[] = [];
    for (const table of [own, ofNamespace, tables.get(undefined)]) {
      const named = table?.byName.get(name);
      if (named !== undefined) found.push(named);
      for (const length of table?.prefixLengths ?? []) {
        const alike = length > name.length ? undefined : table?.byPrefix.get(name.slice(0, length));
        if (alike !== undefined) found.push(alike);
      }
    }
    return found;
  }

  #ownTable(namespace: string): Table | undefined {
    if (!this.#own.has(namespace)) return undefined;
    const known = this.#ownTables.get(namespace);
    if (known !== undefined) return known;
    const table = buildTable([...this.#countedIn(namespace)].flatMap(({ subjects }) => subjects));
    this.#ownTables.set(namespace, table);
    return table;
  }

  #countedIn(namespace: string): ReadonlySet<Exemption> {
    const known = this.#counted.get(namespace);
    if (known !== undefined) return known;
    const own = [...(this.#own.get(namespace)?.values() ?? [])];
    const counted = new Set(own.toSorted(compareExemptions).slice(0, MAX_OWN_EXEMPTIONS));
    this.#counted.set(namespace, counted);
    return counted;
  }
}

function buildClusterTables(exemptions: Iterable<Exemption>): ReadonlyMap<string | undefined, Table> {
  const subjects = [...exemptions].flatMap((exemption) => exemption.subjects);
  const byNamespace = Map.groupBy(subjects, ({ namespace }) => namespace.exact);
  return new Map([...byNamespace].map(([namespace, some]) => [namespace, buildTable(some)]));
}

function buildTable(subjects: readonly ExemptedSubject[]): Table {
  const named = subjects.filter(({ name }) => name.exact !== undefined);
  const byPrefix = Map.groupBy(
    subjects.filter(({ name }) => name.exact === undefined),
    ({ name }) => name.prefix,
  );
  return {
    byName: Map.groupBy(named, ({ name }) => name.exact ?? ''),
    byPrefix,
    prefixLengths: [...new Set([...byPrefix.keys()].map(({ length }) => length))],
  };
}
