/** The fields of a patch, put together and taken apart. */
import { valueAt } from './live-object.ts';
import type { LiveObject } from './live-object.ts';
import { printKeys } from './planned-repair.ts';
import type { FieldKeys, Json, PatchFields, PlannedField, PlannedRepair } from './planned-repair.ts';

/**
 * The patch, and the fields that the writer owns already as they are: what an apply leaves out is taken away.
 *
 * @param owned by whoever is to write it
 * @param stoodBefore in a field that he owns; by default nobody asks, and what stands there now does
 * @returns with what stands now in each field that changes
 */
export function mergeOwned(
  plan: PlannedRepair,
  object: LiveObject,
  owned: readonly FieldKeys[],
  stoodBefore?: (path: string) => Json | undefined,
): { readonly patch: PatchFields; readonly fields: readonly PlannedField[] } {
  const planned = plan.fields.map(({ path }) => path);
  const ownedPaths = owned.map(printKeys);
  const before = (keys: FieldKeys): Json | undefined => {
    const path = printKeys(keys);
    return stoodBefore !== undefined && ownedPaths.includes(path) ? stoodBefore(path) : valueAt(object, keys);
  };
  const kept = owned.flatMap((keys): readonly PlannedField[] => {
    const after = valueAt(object, keys);
    const path = printKeys(keys);
    return after === undefined || planned.includes(path) ? [] : [{ path, keys, before: before(keys), after }];
  });
  const changed = plan.fields.map((field) =>
    field.keys === undefined ? field : { ...field, before: before(field.keys) },
  );
  const patch = buildFields([...changed, ...kept].map(({ keys = [], after }) => ({ keys, value: after })));
  return { patch, fields: [...changed, ...kept] };
}

export interface FieldValue {
  readonly keys: FieldKeys;
  /** Undefined leaves the field out. */
  readonly value: Json | undefined;
}

export function buildFields(fields: readonly FieldValue[]): PatchFields {
  const root: Branch = {};
  for (const { keys, value } of fields) {
    const last = keys.at(-1);
    if (value === undefined || last === undefined) continue;
    let at = root;
    for (const key of keys.slice(0, -1)) {
      const next = at[key];
      at = typeof next === 'object' ? (next as Branch) : (at[key] = {});
    }
    at[last] = value;
  }
  return root;
}

interface Branch {
  [key: string]: Json | Branch;
}
