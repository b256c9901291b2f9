/** In which objects kubectl cuts a stream; held to us and to the real kubectl as `field-rows.ts` is. */
import { a, b, c, header, jsonA, jsonB, jsonC } from './row-texts.ts';

export interface StreamRow {
  readonly says: string;
  readonly text: string | Buffer;
  /** The names of the objects that kubectl sees. */
  readonly names: readonly string[];
}

export const streamRows: readonly StreamRow[] = [
  { says: 'documents between separators', text: `${a}---\n${b}---\n${c}`, names: ['a', 'b', 'c'] },
  { says: 'a separator first and last', text: `---\n${a}---\n`, names: ['a'] },
  { says: 'a separator as the last three characters', text: `${a}---`, names: ['a'] },
  { says: 'empty documents', text: `---\n---\n\n---\n${a}---\n  \n---\n`, names: ['a'] },
  { says: 'documents of comments alone', text: `# one\n---\n# two\n---\n${a}`, names: ['a'] },
  { says: 'a comment behind a separator', text: `${a}--- # next\n${b}`, names: ['a', 'b'] },
  { says: 'a comment right behind a separator', text: `${a}---# next\n${b}`, names: ['a', 'b'] },
  { says: 'spaces behind a separator', text: `${a}---  \t\n${b}`, names: ['a', 'b'] },
  { says: 'Windows line ends', text: `${a}---\n${b}`.replaceAll('\n', '\r\n'), names: ['a', 'b'] },
  { says: 'a separator inside a block is text', text: `${header}x: |\n  ---\n---\n${a}`, names: ['row', 'a'] },
  { says: 'a document end', text: `${a}...\n---\n${b}`, names: ['a', 'b'] },
  { says: 'a byte order mark', text: `\ufeff${a}`, names: ['a'] },
  { says: 'a byte order mark in the middle', text: `${a}---\n\ufeff${b}`, names: ['a', 'b'] },
  { says: 'UTF-16 with its mark', text: Buffer.from(`\ufeff${a}`, 'utf16le'), names: ['a'] },
  { says: 'big-endian UTF-16 with its mark', text: Buffer.from(`\ufeff${a}`, 'utf16le').swap16(), names: ['a'] },
  {
    says: 'bytes that are no UTF-8',
    text: Buffer.concat([Buffer.from(`${header}x: "`), Buffer.from([0xff, 0x22, 0x0a])]),
    names: ['row'],
  },

  { says: 'a JSON object', text: jsonA, names: ['a'] },
  { says: 'JSON with tabs', text: jsonA.replaceAll(' ', '\n\t'), names: ['a'] },
  { says: 'JSON after a byte order mark', text: `\ufeff${jsonA}`, names: ['a'] },
  { says: 'JSON objects one after another', text: jsonA + jsonB + jsonC, names: ['a', 'b', 'c'] },
  { says: 'JSON objects line by line', text: `${jsonA}\n${jsonB}\n\n${jsonC}\n`, names: ['a', 'b', 'c'] },
  { says: 'a separator after one JSON object', text: `${jsonA}\n---\n${jsonB}\n---\n${jsonC}`, names: ['a', 'b', 'c'] },
  { says: 'YAML after one JSON object', text: `${jsonA}\n---\n${b}`, names: ['a', 'b'] },
  { says: 'JSON that is only YAML', text: jsonA.replace('}}', '},}'), names: ['a'] },

  { says: 'a List', text: `kind: List\napiVersion: v1\nitems:\n- ${a}- ${b}`, names: ['a', 'b'] },
  { says: 'a List of nothing', text: 'kind: List\napiVersion: v1\nitems: []\n', names: [] },
  { says: 'a List of null', text: `kind: List\napiVersion: v1\nitems:\n---\n${a}`, names: ['a'] },
  {
    says: 'a typed list whose items say nothing of themselves',
    text: 'kind: ConfigMapList\napiVersion: v1\nitems:\n- metadata: {name: a}\n',
    names: ['a'],
  },
];
