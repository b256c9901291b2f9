import { expect } from 'chai';
import { useExistingCluster } from './existing-cluster.ts';
import type { ExistingCluster } from './existing-cluster.ts';
import { useControlPlane } from './integration.ts';

describe('an existing cluster', () => {
  const cluster = useControlPlane();
  let existing: ExistingCluster;

  before(async () => {
    existing = await useExistingCluster({
      USE_EXISTING_CLUSTER: 'true',
      KUBECONFIG: cluster().adminKubeconfig,
      TEST_ASSET_KUBECTL: cluster().description.kubectl,
    });
  });
  after(() => existing.stop());

  it('is spoken to as the kubeconfig says', async () => {
    const { stdout } = await existing.kubectl(['get', 'namespace', 'default', '-o', 'name']);

    expect(stdout).to.equal('namespace/default\n');
    expect((await existing.client.resource('v1', 'secrets', 'kube-system').list()).status).to.equal(200);
    expect(existing.minor).to.equal(cluster().minor);
  });

  it('knows other users by impersonation', async () => {
    const client = await existing.clientFor({ user: 'jane', groups: ['dev', 'ops'] });
    const kubeconfig = await existing.kubeconfigFor({ user: 'jane', groups: ['dev', 'ops'] });

    const refused = await client.resource('v1', 'secrets', 'kube-system').list();
    const { stdout } = await existing.kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo}'], { kubeconfig });
    client.close();

    expect(refused.status).to.equal(403);
    expect(refused.body).to.have.property('message').that.includes('User "jane" cannot list');
    expect(JSON.parse(stdout)).to.deep.include({ username: 'jane', groups: ['dev', 'ops', 'system:authenticated'] });
  });

  it('has no audit log to read', () => {
    expect(() => existing.readAudit()).to.throw('no audit log');
  });
});
