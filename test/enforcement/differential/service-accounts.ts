/**
 * Default accounts, the pods that carry their token, and Secrets that hold one: refused is what Merlon finds a token in and
 * what its preview says, and accounts are made as Merlon says.
 */
import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { project } from '../../../src/core/project.ts';
import { accountNameOf, findApiTokens } from '../../../src/core/token-mounts.ts';
import type { AutomountSetting } from '../../../src/core/token-mounts.ts';
import { previewDefaultTokens } from '../../../src/enforcement/plan/default-token-preview.ts';
import { oldestMinors } from '../../../src/enforcement/plan/planned-policy.ts';
import { SERVICE_ACCOUNTS_NAME, TOKEN_SECRETS_NAME } from '../../../src/enforcement/plan/service-accounts.ts';
import { fillDefaults } from '../../../src/pod-security/defaulting.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiClient, ApiResponse } from '../../support/api-client.ts';
import type { Cluster } from '../../support/cluster.ts';
import type { Json } from '../../pod-security/generator.ts';
import { workloadForms } from '../../pod-security/generator-workloads.ts';
import type { WorkloadKind } from '../../pod-security/generator-workloads.ts';
import { generateAccountCase, ownAccount, TOKEN_SECRET } from './account-cases.ts';
import type { AccountCase, AccountKind } from './account-cases.ts';
import { planRoom } from './changed-pods.ts';
import { createPolicies, DRY_RUN, isInvalid, messageOf, waitUntilAsked } from './family.ts';
import type { Answer, ComparedFamily, JudgedAnswer } from './family.ts';
import { templateOf } from './pod-cases.ts';

const pods = { warn: 'accounts-warn', deny: 'accounts-deny' };
/** Without a default account, so that one can be made on trial. */
const births = { warn: 'accounts-born-warn', deny: 'accounts-born-deny' };

export const comparedAccounts: ComparedFamily = {
  name: 'service-accounts',
  part: 14,
  oldestMinor: oldestMinors.ValidatingAdmissionPolicy,
  namespaces: { [pods.warn]: 'warn', [pods.deny]: 'deny', [births.warn]: 'warn', [births.deny]: 'deny' },
  aims: (minor) => [
    ...['Pod: refused', 'Pod: let through', 'workload: refused', 'workload: let through', 'workload: its pods refused'],
    ...['Secret: refused', 'Secret: let through'],
    ...(canSetAt(minor) ? ['ServiceAccount: made without a token', 'ServiceAccount: made as it is written'] : []),
  ],
  async open(room) {
    const { cluster } = room;
    for (const namespace of Object.values(pods)) {
      const accounts = cluster.client.resource('v1', 'serviceaccounts', namespace);
      bodyOf('account', await accounts.create({ metadata: { name: ownAccount } }));
    }
    for (const namespace of Object.values(births)) {
      await cluster.client.resource('v1', 'serviceaccounts', namespace).delete('default');
    }
    await createPolicies(cluster, planRoom(room, 'service-accounts', { tokenSecrets: true }));
    const canSet = canSetAt(cluster.minor);
    for (const asked of [...refusedOnes, ...(canSet ? [bareAccount] : [])]) {
      await waitUntilAsked(asked.kind, async () => {
        const answer = await askAbout(cluster, asked, asked.manifest);
        return answer.kind === 'judged' && answer.enforced === answer.reported;
      });
    }
    return (seed, index) => {
      const asked = generateAccountCase(seed, index, canSet);
      return { what: asked.kind, parts: asked.manifest, ask: (parts) => askAbout(cluster, asked, parts) };
    };
  },
};

function canSetAt(minor: number): boolean {
  return minor >= oldestMinors.MutatingAdmissionPolicy;
}

