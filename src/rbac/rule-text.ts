/** Rules in few words, as people say them: `get,list secrets`, `update deployments.apps "web"`, `get /healthz`. */
import type { PolicyRule } from '../core/rbac-shape.ts';

/** All that may be done to one thing. */
export interface RuleRow {
  /** `deployments.apps`, or a URL. */
  readonly target: string;
  readonly isUrl: boolean;
  /** Empty for every name. */
  readonly names: readonly string[];
  readonly verbs: readonly string[];
}

/** One row for each resource, under the same names, and each URL; in the order in which they first appear. */
export function tabulateRules(rules: readonly PolicyRule[]): readonly RuleRow[] {
  const rows = new Map<string, RuleRow & { readonly verbs: string[] }>();
  for (const rule of rules) {
    for (const target of targetsOf(rule)) {
      const key = JSON.stringify([target.isUrl, target.target, target.names]);
      const row = rows.get(key) ?? { ...target, verbs: [] };
      rows.set(key, row);
      row.verbs.push(...rule.verbs.filter((verb) => !row.verbs.includes(verb)));
    }
  }
  return [...rows.values()];
}

export function describeRules(rules: readonly PolicyRule[]): readonly string[] {
  return tabulateRules(rules).map(({ target, names, verbs }) => {
    const named = names.length === 0 ? '' : ` ${names.map((name) => JSON.stringify(name)).join(',')}`;
    return `${verbs.join(',')} ${target}${named}`;
  });
}

/** At most `most` of them, and how many there are more. */
export function summarizeRules(rules: readonly PolicyRule[], most: number): string {
  return summarize(describeRules(rules), most);
}

export function summarize(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return texts.slice(0, most).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function targetsOf({
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): readonly Omit<RuleRow, 'verbs'>[] {
  return [
    ...resources.flatMap((resource) =>
      apiGroups.map((group) => ({
        target: group === '' ? resource : `${resource}.${group}`,
        isUrl: false,
        names: resourceNames,
      })),
    ),
    ...nonResourceURLs.map((url) => ({ target: url, isUrl: true, names: [] })),
  ];
}
