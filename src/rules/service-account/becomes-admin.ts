/**
 * A service account that can become cluster-admin makes cluster-admin of whoever gets into one of its pods.
 *
 * Source: Kubernetes "RBAC Good Practices", "Privilege escalation risks". The chain itself is told in the cluster's
 * posture, by rbac-admin-path: whoever reads a namespace's may not see what it leads through.
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { assertReadable } from '../../core/snapshot.ts';
import { adminPaths } from '../../rbac/admin-paths.ts';
import { accountNode } from '../../rbac/escalation-node.ts';

export const becomesAdmin = defineRule({
  id: 'service-account-becomes-admin',
  title: 'Service accounts must not be able to become cluster-admin',
  severity: 'critical',
  severityReason: 'Whoever gets into a pod of the account has its token.',
  subject: 'ServiceAccount',
  reads: ['EscalationPaths', 'PodAccess'],
  controls: ['cis-1.12/5.1.1', 'cis-1.12/5.1.6', 'nsa/authentication-and-authorization', 'attack/T1528'],
  rationale:
    'The token of a service account lies in its pods. If the account can become cluster-admin, every flaw of the application is one of the cluster.',
  remediation:
    'Grant the account what the application needs and no more, or do not mount its token. The posture of the cluster, and "merlon paths --from sa:NAMESPACE/NAME", show the chain and which grant to take away.',
  example: {
    fails: `apiVersion: v1
kind: ServiceAccount
metadata: { name: deployer, namespace: ci }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: role-manager }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [escalate, update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: deployer }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-manager }
subjects:
  - { kind: ServiceAccount, namespace: ci, name: deployer }
`,
    passes: `apiVersion: v1
kind: ServiceAccount
metadata: { name: deployer, namespace: ci }
`,
  },

  check({ metadata }, { snapshot }) {
    const { name, namespace = '' } = metadata;
    const node = accountNode(namespace, name);
    const paths = snapshot.observation('EscalationPaths');
    // One namespace is judged, from where no path can be followed.
    if (paths.state === 'absent') return notApplicable(paths.message);
    assertReadable(paths);
    if (snapshot.ask(adminPaths, ({ builtIn }) => builtIn.has(node))) {
      return notApplicable('Kubernetes itself grants it that');
    }
    const steps = snapshot.ask(adminPaths, ({ admins, reaching }) => (admins.has(node) ? 0 : reaching.get(node)));
    if (steps === undefined) {
      const isCut = snapshot.ask(adminPaths, (found) => found.isCut);
      return isCut ? unknown('the cluster is larger than what paths are looked for in') : [];
    }
    const isCarried = snapshot.podAccess().carriersIn(namespace).has(name);
    const carried = isCarried ? ', and its token is in running pods' : '';
    const isSure = snapshot.ask(
      adminPaths,
      ({ routes }) => routes.pathFrom(node)?.every(({ assumes }) => assumes === undefined) === true,
    );
    const what =
      steps === 0
        ? 'it is cluster-admin'
        : `it can become cluster-admin in ${steps === 1 ? 'one step' : `${steps} steps`}${isSure ? '' : ', under assumptions'}`;
    return [
      violation(
        'metadata.name',
        name,
        `${what}${carried}; the posture of the cluster tells how, and which grant to take away`,
        isSure ? undefined : 'high',
      ),
    ];
  },
});
