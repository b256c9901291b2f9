/** Repairs of what has no namespace, by an operator with the shipped rights: proposed where a policy asks for it, never written. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { API_VERSION, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { bodyOf } from '../support/api-client.ts';
import { writeVerbs } from '../support/audit-log.ts';
import { waitUntil } from '../support/wait-until.ts';
import { untilGolden } from './golden-posture.ts';
import { operatorUser } from './operator-process.ts';
import { conditionOf, readClusterPosture, useOperatorSuite } from './operator-suite.ts';
import { recordsOf } from './remediation-suite.ts';

const NAME = 'rbac-anonymous-grants.clusterrolebinding.open-door';
const binding = (subjects: readonly string[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'open-door' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: subjects.map((name) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })),
});
const patch = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: open-door
subjects:
  - kind: User
    apiGroup: rbac.authorization.k8s.io
    name: jane
`;

describe('the operator, of what has no namespace,', () => {
  const suite = useOperatorSuite({ operatorsEndAfter: 'all tests' });
  let from = 0;

  before('an operator, and a binding that is open to everybody', async function () {
    this.timeout(60_000);
    from = await suite.cluster.readAuditPosition();
    await suite.client.create(binding(['system:anonymous', 'jane']));
    await suite.startOperator();
  });

  async function readRecord(): Promise<HardeningRemediation | undefined> {
    const response = await recordsOf(suite.client, OPERATOR_NAMESPACE).get(NAME);
    return response.status === 404 ? undefined : bodyOf('record', response);
  }
  async function untilRecord(what: string, condition: (record: HardeningRemediation | undefined) => boolean) {
    return waitUntil(
      async () => {
        const record = await readRecord();
        if (!condition(record)) throw new Error(JSON.stringify(record?.status));
        return { record };
      },
      { what: `the record ${what}` },
    ).then(({ record }) => record);
  }
  async function untilCondition(reason: string): Promise<string> {
    return waitUntil(
      async () => {
        const found = conditionOf((await readClusterPosture(suite.client))?.status, 'Remediated');
        if (found?.reason !== reason) throw new Error(JSON.stringify(found));
        return found.message;
      },
      { what: `the posture of the cluster to say ${reason}` },
    );
  }
  async function switchPolicy(mode: string): Promise<void> {
    const policies = suite.client.resource(API_VERSION, 'clusterhardeningpolicies');
    bodyOf('switch', await policies.patch('repairs', { spec: { remediation: { mode } } }));
  }

  it('proposes nothing by itself, and says what would switch it on', async () => {
    expect(await untilCondition('Disabled')).to.match(/spec\.remediation\.mode.*rbac-anonymous-grants/);
    expect((await recordsOf(suite.client, OPERATOR_NAMESPACE).list()).body.items).to.deep.equal([]);
    await untilGolden(suite.cluster);
  });

  it('proposes the patch where a policy asks for it, as kubectl shows', async () => {
    const { cluster } = suite;
    const sample = await readFile(join(import.meta.dirname, '../../config/samples/remediation/cluster.yaml'), 'utf8');
    expect(await cluster.kubectl(['apply', '--server-side', '-f', '-'], { stdin: sample })).to.include({ code: 0 });
    const record = await untilRecord('to be proposed', (one) => one?.status?.state === 'Proposed');
    expect(record?.status).to.deep.include({
      reason: 'PlanOnly',
      patch,
      policies: [{ kind: 'ClusterHardeningPolicy', name: 'repairs', generation: 1 }],
    });
    const shown = await cluster.kubectl(['get', 'hrem', '-n', OPERATOR_NAMESPACE]);
    expect(shown.stdout).to.match(
      /NAME +STATE +TARGET +RULE +REASON +AGE\n\S+ +Proposed +ClusterRoleBinding open-door +rbac-anonymous-grants +PlanOnly +/,
    );
    expect(await untilCondition('Planned')).to.match(/^1 repair is proposed/);
    const posture = await cluster.kubectl(['get', 'csecpos', '-o', 'wide']);
    expect(posture.stdout).to.match(/ REMEDIATION +ENFORCEMENT +READY .*\n.* Planned +Disabled +True /);
  });

  it('lets nobody approve what it never writes', async () => {
    const approve = ['patch', 'hrem', '-n', OPERATOR_NAMESPACE, NAME, '--type', 'merge', '-p'];
    const { code, stderr } = await suite.cluster.kubectl([...approve, '{"spec":{"action":"Approve"}}']);
    expect(code).not.to.equal(0);
    expect(stderr).to.match(/Merlon never writes to objects of this kind/);
  });

  it('forgets its proposal at once where a policy says off, and makes it again', async () => {
    await switchPolicy('off');
    await untilRecord('to go', (record) => record === undefined);
    await untilCondition('SwitchedOff');
    await switchPolicy('plan');
    await untilRecord('to be proposed again', (record) => record?.status?.state === 'Proposed');
    await untilCondition('Planned');
    await untilGolden(suite.cluster);
  });

  it('says that the proposal is superseded once somebody has applied its patch', async () => {
    const { cluster } = suite;
    const args = ['patch', 'clusterrolebinding', 'open-door', '-p', (await readRecord())?.status?.patch ?? ''];
    const { code, stderr } = await cluster.kubectl(args);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const record = await untilRecord('to be superseded', (one) => one?.status?.state === 'Superseded');
    expect(record?.status?.reason).to.equal('FindingGone');
    // What the API server answers to anonymous requests is asked on a slower clock, so the rest of the posture comes later.
    await untilCondition('NothingToRepair');
  });

  it('and has written nothing but its own objects', async () => {
    const events = await suite.cluster.readAudit({ user: operatorUser, verbs: writeVerbs, from });
    const groups = new Set(events.map(({ objectRef }) => `${objectRef?.apiGroup ?? ''}/${objectRef?.resource ?? ''}`));
    expect([...groups].filter((one) => one.startsWith('rbac.authorization.k8s.io/'))).to.deep.equal([]);
    expect([...groups]).to.include('merlon.dev/hardeningremediations');
  });
});
