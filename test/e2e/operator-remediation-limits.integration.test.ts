/** Repairs of many namespaces at once and of those that are being born: in which order, how many, and how they are stopped. */
import { expect } from 'chai';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { Manifest } from '../support/api-client.ts';
import { bodyOf } from '../support/api-client.ts';
import { writeVerbs } from '../support/audit-log.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  appliedNamespaces,
  createNamespaces,
  listRecords,
  mostInAMinute,
  namespaceOf,
  readPatches,
  receivedMs,
  repairEverywhere,
} from './many-repairs.ts';
import { operatorUser } from './operator-process.ts';
import { conditionOf, untilPosture, useOperatorSuite } from './operator-suite.ts';
import { readDefaultAccount, readRepairs, untilRecord } from './remediation-suite.ts';

const timeoutMs = 240_000;
const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`);

function isAboutDefaultAccount({ objectRef }: AuditEvent): boolean {
  const { resource, name = 'default' } = objectRef ?? {};
  return resource === 'hardeningremediations' || (resource === 'serviceaccounts' && name === 'default');
}

function printRequest({ verb, objectRef, requestURI }: AuditEvent): string {
  const { resource = '', subresource } = objectRef ?? {};
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return `${verb} ${what}${requestURI.includes('dryRun=') ? ' dry run' : ''}`;
}

describe('the operator repairs, where it may do so everywhere,', () => {
  const suite = useOperatorSuite();
  const policy = (name: string, spec: object): Manifest => ({
    apiVersion: API_VERSION,
    kind: 'ClusterHardeningPolicy',
    metadata: { name },
    spec,
  });
  const dropPolicy = async (name: string): Promise<unknown> =>
    bodyOf('delete a policy', await suite.client.resource(API_VERSION, 'clusterhardeningpolicies').delete(name));
  const applying = { 'merlon.dev/remediation': 'apply' };

  beforeEach('the right to', async () => {
    await suite.client.apply(repairEverywhere);
  });

  it('a namespace that is born, at the first try, as far as the policy that selects it lets', async () => {
    const { client, cluster } = suite;
    await client.apply(policy('selects', { namespaceSelector: { matchLabels: { team: 'young' } } }));
    await client.apply(
      policy('caps', { namespaceSelector: { matchLabels: { team: 'careful' } }, remediation: { mode: 'plan' } }),
    );
    await suite.startOperator();
    // The right is known to the API server when it was made use of.
    await createNamespaces(client, ['born-before'], applying);
    await untilRecord(client, 'born-before', 'to be applied', ({ state }) => state === 'Applied');

    const from = await cluster.readAuditPosition();
    await createNamespaces(client, ['born'], { ...applying, team: 'young' });
    await createNamespaces(client, ['born-capped'], { ...applying, team: 'careful' });
    const { policies } = await untilRecord(client, 'born', 'to be applied', ({ state }) => state === 'Applied');
    expect(policies?.map(({ name }) => name)).to.deep.equal(['selects']);
    await untilRecord(client, 'born-capped', 'to be proposed', ({ state }) => state === 'Proposed');
    expect(await readDefaultAccount(client, 'born-capped')).not.to.have.property('automountServiceAccountToken');

    const writes = await cluster.readAudit({ namespace: 'born', verbs: writeVerbs, from });
    const [birth, ...later] = writes.filter(isAboutDefaultAccount);
    expect(birth?.verb).to.equal('create');
    expect(birth?.user.username).to.equal('system:serviceaccount:kube-system:service-account-controller');
    // Nothing is tried twice, and nobody else has a hand in it.
    expect(later.map(({ user }) => user.username)).to.satisfy((users: string[]) =>
      users.every((user) => user === operatorUser),
    );
    expect(later.map(printRequest)).to.deep.equal([
      'patch serviceaccounts dry run',
      'create hardeningremediations',
      'update hardeningremediations/status',
      'patch serviceaccounts',
      'update hardeningremediations/status',
    ]);
    expect(await readRepairs(cluster, 'born', from)).to.have.length(1);
    await Promise.all([dropPolicy('selects'), dropPolicy('caps')]);
  });

  it('nothing of a namespace that is born where it may not, and says so', async () => {
    const { client, cluster } = suite;
    bodyOf(
      'delete',
      await client.resource('rbac.authorization.k8s.io/v1', 'clusterrolebindings').delete('merlon-repairs'),
    );
    const from = await cluster.readAuditPosition();
    await suite.startOperator();
    await createNamespaces(client, ['born-unbound'], applying);
    const record = await untilRecord(client, 'born-unbound', 'to be held back', ({ state }) => state === 'Blocked');
    expect(record.reason).to.equal('Forbidden');
    const status = await untilPosture(client, 'born-unbound', 'to say so', (posture) => {
      return conditionOf(posture, 'Remediated')?.reason === 'Forbidden';
    });
    expect(conditionOf(status, 'Remediated')).to.include({ status: 'False' });
    expect(conditionOf(status, 'Remediated')?.message).to.match(/merlon-repair-default-accounts/);
    expect(await readRepairs(cluster, 'born-unbound', from)).to.deep.equal([]);
  });

  it('no more than its budget in any minute, whichever operator does it, and all of them in the end', async function () {
    this.timeout(timeoutMs);
    const { client, cluster } = suite;
    const names = numbered('budget', 40);
    await createNamespaces(client, names, applying);
    const [from, sinceMs] = [await cluster.readAuditPosition(), Date.now()];
    const untilAsked = (count: number, since: number) =>
      waitUntil(
        async () => {
          const { tried } = await readPatches(cluster, since);
          const asked = new Set(tried.map(namespaceOf).filter((name) => name.startsWith('budget-')));
          return asked.size >= count;
        },
        { what: `${count} namespaces to be looked at`, timeoutMs: 60_000, isCostly: true },
      );
    // What another operator has repaired just before counts, too.
    const most = async () => mostInAMinute((await readPatches(cluster, 0)).written, sinceMs);

    const first = await suite.startOperator(['--repairs-per-minute', '20']);
    await untilAsked(40, from);
    await waitUntil(async () => (await most()) >= 20, { what: 'the budget to be spent', timeoutMs: 60_000 });
    expect(await most()).to.equal(20);
    await first.kill();

    const restarted = await cluster.readAuditPosition();
    const second = await suite.startOperator(['--repairs-per-minute', '20']);
    await untilAsked(20, restarted);
    expect(await most()).to.equal(20);
    await second.kill();

    await suite.startOperator(['--repairs-per-minute', '1000']);
    await waitUntil(async () => (await appliedNamespaces(client, 'budget-')).length === 40, {
      what: 'all to be repaired',
      timeoutMs: 60_000,
    });
    const { written } = await readPatches(cluster, from);
    const repaired = written.map(namespaceOf).filter((name) => name.startsWith('budget-'));
    expect(repaired.toSorted()).to.deep.equal(names);
  });

  it('nothing more once a policy says off, in the middle of many, and the rest when it does not any more', async function () {
    this.timeout(timeoutMs);
    const { client, cluster } = suite;
    const names = numbered('stop', 150);
    await createNamespaces(client, names, applying);
    const from = await cluster.readAuditPosition();
    await suite.launchOperator(['--repairs-per-minute', '1000']);
    await waitUntil(async () => (await appliedNamespaces(client, 'stop-')).length >= 5, {
      what: 'the first repairs',
      timeoutMs: 60_000,
    });
    await client.apply(policy('stop', { remediation: { mode: 'off' } }));
    const [known] = await waitUntil(
      async () => {
        const filter = { user: operatorUser, resource: 'clusterhardeningpolicies/status', verbs: ['update'], from };
        const events = await cluster.readAudit(filter);
        return events.length > 0 && events;
      },
      { what: 'the policy to be known', isCostly: true },
    );
    const written = async () =>
      (await readPatches(cluster, from)).written.filter((event) => namespaceOf(event).startsWith('stop-'));
    const repaired = new Set((await written()).map(namespaceOf));
    const left = names.filter((name) => !repaired.has(name));
    expect(left.length, 'namespaces that were left').to.be.above(0);
    for (const name of left) {
      await untilPosture(
        client,
        name,
        'to say so',
        (posture) => conditionOf(posture, 'Remediated')?.reason === 'SwitchedOff',
      );
    }
    const stopped = await written();
    expect(stopped.length).to.equal(repaired.size);
    // When its status was written the policy was in force: what came later was under way, in four namespaces at most.
    const since = known === undefined ? 0 : receivedMs(known);
    expect(stopped.filter((event) => receivedMs(event) > since).length).to.be.at.most(4);
    const undecided = (await listRecords(client, 'stop-')).filter(({ status }) => status?.intent !== undefined);
    expect(undecided).to.deep.equal([]);

    await dropPolicy('stop');
    // Those that were under way, too: nothing of what they were is in the way.
    await waitUntil(async () => (await appliedNamespaces(client, 'stop-')).length === names.length, {
      what: 'all to be repaired',
      timeoutMs: 60_000,
    });
    expect((await written()).map(namespaceOf).toSorted()).to.deep.equal(names);
  });
});
