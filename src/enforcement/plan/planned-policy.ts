/**
 * What a family of rules becomes: policies that the API server enforces by itself, each with the bindings that put it in
 * force. Every default of the API server is written out, so that what is stored can be compared with what is meant.
 *
 * Source: k8s.io/api v0.37.2, admissionregistration/v1.
 */
import { managedByLabels } from '../../api/v1alpha1/group.ts';
import type { LabelSelector } from '../../core/label-selector.ts';

/** No `warn`: what connects to a pod is never shown a warning. */
export type EnforcementMode = 'audit' | 'deny';

export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
}

export interface Match {
  readonly matchPolicy: 'Equivalent';
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly resourceRules?: readonly ResourceRule[];
}

export interface ValidatingPolicySpec {
  readonly failurePolicy: 'Fail';
  /** Of the API server's own kinds alone: one that is not served makes every request fail. */
  readonly paramKind?: { readonly apiVersion: 'v1'; readonly kind: 'Pod' };
  readonly matchConstraints: Match & { readonly resourceRules: readonly ResourceRule[] };
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
  readonly validations: readonly {
    readonly expression: string;
    readonly message: string;
    readonly messageExpression: string;
    readonly reason: 'Forbidden';
  }[];
}

export interface ValidatingBindingSpec {
  readonly policyName: string;
  readonly paramRef?: { readonly selector: LabelSelector; readonly parameterNotFoundAction: 'Allow' };
  readonly matchResources?: Match;
  readonly validationActions: readonly ('Deny' | 'Audit')[];
}

/** A policy with its bindings, which are called after it and their mode. */
export interface PlannedPolicy {
  readonly name: string;
  /** In a line, for people: what it refuses. */
  readonly refuses: string;
  readonly spec: ValidatingPolicySpec;
  readonly bindings: readonly PlannedBinding[];
}

export interface PlannedBinding {
  readonly mode: EnforcementMode;
  /** In a line, for people: where it is in force. */
  readonly where: string;
  readonly spec: ValidatingBindingSpec;
}

/**
 * The actions of a binding are a set that server-side apply merges; therefore a binding has one mode for good, and a change
 * of mode is a change of what it selects.
 */
export const actionsOf = {
  audit: ['Audit'],
  deny: ['Deny', 'Audit'],
} as const satisfies Record<EnforcementMode, ValidatingBindingSpec['validationActions']>;

const apiVersion = 'admissionregistration.k8s.io/v1';

/** The oldest minor version of Kubernetes 1 that serves these objects. Source: KEP-3488. */
export const OLDEST_MINOR = 30;

export interface EnforcementManifest {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'ValidatingAdmissionPolicy' | 'ValidatingAdmissionPolicyBinding';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: ValidatingPolicySpec | ValidatingBindingSpec;
}

/** Each policy before its bindings: who makes a binding to an unknown policy needs to list every object there is. */
export function buildManifests(policies: readonly PlannedPolicy[]): readonly EnforcementManifest[] {
  return policies.flatMap(({ name, spec, bindings }) => [
    buildManifest('ValidatingAdmissionPolicy', name, spec),
    ...bindings.map((one) => buildManifest('ValidatingAdmissionPolicyBinding', `${name}-${one.mode}`, one.spec)),
  ]);
}

function buildManifest(
  kind: EnforcementManifest['kind'],
  name: string,
  spec: EnforcementManifest['spec'],
): EnforcementManifest {
  return { apiVersion, kind, metadata: { name, labels: managedByLabels }, spec };
}
