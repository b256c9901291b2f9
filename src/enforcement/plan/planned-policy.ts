/**
 * What a family of rules becomes: policies that the API server enforces by itself, each with the bindings that put it in
 * force. Every default of the API server is written out, so that what is stored can be compared with what is meant.
 *
 * Source: k8s.io/api v0.37.2, admissionregistration/v1.
 */
import { managedByLabels } from '../../api/v1alpha1/group.ts';
import type { ClusterAdmin } from '../../core/cluster-admin.ts';
import type { Mutation } from '../../core/enforcement.ts';
import { OLDEST_POLICY_MINOR } from '../../core/admission-shape.ts';
import type { LabelSelector } from '../../core/label-selector.ts';

/** What becomes of a request that breaks a rule. */
export type EnforcementMode = 'audit' | 'warn' | 'deny';

/** Of what connects to a pod: it is never shown a warning. */
export type SilentMode = Exclude<EnforcementMode, 'warn'>;

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
    readonly messageExpression?: string;
    readonly reason: 'Forbidden';
  }[];
}

export interface ValidatingBindingSpec {
  readonly policyName: string;
  readonly paramRef?: { readonly selector: LabelSelector; readonly parameterNotFoundAction: 'Allow' };
  readonly matchResources?: Match;
  readonly validationActions: readonly ('Deny' | 'Warn' | 'Audit')[];
}

/** A policy that changes what is about to be stored. It takes no parameters: nothing that it looks up can be gone. */
export interface MutatingPolicySpec {
  /** Where setting a value is a convenience, a policy that fails must not stop what it is for. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  /** Their order is not to be relied on, and another may add what this one would have changed. */
  readonly reinvocationPolicy: 'IfNeeded' | 'Never';
  readonly matchConstraints: ValidatingPolicySpec['matchConstraints'];
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
  readonly mutations: readonly Mutation[];
}

export interface MutatingBindingSpec {
  readonly policyName: string;
  readonly matchResources?: Match;
}

/** A policy with its bindings, which are called after it and their mode. */
export type PlannedPolicy = PlannedValidatingPolicy | PlannedMutatingPolicy;

export interface PlannedValidatingPolicy {
  readonly kind: 'ValidatingAdmissionPolicy';
  readonly name: string;
  /** In a line, for people: what it refuses, or sets. */
  readonly what: string;
  /** The ids of the rules that it holds objects to, where it is made of rules. */
  readonly rules?: readonly string[];
  /** Of a guard of RBAC: to whom it lets cluster-admin be granted; absent where it does not mind. */
  readonly clusterAdmins?: readonly ClusterAdmin[];
  /** Of one that refuses where somebody takes back what a mutating policy sets: the name of that one. */
  readonly keeps?: string;
  readonly spec: ValidatingPolicySpec;
  readonly bindings: readonly PlannedBinding<EnforcementMode, ValidatingBindingSpec>[];
}

export interface PlannedMutatingPolicy {
  readonly kind: 'MutatingAdmissionPolicy';
  readonly name: string;
  readonly what: string;
  readonly rules?: readonly string[];
  readonly spec: MutatingPolicySpec;
  /** It has no modes: it is on where its binding says so. */
  readonly bindings: readonly PlannedBinding<'on', MutatingBindingSpec>[];
}

export interface PlannedBinding<Mode, Spec> {
  readonly mode: Mode;
  /** In a line, for people: where it is in force. */
  readonly where: string;
  readonly spec: Spec;
}

/**
 * The actions of a binding are a set that server-side apply merges; therefore a binding has one mode for good, and a change
 * of mode is a change of what it selects.
 */
export const actionsOf = {
  audit: ['Audit'],
  warn: ['Warn', 'Audit'],
  deny: ['Deny', 'Audit'],
} as const satisfies Record<EnforcementMode, ValidatingBindingSpec['validationActions']>;

const apiVersion = 'admissionregistration.k8s.io/v1';

/** The oldest minor version of Kubernetes 1 that serves a kind in v1. Source of the second: KEP-3962. */
export const oldestMinors = {
  ValidatingAdmissionPolicy: OLDEST_POLICY_MINOR,
  MutatingAdmissionPolicy: 36,
} as const satisfies Record<PlannedPolicy['kind'], number>;

export interface EnforcementManifest {
  readonly apiVersion: typeof apiVersion;
  readonly kind: PlannedPolicy['kind'] | `${PlannedPolicy['kind']}Binding`;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: ValidatingPolicySpec | ValidatingBindingSpec | MutatingPolicySpec | MutatingBindingSpec;
}

/** Each policy before its bindings: who makes a binding to an unknown policy needs to list every object there is. */
export function buildManifests(policies: readonly PlannedPolicy[]): readonly EnforcementManifest[] {
  return policies.flatMap(({ kind, name, spec, bindings }) => [
    buildManifest(kind, name, spec),
    ...bindings.map((one) => buildManifest(`${kind}Binding`, nameBinding(name, one.mode), one.spec)),
  ]);
}

/** After its policy and its mode. */
export function nameBinding(policyName: string, mode: EnforcementMode | 'on'): string {
  return `${policyName}-${mode}`;
}

function buildManifest(
  kind: EnforcementManifest['kind'],
  name: string,
  spec: EnforcementManifest['spec'],
): EnforcementManifest {
  return { apiVersion, kind, metadata: { name, labels: managedByLabels }, spec };
}

/** Whether all that it is asked about is in namespaces: a selector of namespaces spares nothing else. */
export function isOfNamespaces({ spec }: PlannedPolicy): boolean {
  return spec.matchConstraints.resourceRules.every(({ scope }) => scope === 'Namespaced');
}
