/**
 * Whoever is added to a binding of Kubernetes itself stays: when it starts, the API server adds subjects that are missing
 * and never removes one, and most tools leave out what has its names and labels.
 *
 * Source: what fresh API servers have (src/rbac/predefined); k8s.io/kubernetes v1.37.2, pkg/registry/rbac/rest.
 */
import type { RbacSubject } from '../../core/rbac-shape.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { isPublicSubject } from '../../rbac/predefined.ts';
import { nameOrigin } from '../../rbac/predefined/baseline-index.ts';
import { compareBinding } from '../../rbac/predefined/binding-drift.ts';
import type { BindingComparison, NamedBinding } from '../../rbac/predefined/binding-drift.ts';
import { isLeftOver } from '../../rbac/predefined/select-baseline.ts';
import { summarize } from '../../rbac/rule-text.ts';
import { clusterMinor } from '../lib/cluster-minor.ts';
import { toImpostor } from '../lib/predefined-impostor.ts';

const MOST_SHOWN = 5;
const CLUSTER_ADMIN = 'cluster-admin';

export const predefinedBinding = defineRule({
  id: 'rbac-predefined-binding',
  title: 'Bindings that Kubernetes creates must bind whom it binds',
  severity: 'critical',
  severityReason:
    'Whoever is added to the binding cluster-admin may do everything, and hides among what every cluster has.',
  subject: 'Binding',
  reads: ['ServerVersion'],
  controls: ['cis-1.12/5.1.1', 'nsa/authentication-and-authorization'],
  rationale:
    'Names and labels prove nothing: whoever may write a binding can add subjects to one of Kubernetes itself, or give their own the name and the label of one, and be passed over by whoever leaves those out.',
  remediation:
    'Bind additional subjects by a binding of their own; remove them here, or delete the binding: the API server creates it anew when it next starts. Give bindings of your own no name that begins with system: and no label kubernetes.io/bootstrapping.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: system:masters }
  - { kind: ServiceAccount, namespace: shop, name: web }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: system:masters }
`,
  },

  check(binding, { subject, snapshot }) {
    const kind = subject.kind === 'RoleBinding' ? 'RoleBinding' : 'ClusterRoleBinding';
    const minor = clusterMinor(snapshot);
    const comparison = compareBinding({ kind, binding }, minor);
    const what = `${kind} "${binding.metadata.name}"`;
    switch (comparison.status) {
      case 'notPredefined':
        return notApplicable(`Kubernetes creates no ${kind} of that name`);
      case 'unknown':
        return unknown(comparison.reason);
      case 'impostor':
        if (comparison.claim !== 'binding') return [toImpostor(comparison.claim, what)];
        return [toOtherRole({ kind, binding }, comparison.expected)];
      case 'unchanged': {
        if (!isLeftOver(comparison.origin, minor)) return [];
        const message = `${what} is as ${nameOrigin(comparison.origin)} creates it, which this release does not; delete it`;
        return [violation('metadata.name', binding.metadata.name, message, 'info')];
      }
      case 'changed':
        return toViolations({ kind, binding }, comparison);
    }
  },
});

function toOtherRole({ kind, binding }: NamedBinding, expected: { readonly name: string }): Violation {
  const { roleRef, metadata } = binding;
  const message = `${kind} "${metadata.name}" binds to ${roleRef.kind} "${roleRef.name}", and that of Kubernetes to "${expected.name}": it was made anew by somebody else; delete it, and the API server creates it when it next starts`;
  return violation(
    'roleRef',
    `${roleRef.kind} ${roleRef.name}`,
    message,
    roleRef.name === CLUSTER_ADMIN ? 'critical' : 'high',
  );
}

function toViolations(
  { kind, binding }: NamedBinding,
  { origin, added, removed }: Extract<BindingComparison, { readonly status: 'changed' }>,
): readonly Violation[] {
  const by = nameOrigin(origin);
  const { metadata, roleRef } = binding;
  const more = added.map(({ index, subject, minor }) => {
    const grade = gradeSubject(subject, roleRef.name, minor);
    const rest =
      minor === undefined
        ? `it holds ${roleRef.kind} "${roleRef.name}" all the same; remove it`
        : `Kubernetes 1.${minor} does, and no other release takes it away; remove it`;
    const message = `${describeSubject(subject)} is in ${kind} "${metadata.name}", where ${by} does not put it; ${rest}`;
    return violation(`subjects[${index}]`, describeSubject(subject), message, grade);
  });
  if (removed.length === 0) return more;
  const what = summarize(removed.map(describeSubject), MOST_SHOWN);
  const message = `${kind} "${metadata.name}" lacks ${what}: what it does in the cluster may not work, and the API server puts it back when it next starts`;
  return [...more, violation('subjects', undefined, message, 'low')];
}

function gradeSubject(subject: RbacSubject, role: string, minor: number | undefined): Severity {
  if (minor !== undefined) return 'low';
  return role === CLUSTER_ADMIN || isPublicSubject(subject) ? 'critical' : 'high';
}

function describeSubject({ kind, namespace, name }: Pick<RbacSubject, 'kind' | 'name' | 'namespace'>): string {
  return `${kind} "${namespace === undefined ? name : `${namespace}/${name}`}"`;
}
