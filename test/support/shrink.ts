/** Makes a JSON value smaller while something stays true of it: parts are taken away, the largest first. */
type Json = Readonly<Record<string, unknown>>;

type Path = readonly (string | number)[];

/** @returns a part of `json` of which nothing more can be taken away */
export async function shrink(json: Json, isStillTrue: (smaller: Json) => Promise<boolean>): Promise<Json> {
  let smallest = json;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    // The last of a list first, so that what is left keeps its place.
    for (const path of pathsIn(smallest).sort((one, other) => one.length - other.length)) {
      const candidate = without(smallest, path) as Json | undefined;
      if (candidate === undefined || !(await isStillTrue(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
    }
  }
  return smallest;
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()].reverse()
    : Object.entries(value);
  return entries.flatMap(([key, child]) => [[...path, key], ...pathsIn(child, [...path, key])]);
}

/** @returns undefined where there is no such part */
function without(value: unknown, [key, ...rest]: Path): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return undefined;
  if (Array.isArray(value)) {
    if (typeof key !== 'number' || key >= value.length) return undefined;
    if (rest.length === 0) return value.toSpliced(key, 1);
    const child = without(value[key], rest);
    return child === undefined ? undefined : value.with(key, child);
  }
  if (!Object.hasOwn(value, key)) return undefined;
  const { [key]: part, ...others } = value as Record<string, unknown>;
  if (rest.length === 0) return others;
  const child = without(part, rest);
  return child === undefined ? undefined : { ...value, [key]: child };
}
