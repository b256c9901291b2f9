/** The value of a fact as people write it in an attestation: what can be attested of each type of fact, and how. */
import { isDeepStrictEqual } from 'node:util';

import { anonymousPaths, factDeclarations } from '../api/v1alpha1/facts.ts';
import type { AnonymousAnswer, FactName, FactType } from '../api/v1alpha1/facts.ts';

export type ReadValue = { readonly value: unknown } | { readonly problem: string };

/**
 * @param written of any type
 * @param type by default that which the fact is declared with
 * @returns the value that rules read, or what is wrong: the end of a sentence that begins with the field
 */
export function readAttestedValue(
  fact: FactName,
  written: unknown,
  type: FactType = factDeclarations[fact].type,
): ReadValue {
  const wanted = (what: string): ReadValue => ({ problem: `is ${quote(written)}, and ${fact} must be ${what}` });
  if (type === 'boolean') return typeof written === 'boolean' ? { value: written } : wanted('true or false');
  if (type === 'integer') {
    const isWhole = typeof written === 'number' && Number.isSafeInteger(written) && written >= 0;
    return isWhole ? { value: written } : wanted('a whole number, 0 or more');
  }
  if (type === 'answers') return readAnswers(fact, written);
  if (type === 'hash') {
    return typeof written === 'string' && HASH.test(written)
      ? { value: written }
      : wanted('none or sha256: and 64 hexadecimal digits');
  }
  return typeof written === 'string' && type.oneOf.includes(written)
    ? { value: written }
    : wanted(`one of ${type.oneOf.map(quote).join(', ')}`);
}

/** As the metrics of an API server have it. */
const HASH = /^(none|sha256:[0-9a-f]{64})$/;
const ANSWER = /^(\/\S*) ([1-5]\d\d)$/;

/** All of them: of what is left out nobody would know, and the verdict would read as if somebody did. */
function readAnswers(fact: FactName, written: unknown): ReadValue {
  const form = 'a list of texts as "/version 401", one for each path that Merlon would ask';
  if (!Array.isArray(written)) return { problem: `is ${quote(written)}, and ${fact} must be ${form}` };
  const answers = new Map<string, AnonymousAnswer>();
  for (const entry of written as readonly unknown[]) {
    const [, path, status] = (typeof entry === 'string' ? ANSWER.exec(entry) : null) ?? [];
    if (path === undefined || status === undefined) {
      return { problem: `holds ${quote(entry)}, and ${fact} must be ${form}` };
    }
    if (answers.has(path)) return { problem: `names ${quote(path)} twice` };
    // Whoever is refused with 403 was taken as somebody before.
    answers.set(path, { path, status: Number(status), namesAnonymousUser: status === '403' });
  }
  const strange = [...answers.keys()].find((path) => !anonymousPaths.some((one) => one === path));
  const missing = anonymousPaths.filter((path) => !answers.has(path));
  if (strange === undefined && missing.length === 0) return { value: [...answers.values()] };
  const what = strange === undefined ? `says nothing of ${missing.join(', ')}` : `names ${quote(strange)}`;
  return { problem: `${what}; the paths that Merlon would ask are ${anonymousPaths.join(', ')}` };
}

/** Whether what is attested is what was observed. */
export function isSameValue(fact: FactName, attested: unknown, observed: unknown): boolean {
  if (factDeclarations[fact].type !== 'answers') return isDeepStrictEqual(attested, observed);
  const statuses = new Map((attested as readonly AnonymousAnswer[]).map(({ path, status }) => [path, status]));
  return (observed as readonly AnonymousAnswer[]).every(({ path, status }) => statuses.get(path) === status);
}

/** For people: `true`, `GET /version 401, GET /api 403`. */
export function printFactValue(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return (value as readonly AnonymousAnswer[]).map(({ path, status }) => `GET ${path} ${status}`).join(', ');
}

const MAX_QUOTED = 80;

function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}
