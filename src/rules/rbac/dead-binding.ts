/**
 * A binding that grants nothing: it has no subject, or one that cannot be anybody, or it gives within a namespace what
 * lies in none.
 *
 * Source: kube-apiserver RBAC rule resolver (the kind of a subject counts; a RoleBinding grants within its namespace) and
 * authenticators (which names are users' and which are groups').
 */
import type { ObjectOf } from '../../core/kinds.ts';
import type { PolicyRule, RbacSubject } from '../../core/rbac-shape.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import type { CheckResult, RuleContext, Violation } from '../../core/rule.ts';
import { isDeadRule, isTooLarge } from '../../rbac/dead-grants.ts';
import { compareBinding } from '../../rbac/predefined/binding-drift.ts';
import { findReferencedRole, referenceOf } from '../lib/referenced-role.ts';
import { isClusterScoped } from '../lib/resource-scope.ts';

export const deadBinding = defineRule({
  id: 'rbac-dead-binding',
  title: 'A binding must grant something to somebody',
  severity: 'low',
  severityReason: 'It grants nothing, but reads as if it did; without subjects it is only left over, which is info.',
  subject: 'Binding',
  reads: ['Role', 'ClusterRole'],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'A binding that grants nothing was meant to grant something: it hides that a subject has no rights, or will be replaced by a wider one, and every review has to find out again that it is nothing.',
  remediation:
    'Delete the binding, or the subject that is nobody; where URLs or resources without a namespace are meant, bind the role by a ClusterRoleBinding.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics }
subjects:
  - { kind: ServiceAccount, name: prometheus }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: metrics }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics }
subjects:
  - { kind: ServiceAccount, name: prometheus, namespace: shop }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
`,
  },

  check(binding, context) {
    const subjects = binding.subjects ?? [];
    if (subjects.length === 0) return isPredefined(binding, context) ? [] : [NOBODY];
    const inert = subjects.flatMap(inertSubject);
    const ofRole = judgeRole(binding, context);
    if ('outcome' in ofRole) return inert.length === 0 ? ofRole : inert;
    return [...inert, ...ofRole];
  },
});

const NOBODY = violation(
  'subjects',
  undefined,
  'the binding has no subjects and grants nothing to anybody; delete it',
  'info',
);

/** Kubernetes binds system:node to nobody, since the Node authorizer answers for nodes. */
function isPredefined(binding: ObjectOf<'RoleBinding'>, { subject }: RuleContext): boolean {
  const kind = subject.kind === 'ClusterRoleBinding' ? 'ClusterRoleBinding' : 'RoleBinding';
  return compareBinding({ kind, binding }, undefined).status === 'unchanged';
}

/** Names that Kubernetes gives to groups alone, and to users alone. */
const groupNames = /^system:(unauthenticated|authenticated|masters|nodes|serviceaccounts(:.*)?)$/;
const userNames = /^system:(anonymous|serviceaccount:[^:]*:[^:]*|node:.*)$/;

function inertSubject({ kind, name }: RbacSubject, index: number): readonly Violation[] {
  const isMistaken = (kind === 'User' && groupNames.test(name)) || (kind === 'Group' && userNames.test(name));
  if (!isMistaken) return [];
  const meant = kind === 'User' ? 'Group' : 'User';
  const message = `"${name}" is the name of a ${meant.toLowerCase()}, so that ${kind} "${name}" is nobody; remove it`;
  return [violation(`subjects[${index}]`, `${kind} ${name}`, message)];
}

/** What a RoleBinding grants of its role within its namespace. */
function judgeRole(binding: ObjectOf<'RoleBinding'>, { subject, snapshot }: RuleContext): CheckResult {
  if (subject.kind !== 'RoleBinding' || binding.roleRef.kind !== 'ClusterRole') return [];
  const reference = referenceOf(binding, subject.namespace);
  const role = reference === undefined ? 'missing' : findReferencedRole(reference, snapshot);
  const { name } = binding.roleRef;
  if (role === 'missing') return [];
  if (role === 'notAmongFiles') return unknown(`ClusterRole "${name}" is not among the files`);
  if (role.doubt !== undefined) return unknown(role.doubt);
  const { rules } = role;
  if (rules.length === 0) return [];
  if (isTooLarge(rules)) return unknown(`ClusterRole "${name}" has rules of more words than are looked at`);
  if (!isDeadInNamespace(rules)) return [];
  const message = `nothing that ClusterRole "${name}" grants lies in a namespace, so that a RoleBinding to it grants nothing; delete it, or bind the role cluster-wide if that is meant`;
  return [violation('roleRef.name', name, message)];
}

/** By the rules of a role: it may be bound in every namespace. */
const verdicts = new WeakMap<readonly PolicyRule[], boolean>();

function isDeadInNamespace(rules: readonly PolicyRule[]): boolean {
  let verdict = verdicts.get(rules);
  if (verdict === undefined) {
    verdict = rules.every((rule) => isDeadRule(rule, { held: 'namespace', isClusterScoped, mayHoldMore: true }));
    verdicts.set(rules, verdict);
  }
  return verdict;
}
