/**
 * A service account that can become cluster-admin makes cluster-admin of whoever gets into one of its pods: by a flaw of the
 * application, or because RBAC lets somebody run commands there. Who is let in is part of this finding and not of one more:
 * it would be about the same account, as severe, and gone with the same grant.
 *
 * Source: Kubernetes "RBAC Good Practices", "Privilege escalation risks". The chain itself is told in the cluster's
 * posture, by rbac-admin-path: whoever reads a namespace's may not see what it leads through.
 */
import { accountOf, carriesToken } from '../../core/pod-access.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { PodSpec } from '../../core/pod-shape.ts';
import { assertReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { adminPaths, adminPathsOf } from '../../rbac/admin-paths.ts';
import type { AdminPaths } from '../../rbac/admin-paths.ts';
import { accountNode } from '../../rbac/escalation-node.ts';
import type { NodeKey } from '../../rbac/escalation-node.ts';
import { describeEntrants, findEntrants } from '../lib/entrants.ts';

export const becomesAdmin = defineRule({
  id: 'service-account-becomes-admin',
  title: 'Service accounts must not be able to become cluster-admin',
  severity: 'critical',
  severityReason: 'Whoever gets into a pod of the account has its token.',
  subject: 'ServiceAccount',
  reads: ['EscalationPaths', 'PodAccess', 'Pod'],
  controls: [
    'cis-1.12/5.1.1',
    'cis-1.12/5.1.6',
    'nsa/authentication-and-authorization',
    'attack/T1528',
    'attack/T1609',
  ],
  rationale:
    'The token of a service account lies in its pods. If the account can become cluster-admin, every flaw of the application is one of the cluster.',
  remediation:
    'Grant the account what the application needs and no more, or do not mount its token. Until then, nobody who is not cluster-admin should be able to run commands in its pods. The posture of the cluster, and "merlon paths --from sa:NAMESPACE/NAME", show the chain and which grant to take away.',
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
    if (snapshot.ask(adminPaths, isBuiltIn, node)) {
      return notApplicable('Kubernetes itself grants it that');
    }
    const steps = snapshot.ask(adminPaths, stepsFrom, node);
    if (steps === undefined) {
      const isCut = snapshot.ask(adminPaths, isCutShort);
      return isCut ? unknown('the cluster is larger than what paths are looked for in') : [];
    }
    const isCarried = snapshot.podAccess().carriersIn(namespace).has(name);
    const carried = isCarried
      ? `, and its token is in running pods${describeOutsiders(namespace, name, steps, snapshot)}`
      : '';
    const isSure = snapshot.ask(adminPaths, isSureFrom, node);
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

/**
 * Whoever gets into its pods and has no shorter way to where it gets.
 * @param steps how many it takes the account
 */
function describeOutsiders(namespace: string, account: string, steps: number, snapshot: Snapshot): string {
  const own = accountNode(namespace, account);
  const { reaching } = adminPathsOf(snapshot);
  const outsiders = findEntrants(
    snapshot,
    namespace,
    (names) => names.some((one) => isCarrier(snapshot.get('Pod', namespace, one)?.spec, account)),
    (who) => who !== own && (reaching.get(who) ?? Infinity) > steps,
  );
  return outsiders.count === 0 ? '' : `; ${describeEntrants(outsiders, namespace)} may run commands there`;
}

function isCarrier(spec: PodSpec | undefined, account: string): boolean {
  return spec !== undefined && carriesToken(spec) && accountOf(spec) === account;
}

const isBuiltIn = ({ builtIn }: AdminPaths, node: NodeKey): boolean => builtIn.has(node);
const isCutShort = ({ isCut }: AdminPaths): boolean => isCut;
const isSureFrom = ({ routes }: AdminPaths, node: NodeKey): boolean => routes.isSureFrom(node);

function stepsFrom({ admins, reaching }: AdminPaths, node: NodeKey): number | undefined {
  return admins.has(node) ? 0 : reaching.get(node);
}
