/** What is kept of a decoded object: it shares what equals other objects', and forgets its version. */
import type { KindName, ObjectOf } from '../core/kinds.ts';
import { canonicalPod } from '../core/pod-template.ts';
import type { PodTemplate } from '../core/pod-template.ts';
import type { Interner } from './interner.ts';

/** Pod templates and owner references are shared between the objects that have the same. */
export function internObject<K extends KindName>(kind: K, object: ObjectOf<K>, interner: Interner): ObjectOf<K> {
  return compactors[kind](object, interner);
}

/** A change of nothing but the resource version is no change to any rule. */
export function withoutVersion<T extends { readonly metadata: { readonly resourceVersion?: string } }>(object: T): T {
  const { resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}

type Compactor<K extends KindName> = (object: ObjectOf<K>, interner: Interner) => ObjectOf<K>;

const same = <T>(object: T): T => object;

interface Selecting {
  readonly selector?: { readonly matchExpressions?: readonly unknown[] };
}

function templated<T extends { readonly spec: Selecting & { readonly template: LabelledTemplate } }>(
  object: T,
  interner: Interner,
): T {
  const spec = withoutEmptySelector(object.spec);
  return { ...object, spec: { ...spec, template: internTemplate(spec.template, interner) } };
}

/** Hardly one asks for more than labels, of which nothing is kept. */
function withoutEmptySelector<S extends Selecting>(spec: S): S {
  if (spec.selector === undefined || spec.selector.matchExpressions !== undefined) return spec;
  const { selector, ...rest } = spec;
  return rest as S;
}

/** Of a Service without an address of its own. Source: k8s.io/api v0.37.2, core/v1 `ClusterIPNone`. */
const HEADLESS = 'None';

const compactors: { readonly [K in KindName]: Compactor<K> } = {
  Namespace: same,
  ServiceAccount: same,
  Role: same,
  ClusterRole: same,
  RoleBinding: same,
  ClusterRoleBinding: same,
  MutatingWebhookConfiguration: same,
  MutatingAdmissionPolicy: same,
  MutatingAdmissionPolicyBinding: same,
  ValidatingWebhookConfiguration: same,
  ValidatingAdmissionPolicy: same,
  ValidatingAdmissionPolicyBinding: same,
  APIService: same,
  // Most Services have one port, and it is one of a few; which address it has does not matter. Nodes of one release have the
  // same kubelet.
  Service: (service, interner) => {
    if (service.spec === undefined) return service;
    const { clusterIP, ...spec } = service.spec;
    return { ...service, spec: interner.intern(clusterIP === HEADLESS ? { ...spec, clusterIP } : spec) };
  },
  Node: (node, interner) => (node.status === undefined ? node : { ...node, status: interner.intern(node.status) }),
  PodSecurityPolicy: same,
  Deployment: templated,
  ReplicaSet: templated,
  StatefulSet: templated,
  DaemonSet: templated,
  Job: templated,
  ReplicationController: templated,
  CronJob: (object, interner) => ({
    ...object,
    spec: {
      ...object.spec,
      jobTemplate: { ...object.spec.jobTemplate, ...templated(object.spec.jobTemplate, interner) },
    },
  }),
  Pod: compactPod,
};

function compactPod(pod: ObjectOf<'Pod'>, interner: Interner): ObjectOf<'Pod'> {
  const canonical = canonicalPod(pod);
  const { annotations, ...metadata } = canonical.metadata;
  const template = internTemplate(
    annotations === undefined ? canonical : { metadata: { annotations }, spec: canonical.spec },
    interner,
  );
  return {
    metadata: {
      ...internPodMetadata(metadata, interner),
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
    },
    spec: template.spec,
  };
}

/** The pods of one ReplicaSet have the same owner, those of one revision its label. */
export function internPodMetadata(
  metadata: ObjectOf<'Pod'>['metadata'],
  interner: Interner,
): ObjectOf<'Pod'>['metadata'] {
  const { ownerReferences, labels } = metadata;
  if (ownerReferences === undefined && labels === undefined) return metadata;
  return {
    ...metadata,
    ...(labels === undefined ? {} : { labels: interner.intern(labels) }),
    ...(ownerReferences === undefined ? {} : { ownerReferences: interner.intern(ownerReferences) }),
  };
}

type TextMap = Readonly<Record<string, string>>;
interface LabelledTemplate extends PodTemplate {
  readonly metadata?: { readonly annotations?: TextMap; readonly labels?: TextMap };
}

/** Templates that are equal to rules have the same spec, by identity: who has the spec has the template. */
function internTemplate({ metadata, spec }: LabelledTemplate, interner: Interner): LabelledTemplate {
  const { annotations, labels } = metadata ?? {};
  if (annotations === undefined && labels === undefined) return { spec: interner.intern(spec) };
  return {
    metadata: {
      ...(annotations === undefined ? {} : { annotations: interner.intern(annotations) }),
      ...(labels === undefined ? {} : { labels }),
    },
    spec:
      annotations === undefined
        ? interner.intern(spec)
        : interner.intern(spec, `${JSON.stringify(annotations)} ${JSON.stringify(spec)}`),
  };
}
