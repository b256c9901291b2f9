/**
 * How bad it is that a binding grants something to whoever reaches the API server's port: to the user system:anonymous,
 * or to the group system:unauthenticated.
 *
 * Source: kube-apiserver's anonymous authenticator (user system:anonymous, group system:unauthenticated only) and RBAC
 * (the subject's kind counts: a Group named system:anonymous grants nothing).
 */
import { describePolicy } from '../../core/expectation.ts';
import type { Expectation, Expected } from '../../core/expectation.ts';
import type { PolicyRule, RbacSubject, RoleRef } from '../../core/rbac-shape.ts';
import type { Severity } from '../../core/severity.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { ANONYMOUS_USER, UNAUTHENTICATED } from '../../rbac/request.ts';
import { findUncovered } from '../../rbac/rule-coverage.ts';
import { isFilledLater } from '../../rbac/rule-matching.ts';

/** What Kubernetes itself grants to everybody (ClusterRole system:public-info-viewer). */
const publicUrls = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

export interface AnonymousGrade {
  readonly severity: Severity;
  /** To be read after what is granted to whom. */
  readonly reason: string;
  /** A cluster policy expects all of it. */
  readonly isExpected?: true;
  /** kubeadm grants it in every cluster that it sets up. */
  readonly isOfKubeadm?: true;
}

type RoleReference = Pick<RoleRef, 'kind' | 'name'>;

/** Where a binding stands. */
export interface BindingPlace {
  readonly isClusterWide: boolean;
  /** Empty for a ClusterRoleBinding. */
  readonly namespace: string;
}

export function isAnonymous({ kind, name }: Pick<RbacSubject, 'kind' | 'name'>): boolean {
  return (kind === 'User' && name === ANONYMOUS_USER) || (kind === 'Group' && name === UNAUTHENTICATED);
}

/**
 * @returns undefined for what is public by design
 * @throws {NotObserved}
 */
export function gradeAnonymousGrant(
  roleRef: RoleReference,
  place: BindingPlace,
  { snapshot, expected }: { readonly snapshot: Snapshot; readonly expected: Expected },
): AnonymousGrade | undefined {
  const rules = readRules(roleRef, place, snapshot);
  return gradeExpected(rules, place, expected) ?? gradeGrant(rules, place, snapshot);
}

/** @returns undefined where the role is not there, or not as it will be in the cluster */
function readRules(
  { kind, name }: RoleReference,
  { isClusterWide, namespace }: BindingPlace,
  snapshot: Snapshot,
): readonly PolicyRule[] | undefined {
  if (kind !== 'ClusterRole') {
    const role = snapshot.get('Role', namespace, name);
    return role === undefined ? undefined : (role.rules ?? []);
  }
  const role = snapshot.get('ClusterRole', '', name);
  if (role === undefined || isFilledLater(role, snapshot)) return undefined;
  // A request for a URL has no namespace, so that no RoleBinding grants it.
  return (role.rules ?? []).filter((rule) => isClusterWide || hasResources(rule));
}

/** @returns undefined unless a cluster policy expects all of it */
function gradeExpected(
  rules: readonly PolicyRule[] | undefined,
  of: BindingPlace,
  { expectations }: Expected,
): AnonymousGrade | undefined {
  if (rules === undefined || rules.every(isPublic)) return undefined;
  const stated = expectations.filter((one) => one.policy.kind === 'ClusterHardeningPolicy' && isAnonymous(one.subject));
  const allowed = (one: Expectation): readonly PolicyRule[] =>
    one.allow.filter(({ namespace }) => namespace === '' || namespace === of.namespace).map(({ rule }) => rule);
  const others = rules.filter((rule) => !isPublic(rule));
  if (findUncovered(stated.flatMap(allowed), others).length > 0) return undefined;
  const policies = [...new Set(stated.map(({ policy }) => describePolicy(policy)))];
  return { severity: 'info', reason: `${policies.join(' and ')} expects it`, isExpected: true };
}

/** @returns undefined for what is public by design */
function gradeGrant(
  rules: readonly PolicyRule[] | undefined,
  { namespace }: BindingPlace,
  snapshot: Snapshot,
): AnonymousGrade | undefined {
  if (rules === undefined) {
    return snapshot.isWholeCluster
      ? { severity: 'high', reason: 'the role does not exist, and whoever creates it decides what is granted' }
      : { severity: 'critical', reason: 'what the role allows is not known from these files' };
  }
  if (rules.every(isPublic)) return undefined;
  if (!rules.some(hasResources)) {
    return { severity: 'medium', reason: 'it opens URLs beyond the public health and version endpoints' };
  }
  if (namespace === 'kube-public' && rules.every(isClusterInfo)) {
    return { severity: 'info', reason: 'kubeadm join reads the cluster-info ConfigMap that way', isOfKubeadm: true };
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
