/**
 * A workload whose account does not exist starts no pod, and whoever creates the account decides what it will be.
 *
 * Source: ServiceAccount admission plugin (a pod whose account is not found is refused).
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { accountNameOf, isMirrorPod } from '../../core/token-mounts.ts';

export const absent = defineRule({
  id: 'service-account-absent',
  title: 'The service account of a workload must exist',
  severity: 'low',
  severityReason: 'Nothing is open; but no new pod starts, and who will make the account is not settled.',
  subject: 'Workload',
  reads: ['ServiceAccount'],
  controls: ['nsa/authentication-and-authorization', 'kubernetes/rbac-good-practices'],
  rationale:
    'The API server refuses pods whose account it does not find: what runs is not started again after its node is lost. Bindings may name the account already, and then whoever creates it brings them to life.',
  remediation:
    'Create the service account together with the workload, or name one that exists in spec.serviceAccountName.',
  example: {
    fails: `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
        - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
        - { name: web, image: registry.example/web:1 }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`,
  },

  check(pod, { subject: { namespace = '' }, snapshot }) {
    if (isMirrorPod(pod)) return notApplicable('a static pod cannot use a service account');
    const name = accountNameOf(pod);
    if (name === 'default') return notApplicable('Kubernetes makes the default account of every namespace');
    if (snapshot.get('ServiceAccount', namespace, name) !== undefined) return [];
    if (!snapshot.isWholeCluster) return notApplicable('which accounts exist is not known from these files');
    return [
      violation(
        'spec.serviceAccountName',
        name,
        `service account "${name}" does not exist in the namespace, so that no new pod starts; create it, or name another`,
      ),
    ];
  },
});
