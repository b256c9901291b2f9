/** A patch as people put it into their repository: YAML that names the object and holds the fields of the repair alone. */
import type { SubjectRef } from '../core/subject-ref.ts';
import type { Json, PatchFields } from './planned-repair.ts';

export function printPatch(
  { apiVersion, kind, namespace, name }: SubjectRef,
  { metadata, ...fields }: PatchFields,
): string {
  const identity = { name, ...(namespace === undefined ? {} : { namespace }) };
  return printMap({ apiVersion, kind, metadata: { ...identity, ...metadata }, ...fields }, '');
}

type JsonMap = Readonly<Record<string, Json | undefined>>;

function printMap(map: JsonMap, indent: string): string {
  return Object.entries(map)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .map(([key, value]) => `${indent}${printScalar(key)}:${printValue(value, indent)}`)
    .join('');
}

function printValue(value: Json, indent: string): string {
  if (isList(value)) {
    return value.length === 0 ? ' []\n' : `\n${value.map((item) => printItem(item, `${indent}  `)).join('')}`;
  }
  if (typeof value !== 'object' || value === null) return ` ${printScalar(value)}\n`;
  return Object.keys(value).length === 0 ? ' {}\n' : `\n${printMap(value, `${indent}  `)}`;
}

function printItem(item: Json, indent: string): string {
  const isMap = typeof item === 'object' && item !== null && !isList(item) && Object.keys(item).length > 0;
  // The first key stands beside the dash.
  if (isMap) return `${indent}- ${printMap(item, `${indent}  `).trimStart()}`;
  return `${indent}-${printValue(item, indent)}`;
}

/** Keys and values: text that YAML reads as nothing else stands as it is, all other in quotes, which JSON writes as YAML does. */
export function printScalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = /^[A-Za-z][A-Za-z0-9_./-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
