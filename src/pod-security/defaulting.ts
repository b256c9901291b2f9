/**
 * What the API server fills in before Pod Security admission sees a pod. An object that it has stored has all of it; a
 * manifest does not, and judged as written it would get another verdict than on its way into the cluster.
 *
 * It works on JSON, not on what `core/project.ts` keeps of it: whether a volume has no source or one of a newer release
 * can only be told from all that was written. So a reader of manifests calls it between parsing and projecting, and never
 * for what comes out of a cluster:
 *
 *     project(kinds[kind].shape, fillDefaults(kind, json))
 *
 * What it does not touch it returns as it is, what it changes it copies: parsed YAML is shared where it has aliases.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/core/v1/defaults.go (`SetDefaults_Volume`, `SetDefaults_Pod`) and
 * pkg/registry/core/pod/strategy.go (`applyAppArmorVersionSkew`).
 */
import { APPARMOR_ANNOTATION_PREFIX } from '../core/pod-shape.ts';
import type { KindName } from '../core/kinds.ts';

type Json = Readonly<Record<string, unknown>>;
type Change = (json: Json) => Json;

const inSpec = ['spec', 'template', 'spec'] as const;
const templatePaths: Partial<Record<KindName, readonly string[]>> = {
  Deployment: inSpec,
  ReplicaSet: inSpec,
  StatefulSet: inSpec,
  DaemonSet: inSpec,
  Job: inSpec,
  ReplicationController: inSpec,
  CronJob: ['spec', 'jobTemplate', ...inSpec],
};

/**
 * @param json a manifest of that kind; whatever in it has a wrong type stays as it is
 * @returns the same with what is missing, as the API server fills it in; the very same where nothing is
 */
export function fillDefaults(kind: KindName, json: Json): Json {
  if (kind === 'Pod') return fillPod(json);
  const path = templatePaths[kind];
  return path === undefined ? json : changeAt(json, path, fillVolumes);
}

/** Templates get less than pods: the API server completes the pod that comes of them. */
function fillPod(pod: Json): Json {
  const filled = changeAt(pod, ['spec'], (spec) => fillHostPorts(fillVolumes(spec)));
  return fillAppArmorProfiles(filled);
}

/** A volume that has only its name is an emptyDir. */
function fillVolumes(spec: Json): Json {
  return changeEach(spec, 'volumes', (volume) => (hasOnlyName(volume) ? { ...volume, emptyDir: {} } : volume));
}

function hasOnlyName(volume: Json): boolean {
  return Object.entries(volume).every(([field, value]) => field === 'name' || isAbsent(value));
}

/**
 * On the network of the node each port of a container is one of the node. Templates had this until v1.28, too; from then
 * on a Deployment says less of its ports than its pods do.
 */
function fillHostPorts(spec: Json): Json {
  if (spec['hostNetwork'] !== true) return spec;
  const fill: Change = (container) =>
    changeEach(container, 'ports', (port) =>
      isNoPort(port['hostPort']) && !isNoPort(port['containerPort'])
        ? { ...port, hostPort: port['containerPort'] }
        : port,
    );
  return changeEach(changeEach(spec, 'containers', fill), 'initContainers', fill);
}

function isNoPort(value: unknown): boolean {
  return isAbsent(value) || value === 0;
}

/** The annotation of a container becomes its field, where it says nothing there and its pod does not say the same. */
function fillAppArmorProfiles(pod: Json): Json {
  const { metadata, spec } = pod;
  if (!isObject(metadata) || !isObject(metadata['annotations']) || !isObject(spec)) return pod;
  const { annotations } = metadata;
  const { os, securityContext } = spec;
  if (isObject(os) && os['name'] === 'windows') return pod;
  const ofPod = isObject(securityContext) ? securityContext['appArmorProfile'] : undefined;

  const fill: Change = (container) => {
    const own = container['securityContext'] ?? {};
    const key = `${APPARMOR_ANNOTATION_PREFIX}${String(container['name'])}`;
    const profile = Object.hasOwn(annotations, key) ? profileOf(annotations[key]) : undefined;
    if (profile === undefined || !isObject(own) || !isAbsent(own['appArmorProfile'])) return container;
    return isSameProfile(ofPod, profile)
      ? container
      : { ...container, securityContext: { ...own, appArmorProfile: profile } };
  };
  const lists = ['initContainers', 'containers', 'ephemeralContainers'];
  return changeAt(pod, ['spec'], (whole) => lists.reduce((changed, list) => changeEach(changed, list, fill), whole));
}

interface AppArmorProfile {
  readonly type: string;
  readonly localhostProfile?: string;
}

/** @returns undefined where the annotation says nothing that a field could say */
function profileOf(annotation: unknown): AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  if (typeof annotation !== 'string' || !annotation.startsWith('localhost/')) return undefined;
  const localhostProfile = annotation.slice('localhost/'.length);
  const isValid = localhostProfile !== '' && localhostProfile === localhostProfile.trim();
  return isValid ? { type: 'Localhost', localhostProfile } : undefined;
}

function isSameProfile(ofPod: unknown, { type, localhostProfile }: AppArmorProfile): boolean {
  return isObject(ofPod) && ofPod['type'] === type && (ofPod['localhostProfile'] ?? undefined) === localhostProfile;
}

function changeAt(json: Json, [field, ...rest]: readonly string[], change: Change): Json {
  if (field === undefined) return change(json);
  const value = json[field];
  return isObject(value) ? replace(json, field, changeAt(value, rest, change)) : json;
}

/** Changes every object of a list; what is no object in it, or no list, stays. */
function changeEach(json: Json, field: string, change: Change): Json {
  const list: unknown = json[field];
  if (!Array.isArray(list)) return json;
  const changed = list.map((item: unknown) => (isObject(item) ? change(item) : item));
  return changed.every((item, index) => item === list[index]) ? json : replace(json, field, changed);
}

function replace(json: Json, field: string, value: unknown): Json {
  return json[field] === value ? json : { ...json, [field]: value };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** To the API server null is nothing. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
