/**
 * What is granted to system:anonymous or system:unauthenticated is granted to whoever reaches the API server's port.
 *
 * Source: kube-apiserver anonymous authenticator (user system:anonymous, group system:unauthenticated only) and RBAC
 * (the subject's kind counts: a Group named system:anonymous grants nothing).
 */
import { describePolicy } from '../../core/expectation.ts';
import type { Expectation } from '../../core/expectation.ts';
import type { ObjectOf, PolicyRule } from '../../core/kinds.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { RuleContext } from '../../core/rule.ts';
import { milderOf } from '../../core/severity.ts';
import type { Severity } from '../../core/severity.ts';
import { considerFact } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { ANONYMOUS_USER, UNAUTHENTICATED } from '../../rbac/request.ts';
import { findUncovered } from '../../rbac/rule-coverage.ts';
import { isFilledLater } from '../../rbac/rule-matching.ts';

const anonymous: Readonly<Record<string, string>> = { User: ANONYMOUS_USER, Group: UNAUTHENTICATED };
/** What Kubernetes itself grants to everybody (ClusterRole system:public-info-viewer). */
const publicUrls = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

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

  check(binding, context) {
    const open = (binding.subjects ?? [])
      .map((subject, index) => ({ subject, index }))
      .filter(({ subject }) => anonymous[subject.kind] === subject.name);
    if (open.length === 0) return [];

    const { kind, name } = binding.roleRef;
    const rules = readRules(binding, context);
    const grade = gradeExpected(rules, context) ?? gradeGrant(rules, context);
    if (grade === undefined) return [];
    const standing = grade.isExpected === true ? undefined : standingOfAnonymous(context.snapshot);
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

/** @returns undefined where the role is not there, or not as it will be in the cluster */
function readRules(
  binding: ObjectOf<'RoleBinding'>,
  { subject, snapshot }: RuleContext,
): readonly PolicyRule[] | undefined {
  if (binding.roleRef.kind !== 'ClusterRole') {
    const role = snapshot.get('Role', subject.namespace ?? '', binding.roleRef.name);
    return role === undefined ? undefined : (role.rules ?? []);
  }
  const role = snapshot.get('ClusterRole', '', binding.roleRef.name);
  if (role === undefined || isFilledLater(role, snapshot)) return undefined;
  // A request for a URL has no namespace, so that no RoleBinding grants it.
  return (role.rules ?? []).filter((rule) => subject.kind === 'ClusterRoleBinding' || hasResources(rule));
}

interface Grade {
  readonly severity: Severity;
  readonly reason: string;
  readonly isExpected?: true;
}

/** @returns undefined unless a cluster policy expects all of it */
function gradeExpected(
  rules: readonly PolicyRule[] | undefined,
  { subject, expected }: RuleContext,
): Grade | undefined {
  if (rules === undefined || rules.every(isPublic)) return undefined;
  const stated = expected.expectations.filter(
    (one) => one.policy.kind === 'ClusterHardeningPolicy' && anonymous[one.subject.kind] === one.subject.name,
  );
  const allowed = (one: Expectation): readonly PolicyRule[] =>
    one.allow.filter(({ namespace }) => namespace === '' || namespace === subject.namespace).map(({ rule }) => rule);
  const others = rules.filter((rule) => !isPublic(rule));
  if (findUncovered(stated.flatMap(allowed), others).length > 0) return undefined;
  const policies = [...new Set(stated.map(({ policy }) => describePolicy(policy)))];
  return { severity: 'info', reason: `${policies.join(' and ')} expects it`, isExpected: true };
}

/** @returns undefined for what is public by design */
function gradeGrant(rules: readonly PolicyRule[] | undefined, { subject, snapshot }: RuleContext): Grade | undefined {
  if (rules === undefined) {
    return snapshot.isWholeCluster
      ? { severity: 'high', reason: 'the role does not exist, and whoever creates it decides what is granted' }
      : { severity: 'critical', reason: 'what the role allows is not known from these files' };
  }
  if (rules.every(isPublic)) return undefined;
  if (!rules.some(hasResources)) {
    return { severity: 'medium', reason: 'it opens URLs beyond the public health and version endpoints' };
  }
  if (subject.namespace === 'kube-public' && rules.every(isClusterInfo)) {
    return { severity: 'info', reason: 'kubeadm join reads the cluster-info ConfigMap that way' };
  }
  return { severity: 'critical', reason: 'it gives access to resources' };
}

function hasResources(rule: PolicyRule): boolean {
  return (rule.resources ?? []).length > 0;
}

function isPublic(rule: PolicyRule): boolean {
  const urls = rule.nonResourceURLs ?? [];
  return (
    !hasResources(rule) && urls.every((url) => publicUrls.includes(url)) && rule.verbs.every((verb) => verb === 'get')
  );
}

function isClusterInfo(rule: PolicyRule): boolean {
  return (
    rule.verbs.every((verb) => verb === 'get') &&
    (rule.resources ?? []).every((resource) => resource === 'configmaps') &&
    rule.resourceNames?.every((name) => name === 'cluster-info') === true
  );
}
