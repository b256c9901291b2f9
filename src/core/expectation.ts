/**
 * What policies expect of subjects, with all that a policy may leave out filled in: who is meant, and permissions as the
 * rules of a role, each with the field that states it.
 */
import type { ClusterHardeningPolicySpec } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { ExpectationSpec, PermissionSpec } from '../api/v1alpha1/expectation.ts';
import type { PolicyRule } from './rbac-shape.ts';
import type { Severity } from './severity.ts';
import type { SubjectRef } from './subject-ref.ts';
import type { Scope } from './scope.ts';

/** The policy that states something. */
export interface PolicyName {
  readonly kind: 'ClusterHardeningPolicy' | 'HardeningPolicy';
  /** Of a HardeningPolicy. */
  readonly namespace?: string;
  readonly name: string;
}

export interface ExpectedSubject {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  /** Of a service account. */
  readonly namespace?: string;
  readonly name: string;
  /** Of a user, where the policy states them all. */
  readonly groups?: readonly string[];
}

export interface Permission {
  /** The field: `spec.expectations[0].deny[1]`. */
  readonly path: string;
  readonly rule: PolicyRule;
  /** Empty for cluster-wide in `allow`, and for anywhere in `deny`. */
  readonly namespace: string;
}

export interface Expectation {
  readonly policy: PolicyName;
  /** The field: `spec.expectations[0]`. */
  readonly path: string;
  readonly subject: ExpectedSubject;
  readonly allow: readonly Permission[];
  readonly deny: readonly Permission[];
  /** Nothing but what `allow` lists. */
  readonly isOnly: boolean;
  readonly severity?: Severity;
}

/** Whether a refusal by RBAC is a refusal by the API server. */
export type Authorization =
  /** Only Node and RBAC run, a policy says. */
  { readonly isFinal: true; readonly statedBy: string } | { readonly isFinal: false; readonly reason: string };

/** All that is expected, of whomever. */
export interface Expected {
  readonly expectations: readonly Expectation[];
  readonly authorization: Authorization;
}

export const NOT_STATED: Authorization = {
  isFinal: false,
  reason:
    'whether another authorizer than Node and RBAC allows it is not known; state spec.authorization.modes in a ClusterHardeningPolicy',
};
export const NOTHING_EXPECTED: Expected = { expectations: [], authorization: NOT_STATED };

/** An expectation as the posture of one scope judges it. */
export interface ScopedExpectation {
  readonly expectation: Expectation;
  readonly scope: Scope;
  readonly authorization: Authorization;
  /** Where it differs from that of the rule. */
  readonly severity?: Severity;
}

/** Service accounts in their namespace, everybody in the cluster; each policy and its expectations in order. */
export function* expectedIn(scope: Scope, { expectations, authorization }: Expected): Generator<ScopedExpectation> {
  for (const expectation of expectations) {
    const { subject, policy } = expectation;
    if (scope !== 'cluster' && subject.namespace !== scope.namespace) continue;
    // The namespace's own verdict fails for it; in the cluster's posture only the detail is missing.
    const isDetail = scope === 'cluster' && policy.kind === 'HardeningPolicy';
    const severity = isDetail ? 'info' : expectation.severity;
    const scoped = { expectation, scope, authorization };
    yield severity === undefined ? scoped : { ...scoped, severity };
  }
}

/** Of whom it is expected. */
export function refOfExpected({ expectation: { subject } }: ScopedExpectation): SubjectRef {
  const { kind, namespace, name } = subject;
  return namespace === undefined
    ? { apiVersion: 'rbac.authorization.k8s.io/v1', kind, name }
    : { apiVersion: 'v1', kind, namespace, name };
}

/** @param specs of a spec without problems */
export function buildExpectations(policy: PolicyName, specs: readonly ExpectationSpec[] = []): readonly Expectation[] {
  return specs.map((spec, index): Expectation => {
    const path = `spec.expectations[${index}]`;
    const permissions = (field: 'allow' | 'deny'): readonly Permission[] =>
      (spec[field] ?? []).map((permission, at) => ({
        path: `${path}.${field}[${at}]`,
        rule: toRule(permission, field === 'allow' ? '' : '*'),
        namespace: permission.urls === undefined ? (permission.namespace ?? policy.namespace ?? '') : '',
      }));
    return {
      policy,
      path,
      subject: toSubject(spec.subject, policy),
      allow: permissions('allow'),
      deny: permissions('deny'),
      isOnly: spec.only === true,
      ...(spec.severity === undefined ? {} : { severity: spec.severity }),
    };
  });
}

const SERVICE_ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;

function toSubject({ kind, namespace, name, groups }: ExpectationSpec['subject'], policy: PolicyName): ExpectedSubject {
  // To RBAC a service account is a user of that name.
  const [, ofAccount, account] = (kind === 'User' ? SERVICE_ACCOUNT_USER.exec(name) : null) ?? [];
  if (ofAccount !== undefined && account !== undefined) {
    return { kind: 'ServiceAccount', namespace: ofAccount, name: account };
  }
  if (kind === 'ServiceAccount') return { kind, namespace: namespace ?? policy.namespace ?? '', name };
  return groups === undefined ? { kind, name } : { kind, name, groups };
}

/** @param standardGroup where none is stated: what is meant to be granted is named, what must not be may hide in any */
function toRule({ verbs, apiGroups, resources, names, urls }: PermissionSpec, standardGroup: string): PolicyRule {
  if (urls !== undefined) return { verbs, nonResourceURLs: urls };
  const rule = { verbs, apiGroups: apiGroups ?? [standardGroup], resources: resources ?? [] };
  return names === undefined ? rule : { ...rule, resourceNames: names };
}

export interface StatedAuthorization {
  readonly name: string;
  readonly spec: Pick<ClusterHardeningPolicySpec, 'authorization'>;
}

/** What the policies say together: one that knows of another authorizer is enough to leave a refusal open. */
export function mergeAuthorization(policies: readonly StatedAuthorization[]): Authorization {
  const stated = policies.flatMap(({ name, spec }) =>
    spec.authorization === undefined ? [] : [{ name, modes: spec.authorization.modes }],
  );
  for (const { name, modes } of stated) {
    const others = modes.filter((mode) => mode !== 'Node' && mode !== 'RBAC');
    if (others.length > 0 || !modes.includes('RBAC')) {
      const what = others.length > 0 ? `${others.join(' and ')} may allow it` : 'RBAC does not decide';
      return {
        isFinal: false,
        reason: `${what}: ClusterHardeningPolicy "${name}" says so in spec.authorization.modes`,
      };
    }
  }
  const [first] = stated;
  return first === undefined ? NOT_STATED : { isFinal: true, statedBy: first.name };
}

/** `HardeningPolicy "own"` */
export function describePolicy({ kind, name }: PolicyName): string {
  return `${kind} "${name}"`;
}
