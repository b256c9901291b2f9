/** What the level advisor says of a real namespace, and what the API server itself says to the same questions. */
import type { LevelAdvice } from '../../src/pod-security/level-advisor.ts';
import { readNamespaceLevels } from '../../src/scan/namespace-levels.ts';
import { openClusterTransport } from '../kube/cluster-transport.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, ApiResponse, KubeObject, Manifest } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';

/** With the administrator's rights. @throws {Error} if anything could not be read */
export async function readAdvice({ adminKubeconfig }: Cluster, namespace: string): Promise<LevelAdvice> {
  const transport = await openClusterTransport(adminKubeconfig);
  try {
    const { namespaces, missing } = await readNamespaceLevels(transport, { namespace });
    const [only] = namespaces;
    if (only === undefined || missing.length > 0)
      throw new Error(`"${namespace}" could not be read: ${missing.join()}`);
    return only.advice;
  } finally {
    transport.close();
  }
}

/** As `Deployment "web"`, sorted. */
export function namesOf(obstacles: LevelAdvice['obstacles']): readonly string[] {
  return obstacles.map(({ subject }) => `${subject.kind} "${subject.name}"`).toSorted();
}

/** What the API server warns of; undefined where it does not warn. */
export function warningsOf({ headers }: ApiResponse<unknown>): string | undefined {
  return headers.warning;
}

/** Pod specs, each of which passes its level and no stricter one. */
export const levelSpecs = {
  restricted: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'app',
        image: 'registry.example/app:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
  baseline: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
  privileged: {
    hostPID: true,
    containers: [{ name: 'app', image: 'registry.example/app:1', securityContext: { privileged: true } }],
  },
} as const;

export const ENFORCE = 'pod-security.kubernetes.io/enforce';

const makers: readonly (readonly [apiVersion: string, plural: string, kind: string])[] = [
  ['apps/v1', 'deployments', 'Deployment'],
  ['apps/v1', 'statefulsets', 'StatefulSet'],
  ['apps/v1', 'daemonsets', 'DaemonSet'],
  ['batch/v1', 'jobs', 'Job'],
  ['batch/v1', 'cronjobs', 'CronJob'],
  ['v1', 'replicationcontrollers', 'ReplicationController'],
];

export interface NamedTemplate {
  /** As `Deployment "web"`. */
  readonly maker: string;
  readonly template: { readonly metadata?: object; readonly spec: object };
}

/** The template of everything that makes pods, as it stands in the cluster. */
export async function readTemplates(client: ApiClient, namespace: string): Promise<readonly NamedTemplate[]> {
  const lists = makers.map(async ([apiVersion, plural, kind]) => {
    const { items } = bodyOf(`list ${plural}`, await client.resource(apiVersion, plural, namespace).list());
    return items.map((item) => ({ maker: `${kind} "${item.metadata.name}"`, template: templateOf(item) }));
  });
  return (await Promise.all(lists)).flat();
}

function templateOf({ spec }: KubeObject): NamedTemplate['template'] {
  const { template, jobTemplate } = spec as {
    readonly template?: NamedTemplate['template'];
    readonly jobTemplate?: { readonly spec: { readonly template: NamedTemplate['template'] } };
  };
  const found = template ?? jobTemplate?.spec.template;
  if (found === undefined) throw new Error('it has no template');
  return found;
}

/** Creates a pod of that template, or only asks. */
export function createPodOf(
  client: ApiClient,
  namespace: string,
  { template }: NamedTemplate,
  query: { readonly dryRun?: 'All' } = {},
): Promise<ApiResponse> {
  const pods = client.resource('v1', 'pods', namespace);
  // No label of the template, or its maker would take the pod for its own.
  return pods.create({ kind: 'Pod', metadata: { generateName: 'next-' }, spec: template.spec }, query);
}

export const ADMISSION = 'admissionregistration.k8s.io';
/** A rule of webhooks and policies. */
export const onPods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

/** A selector of that namespace and no other. */
export function inNamespace(name: string): object {
  return { matchLabels: { 'kubernetes.io/metadata.name': name } };
}

/** A webhook that nobody answers, and that does no harm by it. */
export function mutatingWebhook(namespace: string, selector: object = {}): Manifest {
  return {
    apiVersion: `${ADMISSION}/v1`,
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: `inject-${namespace}` },
    webhooks: [
      {
        name: 'inject.example.org',
        clientConfig: { url: 'https://127.0.0.1:1/inject' },
        rules: [onPods],
        namespaceSelector: inNamespace(namespace),
        objectSelector: selector,
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 1,
      },
    ],
  };
}
