/** Rules in few words, as people say them: `get,list secrets`, `update deployments.apps "web"`, `get /healthz`. */
import type { PolicyRule } from '../core/kinds.ts';

/** One sentence's worth for each target, with all that may be done to it; in the order in which they first appear. */
export function describeRules(rules: readonly PolicyRule[]): readonly string[] {
  const verbsOf = new Map<string, Set<string>>();
  for (const rule of rules) {
    for (const target of targetsOf(rule)) {
      const verbs = verbsOf.get(target) ?? new Set<string>();
      verbsOf.set(target, verbs);
      for (const verb of rule.verbs) verbs.add(verb);
    }
  }
  return [...verbsOf].map(([target, verbs]) => `${[...verbs].join(',')} ${target}`);
}

/** At most `most` of them, and how many there are more. */
export function summarizeRules(rules: readonly PolicyRule[], most: number): string {
  return summarize(describeRules(rules), most);
}

export function summarize(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return texts.slice(0, most).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function targetsOf({ apiGroups = [], resources = [], resourceNames, nonResourceURLs = [] }: PolicyRule): string[] {
  const names = (resourceNames ?? []).map((name) => JSON.stringify(name)).join(',');
  const named = names === '' ? '' : ` ${names}`;
  const ofResources = resources.flatMap((resource) =>
    apiGroups.map((group) => `${group === '' ? resource : `${resource}.${group}`}${named}`),
  );
  return [...ofResources, ...nonResourceURLs];
}
