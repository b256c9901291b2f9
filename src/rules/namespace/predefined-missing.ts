/**
 * Roles and RoleBindings that Kubernetes creates in its own namespaces and that are not there. What does not exist is no
 * subject, so its namespace is.
 *
 * Source: what fresh API servers have (src/rbac/predefined).
 */
import { defineRule, notApplicable, unknown } from '../../core/rule.ts';
import { findMissing, hasPredefined } from '../../rbac/predefined.ts';
import { clusterMinor } from '../lib/cluster-minor.ts';
import { explainNoBaseline, toMissing } from '../lib/predefined-missing.ts';

export const predefinedMissing = defineRule({
  id: 'namespace-predefined-missing',
  title: 'Roles and RoleBindings that Kubernetes creates in its namespaces must be there',
  severity: 'low',
  severityReason:
    'It grants nothing to anybody; a part of Kubernetes may not work, and the name is free for somebody else.',
  subject: 'Namespace',
  reads: ['Role', 'RoleBinding', 'ServerVersion'],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'Controllers rely on these; a binding to a role that is not there grants whatever somebody later puts under that name.',
  remediation: 'Restart the API server: it creates them when it starts.',
  example: {
    fails: `apiVersion: v1
kind: Namespace
metadata: { name: kube-public }
`,
    passes: `apiVersion: v1
kind: Namespace
metadata: { name: kube-public }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: system:controller:bootstrap-signer, namespace: kube-public }
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: system:controller:bootstrap-signer, namespace: kube-public }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: system:controller:bootstrap-signer }
`,
  },

  check({ metadata }, { snapshot }) {
    const own = metadata.name;
    if (!hasPredefined(own)) return notApplicable('Kubernetes creates no roles in it');
    const minor = clusterMinor(snapshot);
    if (minor === undefined) return notApplicable('files may be a part of anything');
    const missing = findMissing(
      minor,
      ({ namespace }) => namespace === own,
      ({ kind, name }) => (kind === 'Role' || kind === 'RoleBinding') && snapshot.get(kind, own, name) !== undefined,
    );
    return missing === undefined ? unknown(explainNoBaseline(minor)) : missing.map((one) => toMissing(one, minor));
  },
});
