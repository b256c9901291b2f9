/** One line of `merlon can-i --batch`. What is misspelt would be another question, so it is refused. */
import type { AccessRequest, Requester } from '../rbac/request.ts';

export interface BatchQuestion {
  readonly requester: Requester;
  readonly request: AccessRequest;
}

const texts = ['user', 'verb', 'group', 'resource', 'subresource', 'name', 'namespace', 'path'] as const;
const fields: ReadonlySet<string> = new Set([...texts, 'groups']);

/** @returns what is wrong with the line, where it is no question */
export function readQuestion(line: string): BatchQuestion | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return `no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'a question is an object';
  const given = json as Readonly<Record<string, unknown>>;
  return findMistake(given) ?? toQuestion(given as unknown as GivenQuestion);
}

interface GivenQuestion {
  readonly user?: string | null;
  readonly groups?: readonly string[] | null;
  readonly verb: string;
  readonly group?: string | null;
  readonly resource?: string | null;
  readonly subresource?: string | null;
  readonly name?: string | null;
  readonly namespace?: string | null;
  readonly path?: string | null;
}

function toQuestion({ user, groups, verb, path, ...rest }: GivenQuestion): BatchQuestion {
  const requester = { user: user ?? '', groups: groups ?? [] };
  if (path !== undefined && path !== null) return { requester, request: { verb, path } };
  const { group, resource, subresource, name, namespace } = rest;
  return {
    requester,
    request: {
      verb,
      group: group ?? '',
      resource: resource ?? '',
      subresource: subresource ?? '',
      name: name ?? '',
      namespace: namespace ?? '',
    },
  };
}

function findMistake(given: Readonly<Record<string, unknown>>): string | undefined {
  for (const field in given) if (!fields.has(field)) return `there is no field ${JSON.stringify(field)}`;
  for (const field of texts) {
    const value = given[field];
    if (value !== undefined && value !== null && typeof value !== 'string') return `"${field}" must be a text`;
  }
  const { groups, user, verb, resource, path } = given;
  if (groups !== undefined && groups !== null && !isTexts(groups)) return '"groups" must be a list of texts';
  if (isEmpty(user) && (!isTexts(groups) || groups.length === 0)) return 'it says neither "user" nor "groups"';
  if (isEmpty(verb)) return 'it says no "verb"';
  if (isEmpty(path)) return isEmpty(resource) ? 'it says neither "resource" nor "path"' : undefined;
  const stray = ['resource', 'group', 'subresource', 'name', 'namespace'].find((field) => !isEmpty(given[field]));
  return stray === undefined ? undefined : `"path" and "${stray}" exclude each other`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
