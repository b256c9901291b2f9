/**
 * What is granted to system:anonymous or system:unauthenticated is granted to whoever reaches the API server's port.
 *
 * Source: kube-apiserver anonymous authenticator (user system:anonymous, group system:unauthenticated only) and RBAC
 * (the subject's kind counts: a Group named system:anonymous grants nothing).
 */
import { defineRule, violation } from '../../core/rule.ts';
import { milderOf } from '../../core/severity.ts';
import { considerFact } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { gradeAnonymousGrant, isAnonymous } from '../lib/anonymous-grade.ts';

export const anonymousGrants = defineRule({
  id: 'rbac-anonymous-grants',
  title: 'Nothing must be granted to anonymous users beyond the public health and version endpoints',
  severity: 'critical',
  severityReason: 'Whoever reaches the API server may do it, and nobody can say who it was.',
  subject: 'Binding',
  reads: ['Role', 'ClusterRole'],
  considers: ['Evidence'],
  controls: ['cis-1.12/1.2.1', 'nsa/authentication-and-authorization'],
  rationale:
    'A grant to system:anonymous or system:unauthenticated needs no credential at all: everybody who reaches the port has it.',
  remediation: 'Delete the subject from the binding, or the binding; grant to a group of authenticated users instead.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: system:anonymous }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers }
`,
  },

  check(binding, { subject: { kind: bindingKind, namespace = '' }, snapshot, expected }) {
    const open = (binding.subjects ?? [])
      .map((subject, index) => ({ subject, index }))
      .filter(({ subject }) => isAnonymous(subject));
    if (open.length === 0) return [];

    const { kind, name } = binding.roleRef;
    const place = { isClusterWide: bindingKind === 'ClusterRoleBinding', namespace };
    const grade = gradeAnonymousGrant(binding.roleRef, place, { snapshot, expected });
    if (grade === undefined) return [];
    const standing = grade.isExpected === true ? undefined : standingOfAnonymous(snapshot);
    const severity = standing === 'refused' ? milderOf(grade.severity, 'low') : grade.severity;
    const remark = standing === undefined ? '' : remarks[standing];
    return open.map(({ subject, index }) =>
      violation(
        `subjects[${index}]`,
        `${subject.kind} ${subject.name}`,
        `${kind} "${name}" is granted to ${subject.kind} "${subject.name}", that is to everybody: ${grade.reason}${remark}${grade.isExpected === true ? '' : '; remove the subject'}`,
        severity,
      ),
    );
  },
});

type Standing = 'refused' | 'taken' | 'unknown';

const remarks: Readonly<Record<Standing, string>> = {
  refused: ', though the API server refuses anonymous requests at present',
  taken: '',
  unknown: '; whether the API server takes anonymous requests is not known',
};

/** What becomes of requests without credentials; undefined for files, which say nothing of it. */
function standingOfAnonymous(snapshot: Snapshot): Standing | undefined {
  if (!snapshot.isWholeCluster) return undefined;
  const fact = considerFact(snapshot, 'anonymousRequests');
  const answers = fact?.value.filter(({ path }) => !healthPaths.includes(path)) ?? [];
  if (answers.length === 0) return 'unknown';
  return answers.every(({ status }) => status === 401) ? 'refused' : 'taken';
}

/** Allowed to anonymous requests even where all others are refused. */
const healthPaths = ['/livez', '/readyz', '/healthz'];
