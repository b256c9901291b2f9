/**
 * What one application of a shared account was granted all others have: whoever breaks into the weakest has the rights
 * of the strongest, and nobody can tell from the audit log which of them it was.
 *
 * Source: NSA/CISA Kubernetes Hardening Guidance, "Authentication and authorization"; Kubernetes documentation, "Good
 * practices for RBAC".
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { authorizerReads } from '../../rbac/authorizer.ts';
import { rightsIfKnown } from '../lib/account-rights.ts';
import type { AccountRights } from '../lib/account-rights.ts';
import { accountUserReads, findUnreadKind, usersOf } from '../lib/account-users.ts';
import type { AccountUser } from '../lib/account-users.ts';
import type { Severity } from '../../core/severity.ts';

export const shared = defineRule({
  id: 'service-account-shared',
  title: 'A service account must be of one application',
  severity: 'medium',
  severityReason:
    'What one application needs all of them may do; low where nothing was granted to the account that they could share.',
  subject: 'ServiceAccount',
  reads: [...accountUserReads, ...authorizerReads],
  controls: ['nsa/authentication-and-authorization', 'kubernetes/rbac-good-practices'],
  params: {
    type: 'object',
    properties: {
      applicationLabels: {
        type: 'array',
        'x-kubernetes-list-type': 'set',
        maxItems: 16,
        items: { type: 'string', maxLength: 317 },
        default: [],
        description:
          'Labels that say which application a workload belongs to, the first that it has decides: "app.kubernetes.io/part-of", "app.kubernetes.io/instance". They are looked for on the owner, then on its pod template. A workload that has none of them is an application by itself; with an empty list all are. Of pods without an owner labels are not read.',
      },
    },
  },
  rationale:
    'An account is who an application is to the API server. Where several share one, rights add up that none of them needs alone, none can be taken from one of them, and the audit log does not tell them apart.',
  remediation:
    'Give each application a service account of its own with the rights that it needs; where several workloads are one application, name the label that says so in spec.rules[].params.applicationLabels of the policy.',
  example: {
    fails: `apiVersion: v1
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
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: payments, namespace: shop }
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
        - { name: payments, image: registry.example/payments:1 }
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

  check({ metadata: { name, namespace = '' } }, { params: { applicationLabels }, snapshot }) {
    if (name === 'default')
      return notApplicable('whoever names no account shares the default one, which has rules of its own');
    const applications = new Map<string, AccountUser>();
    for (const user of usersOf(snapshot, namespace, name)) {
      const application = applicationOf(user, applicationLabels);
      if (!applications.has(application)) applications.set(application, user);
    }
    if (applications.size > 1) {
      const severity = severities[rightsIfKnown(snapshot, namespace, name)];
      const message = `${applications.size} applications run as "${name}": ${list([...applications.values()])}; give each an account of its own`;
      return [violation('metadata.name', name, message, severity)];
    }
    const unread = findUnreadKind(snapshot);
    if (unread !== undefined) return unknown(`who runs as "${name}" is not known: ${unread}`);
    return snapshot.isWholeCluster ? [] : notApplicable('whether others run as it is not known from these files');
  },
});

const severities: Readonly<Record<AccountRights, Severity>> = {
  own: 'medium',
  shared: 'low',
  none: 'low',
  // Nobody can say that nothing was granted.
  unknown: 'medium',
};

/** By a label, or by the workload itself: neither can be taken for the other. */
function applicationOf({ ref, labels }: AccountUser, keys: readonly string[]): string {
  const key = keys.find((candidate) => (labels[candidate] ?? '') !== '');
  return key === undefined ? JSON.stringify([ref.apiVersion, ref.kind, ref.name]) : JSON.stringify([key, labels[key]]);
}

const mostNamed = 3;

function list(users: readonly AccountUser[]): string {
  const named = users.slice(0, mostNamed).map(({ ref }) => `${ref.kind} "${ref.name}"`);
  const more = users.length - named.length;
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`;
}
