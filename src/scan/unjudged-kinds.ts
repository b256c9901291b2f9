/**
 * What a scan leaves unjudged, counted by kind. A kind that holds a pod template makes pods in a way that Merlon does not
 * read, such as a Rollout of Argo: silence about it must not read as fine.
 */
import { isJsonObject } from './manifest.ts';
import type { JsonObject, LoadedManifest } from './manifest.ts';
import { ownText } from './own-text.ts';

export interface UnjudgedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly count: number;
  /** Whether any of them holds one. */
  readonly holdsPodTemplate: boolean;
}

export class UnjudgedKinds {
  readonly #kinds = new Map<string, UnjudgedKind>();

  add({ apiVersion, kind, json }: LoadedManifest): void {
    const key = ownText(`${kind} ${apiVersion}`);
    const known = this.#kinds.get(key) ?? { apiVersion: ownText(apiVersion), kind: ownText(kind), count: 0 };
    const holdsPodTemplate = ('holdsPodTemplate' in known && known.holdsPodTemplate) || findsPodTemplate(json);
    this.#kinds.set(key, { ...known, count: known.count + 1, holdsPodTemplate });
  }

  /** By kind, then by API version. */
  list(): readonly UnjudgedKind[] {
    return [...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
  }
}

/** Whether anywhere in an object a field called `template`, or `podTemplate`, holds the spec of a pod. */
export function findsPodTemplate(json: JsonObject): boolean {
  // What an alias names is shared: seen once, it need not be seen again.
  const seen = new Set<object>();
  const waiting: object[] = [json];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    for (const [field, held] of Object.entries(value) as Iterable<[string, unknown]>) {
      if (/template$/i.test(field) && isPodTemplate(held)) return true;
      if (typeof held !== 'object' || held === null || seen.has(held)) continue;
      seen.add(held);
      waiting.push(held);
    }
  }
  return false;
}

function isPodTemplate(value: unknown): boolean {
  return isJsonObject(value) && isJsonObject(value['spec']) && Array.isArray(value['spec']['containers']);
}
