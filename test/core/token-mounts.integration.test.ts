/**
 * What a real API server puts into pods, beside what is predicted of their manifests: every setting of pod and account,
 * and what pods mount themselves.
 */
import { expect } from 'chai';

import type { PodSpec } from '../../src/core/pod-shape.ts';
import { kinds } from '../../src/core/kinds.ts';
import type { ObjectOf } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { DEFAULT_TOKEN_PATH, findApiTokens, predictAutomount, predictHeldTokens } from '../../src/core/token-mounts.ts';
import { containersOf } from '../../src/core/containers.ts';
import type { ApiClient, Manifest } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';

const namespace = 'token-mounts';

const settings = [undefined, true, false] as const;

const mountAt = (name: string, mountPath = DEFAULT_TOKEN_PATH) => ({ volumeMounts: [{ name, mountPath }] });
const emptyDir = (name: string) => ({ name, emptyDir: {} });
const tokenVolume = (name: string) => ({
  name,
  projected: { sources: [{ serviceAccountToken: { path: 'token' } }] },
});
const projectedSecret = (name: string) => ({ name, projected: { sources: [{ secret: { name: 'own' } }] } });

interface Form {
  readonly name: string;
  readonly spec: {
    readonly containers: readonly object[];
    readonly initContainers?: readonly object[];
    readonly volumes?: readonly object[];
  };
}

const forms: readonly Form[] = [
  { name: 'plain', spec: { containers: [{}] } },
  { name: 'init', spec: { containers: [{}], initContainers: [{}] } },
  { name: 'taken', spec: { containers: [mountAt('own')], volumes: [emptyDir('own')] } },
  { name: 'taken-by-one', spec: { containers: [mountAt('own'), {}], volumes: [emptyDir('own')] } },
  {
    name: 'taken-by-init',
    spec: { containers: [{}], initContainers: [mountAt('own')], volumes: [emptyDir('own')] },
  },
  { name: 'slash', spec: { containers: [mountAt('own', `${DEFAULT_TOKEN_PATH}/`)], volumes: [emptyDir('own')] } },
  { name: 'parent', spec: { containers: [mountAt('own', '/var/run/secrets')], volumes: [emptyDir('own')] } },
  { name: 'projected', spec: { containers: [mountAt('own', '/tokens')], volumes: [tokenVolume('own')] } },
  { name: 'projected-there', spec: { containers: [mountAt('own')], volumes: [tokenVolume('own')] } },
  { name: 'unmounted', spec: { containers: [{}], volumes: [tokenVolume('own')] } },
  { name: 'prefixed', spec: { containers: [{}], volumes: [emptyDir('kube-api-access-own')] } },
  { name: 'prefixed-token', spec: { containers: [{}], volumes: [tokenVolume('kube-api-access-abcde')] } },
  {
    name: 'prefixed-secret',
    spec: { containers: [{}], volumes: [{ name: 'kube-api-access-own', secret: { secretName: 'own' } }] },
  },
  {
    name: 'prefixed-two',
    spec: {
      containers: [{}],
      volumes: [emptyDir('kube-api-access-zz'), { name: 'kube-api-access-aa', secret: { secretName: 'own' } }],
    },
  },
  { name: 'prefixed-projected-secret', spec: { containers: [{}], volumes: [projectedSecret('kube-api-access-own')] } },
  { name: 'projected-secret-there', spec: { containers: [mountAt('own')], volumes: [projectedSecret('own')] } },
  { name: 'projected-secret', spec: { containers: [mountAt('own', '/tls')], volumes: [projectedSecret('own')] } },
  { name: 'prefix-alone', spec: { containers: [{}], volumes: [emptyDir('kube-api-access')] } },
];

