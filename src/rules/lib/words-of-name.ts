/**
 * Which words a name is made of, whatever its spelling: DB_PASSWORD, dbPassword and db-password are the same two. People
 * name words and no expressions, so that none of theirs can be slow, and `pass` is not found in BYPASS.
 */

/** A list as a policy holds it: the same array each time. */
type Words = readonly string[];

/** Whether some run of its words is one of the list: `api_key` is in API_KEY_V2, apiKey and APIKEY. */
export function hasWord(name: string, list: Words): boolean {
  const text = join(name);
  let bounds: ReadonlySet<number> | undefined;
  for (const needle of needlesOf(list)) {
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
      bounds ??= boundsOf(wordsOf(name));
      if (bounds.has(at) && bounds.has(at + needle.length)) return true;
    }
  }
  return false;
}

/** Whether its last words are one of the list, numbers behind them left out: `name` is at the end of SECRET_NAME_2. */
export function endsInWord(name: string, list: Words): boolean {
  const all = wordsOf(name);
  const words = all.slice(0, all.findLastIndex((word) => !/^[0-9]/.test(word)) + 1);
  const text = words.join('').toLowerCase();
  const bounds = boundsOf(words);
  return needlesOf(list).some((needle) => text.endsWith(needle) && bounds.has(text.length - needle.length));
}

/** All its words in a row, in small letters. */
function join(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}

/** A word begins at a capital, a number is one of its own, and capitals in a row are one: DB, Password, 2. */
function wordsOf(name: string): Words {
  return name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? [];
}

/** Where in the row of them a word begins or ends. */
function boundsOf(words: Words): ReadonlySet<number> {
  const bounds = new Set([0]);
  let length = 0;
  for (const word of words) bounds.add((length += word.length));
  return bounds;
}

const needles = new WeakMap<Words, Words>();

function needlesOf(list: Words): Words {
  const known = needles.get(list) ?? list.map(join);
  needles.set(list, known);
  return known;
}
