/**
 * Projects a JSON or YAML object onto a shape: only the fields that Merlon reads, in Kubernetes' canonical form.
 *
 * The input may be anything (a hand-written file): `null` is absent, as for the API server; a field of a wrong type
 * becomes a property that throws `MalformedField` when read, so that only the rules that need it say `unknown`.
 */
import { isQuantity, isZeroQuantity } from './quantity.ts';
import { defineEntry, isZero, MalformedField, readOr, zeroOf } from './shape.ts';
import type { Field, Infer, MapShape, MessageShape, Shape } from './shape.ts';

/**
 * @param shape the fields to keep
 * @param json the decoded object, of unknown origin
 * @returns a new object that shares nothing mutable with `json`
 * @throws {MalformedField} if `json` itself is not an object
 */
export function project<S extends MessageShape>(shape: S, json: unknown): Infer<S> {
  const projected = projectValue(shape, json, '');
  if (projected instanceof MalformedField) throw projected;
  return projected as Infer<S>;
}

/** Whether any field of the projected value is malformed, anywhere below. */
export function hasMalformedField(projected: unknown): boolean {
  if (typeof projected !== 'object' || projected === null) return false;
  return Object.values(Object.getOwnPropertyDescriptors(projected)).some((descriptor) =>
    descriptor.get === undefined ? hasMalformedField(descriptor.value) : true,
  );
}

/** Every malformed field of the projected value, wherever below, in its order. */
export function malformedFieldsOf(projected: unknown): readonly MalformedField[] {
  if (typeof projected !== 'object' || projected === null) return [];
  return Object.keys(projected).flatMap((key) =>
    readOr(
      () => malformedFieldsOf((projected as Record<string, unknown>)[key]),
      (malformed) => [malformed],
    ),
  );
}

function projectValue(shape: Shape, json: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof json !== 'string') return malformed(path, 'a string', json, shape.classify !== undefined);
      return shape.classify === undefined ? json : shape.classify(json);
    case 'time':
      return typeof json === 'string' ? json : malformed(path, 'a time', json);
    case 'boolean':
      return typeof json === 'boolean' ? json : malformed(path, 'a boolean', json);
    case 'integer':
      return Number.isInteger(json) ? json : malformed(path, 'an integer', json);
    case 'map':
      return isRecord(json) ? projectMap(shape, json, path) : malformed(path, 'a map of strings', json);
    case 'list':
      return Array.isArray(json) ? projectList(shape.of, json, path) : malformed(path, 'a list', json);
    case 'message':
      return isRecord(json) ? projectMessage(shape, json, path) : malformed(path, 'an object', json);
  }
}

function projectMap(shape: MapShape, json: Record<string, unknown>, path: string): Record<string, string> {
  const projected: Record<string, string> = {};
  for (const [key, entry] of Object.entries(json)) {
    if (shape.keys !== undefined && !shape.keys(key)) continue;
    const entryPath = `${path}[${JSON.stringify(key)}]`;
    // A null entry reads as the zero value, as for the API server.
    const kept = shape.ofQuantities === true ? projectQuantity(entry, entryPath) : projectText(entry, entryPath);
    if (kept !== undefined) set(projected, key, kept);
  }
  return projected;
}

function projectText(entry: unknown, path: string): unknown {
  return entry === null ? '' : projectValue({ kind: 'string' }, entry, path);
}

/** @returns an empty string for what is more than nothing, and undefined for nothing */
function projectQuantity(entry: unknown, path: string): unknown {
  const text = typeof entry === 'number' ? String(entry) : typeof entry === 'string' ? entry.trim() : entry;
  if (text === null) return undefined;
  if (typeof text !== 'string' || !isQuantity(text)) return malformed(path, 'a quantity', entry);
  return isZeroQuantity(text) ? undefined : '';
}

function projectList(of: Shape, json: readonly unknown[], path: string): unknown[] {
  const projected: unknown[] = [];
  for (const [index, element] of json.entries()) {
    const elementPath = `${path}[${String(index)}]`;
    // A null element is the zero value, as for the API server.
    const filled = element === null ? (of.kind === 'message' ? {} : zeroOf(of)) : element;
    set(projected, String(index), projectValue(of, filled, elementPath));
  }
  return projected;
}

function projectMessage(shape: MessageShape, json: Record<string, unknown>, path: string): Record<string, unknown> {
  const projected: Record<string, unknown> = {};
  projectFields(shape, json, path, projected);
  return projected;
}

function projectFields(
  shape: MessageShape,
  json: Record<string, unknown>,
  path: string,
  into: Record<string, unknown>,
): void {
  for (const [name, field] of fieldsOf(shape)) {
    const value = json[name];
    // Most fields of most objects are absent, and cost no more than this.
    if (value === undefined && field.presence !== 'required') continue;
    const fieldPath = path === '' ? name : `${path}.${name}`;
    const projected = projectField(field, Object.hasOwn(json, name) ? value : undefined, fieldPath);
    if (projected !== undefined) set(into, name, projected);
  }
}

const knownFields = new WeakMap<MessageShape, readonly (readonly [string, Field])[]>();

/** In the order of the shape; those of an embedded struct stand where it does. */
function fieldsOf(shape: MessageShape): readonly (readonly [string, Field])[] {
  const known = knownFields.get(shape);
  if (known !== undefined) return known;
  const fields = Object.entries(shape.fields).flatMap(([name, field]) =>
    field.presence === 'inline' ? fieldsOf(field.shape as MessageShape) : [[name, field] as const],
  );
  knownFields.set(shape, fields);
  return fields;
}

function projectField(field: Field, json: unknown, path: string): unknown {
  if (json === undefined || json === null) {
    return field.presence === 'required' ? new MalformedField(path, 'present', 'nothing') : undefined;
  }
  // Where the API requires a list it requires something in it: a pod without containers is no pod that passes.
  if (field.presence === 'required' && Array.isArray(json) && json.length === 0) {
    return new MalformedField(path, 'present', 'an empty list');
  }
  const projected = projectValue(field.shape, json, path);
  const isAbsent =
    (field.presence === 'value' && isZero(projected)) ||
    // Protobuf cannot tell an empty map from none, so neither do we.
    (field.shape.kind === 'map' &&
      !(projected instanceof MalformedField) &&
      Object.keys(projected as object).length === 0);
  return isAbsent ? undefined : projected;
}

function malformed(path: string, expected: string, found: unknown, isConfidential = false): MalformedField {
  return new MalformedField(path === '' ? '.' : path, expected, isConfidential ? 'something else' : describe(found));
}

function describe(found: unknown): string {
  if (found === null) return 'null';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'an object';
  if (typeof found === 'string') return found.length > 40 ? 'a string' : `the string ${JSON.stringify(found)}`;
  return `the ${typeof found} ${JSON.stringify(found)}`;
}

/** Sets a decoded value; a malformed one becomes a property that throws when somebody reads it. */
function set(target: unknown[] | Record<string, unknown>, key: string, decoded: unknown): void {
  if (decoded instanceof MalformedField) {
    Object.defineProperty(target, key, {
      enumerable: true,
      configurable: true,
      get() {
        throw decoded;
      },
    });
  } else {
    defineEntry(target as Record<string, unknown>, key, decoded);
  }
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
