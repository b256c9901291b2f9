/**
 * Constrained impersonation: one permission says as whom somebody may act, by a verb for each kind of identity, and another
 * what they may do as such, by a verb for each action. It takes both, and the permissions of whoever is impersonated.
 *
 * Source: KEP-5284; k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation/mode.go.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { MASTERS, splitServiceAccountName } from './request.ts';
import { isUnrestrictedByName, matchesGroup, matchesResource, matchesVerb } from './rule-matching.ts';

const GROUP = 'authentication.k8s.io';

/** The first minor version that serves it without being asked to; the one before knows it, behind a gate. */
export const constrainedSince = 36;

export const identityKinds = [
  { mode: 'user-info', resource: 'users' },
  { mode: 'user-info', resource: 'groups' },
  { mode: 'serviceaccount', resource: 'serviceaccounts' },
  { mode: 'arbitrary-node', resource: 'nodes' },
  { mode: 'associated-node', resource: 'nodes' },
] as const;

/** Uids and extra attributes are left out: they are nobody by themselves, and judged as a permission of the catalogue. */
export type IdentityKind = (typeof identityKinds)[number];
export type Mode = IdentityKind['mode'];

/** As whom a rule lets somebody act. */
export type ConstrainedIdentities = IdentityKind & {
  /** The index of the rule. */
  readonly rule: number;
  /** Undefined for every one, but for `system:masters`. */
  readonly names: readonly string[] | undefined;
};

export function findConstrainedIdentities(rules: readonly PolicyRule[]): readonly ConstrainedIdentities[] {
  return rules.flatMap((rule, index) =>
    identityKinds
      .filter(
        ({ mode, resource }) =>
          matchesVerb(rule, `impersonate:${mode}`) && matchesGroup(rule, GROUP) && matchesResource(rule, resource),
      )
      .map((kind) => ({ ...kind, rule: index, names: namesOf(rule, kind) }))
      .filter(({ names }) => names?.length !== 0),
  );
}

function namesOf(rule: PolicyRule, { mode, resource }: IdentityKind): readonly string[] | undefined {
  if (isUnrestrictedByName(rule)) return undefined;
  const names = rule.resourceNames ?? [];
  // Of one's own node the API server asks by a star, whichever it is.
  if (mode === 'associated-node') return names.includes('*') ? undefined : [];
  if (resource === 'users') return names.filter((name) => !isOtherMode(name));
  return resource === 'groups' ? names.filter((name) => name !== MASTERS && name !== '') : names;
}

function isOtherMode(user: string): boolean {
  return user.startsWith('system:node:') || splitServiceAccountName(user) !== undefined;
}

/** Users and groups and nodes lie in no namespace. @param namespace of the binding; empty for a ClusterRoleBinding */
export function isImpersonableIn({ resource }: IdentityKind, namespace: string): boolean {
  return namespace === '' || resource === 'serviceaccounts';
}

/** What may be done in a mode, as the rules that would allow it to somebody who acts as themselves. */
export function actionsAs(mode: Mode, rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const known = actions.get(rules)?.get(mode);
  if (known !== undefined) return known;
  const found = rules.flatMap((rule) => {
    const verbs = rule.verbs.includes('*') ? ['*'] : rule.verbs.flatMap((verb) => actionOf(verb, mode));
    return verbs.length === 0 ? [] : [{ ...rule, verbs }];
  });
  actions.set(rules, (actions.get(rules) ?? new Map<Mode, readonly PolicyRule[]>()).set(mode, found));
  return found;
}

/** Whether rules, as `actionsAs` makes them, leave nothing out that one would ask for. */
export function isEveryAction(rules: readonly PolicyRule[]): boolean {
  const open = rules.filter(
    (rule) =>
      rule.apiGroups?.includes('*') === true && rule.resources?.includes('*') === true && isUnrestrictedByName(rule),
  );
  return ['get', 'list', 'create', 'update', 'patch', 'delete'].every((verb) =>
    open.some((rule) => matchesVerb(rule, verb)),
  );
}

const actions = new WeakMap<readonly PolicyRule[], Map<Mode, readonly PolicyRule[]>>();

/** A star behind the last colon is a word of its own, which no request has. */
function actionOf(verb: string, mode: Mode): readonly string[] {
  const prefix = `impersonate-on:${mode}:`;
  const action = verb.startsWith(prefix) ? verb.slice(prefix.length) : '*';
  return action === '*' ? [] : [action];
}
