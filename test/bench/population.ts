/** What the measured cluster holds, as a plan: nothing here speaks to an API server. */
import { buildPodTemplate } from './pod-templates.ts';
import type { PodTemplateJson } from './pod-templates.ts';
import { createRandom, hexDigits } from './random.ts';

export interface PopulationSize {
  readonly pods: number;
  readonly workloads: number;
  readonly namespaces: number;
}

export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly template: PodTemplateJson;
  /** Of the ReplicaSet, as the Deployment controller makes it. */
  readonly templateHash: string;
  /** Names of the pods. */
  readonly pods: readonly string[];
}

export interface Population {
  readonly namespaces: readonly string[];
  readonly workloads: readonly Workload[];
}

/** @returns the same population for the same size and seed; pods and workloads are spread evenly */
export function planPopulation({ pods, workloads, namespaces }: PopulationSize, seed: number): Population {
  const random = createRandom(seed);
  const names = Array.from({ length: namespaces }, (_, index) => `bench-${String(index + 1).padStart(3, '0')}`);
  return {
    namespaces: names,
    workloads: Array.from({ length: workloads }, (_, index) => {
      const name = `service-${String(index + 1).padStart(4, '0')}`;
      const templateHash = hexDigits(random, 10);
      const replicas = shareOf(pods, workloads, index);
      return {
        namespace: names[index % namespaces] ?? '',
        name,
        template: buildPodTemplate(random, name),
        templateHash,
        pods: Array.from({ length: replicas }, () => `${name}-${templateHash}-${hexDigits(random, 8)}`),
      };
    }),
  };
}

/** The first ones get one more where it does not come out even. */
function shareOf(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}

/** An owner reference as the API server's controllers write it. */
export function ownedBy(apiVersion: string, kind: string, metadata: { readonly name: string; readonly uid?: string }) {
  const { name, uid = '' } = metadata;
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }] };
}

/** Labels of a workload's pods, by which its ReplicaSet selects them. */
export function podLabels({ template, templateHash }: Workload): Record<string, string> {
  return { ...template.metadata.labels, 'pod-template-hash': templateHash };
}

/** Pods without owners, each of a template of its own, as the API server would hold them. */
export function buildPods(count: number, namespaces: readonly string[], seed: number): readonly object[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const name = `pod-${index}`;
    const { metadata, spec } = buildPodTemplate(random, name);
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name, namespace: namespaces[index % namespaces.length] },
      spec: withTokenVolume(spec, hexDigits(random, 5)),
    };
  });
}

/** What admission puts into each pod that mounts a token: the volume's name is drawn anew for each. */
export function withTokenVolume(spec: PodTemplateJson['spec'], suffix: string): PodTemplateJson['spec'] {
  if (spec['automountServiceAccountToken'] === false) return spec;
  const name = `kube-api-access-${suffix}`;
  const mount = { name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ];
  return {
    ...spec,
    volumes: [...spec.volumes, { name, projected: { defaultMode: 420, sources } }],
    containers: spec.containers.map((container) => ({
      ...container,
      volumeMounts: [...container.volumeMounts, mount],
    })),
  };
}
