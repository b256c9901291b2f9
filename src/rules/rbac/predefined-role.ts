/**
 * A right that is added to a role of Kubernetes itself is held by everybody who is bound to it, and looked at by nobody:
 * when it starts, the API server adds rules that are missing and never removes one, and most tools leave out what has
 * its names and labels.
 *
 * Source: what fresh API servers have (src/rbac/predefined); k8s.io/kubernetes v1.37.2, pkg/registry/rbac/rest.
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { isBuiltIn } from '../../rbac/api-resources.ts';
import { isHeldByPublic } from '../../rbac/predefined.ts';
import { nameOrigin } from '../../rbac/predefined/baseline-index.ts';
import type { Origin } from '../../rbac/predefined/baseline-index.ts';
import { compareRole } from '../../rbac/predefined/role-drift.ts';
import type { AddedRule, ChangedRole, NamedRole } from '../../rbac/predefined/role-drift.ts';
import { isLeftOver } from '../../rbac/predefined/select-baseline.ts';
import { findUncovered } from '../../rbac/rule-coverage.ts';
import { summarizeRules } from '../../rbac/rule-text.ts';
import { clusterMinor } from '../lib/cluster-minor.ts';
import { toImpostor } from '../lib/predefined-impostor.ts';

const MOST_SHOWN = 5;

export const predefinedRole = defineRule({
  id: 'rbac-predefined-role',
  title: 'Roles that Kubernetes creates must have the rules that it gives them',
  severity: 'critical',
  severityReason: 'What is added to a role that everybody is bound to, everybody may do.',
  subject: 'Role',
  reads: ['ClusterRole', 'ServerVersion'],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'Names and labels prove nothing: whoever may write a role can add rules to one of Kubernetes itself, or give their own the name and the label of one, and be passed over by whoever leaves those out.',
  remediation:
    'Put the additional rules into a role of their own and bind that; remove them here, or delete the role: the API server creates it anew when it next starts. Give roles of your own no name that begins with system: and no label kubernetes.io/bootstrapping.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
  labels: { kubernetes.io/bootstrapping: rbac-defaults }
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [list]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: system:service-account-issuer-discovery
  labels: { kubernetes.io/bootstrapping: rbac-defaults }
rules:
  - nonResourceURLs: [/.well-known/openid-configuration, /.well-known/openid-configuration/, /openid/v1/jwks, /openid/v1/jwks/]
    verbs: [get]
`,
  },

  check(role, { subject, snapshot }) {
    const named: NamedRole = { kind: subject.kind === 'Role' ? 'Role' : 'ClusterRole', role };
    const minor = clusterMinor(snapshot);
    const { isWholeCluster } = snapshot;
    const comparison = compareRole(named, { minor, isWholeCluster, clusterRoles: () => snapshot.list('ClusterRole') });
    switch (comparison.status) {
      case 'notPredefined':
        return notApplicable(`Kubernetes creates no ${named.kind} of that name`);
      case 'unknown':
        return unknown(comparison.reason);
      case 'impostor':
        return [toImpostor(comparison.claim, `${named.kind} "${role.metadata.name}"`)];
      case 'unchanged':
        return isLeftOver(comparison.origin, minor) ? [leftOver(named, comparison.origin)] : [];
      case 'changed':
        return toViolations(named, comparison);
    }
  },
});

function leftOver({ kind, role }: NamedRole, origin: Origin): Violation {
  const message = `${kind} "${role.metadata.name}" is as ${nameOrigin(origin)} creates it, which this release does not; delete it if nobody is bound to it`;
  return violation('metadata.name', role.metadata.name, message, 'info');
}

function toViolations(named: NamedRole, changed: ChangedRole): readonly Violation[] {
  const { role } = named;
  const by = nameOrigin(changed.origin);
  const { name } = role.metadata;
  const added = groupAdded(named, changed.added).map(({ index, grade, from, rules }) => {
    const what = summarizeRules(rules, MOST_SHOWN);
    const message = `rule ${index} allows ${what}, which ${by} does not give to "${name}"; ${explain(from, grade)}`;
    return violation(`rules[${index}]`, what, message, grade);
  });
  const selectors = [
    ...changed.addedSelectors.map((selector) => {
      const index = role.aggregationRule?.clusterRoleSelectors?.indexOf(selector) ?? 0;
      const message = `"${name}" gathers the rules of ClusterRoles that ${by} does not gather: whoever may write one adds to it; remove the selector`;
      return violation(`aggregationRule.clusterRoleSelectors[${index}]`, selector, message, 'high');
    }),
    ...changed.removedSelectors.map((selector) => {
      const message = `"${name}" does not gather the rules of ClusterRoles that ${by} gathers: what they grant is missing`;
      return violation('aggregationRule', JSON.stringify(selector), message, 'low');
    }),
  ];
  if (changed.removed.length === 0) return [...added, ...selectors];
  const what = summarizeRules(changed.removed, MOST_SHOWN);
  const message = `"${name}" lacks ${what}, which ${by} gives to it: what relies on that does not work, and the API server puts it back when it next starts`;
  return [...added, ...selectors, violation('rules', undefined, message, 'low')];
}

interface AddedGroup {
  /** Of the role's rules. */
  readonly index: number;
  readonly grade: Severity;
  readonly from: AddedRule['from'];
  readonly rules: AddedRule['rule'][];
}

/** One for each rule of the role and each place that it comes from. */
function groupAdded(named: NamedRole, added: readonly AddedRule[]): readonly AddedGroup[] {
  const groups = new Map<string, AddedGroup>();
  const isPublic = isHeldByPublic(named);
  for (const one of added) {
    const index = (named.role.rules ?? []).findIndex((rule) => findUncovered([rule], [one.rule]).length === 0);
    const grade = gradeAdded(one, isPublic);
    const key = JSON.stringify([index, grade, one.from ?? '']);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { index, grade, from: one.from, rules: [one.rule] });
    else group.rules.push(one.rule);
  }
  return [...groups.values()].sort((a, b) => a.index - b.index);
}

function gradeAdded({ rule, from }: AddedRule, isPublic: boolean): Severity {
  if (from !== undefined && 'minor' in from) return 'low';
  if (isPublic) return 'critical';
  // An operator adds its own resources to view and edit; what is Kubernetes' own is another matter.
  return from !== undefined && !isBuiltIn(rule) ? 'info' : 'high';
}

function explain(from: AddedRule['from'], grade: Severity): string {
  if (from === undefined) {
    return grade === 'critical' ? 'everybody is bound to it; remove it' : 'whoever is bound to it holds it; remove it';
  }
  if ('minor' in from) return `Kubernetes 1.${from.minor} does, and no other release takes it away; remove it`;
  return `it is gathered from ClusterRole "${from.clusterRole}" by its label`;
}
