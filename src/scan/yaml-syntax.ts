/**
 * The structure of one YAML document, found by js-yaml. That reads YAML 1.2 and kubectl reads 1.1; where the two would
 * see another structure, the text is refused, and where only 1.2 is too strict, it is brought into its form.
 */
import { parseEvents, YAMLException } from 'js-yaml';
import type { Event } from 'js-yaml';
import { DocumentRefused, maxDepth } from './input-problem.ts';

export interface YamlSyntax {
  /** What the offsets of the events refer to: the document, perhaps with more spaces at the start of some lines. */
  readonly text: string;
  /** Empty for a document of nothing but white space and comments. */
  readonly events: readonly Event[];
}

/**
 * @param firstLine the line of the file on which `text` starts, counted from 1
 * @throws {DocumentRefused} if there is no YAML in it, or another to kubectl
 */
export function parseYamlSyntax(text: string, firstLine: number): YamlSyntax {
  const odd = yaml11LineBreaks.exec(text);
  if (odd !== null) {
    const name = odd[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const reason = `holds U+${name}, which kubectl takes for a line break; escape it`;
    throw new DocumentRefused(firstLine + countLineFeeds(text, odd.index), reason);
  }
  let indented = text;
  let effort = 0;
  for (;;) {
    try {
      return { text: indented, events: parseEvents(indented, { maxDepth }) };
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const position = error.mark?.position ?? 0;
      effort += position;
      const repaired = effort > maxEffort ? undefined : indentLine(indented, position, error);
      if (repaired === undefined) throw explain(error, indented, position, firstLine);
      indented = repaired;
    }
  }
}

/** YAML 1.1 breaks lines at these, YAML 1.2 does not. */
const yaml11LineBreaks = /[\u0085\u2028\u2029]/;

/** How many characters may be read again and again to indent one line after the other; about half a second. */
const maxEffort = 20_000_000;

/**
 * In YAML 1.1 the lines inside brackets and quotes may be indented as anybody likes, and people close a bracket below
 * the key that opened it. YAML 1.2 asks for one more space, which changes nothing else there.
 * @returns the text with that line indented deep enough, or undefined if this is another error
 */
function indentLine(text: string, position: number, error: YAMLException): string | undefined {
  if (error.reason !== 'deficient indentation') return undefined;
  const start = Math.max(text.lastIndexOf('\n', position - 1), text.lastIndexOf('\r', position - 1)) + 1;
  // To kubectl the document would end here, inside brackets or quotes.
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(start, start + 4))) return undefined;
  const deepest = text.match(/^[ ?-]*/gm)?.reduce((most, { length }) => Math.max(most, length), 0) ?? 0;
  return `${text.slice(0, start)}${' '.repeat(deepest + 1)}${text.slice(start)}`;
}

function explain(error: YAMLException, text: string, position: number, firstLine: number): DocumentRefused {
  const directive = /^%/m.exec(text.slice(0, position));
  if (directive === null) return new DocumentRefused(firstLine + countLineFeeds(text, position), error.reason);
  const reason = 'kubectl accepts no directive (a line that starts with "%")';
  return new DocumentRefused(firstLine + countLineFeeds(text, directive.index), reason);
}

function countLineFeeds(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
