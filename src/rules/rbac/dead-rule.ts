/**
 * RBAC compares words as they are. What looks like a pattern, names a version or a kind, or limits by names a verb that
 * comes without one, grants nothing; and names limit nothing that a rule beside them grants without names.
 *
 * Source: kube-apiserver RBAC authorizer (equality, `*` alone and `*` of one subresource) and request info (which requests
 * have a name).
 */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { RuleContext, Violation } from '../../core/rule.ts';
import { isReadable } from '../../core/snapshot.ts';
import { authorizerReads } from '../../rbac/authorizer.ts';
import { createUses, ruleKeyOf } from '../../rbac/create-uses.ts';
import type { CreateUses, RuleKey } from '../../rbac/create-uses.ts';
import { findDeadGrants, isTooLarge } from '../../rbac/dead-grants.ts';
import { isUnrestrictedByName, matchesGroup, matchesResource, matchesVerb } from '../../rbac/rule-matching.ts';
import { isClusterScoped } from '../lib/resource-scope.ts';

export const deadRule = defineRule({
  id: 'rbac-dead-rule',
  title: 'Every word of a role must grant something, and its resourceNames must limit something',
  severity: 'medium',
  severityReason:
    'Names that limit nothing look like protection; a word that grants nothing is low, because somebody will widen the role to make it work.',
  subject: 'Role',
  considers: authorizerReads,
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'A role that reads as pods/*, core, apps/v1 or get* is taken for what it is not, by people and by tools: reviews count grants that do not exist, and miss those that somebody adds when the first do not work.',
  remediation:
    'Write what is meant: each verb, group and resource as the API server spells it, subresources by name, and no resourceNames beside create or deletecollection; take away what is not needed.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: log-reader }
rules:
  - apiGroups: [core]
    resources: [pods/*]
    verbs: [GET]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: log-reader }
rules:
  - apiGroups: [""]
    resources: [pods/log]
    verbs: [get]
`,
  },

  check(role, context) {
    const { subject } = context;
    if (role.aggregationRule !== undefined) {
      return notApplicable('its rules are those of the roles that it aggregates, which are judged themselves');
    }
    const rules = role.rules ?? [];
    if (isTooLarge(rules)) return unknown('its rules hold more words than are looked at');
    // A ClusterRole may be bound either way.
    const held = subject.kind === 'Role' ? 'namespace' : 'unknown';
    return rules.flatMap((rule, index) => {
      const path = `rules[${index}]`;
      const dead = findDeadGrants(rule, path, { held, isClusterScoped, beside: rules }).filter(
        ({ isByItself }) => isByItself !== true || !isOfUse(index, context),
      );
      return [
        ...dead.map(({ path: place, what, reason, isByItself }) =>
          violation(
            place,
            what,
            `"${what}" grants nothing${isByItself === true ? ' by itself' : ''}: ${reason}`,
            'low',
          ),
        ),
        ...limitlessNames(rule, path, rules),
      ];
    });
  },
});

const askUse = (uses: CreateUses, about: RuleKey): boolean => uses.isOfUse(about);

/** Whether a create by name is of use to somebody by another role; not where it cannot be read who holds what. */
function isOfUse(index: number, { subject, snapshot }: RuleContext): boolean {
  if (!authorizerReads.every((source) => isReadable(snapshot.observation(source)))) return false;
  const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
  const role = { kind, namespace: subject.namespace ?? '', name: subject.name } as const;
  return snapshot.ask(createUses, askUse, ruleKeyOf(role, index));
}

function limitlessNames(rule: PolicyRule, path: string, rules: readonly PolicyRule[]): readonly Violation[] {
  if (isUnrestrictedByName(rule)) return [];
  const wider = rules.findIndex((one) => one !== rule && grantsEveryName(one, rule));
  if (wider === -1) return [];
  return [
    violation(
      `${path}.resourceNames`,
      rule.resourceNames,
      `the names limit nothing: rules[${wider}] grants the same for every name; remove it, or this rule`,
    ),
  ];
}

/** Whether one rule alone grants, of everything, all that another grants of some. */
function grantsEveryName(wide: PolicyRule, { verbs, apiGroups = [], resources = [] }: PolicyRule): boolean {
  return (
    isUnrestrictedByName(wide) &&
    resources.length > 0 &&
    verbs.every((verb) => matchesVerb(wide, verb)) &&
    apiGroups.every((group) => matchesGroup(wide, group)) &&
    resources.every((resource) => {
      const [name = '', subresource] = resource.split('/');
      return matchesResource(wide, name, subresource);
    })
  );
}
