/** What dry-run probes send to a real API server, and what its admission answers. */
import { expect } from 'chai';
import { OPERATOR_NAME, OPERATOR_NAMESPACE, PROBE_GUARD_NAME, PROBE_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import { collectServer } from '../../src/evidence/collect-server.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { buildProbePods } from '../../src/evidence/probe-pods.ts';
import type { ServerReadings } from '../../src/evidence/server-readings.ts';
import { readKubeconfig } from '../../src/kube/kubeconfig.ts';
import { openServerAccess } from '../../src/kube/server-access.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { ApiClient, bodyOf } from '../support/api-client.ts';
import { writeVerbs } from '../support/audit-log.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grantOperator, installProbes, waitForGuard } from './variants/operator-rights.ts';

const user = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_NAME}`;
const ADMISSION = 'admissionregistration.k8s.io/v1';

describe('dry-run probes of a real API server', () => {
  const controlPlane = useControlPlane({ own: { controllerManager: false }, needs: ['restart', 'audit-log'] });
  let kubeconfig = '';
  let transport: Transport;

  before('the rights of the operator', async function () {
    this.timeout(60_000);
    await grantOperator(controlPlane());
    await installProbes(controlPlane().client);
    kubeconfig = await controlPlane().kubeconfigForServiceAccount(OPERATOR_NAMESPACE, OPERATOR_NAME);
    const config = await readKubeconfig({
      path: kubeconfig,
      context: undefined,
      environment: {},
      homeFolder: '/nonexistent',
    });
    transport = openTransport(config, { version: 'test', clock: systemClock, environment: {} });
    expect(await waitForGuard(controlPlane().client)).to.equal(true);
  });
  after('the transport', () => {
    transport.close();
  });

  interface Round {
    readonly readings: ServerReadings;
    /** What was sent, with answers. */
    readonly events: readonly AuditEvent[];
  }

  async function runRound(): Promise<Round> {
    const from = await controlPlane().readAuditPosition();
    const access = openServerAccess({ transport, anonymous: undefined, handshake: undefined, hasDryRunProbes: true });
    const readings = await collectServer(access, {
      nonce: 'r0und',
      nowMs: Date.now,
      reviewers: () => ({ read: { mutators: [], webhooks: [] } }),
    });
    return { readings, events: await controlPlane().readAudit({ user, from }) };
  }

  const createsOf = ({ events }: Round): readonly string[] =>
    events
      .filter(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'pods')
      .map(({ requestURI }) => requestURI);
  const why = ({ readings: { dryRun } }: Round): string => ('missing' in dryRun ? dryRun.missing : 'it was probed');
  const policies = () => controlPlane().client.resource(ADMISSION, 'validatingadmissionpolicies');
  const bindings = () => controlPlane().client.resource(ADMISSION, 'validatingadmissionpolicybindings');

  async function restoreGuard(): Promise<void> {
    await installProbes(controlPlane().client);
    // Apply adds to lists that are sets.
    await bindings().patch(PROBE_GUARD_NAME, { spec: { validationActions: ['Deny'] } });
    expect(await waitForGuard(controlPlane().client)).to.equal(true);
  }

  it('see the admission plugins that are on, and send nothing but dry runs', async () => {
    const round = await runRound();

    expect(round.readings.dryRun).to.deep.include({
      read: {
        pullPolicy: { read: 'kept' },
        podSecurity: { read: 'warns' },
        stranger: { read: 'refused' },
        reviewers: { read: { mutators: [], webhooks: [] } },
      },
    });
    const uri = `/api/v1/namespaces/${PROBE_NAMESPACE}/pods?dryRun=All`;
    expect(createsOf(round)).to.deep.equal([uri, uri, uri, uri]);
    const writes = round.events.filter(
      ({ verb, objectRef }) => writeVerbs.includes(verb) && objectRef?.resource?.endsWith('reviews') !== true,
    );
    expect(writes.map(({ requestURI }) => requestURI)).to.deep.equal(createsOf(round));
  });

  it('leave nothing behind', async () => {
    expect(createsOf(await runRound())).to.have.length(4);
    const { client } = controlPlane();
    expect(bodyOf('pods', await client.resource('v1', 'pods').list()).items).to.deep.equal([]);
    expect(bodyOf('events', await client.resource('v1', 'events', PROBE_NAMESPACE).list()).items).to.deep.equal([]);
  });

  it('are guarded: a create that is none is refused to Merlon, of any kind, and a pod to everybody', async () => {
    const { client } = controlPlane();
    const merlon = await ApiClient.fromKubeconfig(kubeconfig);
    const { plain } = buildProbePods('real');
    // As if somebody had given it more than config/probes does.
    const rights = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      metadata: { name: 'more', namespace: PROBE_NAMESPACE },
    };
    await client.create({
      ...rights,
      kind: 'Role',
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }],
    });
    await client.create({
      ...rights,
      kind: 'RoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'more' },
      subjects: [{ kind: 'ServiceAccount', name: OPERATOR_NAME, namespace: OPERATOR_NAMESPACE }],
    });
    const map = { metadata: { name: 'x' } };
    const maps = (by: ApiClient) => by.resource('v1', 'configmaps', PROBE_NAMESPACE);
    await waitUntil(async () => (await maps(merlon).create(map, { dryRun: 'All' })).status === 201, {
      what: 'the right to create ConfigMaps',
    });

    for (const answer of [
      await merlon.resource('v1', 'pods', PROBE_NAMESPACE).create(plain),
      await client.resource('v1', 'pods', PROBE_NAMESPACE).create(plain),
      await merlon.resource('v1', 'pods', PROBE_NAMESPACE).apply(plain.metadata.name, plain),
      await maps(merlon).create(map),
    ]) {
      expect([answer.status, answer.body['message']])
        .to.have.property('1')
        .that.matches(/ValidatingAdmissionPolicy 'merlon-probes' .* nothing is created|cannot patch/);
      expect(answer.status).to.equal(403);
    }
    // What Kubernetes and others make there stays possible.
    expect((await maps(client).create(map)).status).to.equal(201);
    merlon.close();
  });

  const changes: readonly (readonly [what: string, change: () => Promise<unknown>, said: string])[] = [
    [
      'is changed',
      () => policies().patch(PROBE_GUARD_NAME, { spec: { failurePolicy: 'Ignore' } }),
      'is not the one of this version',
    ],
    [
      'only audits',
      () => bindings().patch(PROBE_GUARD_NAME, { spec: { validationActions: ['Audit'] } }),
      'is not the one of this version',
    ],
    ['has lost its binding', () => bindings().delete(PROBE_GUARD_NAME), 'is not there; apply config/probes'],
    ['is gone', () => policies().delete(PROBE_GUARD_NAME), 'is not there; apply config/probes'],
  ];
  for (const [what, change, said] of changes) {
    it(`send no create once the guard ${what}, and go on once it is back`, async () => {
      expect(createsOf(await runRound())).to.have.length(4);
      await change();

      const round = await runRound();
      expect([createsOf(round), why(round)]).to.deep.equal([[], why(round)]);
      expect(why(round)).to.include(said);
      expect(concludeEvidence(round.readings).podSecurity).not.to.have.property('source', 'dry run');

      await restoreGuard();
      expect(createsOf(await runRound())).to.have.length(4);
    });
  }

  it('send no create where the guard was never applied or may not be read', async () => {
    const { client } = controlPlane();
    const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterrolebindings');
    await roles.delete('merlon-probes');
    const round = await waitUntil(
      async () => {
        const one = await runRound();
        return why(one).includes('grant get on it') && one;
      },
      { what: 'the right to be gone' },
    );
    expect(createsOf(round)).to.deep.equal([]);
    await installProbes(client);
  });

  it('name the permission where pods may not be created', async () => {
    const { client } = controlPlane();
    await client.resource('rbac.authorization.k8s.io/v1', 'rolebindings', PROBE_NAMESPACE).delete('merlon-probes');
    await waitUntil(async () => why(await runRound()).includes('needs the permission to create pods'), {
      what: 'the permission to be named',
    });
    await installProbes(client);
    await waitUntil(async () => why(await runRound()) === 'it was probed', { what: 'the right to be back' });
  });

  it('name a webhook that knows no dry runs, and know nothing from it', async () => {
    const webhook = await leaveOldWebhook('Validating');
    const named = /admission webhook "images\.example\.com" does not support dry runs/;
    const { readings } = await waitUntil(
      async () => {
        const one = await runRound();
        const { pullPolicy } = ('read' in one.readings.dryRun && one.readings.dryRun.read) || {};
        return pullPolicy !== undefined && 'missing' in pullPolicy && one;
      },
      { what: 'the webhook to act' },
    );
    // Without other sources nothing is known but what comes before webhooks: the words of plugins.
    const alone = concludeEvidence({ ...readings, flags: [], metrics: { missing: 'taken away' } });
    expect(alone.alwaysPullImages).to.have.property('unobserved').that.matches(named);
    expect(alone.podSecurity).to.include({ value: true, source: 'dry run' });
    expect(alone.serviceAccountAdmission).to.include({ value: true, source: 'dry run' });
    await webhook.remove();
  });

  it('try nothing else where such a webhook is asked before the guard', async () => {
    const webhook = await leaveOldWebhook('Mutating');
    const round = await waitUntil(
      async () => {
        const one = await runRound();
        return createsOf(one).length === 1 && one;
      },
      { what: 'the webhook to act' },
    );
    expect(why(round)).to.match(/admission webhook "images\.example\.com" does not support dry runs/);
    await webhook.remove();
  });

  /** Since v1 none like it can be created any more; those that are there from before still act. */
  async function leaveOldWebhook(kind: 'Validating' | 'Mutating'): Promise<{ remove(): Promise<void> }> {
    const plural = `${kind.toLowerCase()}webhookconfigurations`;
    await controlPlane().putIntoEtcd(`/registry/${plural}/old`, {
      apiVersion: ADMISSION,
      kind: `${kind}WebhookConfiguration`,
      metadata: { name: 'old', uid: `5f0e3c1e-${kind}`, creationTimestamp: '2020-01-01T00:00:00Z' },
      webhooks: [
        {
          name: 'images.example.com',
          clientConfig: { url: 'https://127.0.0.1:1/' },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: '*' }],
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          namespaceSelector: {},
          objectSelector: {},
          sideEffects: 'Some',
          timeoutSeconds: 1,
          admissionReviewVersions: ['v1'],
        },
      ],
    });
    return {
      async remove() {
        bodyOf('delete the webhook', await controlPlane().client.resource(ADMISSION, plural).delete('old'));
        expect(await waitForGuard(controlPlane().client)).to.equal(true);
        await waitUntil(async () => createsOf(await runRound()).length === 4, { what: 'the webhook to be gone' });
      },
    };
  }

  it('tell what another refuses, in the same words each time', async () => {
    const { client } = controlPlane();
    const spec = { hard: { pods: '0' } };
    await client.create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace: PROBE_NAMESPACE },
      spec,
    });
    await client
      .resource('v1', 'resourcequotas', PROBE_NAMESPACE)
      .patchStatus('none', { hard: spec.hard, used: { pods: '0' } });
    const refusalIn = ({ readings: { dryRun } }: Round): string =>
      'read' in dryRun && 'missing' in dryRun.read.pullPolicy ? dryRun.read.pullPolicy.missing : '';
    const first = await waitUntil(async () => refusalIn(await runRound()), { what: 'the quota to refuse' });
    expect(first).to.equal('a pod that was tried was answered 403: exceeded quota: none');
    expect(refusalIn(await runRound())).to.equal(first);
  });
});
