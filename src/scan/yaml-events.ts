/** What Merlon asks of js-yaml's events. */
import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';

/**
 * Where YAML 1.1 (kubectl) and 1.2 (js-yaml) see different fields in the same text, neither is believed.
 * @param isInFlow whether the event stands inside brackets or braces
 * @returns what to change, if `event` is such a place: `{a:}`, `[?a]`, `[!b, c]`, `&a:b`
 */
export function differenceFromYaml11(text: string, event: Event, isInFlow: boolean): string | undefined {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return undefined;
  if (event.anchorStart >= 0 && !/^[\w-]+$/.test(text.slice(event.anchorStart, event.anchorEnd))) {
    return 'the name of an anchor may hold only letters, digits, "-" and "_"';
  }
  if (event.type === EVENT_ID.ALIAS) return undefined;
  if (event.tagStart >= 0 && /\S/.test(text.charAt(event.tagEnd))) return 'a tag needs a space after it';
  if (!isInFlow || event.type !== EVENT_ID.SCALAR || !isWrittenPlain(event) || event.valueStart < 0) return undefined;
  if (text.charCodeAt(event.valueStart) === questionMark) return 'what starts with "?" needs quotes here';
  joinedColon.lastIndex = event.valueEnd;
  return joinedColon.test(text) ? 'kubectl needs a space after this ":"' : undefined;
}

const questionMark = 0x3f;
const joinedColon = /\s*:[,[\]{}]/y;

export function isWrittenPlain(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.PLAIN;
}

/** Where an event stands in the text; -1 for a value that is not written at all. */
export function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    case EVENT_ID.SCALAR: {
      const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
      // The text of a block starts on the line after its `|`.
      return isBlock ? event.valueStart - 1 : event.valueStart;
    }
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      return -1;
  }
}

/** What a scalar says, its quotes, escapes and folds resolved. */
export function scalarText(text: string, event: ScalarEvent): string {
  return event.valueStart < 0 ? '' : getScalarValue(text, event);
}

/** Whether a key is the `<<` that merges maps, and no quoted string. */
export function isMergeKey(text: string, event: Event): boolean {
  if (event.type !== EVENT_ID.SCALAR || !text.startsWith('<<', event.valueStart)) return false;
  if (scalarText(text, event) !== '<<') return false;
  const tag = tagOf(text, event);
  return tag === '' ? isWrittenPlain(event) : tag === '!' || tag === 'tag:yaml.org,2002:merge';
}

/** A tag in its long form; `''` if there is none. */
export function tagOf(text: string, event: ScalarEvent): string {
  if (event.tagStart < 0) return '';
  const tag = text.slice(event.tagStart, event.tagEnd);
  if (tag.startsWith('!<')) return decodeTag(tag.slice(2, -1));
  return decodeTag(tag.startsWith('!!') ? `tag:yaml.org,2002:${tag.slice(2)}` : tag);
}

function decodeTag(tag: string): string {
  try {
    return decodeURIComponent(tag);
  } catch {
    return tag;
  }
}
