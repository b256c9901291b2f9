/**
 * The kinds that Merlon reads: where the API server serves them and which of their fields are kept.
 *
 * A field that a rule needs is added here, or in the shape of its part (`*-shape.ts`), with its number from `generated.proto`; nothing
 * else has to change. Field sources: k8s.io/api v0.37.2 (core/v1), k8s.io/kube-aggregator v0.37.2 (apiregistration/v1).
 */
import {
  mutatingPolicyBindingSpec,
  mutatingPolicySpec,
  mutatingWebhook,
  validatingPolicyBindingSpec,
  validatingPolicySpec,
  validatingWebhook,
} from './admission-shape.ts';
import { bareMeta, objectMeta, podMeta } from './metadata-shape.ts';
import { podSpec } from './pod-shape.ts';
import { isReadPolicyAnnotation, podSecurityPolicySpec } from './pod-security-policy-shape.ts';
import { binding, clusterRole, role } from './rbac-shape.ts';
import { boolean, integer32, list, message, pointer, required, string, stringMapOf, value } from './shape.ts';
import type { Infer, MessageShape } from './shape.ts';
import { cronJob, daemonSet, deployment, replicaSet, selecting, statefulSet, templated } from './workload-shape.ts';

export interface Kind<S extends MessageShape = MessageShape> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly shape: S;
  /** Sent with every list and watch, so that the API server leaves out what no rule reads. */
  readonly fieldSelector?: string;
  /** API versions with the same fields, newest first, where the API server does not serve `version`. */
  readonly olderVersions?: readonly string[];
  /** Not every API server has it; one that does not serve it has no objects of it, which is all there is to know. */
  readonly isOptional?: true;
  /** No rule is about it: it is read for what it does to others. */
  readonly isContext?: true;
  /**
   * The last minor version whose API server serves it, older than those that the operator watches: it is judged in files
   * and where an old cluster is scanned.
   */
  readonly lastMinor?: number;
}

function core<S extends MessageShape>(plural: string, shape: S): Kind<S> {
  return { group: '', version: 'v1', plural, isNamespaced: true, shape };
}
function apps<S extends MessageShape>(plural: string, shape: S): Kind<S> {
  return { group: 'apps', version: 'v1', plural, isNamespaced: true, shape };
}
function batch<S extends MessageShape>(plural: string, shape: S): Kind<S> {
  return { group: 'batch', version: 'v1', plural, isNamespaced: true, shape };
}
function webhooks<S extends MessageShape>(plural: string, shape: S): Kind<S> {
  return { group: 'admissionregistration.k8s.io', version: 'v1', plural, isNamespaced: false, shape };
}
function admission<S extends MessageShape>(plural: string, shape: S): Kind<S> & { readonly isContext: true } {
  return { ...webhooks(plural, shape), isContext: true };
}
function rbac<S extends MessageShape>(plural: string, isNamespaced: boolean, shape: S): Kind<S> {
  return { group: 'rbac.authorization.k8s.io', version: 'v1', plural, isNamespaced, shape };
}

const sinceAlpha = { olderVersions: ['v1beta1', 'v1alpha1'], isOptional: true } as const;

