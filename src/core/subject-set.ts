/** Counts distinct subjects without making a text of each: they come by the thousand, one kind after the other. */
import type { SubjectRef } from './subject-ref.ts';

type Names = Set<string>;

export class SubjectSet {
  /** By namespace, kind and version of its API. */
  readonly #names = new Map<string | undefined, Map<string, Map<string, Names>>>();
  #latest: { readonly of: SubjectRef; readonly names: Names } | undefined;
  size = 0;

  add(subject: SubjectRef): void {
    if (this.#latest === undefined || !isBeside(subject, this.#latest.of)) {
      this.#latest = { of: subject, names: this.#namesBeside(subject) };
    }
    const { names } = this.#latest;
    const before = names.size;
    names.add(subject.name);
    this.size += names.size - before;
  }

  #namesBeside({ namespace, kind, apiVersion }: SubjectRef): Names {
    const ofNamespace = at(this.#names, namespace, () => new Map<string, Map<string, Names>>());
    const ofKind = at(ofNamespace, kind, () => new Map<string, Names>());
    return at(ofKind, apiVersion, () => new Set<string>());
  }
}

/** Whether they differ in nothing but their name. */
function isBeside(one: SubjectRef, other: SubjectRef): boolean {
  return one.kind === other.kind && one.namespace === other.namespace && one.apiVersion === other.apiVersion;
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
