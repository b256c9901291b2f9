/** An operator that may try pods, on a real API server: what that shows, what it sends, and that all of it goes again. */
import { expect } from 'chai';

import { PROBE_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import { waitForGuard } from '../evidence/variants/operator-rights.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { operatorUser } from './operator-process.ts';
import { readClusterPosture, readPosture, readWrites, useOperatorSuite } from './operator-suite.ts';
import { revoke } from './operator-role.ts';
import { readRemains, runUninstall } from './uninstall-suite.ts';

const RULE = 'api-server-service-account-admission';
const often = ['--evidence-interval', '1'];

describe('an operator that may try pods', () => {
  const suite = useOperatorSuite();

  before('config/probes, and no other source that tells of plugins', async function () {
    this.timeout(60_000);
    const { code, stderr } = await suite.cluster.kubectl(['apply', '--server-side', '-k', 'config/probes']);
    expect([code, stderr]).to.deep.equal([0, '']);
    await revoke(suite.client, '/flagz');
    await revoke(suite.client, '/metrics');
    expect(await waitForGuard(suite.client)).to.equal(true);
  });

  const outcomeOf = async (): Promise<string | undefined> => {
    const { status } = (await readClusterPosture(suite.client)) ?? {};
    return status?.findings?.find(({ rule }) => rule === RULE)?.outcome;
  };
  const podsCreated = async (from: number): Promise<readonly AuditEvent[]> => {
    const events = await suite.cluster.readAudit({ user: operatorUser, verbs: ['create'], from });
    return events.filter(({ objectRef }) => objectRef?.resource === 'pods');
  };

  it('tries none unless it is told to', async () => {
    const from = await suite.cluster.readAuditPosition();
    const operator = await suite.startOperator(often);
    expect(await outcomeOf()).to.equal('unknown');
    expect(await podsCreated(from)).to.deep.equal([]);
    await operator.stop();
  });

  it('knows by that what no other source tells, and sends dry runs only', async () => {
    const from = await suite.cluster.readAuditPosition();
    await suite.startOperator([...often, '--dry-run-probes']);
    await waitUntil(async () => (await outcomeOf()) === undefined, { what: `a verdict on ${RULE}` });

    const events = await podsCreated(from);
    const path = `/api/v1/namespaces/${PROBE_NAMESPACE}/pods?dryRun=All`;
    expect([...new Set(events.map(({ requestURI }) => requestURI))]).to.deep.equal([path]);
    expect(bodyOf('pods', await suite.client.resource('v1', 'pods', PROBE_NAMESPACE).list()).items).to.deep.equal([]);
    // The guard refuses the account of Merlon much, but not to report.
    expect(await readPosture(suite.client, PROBE_NAMESPACE)).to.have.nested.property('status.conditions');
  });

  it('writes nothing as long as each round shows the same', async () => {
    await suite.startOperator([...often, '--dry-run-probes']);
    await waitUntil(async () => (await outcomeOf()) === undefined, { what: `a verdict on ${RULE}` });
    const from = await suite.cluster.readAuditPosition();
    await waitUntil(async () => (await podsCreated(from)).length >= 8, { what: 'two rounds more' });
    const written = await readWrites(suite.cluster, from);
    expect(written.map(({ requestURI }) => requestURI)).to.deep.equal([]);
  });

  it('stops to try and to know once its guard is gone', async () => {
    const operator = await suite.startOperator([...often, '--dry-run-probes']);
    await waitUntil(async () => (await outcomeOf()) === undefined, { what: `a verdict on ${RULE}` });
    const policies = suite.client.resource('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies');
    bodyOf('delete the guard', await policies.delete('merlon-probes'));
    await waitUntil(async () => (await outcomeOf()) === 'unknown', { what: 'the verdict to be unknown' });
    const from = await suite.cluster.readAuditPosition();
    const rounds = async () => (await suite.cluster.readAudit({ user: operatorUser, verbs: ['get'], from })).length;
    await waitUntil(async () => (await rounds()) > 8, { what: 'a round or two more' });
    expect(await podsCreated(from)).to.deep.equal([]);
    await operator.stop();
  });

  it('leaves with all that was brought for that', async () => {
    const before = await readRemains(suite.cluster);
    expect(before.filter((line) => line.includes('merlon-probes'))).to.have.length.greaterThan(5);
    const { code, stdout, stderr } = await runUninstall(suite.cluster, ['--yes', '--policies']);
    expect(code, stdout + stderr).to.equal(0);
    expect(await readRemains(suite.cluster)).to.deep.equal([]);
  });
});