const refusedOnes: readonly AccountCase[] = [
  { kind: 'Pod', manifest: { metadata: { name: 'pod' }, spec: { containers: [{ name: 'main', image: 'main' }] } } },
  {
    kind: 'Secret',
    manifest: {
      metadata: { name: 'held', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      type: TOKEN_SECRET,
    },
  },
];
const bareAccount: AccountCase = { kind: 'ServiceAccount', manifest: { metadata: { name: 'default' } } };

async function askAbout({ client }: Cluster, { kind }: AccountCase, manifest: Json): Promise<Answer> {
  const namespaces = kind === 'ServiceAccount' ? births : pods;
  const { apiVersion, plural } = formOf(kind);
  const create = (namespace: string) => client.resource(apiVersion, plural, namespace).create(manifest, DRY_RUN);
  const warned = await create(namespaces.warn);
  if (isInvalid(warned)) return { kind: 'invalid', message: messageOf(warned) };
  const denied = await create(namespaces.deny);
  if (kind === 'ServiceAccount') return compareBirth(warned, denied);
  if (kind === 'Secret') return compareRefusal(kind, [manifest['type'] === TOKEN_SECRET], warned, denied);
  // Of what was stored, and of what was written.
  const objects = [warned.body, fillDefaults(kind, manifest)];
  const answer = compareRefusal(
    kind === 'Pod' ? kind : 'workload',
    objects.map((object) => holdsToken(kind, object)),
    warned,
    denied,
  );
  const ofPods = kind === 'Pod' ? denied : await tryItsPod(client, kind, manifest);
  return comparePreview(
    answer,
    objects.map((object) => isPreviewed(kind, object)),
    ofPods,
  );
}

type PodCaseKind = Exclude<AccountKind, 'Secret' | 'ServiceAccount'>;

function tryItsPod(client: ApiClient, kind: WorkloadKind, manifest: Json): Promise<ApiResponse> {
  const template = ['spec', ...workloadForms[kind].template].reduce<Json>((part, key) => part[key] as Json, manifest);
  const pod = { metadata: { name: 'its-pod' }, spec: template['spec'] };
  return client.resource('v1', 'pods', pods.deny).create(pod, DRY_RUN);
}

function formOf(kind: AccountKind): { readonly apiVersion: string; readonly plural: string } {
  if (kind === 'Pod') return { apiVersion: 'v1', plural: 'pods' };
  if (kind === 'Secret') return { apiVersion: 'v1', plural: 'secrets' };
  return kind === 'ServiceAccount' ? { apiVersion: 'v1', plural: 'serviceaccounts' } : workloadForms[kind];
}

/** Of a workload that says nothing the account decides, and nobody is refused. */
function holdsToken(kind: PodCaseKind, object: Json): boolean {
  return holdsDefaultToken(templateOf(kind, object), { automountServiceAccountToken: kind === 'Pod' });
}

/** In a namespace whose default account says nothing. */
function isPreviewed(kind: PodCaseKind, object: Json): boolean {
  const metadata = { ...(object['metadata'] as Json | undefined), namespace: pods.deny };
  const account = { metadata: { name: 'default', namespace: pods.deny } };
  const objects: ObjectsByKind = {
    [kind]: [project(kinds[kind].shape, { ...object, metadata })],
    ServiceAccount: [account],
  };
  const { refused, undecided } = previewDefaultTokens(
    pods.deny,
    buildObjectSnapshot({ objects, isWholeCluster: true }),
  );
  if (undecided.length > 0) throw new Error(undecided.map(({ finding }) => finding.message).join(', '));
  return refused.length > 0;
}

/** Refused where a new pod has it, or a workload would have it mounted. */
export function holdsDefaultToken(pod: PodTemplate, account: AutomountSetting): boolean {
  return accountNameOf(pod) === 'default' && findApiTokens(withDebugContainer(pod), account).length > 0;
}

/** A volume counts that no container mounts: a debug container may, and comes later. */
function withDebugContainer(pod: PodTemplate): PodTemplate {
  const volumeMounts = (pod.spec.volumes ?? []).map(({ name }) => ({ name, mountPath: `/${name}` }));
  return { ...pod, spec: { ...pod.spec, ephemeralContainers: [{ name: 'debug', volumeMounts }] } };
}

/** @param isRefused each time that Merlon was asked */
function compareRefusal(
  what: string,
  isRefused: readonly boolean[],
  warned: ApiResponse,
  denied: ApiResponse,
): JudgedAnswer {
  const enforced = `${tellWarned(warned)}, ${tellDenied(denied)}`;
  const told = isRefused.map((refuses) => (refuses ? 'warned of, refused' : 'not warned of, taken'));
  const isAllowed = denied.status === 201;
  return {
    kind: 'judged',
    isAllowed,
    counted: [`${what}: ${isAllowed ? 'let through' : 'refused'}`],
    enforced,
    reported: told.find((one) => one !== enforced) ?? enforced,
  };
}

/**
 * @param isPreviewed each time that the preview was asked: it says what is refused of an object or of its pods
 * @param ofPods what became of one of them
 */
function comparePreview(
  { enforced, reported, counted, ...answer }: JudgedAnswer,
  isPreviewed: readonly boolean[],
  ofPods: ApiResponse,
): JudgedAnswer {
  const tell = (isRefused: boolean): string => (isRefused ? 'a preview of it' : 'no preview');
  const podsRefused = tellDenied(ofPods) === 'refused';
  const due = tell(podsRefused || !answer.isAllowed);
  const told = isPreviewed.map(tell);
  return {
    ...answer,
    counted: [...counted, ...(podsRefused && answer.isAllowed ? ['workload: its pods refused'] : [])],
    enforced: `${enforced}, ${due}`,
    reported: `${reported}, ${told.find((one) => one !== due) ?? due}`,
  };
}

const policies = [SERVICE_ACCOUNTS_NAME, TOKEN_SECRETS_NAME].map((name) => `ValidatingAdmissionPolicy '${name}'`);

function isOurs(text: string): boolean {
  return policies.some((policy) => text.includes(policy));
}

function tellWarned({ status, headers, body }: ApiResponse): string {
  if (status !== 201) return `${status} ${messageOf({ body })}`;
  return isOurs(String(headers['warning'])) ? 'warned of' : 'not warned of';
}

function tellDenied({ status, body }: ApiResponse): string {
  const message = messageOf({ body });
  if (status === 201) return 'taken';
  return status === 403 && isOurs(message) ? 'refused' : `${status} ${message}`;
}

/** What a default account that says nothing is made with is known beforehand, and that nothing else is changed. */
function compareBirth(plain: ApiResponse, changed: ApiResponse): JudgedAnswer {
  const account = project(kinds.ServiceAccount.shape, plain.body);
  const isSet = account.metadata.name === 'default' && account.automountServiceAccountToken === undefined;
  const fields = ({ secrets, imagePullSecrets, automountServiceAccountToken }: Json): string =>
    JSON.stringify({ secrets, imagePullSecrets, automountServiceAccountToken });
  const predicted = isSet ? { ...plain.body, automountServiceAccountToken: false } : plain.body;
  return {
    kind: 'judged',
    isAllowed: changed.status === 201,
    counted: [`ServiceAccount: made ${isSet ? 'without a token' : 'as it is written'}`],
    enforced: changed.status === 201 ? fields(changed.body) : tellDenied(changed),
    reported: fields(predicted),
  };
}
