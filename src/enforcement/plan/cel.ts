/**
 * Values as CEL writes them. Parameters are printed into policies this way and no other: an object that a policy would
 * look them up in can be gone, and then every request that it matches is refused, in the whole cluster.
 *
 * Source: the CEL specification, "String and Bytes Values"; test/enforcement/cel.integration.test.ts asks a real API server.
 */

type Scalar = string | boolean | number;
/** A list holds values of one type: the API server takes no other. */
export type CelValue = Scalar | readonly string[] | readonly number[];

/**
 * One line of printable ASCII, whatever the value holds.
 * @throws {RangeError} for a number that is no safe integer, and for text with half a surrogate pair, which CEL cannot say
 */
export function celLiteral(value: CelValue): string {
  return typeof value === 'object' ? `[${value.map(celScalar).join(', ')}]` : celScalar(value);
}

function celScalar(value: Scalar): string {
  if (typeof value === 'string') return celText(value);
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is no whole number that CEL and we both hold`);
  }
  return String(value);
}

function celText(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('text with half a surrogate pair cannot be written in CEL');
  return `'${Array.from(text, celCharacter).join('')}'`;
}

function celCharacter(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (/^[ -~]$/.test(character)) return character;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** @returns what `celLiteral` printed as this list; undefined for what it would never print, though it be a list in CEL */
export function readTextList(list: string): readonly string[] | undefined {
  if (list === '[]') return [];
  if (!/^\['(?:[^'\\]|\\.)*'(?:, '(?:[^'\\]|\\.)*')*\]$/.test(list)) return undefined;
  const texts = [...list.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, text]) => readText(text ?? ''));
  const isOwn = texts.every((text) => text !== undefined) && celLiteral(texts) === list;
  return isOwn ? texts : undefined;
}

function readText(escaped: string): string | undefined {
  const text = escaped.replaceAll(/\\(?:u([0-9a-f]{4})|U(0010[0-9a-f]{4}|000[0-9a-f]{5})|(.))/g, (...groups) => {
    const [, short, long, itself] = groups as readonly (string | undefined)[];
    return itself ?? String.fromCodePoint(Number.parseInt(short ?? long ?? '', 16));
  });
  return text.isWellFormed() ? text : undefined;
}
