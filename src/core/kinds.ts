/**
 * The kinds that Merlon reads: where the API server serves them and which of their fields are kept.
 *
 * A field that a rule needs is added here, with its number from `generated.proto`; nothing else has to change. Field
 * sources: k8s.io/api v0.37.2 (core/v1, apps/v1, batch/v1, rbac/v1, admissionregistration/v1), k8s.io/kube-aggregator v0.37.2
 * (apiregistration/v1), k8s.io/apimachinery v0.37.2 (meta/v1).
 */
import {
  labelSelector,
  mutatingPolicyBindingSpec,
  mutatingPolicySpec,
  mutatingWebhook,
  validatingPolicyBindingSpec,
  validatingPolicySpec,
  validatingWebhook,
} from './admission-shape.ts';
import { EXEC_LABEL } from '../api/v1alpha1/group.ts';
import { isExemptAnnotation, isReadPodAnnotation, podSpec } from './pod-shape.ts';
import { isReadPolicyAnnotation, podSecurityPolicySpec } from './pod-security-policy-shape.ts';
import {
  boolean,
  integer,
  integer32,
  list,
  message,
  pointer,
  required,
  string,
  stringMap,
  stringMapOf,
  time,
  value,
} from './shape.ts';
import type { Infer, MessageShape } from './shape.ts';

const ownerReference = message({
  kind: required(1, string),
  name: required(3, string),
  uid: required(4, string),
  apiVersion: required(5, string),
  controller: pointer(6, boolean),
});

const identity = {
  name: required(1, string),
  namespace: value(3, string),
  uid: value(5, string),
  resourceVersion: value(6, string),
} as const;

const objectMeta = message({
  ...identity,
  generation: value(7, integer),
  deletionTimestamp: pointer(9, time),
  labels: value(11, stringMap),
  annotations: value(12, stringMapOf(isExemptAnnotation)),
  ownerReferences: value(13, list(ownerReference)),
});

/** Pods come by the hundred thousand: only what names them and their owner is kept of their metadata. */
const podMeta = message({
  ...identity,
  labels: value(
    11,
    stringMapOf((key) => key === REVISION_LABEL || key === EXEC_LABEL),
  ),
  annotations: value(12, stringMapOf(isReadPodAnnotation)),
  ownerReferences: value(13, list(ownerReference)),
});

/** Of what rules only look at besides, and there may be much of, only the name. */
const bareMeta = message({
  name: required(1, string),
  namespace: value(3, string),
  resourceVersion: value(6, string),
});

/** Which revision of a StatefulSet or DaemonSet a pod is of. */
export const REVISION_LABEL = 'controller-revision-hash';

/** Of a template's metadata only what would be a pod's. */
const templateMeta = message({ annotations: value(12, stringMapOf(isReadPodAnnotation)) });

/** Whoever changes pods on their way in may choose them by their labels. */
const labelledTemplateMeta = message({ ...templateMeta.fields, labels: value(11, stringMap) });

/** What looks at pods by the label of the exec guard asks whether they have it from their template. */
const execLabelledTemplateMeta = message({
  ...templateMeta.fields,
  labels: value(
    11,
    stringMapOf((key) => key === EXEC_LABEL),
  ),
});

/** By what a workload knows its pods, but for equality: the template has that, too, or nobody takes it. */
const podSelector = message({ matchExpressions: labelSelector.fields.matchExpressions });

const execLabelledTemplateSpec = message({
  metadata: value(1, execLabelledTemplateMeta),
  spec: required(2, podSpec),
});
const podTemplateSpec = message({ metadata: value(1, labelledTemplateMeta), spec: required(2, podSpec) });

const policyRule = message({
  verbs: required(1, list(string)),
  apiGroups: value(2, list(string)),
  resources: value(3, list(string)),
  resourceNames: value(4, list(string)),
  nonResourceURLs: value(5, list(string)),
});

const rbacSubject = message({
  kind: required(1, string),
  apiGroup: value(2, string),
  name: required(3, string),
  namespace: value(4, string),
});

const roleRef = message({ apiGroup: value(1, string), kind: required(2, string), name: required(3, string) });

const role = message({ metadata: required(1, objectMeta), rules: value(2, list(policyRule)) });

/** An aggregated role has the rules of others, once the controller manager has filled them in: files do not hold them. */
const clusterRole = message({
  ...role.fields,
  aggregationRule: pointer(3, message({ clusterRoleSelectors: value(1, list(labelSelector)) })),
});

const binding = message({
  metadata: required(1, objectMeta),
  subjects: value(2, list(rbacSubject)),
  roleRef: required(3, roleRef),
});

/** A kind whose spec holds a pod template in the field of that number. */
function templated(templateNumber: number) {
  return message({
    metadata: required(1, objectMeta),
    spec: required(2, message({ template: required(templateNumber, podTemplateSpec) })),
  });
}

/** The same, with a selector. */
function selecting(selectorNumber: number, templateNumber: number) {
  const template = required(templateNumber, podTemplateSpec);
  return message({
    metadata: required(1, objectMeta),
    spec: required(2, message({ selector: pointer(selectorNumber, podSelector), template })),
  });
}

/** ReplicaSets come by the ten of each Deployment, and what chooses pods by labels is asked for the Deployment. */
const replicaSet = message({
  metadata: required(1, objectMeta),
  spec: required(2, message({ selector: pointer(2, podSelector), template: required(3, execLabelledTemplateSpec) })),
});

// How far a controller has come with the template that stands there now.
const deployment = message({
  ...selecting(2, 3).fields,
  status: value(3, message({ observedGeneration: value(1, integer), updatedReplicas: value(3, integer32) })),
});
const statefulSet = message({
  ...selecting(2, 3).fields,
  status: value(3, message({ observedGeneration: value(1, integer), updatedReplicas: value(5, integer32) })),
});
const daemonSet = message({
  ...selecting(1, 2).fields,
  status: value(3, message({ observedGeneration: value(5, integer), updatedNumberScheduled: value(6, integer32) })),
});

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
  CronJob: batch(
    'cronjobs',
    message({
      metadata: required(1, objectMeta),
      spec: required(
        2,
        message({
          jobTemplate: required(5, message({ spec: required(2, message({ template: required(6, podTemplateSpec) })) })),
        }),
      ),
    }),
  ),
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

export type OwnerReference = Infer<typeof ownerReference>;
export type ObjectMeta = Infer<typeof objectMeta>;
export type PolicyRule = Infer<typeof policyRule>;
export type RbacSubject = Infer<typeof rbacSubject>;
export type RoleRef = Infer<typeof roleRef>;

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
