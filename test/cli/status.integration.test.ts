/** `merlon status` on a real API server, with a Lease and a posture as an operator would have left them. */
import { expect } from 'chai';

import { API_VERSION, LEASE_NAME, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import { bodyOf } from '../support/api-client.ts';
import { useClusterWithKinds } from './cluster-suite.ts';
import { runMerlon } from './merlon-process.ts';

describe('merlon status', () => {
  const suite = useClusterWithKinds();
  const leases = (namespace = OPERATOR_NAMESPACE) =>
    suite().client.resource('coordination.k8s.io/v1', 'leases', namespace);
  const postures = () => suite().client.resource(API_VERSION, 'clustersecuritypostures');

  before('the namespace of the operator', async () => {
    await suite().client.createNamespace(OPERATOR_NAMESPACE);
  });
  afterEach(async () => {
    await leases().delete(LEASE_NAME);
    await postures().delete('cluster');
  });

  async function status(...args: readonly string[]) {
    const { code, stdout, stderr } = await runMerlon(['status', '--kubeconfig', suite().adminKubeconfig, ...args]);
    expect(stderr).to.equal('');
    return { code, lines: stdout.trimEnd().split('\n') };
  }
  async function beat(ageS: number, holder = 'merlon-1', namespace = OPERATOR_NAMESPACE): Promise<void> {
    const renewTime = new Date(Date.now() - ageS * 1000).toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: holder, leaseDurationSeconds: 15, renewTime };
    bodyOf('create Lease', await leases(namespace).create({ kind: 'Lease', metadata: { name: LEASE_NAME }, spec }));
  }
  async function judge(inputs: 'True' | 'False' = 'True', more: object = {}): Promise<void> {
    bodyOf(
      'create posture',
      await postures().create({ kind: 'ClusterSecurityPosture', metadata: { name: 'cluster' } }),
    );
    const conditions = [
      { type: 'Ready', status: 'True', reason: 'EvaluationSucceeded', message: 'every selected rule was evaluated' },
      { type: 'Compliant', status: 'True', reason: 'NoFindingsAtThreshold', message: 'nothing fails' },
      {
        type: 'InputsComplete',
        status: inputs,
        reason: 'PermissionMissing',
        message: 'Pod: listing pods is forbidden',
      },
      { type: 'Remediated', status: 'Unknown', reason: 'Disabled', message: 'off' },
    ].map((condition) => ({ ...condition, lastTransitionTime: '2026-11-24T08:00:00Z' }));
    bodyOf('write posture', await postures().patchStatus('cluster', { conditions, ...more }));
  }

  it('exits with 4 where no operator was ever seen', async () => {
    const { code, lines } = await status();
    expect(code).to.equal(4);
    expect(lines).to.deep.equal([
      'operator: never seen (no Lease was ever renewed); is it installed, in that namespace?',
      'inputs: unknown, the cluster has no posture yet',
      'verdicts: none',
    ]);
  });

  it('exits with 0 where the operator lives and has read everything', async () => {
    await beat(3);
    await judge();
    const { code, lines } = await status();
    expect(lines[0]).to.match(/^operator: alive as "merlon-1", last sign of life \d s ago$/);
    expect(lines.slice(1)).to.deep.equal([
      'inputs: complete since 2026-11-24T08:00:00Z',
      'verdicts: current; a change is judged within seconds',
    ]);
    expect(code).to.equal(0);
  });

  it('exits with 4 where its Lease has run out, however good the posture looks', async () => {
    await beat(600);
    await judge();
    const { code, lines } = await status();
    expect(code).to.equal(4);
    expect(lines[0]).to.match(/^operator: dead or cut off \("merlon-1"\), last sign of life 10 min ago$/);
    expect(lines[2]).to.match(/^verdicts: as of 10 min ago at the latest; /);
    expect((await status('--max-age', '3600')).code).to.equal(0);
  });

  it('exits with 4 where the operator was stopped', async () => {
    await beat(1, '');
    await judge();
    const { code, lines } = await status();
    expect(code).to.equal(4);
    expect(lines[0]).to.match(/^operator: stopped in good order, /);
  });

  it('exits with 4 where it may not read everything, and says what', async () => {
    await beat(1);
    await judge('False');
    const { code, lines } = await status();
    expect(code).to.equal(4);
    expect(lines[1]).to.equal(
      'inputs: not complete since 2026-11-24T08:00:00Z (PermissionMissing): Pod: listing pods is forbidden',
    );
  });

  it('exits with 4 where a posture could not be written', async () => {
    await beat(1);
    await judge('True', { inputs: [{ source: 'SecurityPosture shop', state: 'refused', message: 'exceeded quota' }] });
    const { code, lines } = await status();
    expect([code, lines[3]]).to.deep.equal([4, 'not written: SecurityPosture shop: exceeded quota']);
  });

  it('exits with 4 while nothing was judged yet', async () => {
    await beat(1);
    bodyOf(
      'create posture',
      await postures().create({ kind: 'ClusterSecurityPosture', metadata: { name: 'cluster' } }),
    );
    const { code, lines } = await status();
    expect(code).to.equal(4);
    expect(lines[1]).to.match(/^inputs: unknown/);
  });

  it('looks where the operator runs', async () => {
    await suite().client.createNamespace('elsewhere');
    await beat(1, 'merlon-2', 'elsewhere');
    expect((await status('--operator-namespace', 'elsewhere')).lines[0]).to.match(/^operator: alive as "merlon-2"/);
  });

  it('exits with 4 where it may not ask, and says so', async () => {
    const kubeconfig = await suite().kubeconfigFor({ user: 'nobody' });
    const { code, stdout, stderr } = await runMerlon(['status', '--kubeconfig', kubeconfig]);
    expect([code, stdout]).to.deep.equal([4, '']);
    expect(stderr).to.match(/^error: GET \/apis\/.*: HTTP 403 Forbidden: .*"nobody".*\n$/);
  });
});
