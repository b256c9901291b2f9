/** Repairs by an operator with the shipped rights and one shipped role bound: what it does, and what it leaves alone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { deployment, plainPod } from './manifests.ts';
import { operatorUser } from './operator-process.ts';
import { conditionOf, forgerOf, readPosture, untilPosture, useOperatorSuite } from './operator-suite.ts';
import type { NamespaceStatus } from './operator-suite.ts';
import {
  DEFAULT_RULE,
  readDefaultAccount,
  readRepairs,
  RECORD_NAME,
  recordsOf,
  repairBinding,
  say,
  startGitOps,
  switchTo,
  untilGuarded,
  untilRecord,
} from './remediation-suite.ts';

const remediated = (status: NamespaceStatus | undefined) => conditionOf(status, 'Remediated');
const patchOf = (namespace: string) => `apiVersion: v1
kind: ServiceAccount
metadata:
  name: default
  namespace: ${namespace}
automountServiceAccountToken: false
`;
const hasFinding = ({ findings = [] }: NamespaceStatus) => findings.some(({ rule }) => rule === DEFAULT_RULE);

describe('the operator repairs', () => {
  const suite = useOperatorSuite({ operatorsEndAfter: 'all tests' });

  before('an operator', async function () {
    this.timeout(60_000);
    await suite.startOperator();
    await untilGuarded(suite.client);
  });

  /** A namespace whose posture says that nothing is repaired. */
  async function createNamespace(name: string, mayRepair = true): Promise<void> {
    await suite.client.createNamespace(name);
    if (mayRepair) await suite.client.create(repairBinding(name));
    await untilPosture(suite.client, name, 'to find the default account', hasFinding);
  }
  async function repair(name: string): Promise<void> {
    await createNamespace(name);
    await switchTo(suite.client, name, 'apply');
    await untilRecord(suite.client, name, 'to be applied', ({ state }) => state === 'Applied');
  }

  it('nothing where nobody has switched it on', async () => {
    await createNamespace('off');
    const status = await untilPosture(suite.client, 'off', 'to say so', (posture) => {
      return remediated(posture)?.reason === 'Disabled';
    });
    expect(remediated(status)).to.include({ status: 'False' });
    expect((await recordsOf(suite.client, 'off').list()).body.items).to.deep.equal([]);
  });

  it('the default account of a namespace with the label and the role, and the posture turns', async () => {
    const { client, cluster } = suite;
    await createNamespace('apply');
    const from = await cluster.readAuditPosition();
    await switchTo(client, 'apply', 'apply');
    const record = await untilRecord(client, 'apply', 'to be applied', ({ state }) => state === 'Applied');
    expect(record).to.include({ rule: DEFAULT_RULE, patch: patchOf('apply') });
    expect(record.target).to.include({ kind: 'ServiceAccount', name: 'default', display: 'ServiceAccount default' });
    expect(record.fields).to.deep.equal([{ path: 'automountServiceAccountToken', after: 'false', owned: true }]);
    expect(record).not.to.have.property('intent');
    const account = await readDefaultAccount(client, 'apply');
    expect(account['automountServiceAccountToken']).to.equal(false);
    expect(account.metadata.uid).to.equal(record.target?.uid);
    const status = await untilPosture(client, 'apply', 'to turn', (posture) => {
      return !hasFinding(posture) && remediated(posture)?.reason === 'Applied';
    });
    expect(remediated(status)?.status).to.equal('True');
    expect(await readRepairs(cluster, 'apply', from)).to.have.length(1);
  });

  it('what it only proposes where the label says plan', async () => {
    const { client, cluster } = suite;
    await createNamespace('plan');
    const from = await cluster.readAuditPosition();
    await switchTo(client, 'plan', 'plan');
    await untilRecord(client, 'plan', 'to be proposed', ({ state }) => state === 'Proposed');
    expect(await readDefaultAccount(client, 'plan')).not.to.have.property('automountServiceAccountToken');
    expect(await readRepairs(cluster, 'plan', from)).to.deep.equal([]);
    // And does it as soon as the label says so.
    await switchTo(client, 'plan', 'apply');
    await untilRecord(client, 'plan', 'to be applied', ({ state }) => state === 'Applied');
  });

  it('nothing without the role, says who must bind it, and judges all the same', async () => {
    const { client } = suite;
    await createNamespace('unbound', false);
    await switchTo(client, 'unbound', 'apply');
    const record = await untilRecord(client, 'unbound', 'to be held back', ({ state }) => state === 'Blocked');
    expect(record.reason).to.equal('Forbidden');
    expect(record.message).to.match(/merlon-repair-default-accounts/);
    const status = await untilPosture(client, 'unbound', 'to say so', (posture) => {
      return remediated(posture)?.reason === 'Forbidden';
    });
    expect(remediated(status)?.message).to.match(/merlon-repair-default-accounts/);
    expect(hasFinding(status)).to.equal(true);
    expect(conditionOf(status, 'Ready')).to.include({ status: 'True', reason: 'EvaluationSucceeded' });
    // Bound, it goes on by itself.
    await client.create(repairBinding('unbound'));
    await untilRecord(client, 'unbound', 'to be applied', ({ state }) => state === 'Applied');
  });

  it('no account that a workload may be using, until somebody says so', async () => {
    const { client } = suite;
    await createNamespace('in-use');
    await client.create(deployment('in-use', 'web', plainPod));
    await untilPosture(client, 'in-use', 'to know the workload', ({ findings = [] }) => {
      return findings.some(({ subject }) => subject.name === 'web');
    });
    await switchTo(client, 'in-use', 'apply');
    const record = await untilRecord(client, 'in-use', 'to be held back', ({ state }) => state === 'Blocked');
    expect(record.reason).to.equal('WorkloadAtRisk');
    expect(record.risks?.join()).to.match(/web/);
    expect(await readDefaultAccount(client, 'in-use')).not.to.have.property('automountServiceAccountToken');
    await say(client, 'in-use', 'Approve');
    await untilRecord(client, 'in-use', 'to be applied', ({ state }) => state === 'Applied');
    expect(await readDefaultAccount(client, 'in-use')).to.include({ automountServiceAccountToken: false });
  });

  it('and takes a repair back when it is told to, and leaves it at that', async () => {
    const { client, cluster } = suite;
    await repair('revert');
    await say(client, 'revert', 'Revert');
    await untilRecord(client, 'revert', 'to be reverted', ({ state }) => state === 'Reverted');
    const account = await readDefaultAccount(client, 'revert');
    expect(account).not.to.have.property('automountServiceAccountToken');
    expect(JSON.stringify(account.metadata['managedFields'])).not.to.match(/f:automountServiceAccountToken/);
    const status = await untilPosture(client, 'revert', 'to find it again', hasFinding);
    expect(remediated(status)?.status).to.equal('False');
    const from = await cluster.readAuditPosition();
    bodyOf(
      'touch',
      await client.resource('v1', 'serviceaccounts', 'revert').patch('default', { metadata: { labels: { a: 'b' } } }),
    );
    // What comes later is done, so the touch was seen.
    await repair('after-revert');
    expect(await readRepairs(cluster, 'revert', from)).to.deep.equal([]);
  });

  it('as docs/remediation.md says: its YAML switches it on, its commands approve it and take it back', async () => {
    const { client, cluster } = suite;
    const page = await readFile(join(import.meta.dirname, '../../docs/remediation.md'), 'utf8');
    const run = async (args: readonly string[], stdin = ''): Promise<void> => {
      expect(await cluster.kubectl(args, { stdin })).to.include({ code: 0, stderr: '' });
    };
    const patchCommand = async (action: string): Promise<void> => {
      const { spec = '' } =
        new RegExp(`\`kubectl patch hrem -n NS NAME --type merge -p '(?<spec>[^']*"${action}"[^']*)'\``).exec(page)
          ?.groups ?? {};
      await run(['patch', 'hrem', '-n', 'billing', RECORD_NAME, '--type', 'merge', '-p', spec]);
    };
    await createNamespace('billing', false);
    await client.create(deployment('billing', 'web', plainPod));
    await untilPosture(client, 'billing', 'to know the workload', ({ findings = [] }) => {
      return findings.some(({ subject }) => subject.name === 'web');
    });
    await run(['apply', '--server-side', '-f', '-'], /```yaml\n(.*?)```/s.exec(page)?.[1]);
    await untilRecord(client, 'billing', 'to be held back', ({ reason }) => reason === 'WorkloadAtRisk');
    await patchCommand('Approve');
    await untilRecord(client, 'billing', 'to be applied', ({ state }) => state === 'Applied');
    await patchCommand('Revert');
    await untilRecord(client, 'billing', 'to be reverted', ({ state }) => state === 'Reverted');
    expect(await readDefaultAccount(client, 'billing')).not.to.have.property('automountServiceAccountToken');
  });

  it('never makes an account that was deleted; the one that is made anew it repairs', async () => {
    const { client, cluster } = suite;
    await repair('deleted');
    const from = await cluster.readAuditPosition();
    const before = await readDefaultAccount(client, 'deleted');
    bodyOf('delete', await client.resource('v1', 'serviceaccounts', 'deleted').delete('default'));
    // The controller manager makes another one.
    const record = await untilRecord(client, 'deleted', 'to be about the new one', ({ state, target }) => {
      return state === 'Applied' && target?.uid !== before.metadata.uid;
    });
    expect((await readDefaultAccount(client, 'deleted')).metadata.uid).to.equal(record.target?.uid);
    const created = await cluster.readAudit({
      resource: 'serviceaccounts',
      namespace: 'deleted',
      verbs: ['create'],
      from,
    });
    expect(created.map(({ user }) => user.username)).not.to.include(operatorUser);
    expect(await readRepairs(cluster, 'deleted', from)).to.have.length(1);
  });

  it('nothing that a record of somebody else asks for, and says that it is there', async () => {
    const { client } = suite;
    await createNamespace('forged');
    const forged = { kind: 'HardeningRemediation', metadata: { name: RECORD_NAME }, spec: { action: 'Skip' } };
    bodyOf('forge', await recordsOf(client, 'forged').create(forged));
    await switchTo(client, 'forged', 'apply');
    await untilPosture(client, 'forged', 'to report it', (posture) => {
      return remediated(posture)?.reason === 'ForeignRecord';
    });
    expect(await readDefaultAccount(client, 'forged')).not.to.have.property('automountServiceAccountToken');
    bodyOf('delete', await recordsOf(client, 'forged').delete(RECORD_NAME));
    await untilRecord(client, 'forged', 'to be applied', ({ state }) => state === 'Applied');
  });

  it('nothing that somebody writes into the status of its own record, be it another target or another patch', async () => {
    const { client, cluster } = suite;
    await createNamespace('edited');
    await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace: 'edited' } });
    await switchTo(client, 'edited', 'plan');
    const truth = await untilRecord(client, 'edited', 'to be proposed', ({ state }) => state === 'Proposed');
    const from = await cluster.readAuditPosition();
    const forger = await forgerOf(cluster);
    const edit = async (status: object): Promise<unknown> =>
      bodyOf('edit', await recordsOf(forger, 'edited').patchStatus(RECORD_NAME, status));

    const fields = [{ path: 'automountServiceAccountToken', before: 'true', after: 'true' }];
    await edit({ fields, patch: 'automountServiceAccountToken: true' });
    await untilRecord(client, 'edited', 'to be put right', (status) => {
      return status.patch === truth.patch && JSON.stringify(status.fields) === JSON.stringify(truth.fields);
    });

    await edit({ target: { ...truth.target, name: 'web' }, state: 'Applied', intent: 'Revert', fields });
    await switchTo(client, 'edited', 'apply');
    const record = await untilRecord(
      client,
      'edited',
      'to be applied to its own target',
      ({ state, target, intent }) => {
        return state === 'Applied' && target?.name === 'default' && intent === undefined;
      },
    );
    expect(record.fields).to.deep.equal(truth.fields?.map((field) => ({ ...field, owned: true })));
    expect(await readDefaultAccount(client, 'edited')).to.include({ automountServiceAccountToken: false });
    const written = await readRepairs(cluster, 'edited', from);
    expect(written.map(({ objectRef }) => objectRef?.name)).to.deep.equal(['default']);
  });

  it('nothing where the label says something else, and reports it', async () => {
    const { client } = suite;
    await createNamespace('typo');
    await switchTo(client, 'typo', 'yes');
    const status = await untilPosture(client, 'typo', 'to report it', (posture) => {
      return remediated(posture)?.message.includes('"yes"');
    });
    expect(remediated(status)?.status).to.equal('False');
    expect(await readDefaultAccount(client, 'typo')).not.to.have.property('automountServiceAccountToken');
  });

  describe('where policies have a say', () => {
    const policy = (name: string, spec: object) => ({
      apiVersion: API_VERSION,
      kind: 'ClusterHardeningPolicy',
      metadata: { name },
      spec,
    });

    it('nothing any more where one of them says off, not even what was asked to be taken back', async () => {
      const { client, cluster } = suite;
      await repair('killed-before');
      await createNamespace('killed');
      await client.apply(policy('kill-switch', { namespaces: ['killed*'], remediation: { mode: 'off' } }));
      try {
        await untilPosture(client, 'killed', 'to say so', (posture) => remediated(posture)?.reason === 'SwitchedOff');
        const from = await cluster.readAuditPosition();
        await switchTo(client, 'killed', 'apply');
        await say(client, 'killed-before', 'Revert');
        await untilRecord(client, 'killed-before', 'to stop', ({ reason }) => reason === 'RevertStopped');
        // What comes later, where nobody says off, is done.
        await repair('after-kill');
        expect(await readRepairs(cluster, 'killed', from)).to.deep.equal([]);
        expect(await readRepairs(cluster, 'killed-before', from)).to.deep.equal([]);
      } finally {
        await client.resource(API_VERSION, 'clusterhardeningpolicies').delete('kill-switch');
      }
      await untilRecord(client, 'killed', 'to be applied', ({ state }) => state === 'Applied');
      await untilRecord(client, 'killed-before', 'to be reverted', ({ state }) => state === 'Reverted');
    });

    it('what may be in use where one of them allows it', async () => {
      const { client } = suite;
      await createNamespace('allowed');
      await client.create(deployment('allowed', 'web', plainPod));
      await switchTo(client, 'allowed', 'apply');
      await untilRecord(client, 'allowed', 'to be held back', ({ reason }) => reason === 'WorkloadAtRisk');
      await client.apply(policy('in-use', { namespaces: ['allowed'], remediation: { allowInUse: true } }));
      await untilRecord(client, 'allowed', 'to be applied', ({ state }) => state === 'Applied');
    });

    it("what the namespace's own policy asks for", async () => {
      const { client } = suite;
      await createNamespace('asks');
      await client.apply({
        apiVersion: API_VERSION,
        kind: 'HardeningPolicy',
        metadata: { name: 'own', namespace: 'asks' },
        spec: { remediation: { mode: 'apply' } },
      });
      const { policies } = await untilRecord(client, 'asks', 'to be applied', ({ state }) => state === 'Applied');
      expect(policies).to.deep.equal([{ kind: 'HardeningPolicy', name: 'own', generation: 1 }]);
    });
  });

  for (const manager of ['argocd-controller', 'kustomize-controller']) {
    it(`no field that ${manager} owns`, async () => {
      const { client, cluster } = suite;
      const namespace = `owned-${manager}`;
      await createNamespace(namespace);
      const gitOps = startGitOps(client, namespace, manager);
      try {
        await waitUntil(() => gitOps.applied > 0, { what: 'the first application' });
        const from = await cluster.readAuditPosition();
        await switchTo(client, namespace, 'apply');
        const record = await untilRecord(client, namespace, 'to be held back', ({ state }) => state === 'Blocked');
        expect(record.reason).to.equal('GitOpsOwned');
        expect(record.message).to.include(`"${manager}"`);
        expect(record.patch).to.equal(patchOf(namespace));
        const before = gitOps.applied;
        await waitUntil(() => gitOps.applied >= before + 3, { what: 'three more applications' });
        expect(await readRepairs(cluster, namespace, from)).to.deep.equal([]);
      } finally {
        await gitOps.stop();
      }
    });

    it(`at most once where ${manager} sets it back each second`, async () => {
      const { client, cluster } = suite;
      const namespace = `contested-${manager}`;
      const from = await cluster.readAuditPosition();
      await repair(namespace);
      const gitOps = startGitOps(client, namespace, manager);
      try {
        const record = await untilRecord(client, namespace, 'to be given up', ({ state }) => state === 'Blocked');
        expect(record.reason).to.be.oneOf(['GitOpsOwned', 'Contested']);
        const before = gitOps.applied;
        await waitUntil(() => gitOps.applied >= before + 3, { what: 'three more applications' });
        expect(await readRepairs(cluster, namespace, from)).to.have.length(1);
        expect((await readPosture(client, namespace))?.status?.conditions).to.satisfy(
          (conditions: NamespaceStatus['conditions']) =>
            conditions?.some(({ type, status }) => type === 'Remediated' && status === 'False'),
        );
      } finally {
        await gitOps.stop();
      }
    });
  }
});
