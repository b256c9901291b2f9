/**
 * A binding to a role that does not exist grants nothing today, and tomorrow what somebody else writes under that name.
 *
 * Source: kube-apiserver RBAC rule resolver (a role that is not found is an error beside the other bindings) and
 * pkg/registry/rbac (who makes a role is held to what they may do themselves; who it is bound to is not looked at).
 */
import type { ObjectOf } from '../../core/kinds.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { findMissing } from '../../rbac/predefined.ts';
import type { MissingObject } from '../../rbac/predefined.ts';
import { compareBinding } from '../../rbac/predefined/binding-drift.ts';
import { clusterMinor } from '../lib/cluster-minor.ts';
import { findReferencedRole, referenceOf } from '../lib/referenced-role.ts';
import type { RoleReference } from '../lib/referenced-role.ts';

export const danglingRole = defineRule({
  id: 'rbac-dangling-role',
  title: 'The role of a binding must exist',
  severity: 'high',
  severityReason:
    'Whoever makes a ClusterRole of that name decides what its subjects may do everywhere; within one namespace it is medium, and low while nobody is bound.',
  subject: 'Binding',
  reads: ['Role', 'ClusterRole'],
  considers: ['ServerVersion'],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'The binding stays in force while its role is gone: whoever makes a role of that name, for another purpose perhaps, grants it to subjects that nobody thinks of any more.',
  remediation:
    'Delete the binding, or create the role that it means; a binding cannot be changed to another role. What Kubernetes itself creates comes back when the API server next starts.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: backup }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: backup-of-last-year }
subjects:
  - { kind: ServiceAccount, name: backup, namespace: shop }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: backup }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: backup }
subjects:
  - { kind: ServiceAccount, name: backup, namespace: shop }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: backup }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [get] }
`,
  },

  check(binding, { subject, snapshot }) {
    const reference = referenceOf(binding, subject.namespace);
    if (reference === undefined) return notApplicable('no API server stores a binding to that kind of role');
    const { kind, name } = reference;
    const role = findReferencedRole(reference, snapshot);
    if (role === 'notAmongFiles') return unknown(`${kind} "${name}" is not among the files`);
    if (role !== 'missing') return [];
    const isBound = (binding.subjects ?? []).length > 0;
    const severity: Severity = !isBound ? 'low' : subject.kind === 'ClusterRoleBinding' ? 'high' : 'medium';
    const whom = isBound ? 'the subjects of this binding' : 'whoever is added to this binding';
    const message = `${kind} "${name}" does not exist, and whoever creates it decides what it grants to ${whom}; ${adviseOn(binding, reference, snapshot)}`;
    return [violation('roleRef.name', name, message, severity)];
  },
});

/** Where the release is not known, what Kubernetes creates is not either. */
function adviseOn(
  binding: ObjectOf<'RoleBinding'>,
  { kind, namespace, name }: RoleReference,
  snapshot: Snapshot,
): string {
  const minor = isReadable(snapshot.observation('ServerVersion')) ? clusterMinor(snapshot) : undefined;
  if (minor === undefined) return 'delete the binding';
  const isMeant = (one: MissingObject): boolean =>
    one.kind === kind && (one.namespace ?? '') === namespace && one.name === name;
  const comesBack = (findMissing(minor, isMeant, () => false) ?? []).length > 0;
  const ofBinding = binding.metadata.namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const comparison = compareBinding({ kind: ofBinding, binding }, minor);
  const isPredefined = comparison.status === 'unchanged' || comparison.status === 'changed';
  if (comesBack) {
    const restart = 'restart the API server, which creates it when it starts';
    return isPredefined ? restart : `${restart}, or delete the binding`;
  }
  return isPredefined && comparison.origin.by === 'kubeadm' ? 'create it anew, as kubeadm does' : 'delete the binding';
}
