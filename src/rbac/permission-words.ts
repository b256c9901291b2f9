/** What a rule allows, in words: `get, list secrets`, `create deployments.apps`, `get /metrics`. */
import type { PolicyRule } from '../core/rbac-shape.ts';

/** A rule may be long, and a message is one line. */
const MAX_LISTED = 5;

/** @param hidesNames where they may be those of objects that the reader may not see */
export function describeRule(rule: PolicyRule, hidesNames = false): string {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const does = verbs.includes('*') ? 'use every verb on' : listWords(verbs);
  if (resources.length === 0) return `${does} ${listWords(nonResourceURLs)}`;
  const what = apiGroups.includes('*')
    ? `${listWords(resources.map(nameResource))} of any API group`
    : listWords(apiGroups.flatMap((group) => resources.map((resource) => nameOfGroup(resource, group))));
  if (resourceNames.length === 0) return `${does} ${what}`;
  return `${does} ${what} ${hidesNames ? 'of certain names' : `named ${listWords(resourceNames.map(quote))}`}`;
}

/** @param rules at most three are told, the others counted */
export function describeRules(rules: readonly PolicyRule[], hidesNames = false): string {
  const texts = [...new Set(rules.map((rule) => describeRule(rule, hidesNames)))];
  const told = texts.slice(0, 3).join('; ');
  return texts.length > 3 ? `${told} (and ${texts.length - 3} more)` : told;
}

function nameResource(resource: string): string {
  return resource === '*' ? 'every resource' : resource;
}

/** As people write it to kubectl, the subresource behind the group: `deployments.apps/scale`. */
function nameOfGroup(resource: string, group: string): string {
  if (group === '') return resource === '*' ? 'every resource of the core group' : resource;
  if (resource === '*') return `every resource of ${group}`;
  const slash = resource.indexOf('/');
  return slash === -1 ? `${resource}.${group}` : `${resource.slice(0, slash)}.${group}${resource.slice(slash)}`;
}

function listWords(words: readonly string[]): string {
  const told = words.slice(0, MAX_LISTED).join(', ');
  return words.length > MAX_LISTED ? `${told} and ${words.length - MAX_LISTED} more` : told;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
