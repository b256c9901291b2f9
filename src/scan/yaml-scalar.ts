/**
 * What a YAML scalar means to kubectl: YAML 1.1 as `go.yaml.in/yaml/v2` resolves it (`resolve.go`), then as JSON
 * (`sigs.k8s.io/yaml`). So `yes` is true, `010` is 8, `1:30` and dates are strings, and `.nan` is refused.
 *
 * js-yaml's YAML11_SCHEMA differs from it in: sexagesimal numbers, `0o17`, `08`, `1e3`, dates, `_`, explicit tags and
 * merge keys; so only js-yaml's parser is used, and the meaning is given here.
 */

import { ValueRefused } from './input-problem.ts';

export type Scalar = string | number | boolean | null;

const coreTag = 'tag:yaml.org,2002:';

/**
 * @param isPlain whether it was written without quotes and not as a block: only then its type is guessed
 * @param tag in its long form, such as `tag:yaml.org,2002:int`; `''` when there is none
 * @returns the value; numbers may be NaN or infinite, which JSON cannot hold as a value but kubectl accepts as a key
 * @throws {ValueRefused} if an explicit tag does not fit the text
 * Source: go.yaml.in/yaml/v2 v2.4.4, `resolve` and `(*decoder).scalar`.
 */
export function resolveScalar(text: string, isPlain: boolean, tag: string): Scalar {
  if (tag === '') return isPlain ? resolvePlain(text) : text;
  if (!tag.startsWith(coreTag)) return text;
  const name = tag.slice(coreTag.length);
  switch (name) {
    case 'bool':
    case 'int':
    case 'null':
    case 'timestamp':
    case 'float':
      return resolveTagged(name, text);
    case 'binary':
      return decodeBase64(text);
    default:
      return text;
  }
}

/**
 * @param text what the scalar was read from
 * @returns the key of a JSON object that the scalar becomes, or undefined where kubectl refuses it as a key
 * Source: sigs.k8s.io/yaml v1.6.0, `convertToJSONableObject`.
 */
export function keyOf(scalar: Scalar, text: string): string | undefined {
  if (scalar === null) return undefined;
  if (typeof scalar !== 'number') return String(scalar);
  const integer = parseGoInteger(text.replaceAll('_', ''));
  if (integer !== undefined) return integer < 2n ** 63n ? String(integer) : undefined;
  if (Number.isNaN(scalar)) return '.nan';
  if (!Number.isFinite(scalar)) return scalar > 0 ? '.inf' : '-.inf';
  return formatFloat32(scalar);
}

function resolvePlain(text: string): Scalar {
  const first = text.charCodeAt(0);
  // Most scalars start with a letter that no word or number starts with.
  if (Number.isNaN(first)) return null;
  if (isDigitOrSign(first)) return words.get(text) ?? resolveNumber(text);
  if (first === 0x2e) return words.get(text) ?? parseGoFloat(text.replaceAll(/(?<=\d)_(?=\d)/g, '')) ?? text;
  if (text.length > maxWordLength) return text;
  const word = words.get(text);
  return word === undefined ? text : word;
}

function resolveNumber(text: string): Scalar {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  const plain = text.replaceAll('_', '');
  const integer = parseGoInteger(plain);
  return integer === undefined ? (parseGoFloat(plain) ?? text) : Number(integer);
}

/** Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`: a leading 0 means octal. Undefined if it is neither. */
function parseGoInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(?:0[oO]?([0-7]+)|(0[xX][0-9a-fA-F]+|0[bB][01]+|0|[1-9]\d*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, octal, other = ''] = match;
  const magnitude = BigInt(octal === undefined ? other : `0o${octal}`);
  const limit = sign === '-' ? 2n ** 63n : sign === '+' ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  if (magnitude > limit) return undefined;
  return sign === '-' ? -magnitude : magnitude;
}

/** Go's `strconv.ParseFloat` on what go-yaml lets it see; out of range is no number. */
function parseGoFloat(text: string): number | undefined {
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const float = Number(text);
  if (!Number.isFinite(float)) return undefined;
  return float === 0 ? 0 : float;
}

function resolveTagged(tag: 'bool' | 'float' | 'int' | 'null' | 'timestamp', text: string): Scalar {
  const resolved = resolvePlain(text);
  if (tag === typeTagOf(resolved, text)) return resolved;
  if (tag === 'float' && typeof resolved === 'number' && Math.abs(resolved) < 2 ** 63) return resolved;
  if (tag === 'timestamp' && typeof resolved === 'string' && /^\d{4}-/.test(text)) return text;
  throw new ValueRefused(`${JSON.stringify(text)} does not fit its tag !!${tag}`);
}

function typeTagOf(resolved: Scalar, text: string): string {
  if (resolved === null) return 'null';
  if (typeof resolved === 'boolean') return 'bool';
  if (typeof resolved === 'string') return 'str';
  return parseGoInteger(text.replaceAll('_', '')) === undefined ? 'float' : 'int';
}

/** Go's base64.StdEncoding: padded, line breaks ignored, other bytes refused; not UTF-8 becomes U+FFFD, as in JSON. */
function decodeBase64(text: string): string {
  const encoded = text.replaceAll(/[\r\n]/g, '');
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) {
    throw new ValueRefused('a !!binary value must be base64');
  }
  return Buffer.from(encoded, 'base64').toString('utf8');
}

/** Go's `strconv.FormatFloat(float, 'g', -1, 32)`: the fewest digits that give the same 32-bit float. */
function formatFloat32(float: number): string {
  const single = Math.fround(float);
  let digits = 1;
  while (digits < 9 && Math.fround(Number(float.toPrecision(digits))) !== single) digits += 1;
  const [mantissa = '', exponent = '0'] = Number(float.toPrecision(digits)).toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(`${mantissa}e${exponent}`));
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function isDigitOrSign(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d;
}

const maxWordLength = 5;
const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);
