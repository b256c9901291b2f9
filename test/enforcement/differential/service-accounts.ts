/**
 * Default accounts, the pods that carry their token, and Secrets that hold one: refused is what Merlon finds a token in, and
 * accounts are made as Merlon says.
 */
import { kinds } from '../../../src/core/kinds.ts';
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { project } from '../../../src/core/project.ts';
import { accountNameOf, findApiTokens } from '../../../src/core/token-mounts.ts';
import type { AutomountSetting } from '../../../src/core/token-mounts.ts';
import { oldestMinors } from '../../../src/enforcement/plan/planned-policy.ts';
import { SERVICE_ACCOUNTS_NAME, TOKEN_SECRETS_NAME } from '../../../src/enforcement/plan/service-accounts.ts';
import { fillDefaults } from '../../../src/pod-security/defaulting.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiResponse } from '../../support/api-client.ts';
import type { Cluster } from '../../support/cluster.ts';
import type { Json } from '../../pod-security/generator.ts';
import { workloadForms } from '../../pod-security/generator-workloads.ts';
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
    ...['Pod: refused', 'Pod: let through', 'workload: refused', 'workload: let through'],
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
  const isRefused = kind === 'Secret' ? [manifest['type'] === TOKEN_SECRET] : holdTokens(kind, manifest, warned.body);
  return compareRefusal(kind === 'Pod' || kind === 'Secret' ? kind : 'workload', isRefused, warned, denied);
}

function formOf(kind: AccountKind): { readonly apiVersion: string; readonly plural: string } {
  if (kind === 'Pod') return { apiVersion: 'v1', plural: 'pods' };
  if (kind === 'Secret') return { apiVersion: 'v1', plural: 'secrets' };
  return kind === 'ServiceAccount' ? { apiVersion: 'v1', plural: 'serviceaccounts' } : workloadForms[kind];
}

/** Of what was stored, and of what was written. Of a workload that says nothing the account decides, and nobody is refused. */
function holdTokens(kind: Exclude<AccountKind, 'Secret' | 'ServiceAccount'>, manifest: Json, stored: Json): boolean[] {
  const account = { automountServiceAccountToken: kind === 'Pod' };
  return [stored, fillDefaults(kind, manifest)].map((object) => holdsDefaultToken(templateOf(kind, object), account));
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
