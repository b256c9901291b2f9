/** Puts a generated pod into a workload of each kind that Merlon judges by its template. */
import type { Json } from './generator.ts';

export type WorkloadKind =
  'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'ReplicationController' | 'Job' | 'CronJob';

interface WorkloadForm {
  readonly apiVersion: string;
  readonly plural: string;
  readonly build: (template: Json) => Json;
  /** Where the template's fields are in the spec. */
  readonly template: readonly string[];
}

const labels = { app: 'web' };
const selector = { matchLabels: labels };
const template = ['template'];

export const workloadForms: Readonly<Record<WorkloadKind, WorkloadForm>> = {
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments', template, build: (template) => ({ selector, template }) },
  ReplicaSet: { apiVersion: 'apps/v1', plural: 'replicasets', template, build: (template) => ({ selector, template }) },
  StatefulSet: {
    apiVersion: 'apps/v1',
    plural: 'statefulsets',
    template,
    build: (template) => ({ selector, serviceName: 'web', template }),
  },
  DaemonSet: { apiVersion: 'apps/v1', plural: 'daemonsets', template, build: (template) => ({ selector, template }) },
  ReplicationController: {
    apiVersion: 'v1',
    plural: 'replicationcontrollers',
    template,
    build: (template) => ({ selector: labels, template }),
  },
  Job: { apiVersion: 'batch/v1', plural: 'jobs', template, build: (template) => ({ template: withRestart(template) }) },
  CronJob: {
    apiVersion: 'batch/v1',
    plural: 'cronjobs',
    template: ['jobTemplate', 'spec', 'template'],
    build: (template) => ({ schedule: '0 0 * * *', jobTemplate: { spec: { template: withRestart(template) } } }),
  },
};

export const workloadKinds = Object.keys(workloadForms) as readonly WorkloadKind[];

/** @returns a manifest as people write it, without a namespace */
export function buildWorkload(kind: WorkloadKind, metadata: Json | undefined, spec: Json): Json {
  const { apiVersion, build } = workloadForms[kind];
  return {
    apiVersion,
    kind,
    metadata: { name: 'web' },
    spec: build({ metadata: { ...metadata, labels }, spec }),
  };
}

/** What runs to an end is not restarted always, as is the default. */
function withRestart({ metadata, spec }: Json): Json {
  return { metadata, spec: { ...(spec as Json), restartPolicy: 'Never' } };
}
