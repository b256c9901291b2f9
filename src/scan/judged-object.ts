/**
 * Which manifests Merlon judges, and as what: the kinds of `core/kinds.ts`, in today's API version and in those that
 * older clusters served with the same fields.
 */
import { apiVersionOf, judgedKindNames, kinds } from '../core/kinds.ts';
import type { KindName, ObjectOf } from '../core/kinds.ts';
import { project } from '../core/project.ts';
import { fillDefaults } from '../pod-security/defaulting.ts';
import { AUTHENTICATED } from '../rbac/request.ts';
import type { Keeper } from './keeper.ts';
import { isJsonObject } from './manifest.ts';
import type { JsonObject, LoadedManifest, ManifestPlace } from './manifest.ts';

/** A manifest as rules see it, and all that is kept of it. */
export type JudgedObject = {
  readonly [K in KindName]: { readonly kind: K; readonly object: ObjectOf<K>; readonly place: ManifestPlace };
}[KindName];

/** The namespace of what names none. */
export const defaultNamespace = 'default';

const WEBHOOKS_V1BETA1 = 'admissionregistration.k8s.io/v1beta1';

/** API versions that are no longer served, by the kinds that they had in common with today's. */
const olderApiVersions: ReadonlyMap<string, readonly KindName[]> = new Map<string, readonly KindName[]>([
  ['extensions/v1beta1', ['Deployment', 'DaemonSet', 'ReplicaSet', 'PodSecurityPolicy']],
  ['apps/v1beta1', ['Deployment', 'StatefulSet']],
  ['apps/v1beta2', ['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet']],
  ['batch/v1beta1', ['CronJob']],
  ['batch/v2alpha1', ['CronJob']],
  [WEBHOOKS_V1BETA1, ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']],
  ['apiregistration.k8s.io/v1beta1', ['APIService']],
  ['rbac.authorization.k8s.io/v1beta1', ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']],
  ['rbac.authorization.k8s.io/v1alpha1', ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']],
]);

/**
 * @returns the object with the fields that rules read; a field of a wrong type throws when it is read. Undefined if
 *   Merlon does not judge the kind: the caller counts it as such
 */
export function projectManifest(manifest: LoadedManifest, keeper: Keeper): JudgedObject | undefined {
  const kind = judgedKind(manifest);
  if (kind === undefined) return undefined;
  const { shape } = kinds[kind];
  const object = keeper.keep(project(shape, completeManifest(manifest, kind)));
  // The shape was chosen by the kind, which the compiler cannot follow through the table.
  return { kind, object, place: manifest.place.select(shape, keeper.numbers) } as JudgedObject;
}

/**
 * What nobody serves and was surely meant to be judged, such as a Deployment of `v1`: it must not count as something
 * that no rule is about.
 * @returns what is wrong, for a manifest that is not judged; undefined if nothing is
 */
export function findKindMistake({ apiVersion, kind }: LoadedManifest): string | undefined {
  const meant = judgedKindNames.find((name) => name.toLowerCase() === kind.toLowerCase());
  if (meant === undefined || !isKubernetesGroup(apiVersion)) return undefined;
  return `Kubernetes knows no ${kind} in "${apiVersion}"; write kind ${meant} and apiVersion ${apiVersionOf(kinds[meant])}`;
}

/** Groups that only Kubernetes itself may define. */
function isKubernetesGroup(apiVersion: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** @returns undefined for a kind that Merlon does not judge, or in an API version that it does not have */
export function judgedKind({ apiVersion, kind }: LoadedManifest): KindName | undefined {
  if (!isKindName(kind)) return undefined;
  const isServed = apiVersion === apiVersionOf(kinds[kind]) || olderApiVersions.get(apiVersion)?.includes(kind);
  return isServed === true ? kind : undefined;
}

function isKindName(kind: string): kind is KindName {
  return judgedKindNames.some((name) => name === kind);
}

/** The object as the API server would complete it: its name and namespace, and what it fills in before it judges. */
export function completeManifest(manifest: LoadedManifest, kind: KindName): JsonObject {
  return fillDefaults(kind, completeIdentity(manifest, kind));
}

/** A manifest without a name was refused before. */
function completeIdentity(manifest: LoadedManifest, kind: KindName): JsonObject {
  const { apiVersion, name, namespace } = manifest;
  const json = ofToday(apiVersion, manifest.json);
  const { namespace: _written, ...metadata } = isJsonObject(json['metadata']) ? json['metadata'] : {};
  const scope = kinds[kind].isNamespaced ? { namespace: namespace ?? defaultNamespace } : {};
  return { ...json, metadata: { ...metadata, ...scope, name } };
}

/** What says the same in the API version of today. */
function ofToday(apiVersion: string, json: JsonObject): JsonObject {
  if (apiVersion === WEBHOOKS_V1BETA1) return withOlderDefaults(json);
  return apiVersion.endsWith('/v1alpha1') ? withoutUserStar(json) : json;
}

/**
 * A webhook that said nothing of it let requests pass where it failed, and was waited for 30 seconds.
 * Source: k8s.io/kubernetes v1.21.14, pkg/apis/admissionregistration/v1beta1/defaults.go.
 */
function withOlderDefaults(json: JsonObject): JsonObject {
  const { webhooks } = json;
  if (!Array.isArray(webhooks)) return json;
  return {
    ...json,
    webhooks: webhooks.map((webhook: unknown) =>
      isJsonObject(webhook)
        ? {
            ...webhook,
            failurePolicy: webhook['failurePolicy'] ?? 'Ignore',
            timeoutSeconds: webhook['timeoutSeconds'] ?? 30,
          }
        : webhook,
    ),
  };
}

/**
 * In rbac v1alpha1, and only there, the user `*` means everybody who is authenticated.
 * Source: k8s.io/kubernetes v1.37.2, `Convert_v1alpha1_Subject_To_rbac_Subject`.
 */
function withoutUserStar(json: JsonObject): JsonObject {
  const { subjects } = json;
  if (!Array.isArray(subjects)) return json;
  return {
    ...json,
    subjects: subjects.map((subject: unknown) =>
      isJsonObject(subject) && subject['kind'] === 'User' && subject['name'] === '*'
        ? { ...subject, kind: 'Group', name: AUTHENTICATED }
        : subject,
    ),
  };
}
