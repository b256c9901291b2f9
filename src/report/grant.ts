/** How reports name what grants something: the binding, its role, and the rule of that. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { BoundRole } from '../core/snapshot.ts';
import { namespaceOf } from '../rbac/authorizer.ts';

export interface GrantJson {
  readonly binding: { readonly kind: string; readonly namespace?: string; readonly name: string };
  readonly role: { readonly kind: string; readonly namespace?: string; readonly name: string };
  /** Index in the rules of the role. */
  readonly rule: number;
}

export function grantJson(bound: BoundRole, rule: number): GrantJson {
  return { ...originJson(bound), rule };
}

export function originJson(bound: BoundRole): Omit<GrantJson, 'rule'> {
  const { metadata, roleRef } = bound.binding;
  const namespace = namespaceOf(bound);
  return {
    binding: { kind: bound.kind, ...(namespace === '' ? {} : { namespace }), name: metadata.name },
    role: { kind: roleRef.kind, ...(roleRef.kind === 'Role' ? { namespace } : {}), name: roleRef.name },
  };
}

/** As it would stand in a manifest: `{verbs: [get], apiGroups: [""], resources: [pods]}`. */
export function printRule(rule: PolicyRule): string {
  const fields = ruleFields.flatMap((field) => {
    const some = rule[field];
    return some === undefined ? [] : [`${field}: [${some.map(printWord).join(', ')}]`];
  });
  return `{${fields.join(', ')}}`;
}

const ruleFields = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;

function printWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : JSON.stringify(word);
}

/** `*` for every name; one that might be taken for that, for none or for several stands in quotes. */
export function printNames(names: readonly string[] | undefined): string {
  return names?.map((name) => (/^(?:\*?|.*[\s,"].*)$/s.test(name) ? JSON.stringify(name) : name)).join(',') ?? '*';
}

/** As kubectl names what a rule on one resource is about: `deployments.apps/scale`, `*.*`. */
export function nameRuleResource({ resources = [], apiGroups = [] }: PolicyRule): string {
  const [full = ''] = resources;
  const slash = full.indexOf('/');
  const [resource, subresource] = slash === -1 ? [full, ''] : [full.slice(0, slash), full.slice(slash)];
  const [group = ''] = apiGroups;
  return group === '' ? full : `${resource}.${group}${subresource}`;
}
