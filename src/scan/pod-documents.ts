/** The pods of manifests as PodSecurityPolicy would see them created: a pod itself, or the template of what makes pods. */
import { apiVersionOf, kinds } from '../core/kinds.ts';
import type { KindName } from '../core/kinds.ts';
import { project } from '../core/project.ts';
import { message, required } from '../core/shape.ts';
import type { MessageShape } from '../core/shape.ts';
import { workloadKinds } from '../core/owners.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { fillDefaults } from '../pod-security/defaulting.ts';
import { podShape } from '../psp/pod.ts';
import type { Pod } from '../psp/pod.ts';
import { serviceAccount } from '../rbac/request.ts';
import type { Requester } from '../rbac/request.ts';
import { defaultNamespace, judgedKind } from './judged-object.ts';
import type { Keeper } from './keeper.ts';
import type { LoadedManifest, ManifestPlace } from './manifest.ts';

export interface PodDocument {
  readonly subject: SubjectRef & { readonly namespace: string };
  readonly place: ManifestPlace;
  /** Where in the object the pod stands: empty, or `spec.template.`. */
  readonly prefix: string;
  /** Who creates such pods, undefined where people do. */
  readonly creator: Requester | undefined;
  /** @throws {MalformedField} where the way to the pod is malformed; its path begins at the object */
  readonly read: () => Pod;
}

type WorkloadKind = (typeof workloadKinds)[number];

interface Reader {
  readonly shape: MessageShape;
  readonly prefix: string;
  /** The controller's service account in kube-system; none for pods that are written as such. */
  readonly controller?: string;
  readonly read: (json: unknown, keeper: Keeper) => () => Pod;
}

const templated = message({ spec: required(2, message({ template: required(3, podShape) })) });
const scheduled = message({ spec: required(2, message({ jobTemplate: required(5, templated) })) });

const ofPod: Reader = {
  shape: podShape,
  prefix: '',
  read: (json, keeper) => {
    const pod = keeper.keep(project(podShape, json));
    return () => pod;
  },
};
const ofCronJob: Reader = {
  shape: scheduled,
  prefix: 'spec.jobTemplate.spec.template.',
  controller: 'job-controller',
  read: (json, keeper) => {
    const owner = keeper.keep(project(scheduled, json));
    return () => owner.spec.jobTemplate.spec.template;
  },
};
function ofTemplate(controller: string): Reader {
  return {
    shape: templated,
    prefix: 'spec.template.',
    controller,
    read: (json, keeper) => {
      const owner = keeper.keep(project(templated, json));
      return () => owner.spec.template;
    },
  };
}

/** Source: kubernetes v1.24, cmd/kube-controller-manager (--use-service-account-credentials, as kubeadm sets it). */
const readers: Readonly<Record<WorkloadKind, Reader>> = {
  Pod: ofPod,
  Deployment: ofTemplate('replicaset-controller'),
  ReplicaSet: ofTemplate('replicaset-controller'),
  StatefulSet: ofTemplate('statefulset-controller'),
  DaemonSet: ofTemplate('daemon-set-controller'),
  Job: ofTemplate('job-controller'),
  CronJob: ofCronJob,
  ReplicationController: ofTemplate('replication-controller'),
};

/** @returns undefined for what makes no pods */
export function readPodDocument(manifest: LoadedManifest, keeper: Keeper): PodDocument | undefined {
  const kind = judgedKind(manifest);
  if (kind === undefined || !isWorkload(kind)) return undefined;
  const { shape, prefix, controller, read } = readers[kind];
  const { name, namespace = defaultNamespace, place, json } = manifest;
  return {
    subject: { apiVersion: apiVersionOf(kinds[kind]), kind, namespace, name },
    place: place.select(shape, keeper.numbers),
    prefix,
    creator: controller === undefined ? undefined : serviceAccount('kube-system', controller),
    read: read(fillDefaults(kind, json), keeper),
  };
}

function isWorkload(kind: KindName): kind is WorkloadKind {
  return workloadKinds.some((name) => name === kind);
}
