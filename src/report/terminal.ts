/**
 * What may reach a terminal. Names and messages come from whoever can create an object, and a terminal obeys some of
 * their characters: they could clear the screen, retype a line or swap its ends. So all text goes through here.
 */

export type Colour = 'red' | 'yellow' | 'green' | 'blue' | 'bold' | 'dim';

/** Puts colour around text that is already safe; or leaves it as it is. */
export type Painter = (colour: Colour, safeText: string) => string;

/**
 * @returns the text with every control, escape, direction and invisible character spelled out: `\x1b`, `\n`, `\u202e`,
 *   `\u{e0041}`. Of white space only the plain space stays, because another one cannot be told from it.
 */
export function printable(text: string): string {
  return isPlain.test(text) ? text : text.replace(unsafe, spellOut);
}

/** Nearly every text is, which is found out much faster than what is unsafe. */
const isPlain = /^[ -~]*$/;
const isPlainJson = /^[\n -~]*$/;

/** Other, Default_Ignorable and all spaces but U+0020: C0, C1, bidi, zero-width, tags, fillers, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/**
 * @param json as `JSON.stringify` prints it; its line breaks stay
 * @returns the same value with every such character in its strings as `\\u001b`
 */
export function printableJson(json: string): string {
  if (isPlainJson.test(json)) return json;
  return json.replace(unsafe, (character) => (character === '\n' ? character : escapeInJson(character)));
}

function escapeInJson(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${hex(character.charCodeAt(index), 4)}`).join('');
}

function spellOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = shortEscapes.get(character);
  if (short !== undefined) return short;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`;
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/**
 * Whether a stream shows colours: it is a terminal, that terminal is not `dumb`, and nobody set NO_COLOR.
 * Source: https://no-color.org (any value but the empty one counts).
 */
export function hasColour(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const isRefused = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return stream.isTTY === true && !isRefused && env['TERM'] !== 'dumb';
}

export function buildPainter(isColoured: boolean): Painter {
  return (colour, safeText) => (isColoured ? `\x1b[${sgr[colour]}m${safeText}\x1b[0m` : safeText);
}

/** Select Graphic Rendition. Source: ECMA-48, 8.3.117. */
const sgr: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, green: 32, blue: 34, bold: 1, dim: 2 };