/** Every built-in kind that Merlon reads, by its `kind`. */
export const kinds = {
  Namespace: {
    ...core(
      'namespaces',
      message({
        metadata: required(1, objectMeta),
        status: value(3, message({ phase: value(1, string) })),
      }),
    ),
    isNamespaced: false,
  },
  ServiceAccount: core(
    'serviceaccounts',
    message({
      metadata: required(1, objectMeta),
      // Names alone; what is in a Secret nobody reads.
      secrets: value(2, list(message({ name: value(3, string) }))),
      imagePullSecrets: value(3, list(message({ name: value(1, string) }))),
      automountServiceAccountToken: pointer(4, boolean),
    }),
  ),
  Role: rbac('roles', true, role),
  ClusterRole: rbac('clusterroles', false, clusterRole),
  RoleBinding: rbac('rolebindings', true, binding),
  ClusterRoleBinding: rbac('clusterrolebindings', false, binding),
  Deployment: apps('deployments', deployment),
  ReplicaSet: apps('replicasets', replicaSet),
  StatefulSet: apps('statefulsets', statefulSet),
  DaemonSet: apps('daemonsets', daemonSet),
  Job: batch('jobs', selecting(4, 6)),
  CronJob: batch('cronjobs', cronJob),
  ReplicationController: core('replicationcontrollers', templated(3)),
  MutatingWebhookConfiguration: webhooks(
    'mutatingwebhookconfigurations',
    message({ metadata: required(1, objectMeta), webhooks: value(2, list(mutatingWebhook)) }),
  ),
  // Alpha in 1.32, v1 since 1.36.
  MutatingAdmissionPolicy: {
    ...admission(
      'mutatingadmissionpolicies',
      message({ metadata: required(1, objectMeta), spec: value(2, mutatingPolicySpec) }),
    ),
    ...sinceAlpha,
  },
  MutatingAdmissionPolicyBinding: {
    ...admission(
      'mutatingadmissionpolicybindings',
      message({ metadata: required(1, objectMeta), spec: value(2, mutatingPolicyBindingSpec) }),
    ),
    ...sinceAlpha,
  },
  ValidatingWebhookConfiguration: webhooks(
    'validatingwebhookconfigurations',
    message({ metadata: required(1, objectMeta), webhooks: value(2, list(validatingWebhook)) }),
  ),
  // Alpha in 1.26, v1 since 1.30.
  ValidatingAdmissionPolicy: {
    ...admission(
      'validatingadmissionpolicies',
      message({ metadata: required(1, objectMeta), spec: value(2, validatingPolicySpec) }),
    ),
    ...sinceAlpha,
  },
  ValidatingAdmissionPolicyBinding: {
    ...admission(
      'validatingadmissionpolicybindings',
      message({ metadata: required(1, objectMeta), spec: value(2, validatingPolicyBindingSpec) }),
    ),
    ...sinceAlpha,
  },
  APIService: {
    group: 'apiregistration.k8s.io',
    version: 'v1',
    plural: 'apiservices',
    isNamespaced: false,
    shape: message({
      metadata: required(1, objectMeta),
      spec: value(
        2,
        message({
          service: pointer(
            1,
            message({ namespace: value(1, string), name: value(2, string), port: pointer(3, integer32) }),
          ),
          group: value(2, string),
          version: value(3, string),
          insecureSkipTLSVerify: value(4, boolean),
        }),
      ),
    }),
  },
  // What webhooks and aggregated APIs are reached by.
  Service: {
    ...core(
      'services',
      message({
        metadata: required(1, bareMeta),
        spec: value(
          2,
          message({
            ports: value(1, list(message({ port: required(3, integer32) }))),
            clusterIP: value(3, string),
            type: value(4, string),
          }),
        ),
      }),
    ),
    isContext: true,
  },
  // Kubelets report every few minutes; a change of anything but this is none.
  Node: {
    ...core(
      'nodes',
      message({
        metadata: required(1, bareMeta),
        status: value(3, message({ nodeInfo: value(7, message({ kubeletVersion: value(7, string) })) })),
      }),
    ),
    isNamespaced: false,
    isContext: true,
  },
  PodSecurityPolicy: {
    group: 'policy',
    version: 'v1beta1',
    plural: 'podsecuritypolicies',
    isNamespaced: false,
    shape: message({
      metadata: required(
        1,
        message({ ...objectMeta.fields, annotations: value(12, stringMapOf(isReadPolicyAnnotation)) }),
      ),
      // The API required it; a fragment in a file that is only about annotations has none.
      spec: pointer(2, podSecurityPolicySpec),
    }),
    isOptional: true,
    lastMinor: 24,
  },
  // A finished pod is no exposure; its owner's template is judged all the same.
  Pod: {
    ...core('pods', message({ metadata: required(1, podMeta), spec: required(2, podSpec) })),
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
/** Also those that only files and old clusters have. */
export const allKindNames = Object.keys(kinds) as readonly KindName[];
/** Those that the operator watches. */
export const kindNames = allKindNames.filter((kind) => !('lastMinor' in kinds[kind]));
/** Those that are judged, and not only read for what they do to others. */
export const judgedKindNames = allKindNames.filter((kind) => !('isContext' in kinds[kind]));

/** An object of a kind as its shape decodes it. */
export type ObjectOf<K extends KindName> = Infer<(typeof kinds)[K]['shape']>;

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
