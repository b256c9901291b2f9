/**
 * Holds a value against a schema of `api/v1alpha1/schema.ts`, as the API server would: for parameters, whose schema the
 * CRD cannot know, and for policies in files, which no API server has seen.
 */
import type {
  ArraySchema,
  CrdSchema,
  IntegerSchema,
  MapSchema,
  ObjectSchema,
  OpenObjectSchema,
  StringSchema,
} from '../api/v1alpha1/schema.ts';

export interface SchemaProblem {
  /** The field: `spec.rules[0].severity`. */
  readonly path: string;
  /** What is wrong and what is allowed, in one sentence that begins with the path. */
  readonly message: string;
}

/**
 * @param path where the value stands: `spec.threshold`
 * @returns undefined if nothing is wrong
 */
export function findSchemaProblem(schema: CrdSchema, value: unknown, path: string): SchemaProblem | undefined {
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' ? findTextProblem(schema, value, path) : wrongType(path, 'a string', value);
    case 'integer':
      return Number.isSafeInteger(value)
        ? findNumberProblem(schema, value as number, path)
        : wrongType(path, 'an integer', value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrongType(path, 'true or false', value);
    case 'array':
      return Array.isArray(value) ? findListProblem(schema, value, path) : wrongType(path, 'a list', value);
    case 'object':
      return isObject(value) ? findObjectProblem(schema, value, path) : wrongType(path, 'an object', value);
    case undefined:
      return undefined;
  }
}

function findTextProblem(schema: StringSchema, text: string, path: string): SchemaProblem | undefined {
  const { enum: choices, minLength = 0, maxLength = Infinity, pattern, format } = schema;
  if (choices !== undefined && !choices.includes(text)) {
    return problemAt(path, `is ${quote(text)}, and must be one of ${choices.map(quote).join(', ')}`);
  }
  // The API server counts code points.
  const { length } = Array.from(text);
  if (length < minLength) return problemAt(path, `is ${quote(text)}, and must have at least ${minLength} characters`);
  if (length > maxLength) return problemAt(path, `has ${length} characters, and may have ${maxLength}`);
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(text)) {
    return problemAt(path, `is ${quote(text)}, and must match ${pattern}`);
  }
  if (format === 'date-time' && Number.isNaN(Date.parse(text)))
    return problemAt(path, `is ${quote(text)}, and must be a time`);
  return undefined;
}

function findNumberProblem(schema: IntegerSchema, number: number, path: string): SchemaProblem | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (number >= minimum && number <= maximum) return undefined;
  return problemAt(path, `is ${number}, and must be ${describeRange(minimum, maximum)}`);
}

function findListProblem(schema: ArraySchema, list: readonly unknown[], path: string): SchemaProblem | undefined {
  const { minItems = 0, maxItems, items } = schema;
  if (list.length < minItems) return problemAt(path, `has ${list.length} items, and must have at least ${minItems}`);
  if (list.length > maxItems) return problemAt(path, `has ${list.length} items, and may have ${maxItems}`);
  for (const [index, item] of list.entries()) {
    const problem = findSchemaProblem(items, item, `${path}[${index}]`);
    if (problem !== undefined) return problem;
  }
  return findRepetition(schema, list, path);
}

function findRepetition(schema: ArraySchema, list: readonly unknown[], path: string): SchemaProblem | undefined {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'atomic') return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const identity = JSON.stringify(isObject(item) ? keys.map((key) => item[key]) : item);
    if (seen.has(identity)) return problemAt(`${path}[${index}]`, `repeats ${identity}`);
    seen.add(identity);
  }
  return undefined;
}

function findObjectProblem(
  schema: ObjectSchema | MapSchema | OpenObjectSchema,
  object: Readonly<Record<string, unknown>>,
  path: string,
): SchemaProblem | undefined {
  const entries = Object.entries(object);
  if (!('properties' in schema)) {
    if (entries.length > schema.maxProperties) {
      return problemAt(path, `has ${entries.length} entries, and may have ${schema.maxProperties}`);
    }
    if (!('additionalProperties' in schema)) return undefined;
    return firstOf(entries, ([key, entry]) => findSchemaProblem(schema.additionalProperties, entry, at(path, key)));
  }
  const { properties, required = [] } = schema;
  const missing = required.find((name) => !Object.hasOwn(object, name));
  if (missing !== undefined) return problemAt(at(path, missing), 'is missing');
  return firstOf(entries, ([name, entry]) => {
    const field = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (field === undefined) {
      const known = Object.keys(properties).map(quote).join(', ') || 'nothing';
      return problemAt(at(path, name), `does not exist; there is ${known}`);
    }
    return findSchemaProblem(field, entry, at(path, name));
  });
}

function firstOf<T>(items: readonly T[], find: (item: T) => SchemaProblem | undefined): SchemaProblem | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function at(path: string, name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) return `${path}[${quote(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

function problemAt(path: string, problem: string): SchemaProblem {
  return { path, message: `${path} ${problem}` };
}

function wrongType(path: string, expected: string, value: unknown): SchemaProblem {
  const found = value === undefined ? 'nothing' : quote(value);
  return problemAt(path, `must be ${expected}, and is ${found}`);
}

function describeRange(minimum: number, maximum: number): string {
  if (maximum === Infinity) return `${minimum} or more`;
  return minimum === -Infinity ? `${maximum} or less` : `from ${minimum} to ${maximum}`;
}

const MAX_QUOTED = 80;

function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
