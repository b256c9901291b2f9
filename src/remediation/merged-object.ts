/**
 * A patch laid over an object, as the API server does it: maps are merged, lists of what has a name too, and everything
 * else is replaced.
 *
 * Source: the patchMergeKey of k8s.io/api v0.37.2, core/v1 PodSpec.
 */
import { isDeepStrictEqual } from 'node:util';

import { isRecord } from './live-object.ts';
import type { Json, PatchFields } from './planned-repair.ts';

/** The lists that a remedy merges by the name of their items. */
const mergedByName: readonly string[] = ['containers', 'initContainers', 'volumes'];

/** A patch that has no place in the object. */
export class PatchMisfit extends Error {}

/** @throws {PatchMisfit} where the object has something else in the place, or no item of the name */
export function mergePatch(object: unknown, patch: PatchFields | Json, field = ''): unknown {
  if (isPatchList(patch)) return mergeList(object, patch, field);
  if (!isRecord(patch)) return patch;
  if (!isRecord(object ?? {})) throw new PatchMisfit(`"${field}" is no map`);
  const base = isRecord(object) ? object : {};
  const changed = Object.entries(patch)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .map(([key, value]) => [key, mergePatch(base[key], value, key)] as const);
  return { ...base, ...Object.fromEntries(changed) };
}

function mergeList(present: unknown, patch: readonly Json[], field: string): unknown {
  if (!Array.isArray(present)) throw new PatchMisfit(`"${field}" is no list`);
  const items = present as readonly unknown[];
  if (!mergedByName.includes(field)) {
    const kept = keptItems(items, patch);
    if (kept === undefined) throw new PatchMisfit(`the items of "${field}" would have to be written anew`);
    return items.filter((_item, index) => kept.has(index));
  }
  const merged = new Map(patch.map((entry) => [indexByName(items, entry, field), entry] as const));
  return items.map((item, index) => {
    const entry = merged.get(index);
    return entry === undefined ? item : mergePatch(item, entry, field);
  });
}

export function isMergedByName(field: string): boolean {
  return mergedByName.includes(field);
}

/** @throws {PatchMisfit} if there is none, or more than one */
export function indexByName(items: readonly unknown[], entry: Json, field: string): number {
  const name = isRecord(entry) ? entry['name'] : undefined;
  const found = items.flatMap((item, index) => (isRecord(item) && item['name'] === name ? [index] : []));
  const [index] = found;
  if (index === undefined || found.length > 1) {
    throw new PatchMisfit(`"${field}" has ${found.length} items of the name ${JSON.stringify(name)}`);
  }
  return index;
}

/**
 * Which items of a list stay, where the wanted ones are some of them in their order. An item may have more fields than
 * are wanted of it: rules do not see all.
 */
export function keptItems(items: readonly unknown[], wanted: readonly Json[]): ReadonlySet<number> | undefined {
  const kept = new Set<number>();
  let next = 0;
  for (const [index, item] of items.entries()) {
    const one = wanted[next];
    if (one === undefined || !isPartOf(one, item)) continue;
    kept.add(index);
    next += 1;
  }
  return next === wanted.length ? kept : undefined;
}

function isPartOf(part: Json, item: unknown): boolean {
  if (!isRecord(part) || !isRecord(item)) return isDeepStrictEqual(part, item);
  return Object.entries(part).every(([key, value]) => isDeepStrictEqual(value, item[key]));
}

function isPatchList(patch: PatchFields | Json): patch is readonly Json[] {
  return Array.isArray(patch);
}
