/**
 * Who may run commands in pods that are as good as their node, and is not cluster-admin: with them the names that the
 * postures of namespaces may not tell.
 *
 * Grants that name single pods are judged where the pods are known: by pod-exec-reach, in the posture of the namespace.
 *
 * Source: Kubernetes "RBAC Good Practices"; k8s.io/kubernetes v1.20, plugin/pkg/admission/exec (which pods it meant).
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { assertReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { listSome } from '../../core/some-names.ts';
import { adminPaths, standingOf } from '../../rbac/admin-paths.ts';
import { describeGrant } from '../../rbac/authorizer.ts';
import { entryIndex } from '../../rbac/entry-index.ts';
import type { EntriesByNamespace, Entry, EntryIndex } from '../../rbac/entry-index.ts';
import { isIdentityKey, nodeOfSubject } from '../../rbac/escalation-node.ts';
import { escalatingNamespaces, execReach } from '../../rbac/exec-reach.ts';
import type { ExecReach } from '../../rbac/exec-reach.ts';
import type { IdentityKey } from '../../rbac/identity.ts';
import { principalOf } from '../../rbac/subject-matching.ts';
import { sharedRole, sharedRoleReads } from '../lib/shared-role.ts';

/** As many namespaces as are worth a line of their own. */
const mostPlaces = 10;
/** In one line. */
const mostNamed = 5;

export const execIntoPrivileged = defineRule({
  id: 'rbac-exec-into-privileged',
  title: 'Nobody but cluster-admins must be able to run commands in privileged pods',
  severity: 'critical',
  severityReason: 'One request away from the node, and from every other pod that runs there.',
  subject: 'Principal',
  reads: ['EscalationPaths', ...sharedRoleReads],
  controls: ['cis-1.12/5.1.10', 'nsa/authentication-and-authorization', 'attack/T1609', 'attack/T1611'],
  rationale:
    'To run commands in the pods of a namespace looks harmless until one of them is privileged, or shares the process or IPC namespace of its node: then it is to have that node. Kubernetes had an admission plugin against it, DenyEscalatingExec, until 1.21. All who may by one role are one finding, on that role.',
  remediation:
    'Take the grant away in namespaces where such pods run, or name in resourceNames the pods that people may get into; grant nodes/metrics, nodes/stats, nodes/log or nodes/healthz in place of nodes/proxy; move such pods into a namespace of their own.',
  example: {
    fails: `kind: User
name: jane
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: storage }
spec:
  hostPID: true
  containers:
    - { name: agent, image: "registry.example/agent:1" }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: debugger }
rules:
  - apiGroups: [""]
    resources: [pods/exec]
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: debuggers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: debugger }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
`,
    passes: `kind: User
name: jane
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: storage }
spec:
  hostPID: true
  containers:
    - { name: agent, image: "registry.example/agent:1" }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: debugger, namespace: shop }
rules:
  - apiGroups: [""]
    resources: [pods/exec]
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: debuggers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: debugger }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
`,
  },

  check(subject, { snapshot }) {
    const who = nodeOfSubject(principalOf(subject, ''));
    if (who === undefined || !isIdentityKey(who)) return notApplicable('it is nobody whom RBAC knows');
    assertReadable(snapshot.observation('EscalationPaths'));
    const standing = snapshot.ask(adminPaths, standingOf, who);
    if (standing === 'builtIn') return notApplicable('Kubernetes itself makes it cluster-admin');
    if (standing === 'admin') return notApplicable('it is cluster-admin; the rules about roles tell by what');
    if (!snapshot.ask(execReach, mayEnter, who)) return [];
    const entries = snapshot.ask(entryIndex, entriesOf, who);
    const doubt = snapshot.ask(execReach, doubtOf, who);
    const places = snapshot.ask(escalatingNamespaces, all);
    const violations = places.length === 0 ? [] : [...violationsOf(entries, places, snapshot)];
    if (violations.length > 0) return violations;
    if (snapshot.isWholeCluster && places.length === 0) return [];
    if (doubt !== undefined && (snapshot.isWholeCluster || places.length > 0)) return unknown(doubt);
    if (!snapshot.isWholeCluster) {
      return snapshot.ask(execReach, countUnreadablePods) > 0
        ? unknown('pods that cannot be read may be privileged')
        : notApplicable('what runs where it may get in is not known from these files');
    }
    const isByName = [...entries.values()].flat().some(({ pods }) => pods !== undefined);
    return isByName && places.length > 0
      ? notApplicable('it may get into pods of single names; pod-exec-reach tells whether one of them is privileged')
      : [];
  },
});

const mayEnter = (reach: ExecReach, who: IdentityKey): boolean => reach.mayEnter(who);
const doubtOf = (reach: ExecReach, who: IdentityKey): string | undefined => reach.doubtOf(who);
const countUnreadablePods = ({ unreadablePods }: ExecReach): number => unreadablePods;
const entriesOf = (index: EntryIndex, who: IdentityKey): EntriesByNamespace => index.of(who);
const all = (namespaces: readonly string[]): readonly string[] => namespaces;

/** One for all namespaces, where it may get in everywhere. */
function* violationsOf(
  entries: EntriesByNamespace,
  places: readonly string[],
  snapshot: Snapshot,
): Generator<Violation> {
  const ofCluster = entries.get('') ?? [];
  const everywhere = findUnlimited(ofCluster);
  if (everywhere !== undefined) {
    yield toViolation(everywhere, 'pods of every namespace', `in ${listPlaces(places)}`, snapshot);
    return;
  }
  const own = places.flatMap((place) => {
    const entry = place === '' ? undefined : findUnlimited(entries.get(place) ?? []);
    return entry === undefined ? [] : [{ place, entry }];
  });
  for (const [index, { place, entry }] of own.slice(0, mostPlaces).entries()) {
    const left = index === mostPlaces - 1 ? own.length - mostPlaces : 0;
    const more = left === 0 ? '' : `, and the same goes for ${left} more namespaces`;
    yield toViolation(entry, `pods of namespace ${JSON.stringify(place)}`, `there${more}`, snapshot);
  }
  const limited = ofCluster.find(({ nodes }) => nodes !== undefined);
  if (limited === undefined) return;
  const nodes = listPlaces(limited.nodes ?? []);
  yield toViolation(limited, `pods on ${nodes}`, `in ${listPlaces(places)}, perhaps on these nodes`, snapshot, 'high');
}

function findUnlimited(entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ pods, nodes }) => pods === undefined && nodes === undefined);
}

function toViolation(
  { by, grant, rule }: Entry,
  into: string,
  where: string,
  snapshot: Snapshot,
  severity?: Severity,
): Violation {
  const observed = `${by}: ${into}`;
  const what = `may run commands in ${into} (${by}), and pods that are as good as their node run ${where}`;
  const message = `it ${what}; take away ${describeGrant(grant)}, or narrow it`;
  return {
    ...violation('name', observed, message, severity),
    cause: sharedRole(grant, rule, { observed, what }, snapshot),
  };
}

function listPlaces(places: readonly string[]): string {
  return listSome(
    places.map((one) => JSON.stringify(one)),
    mostNamed,
  );
}
