/**
 * The pieces that Pod Security's sentences are made of. They must be the API server's own to the byte: people search for
 * them, and the differential test compares them.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/helpers.go; Go's `sort` and `strconv.Quote`.
 */
import type { PlacedContainer } from '../core/containers.ts';

/** `"a", "b"`: in quotes, but not escaped. */
export function quoteEach(texts: readonly string[]): string {
  let quoted = '';
  for (const text of texts) quoted += quoted === '' ? `"${text}"` : `, "${text}"`;
  return quoted;
}

/** `container "web"` or `volumes "data", "logs"`. */
export function nameEach(noun: string, names: readonly string[]): string {
  return `${pluralize(noun, names.length)} ${quoteEach(names)}`;
}

export function nameContainers(placed: readonly PlacedContainer[]): string {
  // Each refusal names containers, and one name is what most of them have.
  const [first] = placed;
  if (placed.length === 1 && first !== undefined) return `container "${first.container.name}"`;
  return nameEach(
    'container',
    placed.map(({ container }) => container.name),
  );
}

/** Who sets something, `pod and container "web"`; at least one of them does. */
export function nameSetters(podSets: boolean, placed: readonly PlacedContainer[] | undefined): string {
  if (placed === undefined || placed.length === 0) return 'pod';
  return podSets ? `pod and ${nameContainers(placed)}` : nameContainers(placed);
}

export function pluralize(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}

/** One thing uses, two things use. */
export function conjugateUse(count: number): string {
  return count === 1 ? 'uses' : 'use';
}

/** Each text once, in the order of its bytes. */
export function sortDistinct(texts: readonly string[]): readonly string[] {
  // Go has no lone surrogates: its JSON decoder makes U+FFFD of them.
  return [...new Set(texts.map((text) => text.toWellFormed()))].sort(compareBytes);
}

/** As UTF-8 sorts, which is by code points; JavaScript compares UTF-16, where U+10000 comes before U+E000. */
function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rankOf(a.charCodeAt(index)) - rankOf(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/**
 * `key="value"`, the value as Go quotes it. They differ in characters that Unicode has since version 15.1 only: to Go 1.26
 * they are none that can be printed.
 */
export function printAnnotation(key: string, value: string): string {
  return `${key}="${value.toWellFormed().replace(/["\\]|[^ \p{L}\p{M}\p{N}\p{P}\p{S}]/gu, escapeAsGo)}"`;
}

function escapeAsGo(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16);
  if (point < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
