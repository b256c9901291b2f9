/** Fragments of one PodSecurityPolicy, put together: a field that two of them have must be the same in both. */
import { isDeepStrictEqual } from 'node:util';

import { defineEntry } from '../core/shape.ts';

type Json = Readonly<Record<string, unknown>>;

export interface FragmentConflict {
  /** `spec.volumes` */
  readonly path: string;
  /** Which fragment says something else than one before it. */
  readonly index: number;
  /** The one before it. */
  readonly earlier: number;
}

/**
 * @param fragments at least one, each of them readable as a policy
 * @returns one object, with the name of the first; or the first field about which they disagree
 */
export function mergeFragments(
  fragments: readonly Json[],
): { readonly json: Json } | { readonly conflict: FragmentConflict } {
  const annotations = new FieldMerger('metadata.annotations');
  const spec = new FieldMerger('spec');
  for (const [index, json] of fragments.entries()) {
    const conflict =
      annotations.add(recordOf(recordOf(json['metadata'])['annotations']), index) ??
      spec.add(recordOf(json['spec']), index);
    if (conflict !== undefined) return { conflict };
  }
  const [first = {}] = fragments;
  const metadata = { ...recordOf(first['metadata']), annotations: annotations.merged };
  return { json: { ...first, metadata, spec: spec.merged } };
}

class FieldMerger {
  readonly #path: string;
  readonly #from = new Map<string, number>();
  readonly merged: Record<string, unknown> = {};

  constructor(path: string) {
    this.#path = path;
  }

  add(fields: Json, index: number): FragmentConflict | undefined {
    for (const [name, value] of Object.entries(fields)) {
      if (value === null) continue;
      const earlier = this.#from.get(name);
      if (earlier === undefined) {
        this.#from.set(name, index);
        defineEntry(this.merged, name, value);
      } else if (!isDeepStrictEqual(this.merged[name], value)) {
        return { path: `${this.#path}${stepOf(name)}`, index, earlier };
      }
    }
    return undefined;
  }
}

function stepOf(name: string): string {
  return /^\w+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Nothing and null have no fields; a fragment with anything else there cannot be read, and was refused before. */
function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
