/**
 * A token that nobody needs is a credential for whoever breaks into the pod, and taking it away costs nothing.
 *
 * Whether it is needed is read from RBAC: an account to which something was granted by name has a token for a purpose;
 * how much was granted to it is what other rules are about.
 *
 * Source: CIS Kubernetes 5.1.6; ServiceAccount admission plugin, see `core/token-mounts.ts`.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { authorizerReads } from '../../rbac/authorizer.ts';
import { rightsOf } from '../lib/account-rights.ts';
import type { AccountRights } from '../lib/account-rights.ts';
import { isKnownToAllowEverything, OPEN_TO_EVERY_TOKEN } from '../lib/open-api-server.ts';
import { accountNameOf, findApiTokens, isAdmitted, isMirrorPod } from '../../core/token-mounts.ts';
import type { MountedToken } from '../../core/token-mounts.ts';

export const tokenMounted = defineRule({
  id: 'service-account-token-mounted',
  title: 'Pods must not carry an API token that they have no use for',
  severity: 'critical',
  severityReason:
    'Critical only while the API server allows everything to whoever has a token; otherwise medium where all accounts were granted something, and low where the token opens nothing yet.',
  subject: 'Workload',
  reads: ['ServiceAccount', ...authorizerReads],
  considers: ['Evidence'],
  controls: ['cis-1.12/5.1.6', 'nsa/authentication-and-authorization'],
  rationale:
    'The token is a file in every container, and whoever reads it is the service account: it opens what is granted to that account, to all accounts of its namespace or to all of the cluster, now and later, and it lets flaws of the API server be used that need a login. A projected token with an audience counts where that is "kubernetes.default" or a longer form of it, and whatever it is where clients look for a token; one for an API server of another name, mounted elsewhere, is not seen here, but by service-account-token-audience where a policy enables that.',
  remediation:
    'Set automountServiceAccountToken to false in the pod template, or on the service account for all of its pods; where the application does ask the API server, give its account a role of its own.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  containers:
    - { name: web, image: registry.example/web:1 }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  automountServiceAccountToken: false
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
    const account = isAdmitted(pod) ? undefined : snapshot.get('ServiceAccount', namespace, name);
    const tokens = findApiTokens(pod, account);
    if (tokens.length === 0) return [];
    const grade = isKnownToAllowEverything(snapshot) ? OPEN : grades[rightsOf(snapshot, namespace, name)];
    if (grade === undefined) return [];
    return tokens.map((token) =>
      violation(
        token.path,
        token.by === 'automount' ? pod.spec.automountServiceAccountToken : undefined,
        `${describe(token, pod, name)}, and ${grade.reason}; ${remedies[token.by]}`,
        grade.severity,
      ),
    );
  },
});

interface Grade {
  readonly severity: Severity;
  readonly reason: string;
}

const OPEN: Grade = { severity: 'critical', reason: OPEN_TO_EVERY_TOKEN };

/** Nothing for an account whose token is there for what it was granted. */
const grades: Readonly<Record<AccountRights, Grade | undefined>> = {
  own: undefined,
  shared: { severity: 'medium', reason: 'it may do only what is granted to all accounts, which nobody granted to it' },
  none: { severity: 'low', reason: 'nothing is granted to that account, neither in its namespace nor cluster-wide' },
  unknown: { severity: 'low', reason: 'these files grant nothing to that account' },
};

const remedies: Readonly<Record<MountedToken['by'], string>> = {
  automount: 'set automountServiceAccountToken to false unless the application needs it',
  projection: 'remove the source unless the application needs it',
  secret: 'take the Secret out of the volumes unless the application needs it',
};

function describe({ by }: MountedToken, { spec }: PodTemplate, account: string): string {
  const token = `token of service account "${account}"`;
  switch (by) {
    case 'automount':
      return spec.automountServiceAccountToken === true
        ? `the pod is given the API ${token}, as it asks to be`
        : `the pod is given the API ${token}, because it does not refuse it`;
    case 'projection':
      return `the pod asks for an API ${token} in a volume, whatever automountServiceAccountToken says`;
    case 'secret':
      return `the pod mounts a Secret with a ${token}, which never expires`;
  }
}
