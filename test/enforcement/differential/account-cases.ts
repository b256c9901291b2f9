/** What the family of service accounts is asked about: pods and workloads dense in tokens, Secrets, and accounts as they are made. */
import { DEFAULT_TOKEN_PATH } from '../../../src/core/token-mounts.ts';
import { chance, createDice, optional, pick, pickSome } from '../../pod-security/generator-dice.ts';
import type { Dice } from '../../pod-security/generator-dice.ts';
import type { Json } from '../../pod-security/generator.ts';
import { buildWorkload, workloadKinds } from '../../pod-security/generator-workloads.ts';
import type { WorkloadKind } from '../../pod-security/generator-workloads.ts';

export const TOKEN_SECRET = 'kubernetes.io/service-account-token';
/** Of the accounts that the pods name. */
export const ownAccount = 'web';

export type AccountKind = 'Pod' | WorkloadKind | 'Secret' | 'ServiceAccount';

export interface AccountCase {
  readonly kind: AccountKind;
  readonly manifest: Json;
}

/** @param canSet whether accounts are made without a token there */
export function generateAccountCase(seed: number, index: number, canSet: boolean): AccountCase {
  const dice = createDice(~seed, index);
  const roll = dice.random();
  if (roll < 0.1) return { kind: 'Secret', manifest: generateSecret(dice) };
  if (roll < 0.25 && canSet) return { kind: 'ServiceAccount', manifest: generateAccount(dice) };
  if (roll < 0.5) {
    const kind = pick(dice, workloadKinds);
    return { kind, manifest: clean(buildWorkload(kind, undefined, generateSpec(dice, 0.3))) };
  }
  return {
    kind: 'Pod',
    manifest: clean({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec: generateSpec(dice, 0.05) }),
  };
}

const audiences = [
  ...['kubernetes.default', 'https://kubernetes.default.svc', 'https://kubernetes.default.svc.cluster.local', ''],
  ...[
    'https://oidc.example.com/id/1',
    'vault',
    'kubernetes.default.example',
    'kubernetes-default',
    'http://kubernetes.default',
    'Kubernetes.default',
  ],
];
const secrets = [
  ...['default-token-x7k2p', 'default-token-x7k2', 'default-token-x7k2pp', 'web-token-x7k2p', 'password'],
  ...['my-default-token-x7k2p', 'default-token-x7k2p.a', 'default-token-'],
];
const volumeNames = [
  ...['token', 'data', 'default-token-x7k2p'],
  ...['kube-api-access-abcde', 'kube-api-access-zz', 'kube-api-access'],
];
const mountPaths = [
  ['/token', DEFAULT_TOKEN_PATH, DEFAULT_TOKEN_PATH, `${DEFAULT_TOKEN_PATH}/token`, `${DEFAULT_TOKEN_PATH}/../token`],
  [
    ...['/data', `${DEFAULT_TOKEN_PATH}/`, '/var/./run//secrets/kubernetes.io/./serviceaccount/.'],
    ...['/run/secrets/kubernetes.io/serviceaccount', 'var/run/secrets/kubernetes.io/serviceaccount'],
    ...['/var/run/secrets/kubernetes.io', '/var/run/secrets/kubernetes.io/serviceaccount.d', '/.var/run/secrets'],
  ],
];

/** @param ofTwo how likely there are two volumes called as the one that is added, and one is asked for */
function generateSpec(dice: Dice, ofTwo: number): Json {
  const isOfTwo = chance(dice, ofTwo);
  const names = isOfTwo ? ['kube-api-access-zz', 'kube-api-access-abcde'] : pickSome(dice, volumeNames, 3);
  const volumes = names.map((name) => ({ name, ...generateSource(dice) }));
  const container = (name: string): Json => {
    const mounted = volumes.filter(() => chance(dice, 0.5)).slice(0, 2);
    // Each path once.
    const volumeMounts = mounted.map((volume, place) => ({
      name: volume.name,
      mountPath: pick(dice, mountPaths[place] ?? []),
      readOnly: optional(dice, 0.3, () => chance(dice, 0.5)),
      subPath: optional(dice, 0.1, () => 'token'),
    }));
    return { name, image: 'registry.example/main:1', volumeMounts };
  };
  return {
    serviceAccountName: optional(dice, 0.5, () => pick(dice, ['default', 'default', ownAccount, ''])),
    serviceAccount: optional(dice, 0.15, () => pick(dice, ['default', ownAccount, ''])),
    automountServiceAccountToken: isOfTwo ? true : optional(dice, 0.6, () => chance(dice, 0.3)),
    volumes: volumes.length === 0 ? undefined : volumes,
    initContainers: chance(dice, 0.3) ? [container('setup')] : undefined,
    containers: chance(dice, 0.4) ? [container('main'), container('side')] : [container('main')],
  };
}

function generateSource(dice: Dice): Json {
  const token = { path: 'token', audience: optional(dice, 0.6, () => pick(dice, audiences)) };
  const certificate = { configMap: { name: 'kube-root-ca.crt' } };
  return pick<Json>(dice, [
    { projected: { sources: [{ serviceAccountToken: token }] } },
    { projected: { sources: [certificate, { serviceAccountToken: token }] } },
    { projected: { sources: [certificate, { secret: { name: pick(dice, secrets) } }] } },
    { projected: { sources: [{ secret: { name: pick(dice, secrets) } }, { serviceAccountToken: token }] } },
    { projected: {} },
    { secret: { secretName: pick(dice, secrets) } },
    { secret: { secretName: pick(dice, secrets), optional: true } },
    { emptyDir: {} },
    {},
  ]);
}

function generateSecret(dice: Dice): Json {
  const type = pick(dice, [
    ...[
      TOKEN_SECRET,
      TOKEN_SECRET,
      TOKEN_SECRET,
      TOKEN_SECRET,
      TOKEN_SECRET,
      'Opaque',
      '',
      null,
      'bootstrap.kubernetes.io/token',
    ],
    ...[`${TOKEN_SECRET}s`, `${TOKEN_SECRET}/v2`, 'Kubernetes.io/service-account-token', 'example.com/token'],
  ]);
  const annotations = { 'kubernetes.io/service-account.name': pick(dice, ['default', ownAccount]) };
  return clean({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'held', annotations }, type });
}

function generateAccount(dice: Dice): Json {
  return clean({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: pick(dice, ['default', 'default', 'default', 'default-2', 'a.default', 'new']) },
    automountServiceAccountToken: optional(dice, 0.4, () => chance(dice, 0.5)),
    secrets: optional(dice, 0.3, () => [{ name: 'default-token-x7k2p' }]),
    imagePullSecrets: optional(dice, 0.3, () => [{ name: 'registry' }]),
  });
}

function clean(json: Json): Json {
  return JSON.parse(JSON.stringify(json)) as Json;
}
