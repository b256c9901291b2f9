/** The HardeningRemediation objects as they stand in the cluster, own writes included before the watch shows them. */
import type { HardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import { isOlder } from './posture-store.ts';
import type { PostureScope } from './posture-store.ts';
import { scopeOfRecord } from './record-address.ts';
import type { Named } from './store.ts';

/** A cluster that was restored counts its versions from an earlier one: then what the watch shows is no older event. */
const MAX_ECHO_DELAY_MS = 10_000;

interface Awaited {
  readonly resourceVersion: string;
  readonly sinceMs: number;
}

export class RemediationStore {
  /** By namespace, then by name. */
  readonly #records = new Map<string, Map<string, HardeningRemediation>>();
  /** Own writes whose watch event is still to come, by namespace and name; what comes before it is older. */
  readonly #awaited = new Map<string, Awaited>();
  /** By namespace and name: what somebody has deleted although the repair was done and may stand. */
  readonly #lost = new Map<string, HardeningRemediation>();
  /** Up to which version the watch has shown everything: what it has not shown by then is gone. */
  #shownUpTo = '';
  readonly #onChange: (record: HardeningRemediation) => void;
  readonly #now: () => number;

  /**
   * @param onChange told of what others have made of a record, with its last version where it is gone
   * @param now milliseconds on a clock that only goes forward
   */
  constructor(onChange: (record: HardeningRemediation) => void, now: () => number) {
    this.#onChange = onChange;
    this.#now = now;
  }

  /** An object that the watch shows. */
  upsert(record: HardeningRemediation): void {
    this.#shownUpTo = record.metadata.resourceVersion ?? '';
    if (this.#isOutdated(record)) return;
    if (this.#put(record)) this.#onChange(record);
  }

  remove(record: Named): void {
    // Of a deletion that only shows in a list no version is known; `listed` tells it.
    this.#shownUpTo = record.metadata.resourceVersion ?? this.#shownUpTo;
    // What the watch shows may be the end of an older object than the one that stands there now.
    if (this.#isOutdated(record)) return;
    this.#drop(record);
  }

  /**
   * Every record has been shown as it was at that version. Own writes up to then that were not among them are gone: the
   * watch that would have shown both the write and the deletion was cut off.
   */
  listed(resourceVersion: string): void {
    this.#shownUpTo = resourceVersion;
    for (const record of this.all()) {
      const awaited = this.#awaited.get(keyOf(record));
      if (awaited !== undefined && !isOlder(resourceVersion, awaited.resourceVersion)) this.#drop(record);
    }
  }

  #drop(record: Named): void {
    this.#awaited.delete(keyOf(record));
    const known = this.get(namespaceOf(record), record.metadata.name);
    if (known === undefined) return;
    this.#records.get(namespaceOf(known))?.delete(known.metadata.name);
    this.#lose(known);
  }

  #lose(record: HardeningRemediation): void {
    if (record.status?.state === 'Applied') this.#lost.set(keyOf(record), record);
    this.#onChange(record);
  }

  /** What the API server answered to our own write. */
  written(record: HardeningRemediation): void {
    const shown = this.get(namespaceOf(record), record.metadata.name);
    const resourceVersion = record.metadata.resourceVersion ?? '';
    // The watch may be faster than the answer, and show what somebody wrote after us, or that it was deleted.
    if (shown !== undefined && !isOlder(shown.metadata.resourceVersion ?? '', resourceVersion)) return;
    if (shown === undefined && isOlder(resourceVersion, this.#shownUpTo)) {
      this.#lose(record);
      return;
    }
    this.#awaited.set(keyOf(record), { resourceVersion, sinceMs: this.#now() });
    this.#put(record);
  }

  /** Gone by our own hand, or so the API server says; not one of that name that somebody has made since. */
  absent(record: HardeningRemediation): void {
    const { name, uid } = record.metadata;
    if (this.get(namespaceOf(record), name)?.metadata.uid !== uid) return;
    this.#awaited.delete(keyOf(record));
    this.#records.get(namespaceOf(record))?.delete(name);
  }

  get(namespace: string, name: string): HardeningRemediation | undefined {
    return this.#records.get(namespace)?.get(name);
  }

  all(): readonly HardeningRemediation[] {
    return [...this.#records.values()].flatMap((ofNamespace) => [...ofNamespace.values()]);
  }

  /** Those of one namespace, by name. */
  list(namespace: string): readonly HardeningRemediation[] {
    return [...(this.#records.get(namespace)?.values() ?? [])];
  }

  /** Records of repairs in a scope that somebody has deleted, and nobody has looked for since. */
  lost(scope: PostureScope): readonly HardeningRemediation[] {
    return [...this.#lost.values()].filter((record) => scopeOfRecord(record) === scope);
  }

  /** Somebody has: what was deleted since then is still lost. */
  lookedFor(records: readonly HardeningRemediation[]): void {
    for (const record of records) if (this.#lost.get(keyOf(record)) === record) this.#lost.delete(keyOf(record));
  }

  #isOutdated(record: Named): boolean {
    const awaited = this.#awaited.get(keyOf(record));
    if (awaited === undefined) return false;
    const isOverdue = this.#now() - awaited.sinceMs > MAX_ECHO_DELAY_MS;
    if (isOlder(record.metadata.resourceVersion ?? '', awaited.resourceVersion) && !isOverdue) return true;
    this.#awaited.delete(keyOf(record));
    return false;
  }

  /** @returns whether it says something new */
  #put(record: HardeningRemediation): boolean {
    const { name, resourceVersion } = record.metadata;
    const namespace = namespaceOf(record);
    const ofNamespace = this.#records.get(namespace) ?? new Map<string, HardeningRemediation>();
    this.#records.set(namespace, ofNamespace);
    const before = ofNamespace.get(name);
    ofNamespace.set(name, record);
    this.#lost.delete(keyOf(record));
    return before === undefined || before.metadata.resourceVersion !== resourceVersion;
  }
}

function namespaceOf({ metadata: { namespace = '' } }: Named): string {
  return namespace;
}

function keyOf({ metadata: { namespace = '', name } }: Named): string {
  return `${namespace}/${name}`;
}
