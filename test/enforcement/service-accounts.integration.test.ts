/** Default service accounts are born without a token for pods, and no new pod carries one: on a real API server. */
import { expect } from 'chai';

import { kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { project } from '../../src/core/project.ts';
import { accountNameOf, DEFAULT_TOKEN_PATH as TOKEN_PATH, findApiTokens } from '../../src/core/token-mounts.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { planServiceAccounts } from '../../src/enforcement/plan/service-accounts.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { defaultTokenMount } from '../../src/rules/service-account/default-token-mount.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { endPolicyFight, fightByPolicy } from './fighting-mutators.ts';
import { addDebugContainer, applyYaml, waitForAnswer } from './guarded-cluster.ts';

const container = { name: 'main', image: 'registry.example/main:1' };
const DENY = { 'merlon.dev/enforce': 'deny' };

describe('service accounts', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'], own: { auditLog: false } });

  before('namespaces that were there before, and then the policies', async () => {
    const { client } = cluster();
    await client.createNamespace('older', DENY);
    await createPod('older', 'older');
    await client.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'older', namespace: 'older' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { automountServiceAccountToken: true, containers: [container] },
        },
      },
    });
    await client.createNamespace('audited', { 'merlon.dev/enforce': 'audit' });
    const modes = { withoutLabel: 'off', keptOut: ['kept-out'] } as const;
    const canMutate = cluster().minor >= oldestMinors.MutatingAdmissionPolicy;
    const choice = { canMutate, tokenSecrets: true, breakGlassGroups: [] };
    await applyYaml(cluster(), [...printEnforcement(planServiceAccounts(choice, modes))].join(''));
    await waitForAnswer(() => tryPod('older', {}), /^403/);
    if (canMutate) await waitForSetting();
  });

  /** What refuses and what sets do not begin in the same moment. */
  async function waitForSetting(): Promise<void> {
    await createBareNamespace('settled', DENY);
    const accounts = cluster().client.resource('v1', 'serviceaccounts', 'settled');
    const isSet = async (): Promise<boolean> => {
      const said = await automountOf('settled');
      if (said === 'not said') await accounts.delete('default');
      return said === false;
    };
    await waitUntil(isSet, { what: 'accounts to be made without a token' });
  }

  async function createPod(namespace: string, name: string, spec: object = {}): Promise<void> {
    const pod = { metadata: { name }, spec: { containers: [container], ...spec } };
    bodyOf('pod', await cluster().client.resource('v1', 'pods', namespace).create(pod));
  }

  /** @returns status and message */
  async function tryCreate(path: string, body: object): Promise<string> {
    const answer = await cluster().client.request('POST', `${path}?dryRun=All`, { body });
    return `${answer.status} ${String(answer.body['message'])}`;
  }

  function tryPod(namespace: string, spec: object): Promise<string> {
    const body = { metadata: { name: 'tried' }, spec: { containers: [container], ...spec } };
    return tryCreate(`/api/v1/namespaces/${namespace}/pods`, body);
  }

  async function automountOf(namespace: string): Promise<unknown> {
    const { status, body } = await cluster().client.resource('v1', 'serviceaccounts', namespace).get('default');
    return status === 200 ? (body['automountServiceAccountToken'] ?? 'not said') : undefined;
  }

  async function createBareNamespace(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await cluster().client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    await waitUntil(async () => (await automountOf(name)) !== undefined, { what: `the account of ${name}` });
  }

  describe('called default', () => {
    before('where the API server can set by itself', function () {
      if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    });

    it('are made without a token for pods, by whichever controller, and anew after they were deleted', async () => {
      await createBareNamespace('born', DENY);
      expect(await automountOf('born')).to.equal(false);
      const accounts = cluster().client.resource('v1', 'serviceaccounts', 'born');
      const uid = bodyOf('account', await accounts.get('default')).metadata.uid;
      await accounts.delete('default');
      await waitUntil(async () => ![undefined, uid].includes((await accounts.get('default')).body.metadata.uid), {
        what: 'the account to come back',
      });
      expect(await automountOf('born')).to.equal(false);
    });

    it('stay as they are where nothing is refused, where the namespace is kept out, and where they are older', async () => {
      await createBareNamespace('unlabelled', {});
      await createBareNamespace('warned', { 'merlon.dev/enforce': 'warn' });
      await createBareNamespace('kept-out', DENY);
      for (const namespace of ['unlabelled', 'warned', 'kept-out', 'older']) {
        expect(await automountOf(namespace), namespace).to.equal('not said');
      }
    });

    it('are what people say that they are, at once and later', async () => {
      const path = '/api/v1/namespaces/born/serviceaccounts';
      const asked = { metadata: { name: 'default' }, automountServiceAccountToken: true };
      const accounts = cluster().client.resource('v1', 'serviceaccounts', 'born');
      await accounts.delete('default');
      const { status, body } = await cluster().client.request('POST', path, { body: asked });
      // The controller may have been faster.
      if (status === 201) expect(body['automountServiceAccountToken']).to.equal(true);
      bodyOf('patch', await accounts.patch('default', { automountServiceAccountToken: true }));
      expect(await automountOf('born')).to.equal(true);
    });

    it('and no others are changed', async () => {
      const accounts = cluster().client.resource('v1', 'serviceaccounts', 'born');
      const { body } = await accounts.create({ metadata: { name: 'web' } });
      expect(body).not.to.have.property('automountServiceAccountToken');
    });
  });

  describe('of which somebody else takes back what is set', () => {
    const fight = {
      name: 'fight',
      rules: [{ operations: ['CREATE'], resources: ['serviceaccounts'] }],
      reinvocationPolicy: 'IfNeeded',
    } as const;

    before('where the API server can set by itself', async function () {
      if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
      await fightByPolicy(cluster(), fight, 'Object{automountServiceAccountToken: true}', async () => {
        const path = '/api/v1/namespaces/older/serviceaccounts?dryRun=All';
        const { body } = await cluster().client.request('POST', path, { body: { metadata: { name: 'asked' } } });
        return body['automountServiceAccountToken'] === true;
      });
    });
    after('the fight', async () => {
      await endPolicyFight(cluster(), fight.name);
    });

    it('are made all the same, reported, and their token is kept from pods', async () => {
      await createBareNamespace('fought', DENY);
      expect(await automountOf('fought')).to.equal(true);
      const account = await cluster().client.resource('v1', 'serviceaccounts', 'fought').get('default');
      const context = { params: {}, snapshot: buildObjectSnapshot({ objects: {}, isWholeCluster: true }) };
      const found = defaultTokenMount.check(
        project(kinds.ServiceAccount.shape, account.body),
        context as unknown as Parameters<typeof defaultTokenMount.check>[1],
      );
      expect(found).to.have.length(1);
      expect(await tryPod('fought', {})).to.match(/^403 .*Pod "tried" runs as the default service account: volume/);
      expect(await tryPod('fought', { automountServiceAccountToken: false })).to.match(/^201/);
    });
  });

  describe('and pods', () => {
    const projected = (audience?: string, mountPath = '/token') => ({
      volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token', audience } }] } }],
      containers: [{ ...container, volumeMounts: [{ name: 'token', mountPath }] }],
    });
    const mountAt = (mountPath: string) => ({ ...container, volumeMounts: [{ name: 'secret', mountPath }] });
    const secret = (secretName: string, mountPath = '/secret') => ({
      volumes: [{ name: 'secret', secret: { secretName } }],
      containers: [mountAt(mountPath)],
    });
    const secrets = (...names: readonly string[]) => ({
      volumes: [{ name: 'secret', projected: { sources: names.map((name) => ({ secret: { name } })) } }],
      containers: [mountAt('/secret')],
    });
    /** In a request of nearly a megabyte. */
    const manyMounts = (containers: number, mounts: number) => {
      const volumes = Array.from({ length: mounts }, (_, index) => ({
        name: `volume-${index}`,
        secret: { secretName: 'password' },
      }));
      const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${'deep/'.repeat(150)}${name}` }));
      return {
        volumes,
        containers: Array.from({ length: containers }, (_, index) => ({
          ...container,
          name: `main-${index}`,
          volumeMounts,
        })),
      };
    };
    const off = { automountServiceAccountToken: false };
    const rows: readonly (readonly [name: string, spec: object, said: RegExp])[] = [
      [
        'that say nothing',
        {},
        /^403 .*Pod "tried" runs as the default service account: volume "kube-api-access-\w{5}" holds its token; name an account/,
      ],
      ['that ask for the token', { automountServiceAccountToken: true }, /^403 .* holds its token;/],
      ['that name the account', { serviceAccountName: 'default' }, /^403/],
      ['that refuse the token', off, /^201/],
      [
        'that refuse it and ask for it in a volume',
        { ...off, ...projected() },
        /^403 .*: volume "token" holds its token;/,
      ],
      [
        'that ask for one by the name of the API server',
        { ...off, ...projected('https://kubernetes.default.svc.cluster.local') },
        /^403/,
      ],
      ['that ask for one for somebody else', { ...off, ...projected('vault') }, /^201/],
      [
        'that ask for one for an API server of another name, where clients look for a token',
        { ...off, ...projected('https://oidc.example.com/id/1', TOKEN_PATH) },
        /^403 .*: volume "token" holds its token;/,
      ],
      [
        'that ask for one for an API server of another name at the same place, written otherwise',
        { ...off, ...projected('https://oidc.example.com/id/1', '/run/secrets/kubernetes.io/serviceaccount/') },
        /^403 .*: volume "token" holds its token;/,
      ],
      [
        'with a Secret that holds a token by its name',
        { ...off, ...secret('default-token-x7k2p') },
        /^403 .*, which never expires;/,
      ],
      ['with another Secret', { ...off, ...secret('password') }, /^201/],
      [
        'with another Secret where clients look for a token',
        { ...off, ...secret('password', TOKEN_PATH) },
        /^403 .*: volume "secret" holds its token, which never expires;/,
      ],
      [
        'with another Secret at the same place, written otherwise',
        { ...off, ...secret('password', '/var/run//secrets/kubernetes.io/serviceaccount/') },
        /^403 .*: volume "secret" holds its token, which never expires;/,
      ],
      [
        'with two of them at that place',
        {
          ...off,
          volumes: ['a', 'b'].map((one) => ({ name: one, secret: { secretName: one } })),
          containers: [
            {
              ...container,
              volumeMounts: ['', '/'].map((end, index) => ({
                name: index === 0 ? 'a' : 'b',
                mountPath: `${TOKEN_PATH}${end}`,
              })),
            },
          ],
        },
        /^403 .*: volume "a" holds its token, which never expires, volume "b" holds/,
      ],
      [
        'with another Secret at the same place, as its only file and where /var/run leads to',
        { ...off, ...secret('password', '/run/./secrets/kubernetes.io/serviceaccount/token') },
        /^403 .*: volume "secret" holds its token, which never expires;/,
      ],
      ['with another Secret beside that place', { ...off, ...secret('password', `${TOKEN_PATH}s`) }, /^201/],
      [
        'with a Secret that holds a token by its name, among others',
        { ...off, ...secrets('password', 'default-token-x7k2p') },
        /^403 .*: volume "secret" holds its token, which never expires;/,
      ],
      ['with other Secrets among others', { ...off, ...secrets('password', 'my-default-token-x7k2p') }, /^201/],
      [
        'with another Secret where clients look for a token, among others',
        { ...off, ...secrets('password'), containers: [mountAt(TOKEN_PATH)] },
        /^403 .*: volume "secret" holds its token, which never expires;/,
      ],
      [
        'with nothing but a certificate where clients look for a token',
        {
          ...off,
          containers: [mountAt(TOKEN_PATH)],
          volumes: [{ name: 'secret', projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] } }],
        },
        /^201/,
      ],
      ['trap 4: with as many mounts, as deep, as fit', { ...off, ...manyMounts(60, 20) }, /^201/],
      ['with a projected volume that nothing is in', { ...off, volumes: [{ name: 'empty', projected: {} }] }, /^201/],
      ['of an account of their own', { serviceAccountName: 'web' }, /^201/],
    ];
    before('an account of its own', async () => {
      for (const namespace of ['older', 'audited']) {
        const accounts = cluster().client.resource('v1', 'serviceaccounts', namespace);
        bodyOf('account', await accounts.create({ metadata: { name: 'web' } }));
      }
    });
    for (const [name, spec, said] of rows) {
      it(`${name} are ${said.source.startsWith('^201') ? 'taken' : 'refused'}, as Merlon sees them`, async () => {
        expect(await tryPod('older', spec)).to.match(said);
        // As they are stored where nothing is refused.
        const { body } = await cluster().client.request('POST', '/api/v1/namespaces/audited/pods?dryRun=All', {
          body: { metadata: { name: 'tried' }, spec: { containers: [container], ...spec } },
        });
        const stored = project(kinds.Pod.shape, body);
        const hasToken = findApiTokens(stored, undefined).length > 0 && accountNameOf(stored) === 'default';
        expect(hasToken).to.equal(!said.source.startsWith('^201'));
      });
    }

    it('trap 4: that exist are labelled, debugged and scaled as before; only new ones are refused', async () => {
      const { client } = cluster();
      bodyOf(
        'label',
        await client.resource('v1', 'pods', 'older').patch('older', { metadata: { labels: { a: 'b' } } }),
      );
      bodyOf('debug', await addDebugContainer(client, 'older/older', 'debug'));
      const deployments = client.resource('apps/v1', 'deployments', 'older');
      bodyOf('scale', await deployments.patch('older', { spec: { replicas: 0 } }));
      await waitUntil(
        async () => {
          const { items } = bodyOf('sets', await client.resource('apps/v1', 'replicasets', 'older').list());
          return items.every(({ spec }) => (spec as { replicas: number }).replicas === 0);
        },
        { what: 'the Deployment to scale down' },
      );
      const change = { spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } } };
      const { status, body } = await deployments.patch('older', change);
      expect(`${status} ${String(body['message'])}`).to.match(
        /^403 .*Deployment "older" runs as the default service account: automountServiceAccountToken is true;/,
      );
    });

    it('of a workload that says nothing are not foretold: the account decides', async () => {
      const template = {
        metadata: { labels: { app: 'b' } },
        spec: { containers: [container], restartPolicy: 'Never' },
      };
      const path = '/apis/batch/v1/namespaces/older/jobs';
      expect(await tryCreate(path, { metadata: { name: 'job' }, spec: { template } })).to.match(/^201/);
    });
  });

  describe('and Secrets', () => {
    const secretOf = (type?: string) => ({
      metadata: { name: 'held', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      type,
    });
    it('that hold a token are refused, in so many words, and no others', async () => {
      const path = '/api/v1/namespaces/older/secrets';
      expect(await tryCreate(path, secretOf('kubernetes.io/service-account-token'))).to.match(
        /^403 .*Secret "held" holds a service account token that never expires; use a projected token/,
      );
      expect(await tryCreate(path, secretOf('Opaque'))).to.match(/^201/);
      expect(await tryCreate(path, secretOf())).to.match(/^201/);
      expect(
        await tryCreate('/api/v1/namespaces/audited/secrets', secretOf('kubernetes.io/service-account-token')),
      ).to.match(/^201/);
    });
  });
});
