/**
 * A few objects, each of which lacks one thing at most, and what a real API server answers where each is made anew on trial:
 * to hold against it what is said beside findings of them.
 */
import { deployment, hardenedPod } from '../e2e/manifests.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiResponse } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';
import { addDebugContainer } from './guarded-cluster.ts';

type Answer = 'deny' | 'warn' | 'taken';

/** @param fields of the container; undefined takes one away */
function podSpec(fields: object, context: object = {}): object {
  const [container] = hardenedPod.containers;
  const securityContext = { ...container?.securityContext, ...context };
  return {
    ...hardenedPod,
    serviceAccountName: 'app',
    automountServiceAccountToken: false,
    containers: [{ ...container, securityContext, ...fields }],
  };
}

const specs = {
  careful: podSpec({}),
  silent: podSpec({}, { allowPrivilegeEscalation: undefined }),
  outspoken: podSpec({}, { allowPrivilegeEscalation: true }),
  seldom: podSpec({ imagePullPolicy: 'IfNotPresent' }),
  digest: podSpec({ imagePullPolicy: 'IfNotPresent', image: `registry.example/app@sha256:${'0'.repeat(64)}` }),
} as const satisfies Readonly<Record<string, object>>;

const closed = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
/** Debug containers of pods that are careful. */
const debugging = {
  'debugged-careful': { imagePullPolicy: 'Always', securityContext: closed },
  'debugged-seldom': { imagePullPolicy: 'IfNotPresent', securityContext: closed },
  'debugged-silent': { imagePullPolicy: 'Always', securityContext: { capabilities: { drop: ['ALL'] } } },
} as const satisfies Readonly<Record<string, object>>;

/** While nothing is enforced there. */
export async function createCompared({ client }: Cluster, namespace: string): Promise<void> {
  const metadata = { name: 'app', namespace };
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const make = (name: string, spec: object) =>
    client.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec });
  for (const [name, spec] of Object.entries(specs)) {
    await make(name, spec);
    await client.create(deployment(namespace, name, spec));
  }
  for (const [name, container] of Object.entries(debugging)) {
    await make(name, specs.careful);
    bodyOf('debug', await addDebugContainer(client, `${namespace}/${name}`, 'before', container));
  }
}

/**
 * @returns by kind and name, as `Pod silent`: of a pod with a debug container what becomes of the next one that is as it is, of
 * a Deployment what becomes of it and of its pods, the strictest
 */
export async function askAnew(cluster: Cluster, namespace: string): Promise<Readonly<Record<string, Answer>>> {
  const answers: Record<string, Answer> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const ofPod = await askForPod(cluster, namespace, spec);
    answers[`Pod ${name}`] = ofPod;
    const deployments = cluster.client.resource('apps/v1', 'deployments', namespace);
    const ofTemplate = read(await deployments.create(deployment(namespace, 'anew', spec), DRY_RUN));
    answers[`Deployment ${name}`] = [ofTemplate, ofPod].toSorted(byStrictness)[0] ?? 'taken';
  }
  for (const [name, container] of Object.entries(debugging)) {
    answers[`Pod ${name}`] = read(
      await addDebugContainer(cluster.client, `${namespace}/${name}`, 'anew', container, DRY_RUN),
    );
  }
  return answers;
}

async function askForPod({ client }: Cluster, namespace: string, spec: object): Promise<Answer> {
  return read(await client.resource('v1', 'pods', namespace).create({ metadata: { name: 'anew' }, spec }, DRY_RUN));
}

const DRY_RUN = { dryRun: 'All' };

/** @throws {Error} where it is neither taken nor forbidden */
function read({ status, headers, body }: ApiResponse): Answer {
  if (status === 403) return 'deny';
  if (status !== 200 && status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return /PodSecurity|AdmissionPolicy/.test(String(headers['warning'])) ? 'warn' : 'taken';
}

const strictestFirst: readonly Answer[] = ['deny', 'warn', 'taken'];

function byStrictness(a: Answer, b: Answer): number {
  return strictestFirst.indexOf(a) - strictestFirst.indexOf(b);
}

interface SaidFinding {
  readonly subject: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly enforcement?: { readonly mode: string };
}

/** The same of what `merlon scan --cluster -o json` says, of those that are compared. @param findings of any namespace */
export function readSaid(
  findings: readonly SaidFinding[],
  namespace: string,
  compared: readonly string[],
): Readonly<Record<string, Answer>> {
  const said = Object.fromEntries(compared.map((name): [string, Answer] => [name, 'taken']));
  for (const { subject, enforcement } of findings) {
    const name = `${subject.kind} ${subject.name}`;
    const before = said[name];
    if (subject.namespace !== namespace || before === undefined) continue;
    const answer = strictestFirst.find((one) => one === enforcement?.mode) ?? 'taken';
    said[name] = [before, answer].toSorted(byStrictness)[0] ?? 'taken';
  }
  return said;
}