function podOf(form: Form, account: string, setting: boolean | undefined): Manifest {
  const complete = (kind: string) => (container: object, index: number) => ({
    name: `${kind}-${index}`,
    image: 'registry.example/app:1',
    ...container,
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${form.name}-${account}-${String(setting)}`, namespace },
    spec: {
      ...form.spec,
      containers: form.spec.containers.map(complete('app')),
      ...(form.spec.initContainers === undefined
        ? {}
        : { initContainers: form.spec.initContainers.map(complete('init')) }),
      serviceAccountName: account,
      ...(setting === undefined ? {} : { automountServiceAccountToken: setting }),
    },
  };
}

/** What the API server did to a pod: which containers got a mount, and of which volume of the manifest. */
function compare(sent: PodSpec, stored: PodSpec): ReturnType<typeof predictAutomount> {
  const mounted = containersOf({ spec: sent }).flatMap(({ path, container }, index) => {
    const before = container.volumeMounts?.length ?? 0;
    const added = containersOf({ spec: stored })[index]?.container.volumeMounts?.slice(before) ?? [];
    return added.map((mount) => ({ path, mount }));
  });
  const [first] = mounted;
  if (first === undefined) return undefined;
  expect(mounted.map(({ mount }) => mount)).to.deep.equal(mounted.map(() => first.mount));
  expect(first.mount.mountPath).to.equal(DEFAULT_TOKEN_PATH);
  const isAdded = sent.volumes?.every(({ name }) => name !== first.mount.name) !== false;
  expect(stored.volumes ?? []).to.have.length((sent.volumes ?? []).length + (isAdded ? 1 : 0));
  return { volume: isAdded ? undefined : first.mount.name, containers: mounted.map(({ path }) => path) };
}

/**
 * Whether any container reaches a token for the API server, or a Secret where clients look for one, read off the stored pod
 * with nothing of what is tested.
 */
function hasToken({ volumes = [], containers, initContainers = [] }: PodSpec): boolean {
  const mounts = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts);
  return volumes.some(({ name, projected, secret }) => {
    const paths = mounts.filter((mount) => mount.name === name).map(({ mountPath }) => mountPath);
    const sources = projected?.sources ?? [];
    const holdsSecret = secret !== undefined || sources.some((source) => source.secret !== undefined);
    return (
      (paths.length > 0 && sources.some((source) => source.serviceAccountToken !== undefined)) ||
      (holdsSecret && paths.includes(DEFAULT_TOKEN_PATH))
    );
  });
}

describe('tokens of pods', () => {
  const cluster = useControlPlane();

  before('a namespace with an account of each setting', async () => {
    const { client } = cluster();
    await client.createNamespace(namespace);
    for (const setting of settings) await createAccount(client, setting);
  });

  for (const form of forms) {
    for (const ofAccount of settings) {
      for (const ofPod of settings) {
        const name = `${form.name}: the account says ${String(ofAccount)}, the pod ${String(ofPod)}`;
        it(`are mounted as predicted, ${name}`, async () => {
          const manifest = podOf(form, accountName(ofAccount), ofPod);
          const account = ofAccount === undefined ? {} : { automountServiceAccountToken: ofAccount };
          const sent = project(kinds.Pod.shape, manifest);
          const stored: ObjectOf<'Pod'> = project(kinds.Pod.shape, await cluster().client.create(manifest));

          expect(predictAutomount(sent, account)).to.deep.equal(compare(sent.spec, stored.spec));
          // The same tokens at the same places, whether the manifest is asked or the pod that runs.
          expect(findApiTokens(stored, undefined).length > 0).to.equal(hasToken(stored.spec));
          expect(findApiTokens(sent, account).length > 0).to.equal(hasToken(stored.spec));
          // Held is also what nobody mounts.
          if (!['unmounted', 'prefixed-token'].includes(form.name)) {
            expect(predictHeldTokens(sent, account)).to.deep.equal(findApiTokens(sent, account));
          }
          if (form.name !== 'prefixed-token') {
            expect(findApiTokens(stored, undefined)).to.have.deep.members(findApiTokens(sent, account));
          }
        });
      }
    }
  }
});

async function createAccount(client: ApiClient, setting: boolean | undefined): Promise<void> {
  await client.create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: accountName(setting), namespace },
    ...(setting === undefined ? {} : { automountServiceAccountToken: setting }),
  });
}

function accountName(setting: boolean | undefined): string {
  return `says-${String(setting)}`;
}
