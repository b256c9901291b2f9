/**
 * Rights that no workload uses are there for somebody else: whoever may start a pod in the namespace, or make a token.
 *
 * Source: Kubernetes documentation, "Good practices for RBAC" ("Periodic review").
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { authorizerReads } from '../../rbac/authorizer.ts';
import { rightsIfKnown } from '../lib/account-rights.ts';
import { accountUserReads, findUnreadKind, usersOf } from '../lib/account-users.ts';

export const unused = defineRule({
  id: 'service-account-unused',
  title: 'Service accounts must be there for a workload',
  severity: 'low',
  severityReason:
    'Rights lie about that nothing in the cluster needs; it is a note where nothing was granted to the account.',
  subject: 'ServiceAccount',
  reads: [...accountUserReads, ...authorizerReads],
  controls: ['kubernetes/rbac-good-practices'],
  rationale:
    'What was granted to an account stays when the application is gone, and whoever may start a pod in the namespace may use it. An account that something outside of the cluster uses has a token that somebody must keep and renew.',
  remediation:
    'Delete the account and its bindings; where something outside of the cluster uses its tokens, write an exemption that says what.',
  example: {
    fails: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`,
    passes: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
        - { name: web, image: registry.example/web:1 }
`,
  },

  check({ metadata: { name, namespace = '' } }, { snapshot }) {
    if (name === 'default') return notApplicable('Kubernetes makes the default account of every namespace');
    if (namespace === 'kube-system') {
      return notApplicable('the controllers of the control plane use accounts of kube-system without pods');
    }
    if (!snapshot.isWholeCluster) return notApplicable('what runs as it is not known from these files');
    if (usersOf(snapshot, namespace, name).length > 0) return [];
    const unread = findUnreadKind(snapshot);
    if (unread !== undefined) return unknown(`whether anything runs as "${name}" is not known: ${unread}`);
    const rights = rightsIfKnown(snapshot, namespace, name);
    return [
      rights === 'own' || rights === 'unknown'
        ? violation(
            'metadata.name',
            name,
            `no workload runs as "${name}", ${grants[rights]}; delete it with its bindings`,
          )
        : violation(
            'metadata.name',
            name,
            `no workload runs as "${name}", to which nothing is granted; delete it`,
            'info',
          ),
    ];
  },
});

const grants = {
  own: 'to which something is granted',
  unknown: 'to which something may be granted',
} as const;
