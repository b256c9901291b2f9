/** Repairs and their records on a real API server, with the rights of the shipped manifests and no others. */
import { expect } from 'chai';

import { API_VERSION, OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import type { RemediationWriter } from '../../src/controller/remediation-writer.ts';
import { createRemediationWriter } from '../../src/kube/remediation-writer.ts';
import type { LiveObject } from '../../src/remediation/live-object.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { install } from '../e2e/installation.ts';
import { bodyOf } from '../support/api-client.ts';
import type { KubeObject } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openClusterTransport } from './cluster-transport.ts';

const off = { automountServiceAccountToken: false };

describe('the writer of repairs on a real API server', () => {
  const cluster = useControlPlane({ own: { controllerManager: false } });
  const accounts = (namespace: string) => cluster().client.resource('v1', 'serviceaccounts', namespace);
  const records = (namespace: string) =>
    cluster().client.resource<HardeningRemediation>(API_VERSION, 'hardeningremediations', namespace);
  const target = (namespace: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' });
  let transport: Transport;
  let writer: RemediationWriter;

  before('install', async () => {
    await install(cluster());
    await cluster().client.createNamespace(OPERATOR_NAMESPACE + '-test');
    const kubeconfig = await cluster().kubeconfigForServiceAccount(OPERATOR_NAMESPACE, OPERATOR_NAME);
    transport = await openClusterTransport(kubeconfig);
    writer = createRemediationWriter(transport);
  });
  after(() => {
    transport.close();
  });

  /** A namespace with a default account, in which Merlon may repair. */
  async function createNamespace(name: string, mayRepair = true): Promise<void> {
    await cluster().client.createNamespace(name);
    if (mayRepair) await bind(name);
  }
  async function bind(namespace: string): Promise<void> {
    const { code, stderr } = await cluster().kubectl(
      `create rolebinding repairs -n ${namespace} --clusterrole=merlon-repair-default-accounts --serviceaccount=merlon:merlon`.split(
        ' ',
      ),
    );
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const question = `auth can-i patch serviceaccounts/default -n ${namespace} --as=system:serviceaccount:merlon:merlon`;
    await waitUntil(async () => (await cluster().kubectl(question.split(' '))).stdout.trim() === 'yes', {
      what: 'the right to patch',
    });
  }
  async function read(namespace: string): Promise<LiveObject> {
    const result = await writer.readTarget(target(namespace));
    if (result.outcome !== 'read') throw new Error(result.outcome);
    return result.object;
  }
  const stored = async (namespace: string): Promise<KubeObject> =>
    bodyOf('account', await accounts(namespace).get('default'));

  it('reads a target whole, with who owns its fields', async () => {
    await createNamespace('reads', false);
    const object = await read('reads');
    expect(object).to.include({ apiVersion: 'v1', kind: 'ServiceAccount' });
    expect(object.metadata.uid).to.equal((await stored('reads')).metadata.uid);
    bodyOf(
      'apply',
      await accounts('reads').apply('default', { kind: 'ServiceAccount', metadata: { name: 'default' }, ...off }),
    );
    const managers = (await read('reads')).metadata.managedFields?.map(({ manager }) => manager);
    expect(managers).to.include('test');
    expect(await writer.readTarget({ ...target('reads'), name: 'nobody' })).to.deep.equal({ outcome: 'gone' });
  });

  it('reads what has no namespace, by a name that means something in a selector', async () => {
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    const name = 'open,door=a\\b:c';
    await cluster().client.create({ ...binding, metadata: { name }, roleRef });
    const result = await writer.readTarget({ ...binding, name });
    expect(result).to.deep.include({ outcome: 'read' });
    expect(result).to.have.nested.property('object.metadata.name', name);
    expect(await writer.readTarget({ ...binding, name: 'open' })).to.deep.equal({ outcome: 'gone' });
  });

  it('writes nothing in a dry run, then owns the field, and gives it back', async () => {
    await createNamespace('repairs');
    const trial = await writer.applyFields(await read('repairs'), off, true);
    expect(trial).to.have.property('outcome', 'written');
    expect(await stored('repairs')).not.to.have.property('automountServiceAccountToken');
    const done = await writer.applyFields(await read('repairs'), off, false);
    expect(done).to.have.nested.property('object.automountServiceAccountToken', false);
    const owners = (await read('repairs')).metadata.managedFields?.filter(
      ({ fieldsV1 }) => fieldsV1?.['f:automountServiceAccountToken'] !== undefined,
    );
    expect(owners?.map(({ manager, operation }) => ({ manager, operation }))).to.deep.equal([
      { manager: 'merlon-remediator', operation: 'Apply' },
    ]);
    const reverted = await writer.applyFields(await read('repairs'), {}, false);
    expect(reverted).to.have.property('outcome', 'written');
    expect(await stored('repairs')).not.to.have.property('automountServiceAccountToken');
  });

  it('takes nothing from another manager, and names it', async () => {
    await createNamespace('owned');
    const theirs = { metadata: { name: 'default' }, kind: 'ServiceAccount', automountServiceAccountToken: true };
    bodyOf('apply', await accounts('owned').apply('default', theirs, { fieldManager: 'argocd-controller' }));
    const result = await writer.applyFields(await read('owned'), off, false);
    expect(result).to.include({ outcome: 'fieldConflict', manager: 'argocd-controller' });
    expect(await stored('owned')).to.include({ automountServiceAccountToken: true });
  });

  it('writes to no other version than was read', async () => {
    await createNamespace('moves');
    const seen = await read('moves');
    bodyOf('label', await accounts('moves').patch('default', { metadata: { labels: { a: 'b' } } }));
    expect(await writer.applyFields(seen, off, false)).to.deep.equal({ outcome: 'conflict' });
    expect(await stored('moves')).not.to.have.property('automountServiceAccountToken');
  });

  it('never creates what was deleted, nor touches what took its name', async () => {
    await createNamespace('gone');
    const seen = await read('gone');
    bodyOf('delete', await accounts('gone').delete('default'));
    const missing = await writer.applyFields(seen, off, false);
    expect(missing.outcome, JSON.stringify(missing)).to.equal('conflict');
    expect((await accounts('gone').get('default')).status).to.equal(404);
    bodyOf('create', await accounts('gone').create({ metadata: { name: 'default' } }));
    const again = await read('gone');
    const older = { ...again, metadata: { ...again.metadata, uid: seen.metadata.uid } };
    expect(await writer.applyFields(older, off, false)).to.have.property('outcome', 'refused');
    expect(await writer.applyFields(seen, off, false)).to.deep.equal({ outcome: 'conflict' });
    expect(await stored('gone')).not.to.have.property('automountServiceAccountToken');
  });

  it('never creates it either where somebody gave it the right to', async () => {
    await createNamespace('generous');
    const command = 'create rolebinding edits -n generous --clusterrole=edit --serviceaccount=merlon:merlon';
    expect(await cluster().kubectl(command.split(' '))).to.include({ code: 0 });
    const seen = await read('generous');
    bodyOf('delete', await accounts('generous').delete('default'));
    expect(await writer.applyFields(seen, off, false)).to.deep.equal({ outcome: 'conflict' });
    expect((await accounts('generous').get('default')).status).to.equal(404);
  });

  it('may not repair where nobody has bound the role, nor any other account where somebody has', async () => {
    await createNamespace('unbound', false);
    const refused = await writer.applyFields(await read('unbound'), off, true);
    expect(refused).to.have.property('outcome', 'forbidden');
    expect(refused)
      .to.have.property('message')
      .that.matches(/cannot patch resource "serviceaccounts"/);
    await bind('unbound');
    bodyOf('create', await accounts('unbound').create({ metadata: { name: 'web' } }));
    const web = await writer.readTarget({ ...target('unbound'), name: 'web' });
    if (web.outcome !== 'read') throw new Error(web.outcome);
    expect(await writer.applyFields(web.object, off, true)).to.have.property('outcome', 'forbidden');
  });

  describe('records', () => {
    const status = (namespace: string) => ({
      state: 'Proposed' as const,
      rule: 'service-account-default-token-mount',
      target: { ...target(namespace), uid: '1-2', display: 'ServiceAccount/default' },
    });

    it('are made, updated in the version that was read, and deleted', async () => {
      await createNamespace('records', false);
      const made = await writer.createRecord('records', 'one');
      if (made.outcome !== 'written') throw new Error(made.outcome);
      const updated = await writer.replaceRecordStatus(made.object, status('records'));
      expect(updated).to.have.nested.property('object.status.state', 'Proposed');
      expect(await writer.replaceRecordStatus(made.object, status('records'))).to.deep.equal({ outcome: 'conflict' });
      expect(await writer.deleteRecord(made.object)).to.deep.equal({ outcome: 'conflict' });
      if (updated.outcome !== 'written') throw new Error(updated.outcome);
      expect(await writer.deleteRecord(updated.object)).to.deep.equal({ outcome: 'written', object: undefined });
      expect((await records('records').get('one')).status).to.equal(404);
    });

    it('of a name that is taken are not made', async () => {
      await createNamespace('taken', false);
      bodyOf('create', await records('taken').create({ kind: 'HardeningRemediation', metadata: { name: 'one' } }));
      expect(await writer.createRecord('taken', 'one')).to.deep.equal({ outcome: 'conflict' });
    });
  });

  describe('whoever approves', () => {
    const approve = { spec: { action: 'Approve' } };

    before('a record and people', async () => {
      await createNamespace('approvals', false);
      const made = await writer.createRecord('approvals', 'one');
      if (made.outcome !== 'written') throw new Error(made.outcome);
      await writer.replaceRecordStatus(made.object, {
        state: 'Blocked',
        target: { ...target('approvals'), uid: '1-2', display: 'ServiceAccount/default' },
      });
      const commands = [
        'create clusterrolebinding approvers --clusterrole=merlon-remediation-approver --group=approvers',
        'create role patches -n approvals --verb=patch --resource=serviceaccounts --resource-name=default',
        'create rolebinding patches -n approvals --role=patches --user=owner',
      ];
      for (const command of commands) expect(await cluster().kubectl(command.split(' '))).to.include({ code: 0 });
    });
    const say = async (user: string, body: object, name = 'one') => {
      const client = await cluster().clientFor({ user, groups: ['approvers'] });
      const answer = await client.resource(API_VERSION, 'hardeningremediations', 'approvals').patch(name, body);
      client.close();
      return answer;
    };

    it('must be allowed to patch the target', async () => {
      await waitUntil(async () => (await say('clerk', approve)).status === 403, { what: 'the policy to act' });
      const refused = await say('clerk', { spec: { action: 'Revert' } });
      expect(refused.status).to.equal(403);
      expect(refused.body['message']).to.match(/you must be allowed to patch the service account yourself/);
      expect((await say('clerk', { spec: { action: 'Skip' } })).status).to.equal(200);
      expect((await say('owner', approve)).status).to.equal(200);
      // What is said already may stand while others edit the rest.
      expect((await say('clerk', { metadata: { labels: { seen: 'yes' } } })).status).to.equal(200);
    });

    it('says so to a record of Merlon and to no other', async () => {
      const own = { kind: 'HardeningRemediation', metadata: { name: 'forged' }, ...approve };
      const refused = await records('approvals').create(own);
      expect(refused.status).to.equal(403);
      expect(JSON.stringify(refused.body)).to.match(/a record that Merlon has made/);
      bodyOf('create', await records('approvals').create({ ...own, spec: {} }));
      expect((await say('owner', approve, 'forged')).status).to.equal(403);
    });

    it('is guarded as long as the policy stands as it was shipped', async () => {
      const guard = await writer.readActionGuard();
      expect(guard).to.have.property('state', 'guarding');
      expect(guard)
        .to.have.property('sinceMs')
        .that.is.within(Date.now() - 600_000, Date.now());
      const bindings = cluster().client.resource(
        'admissionregistration.k8s.io/v1',
        'validatingadmissionpolicybindings',
      );
      bodyOf('weaken', await bindings.patch('merlon-remediation-actions', { spec: { validationActions: ['Warn'] } }));
      expect(await writer.readActionGuard()).to.include({ state: 'missing' });
      bodyOf('delete', await bindings.delete('merlon-remediation-actions'));
      expect(await writer.readActionGuard())
        .to.have.property('message')
        .that.matches(/^the ValidatingAdmissionPolicyBinding "merlon-remediation-actions" does not exist/);
    });
  });
});
