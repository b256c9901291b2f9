/** An API server that serves no admission policies, as before Kubernetes 1.30: what is said of that, and what would do. */
import { expect } from 'chai';

import { createEnforcementWriter } from '../../src/enforcement/apply/enforcement-writer.ts';
import { buildManifests } from '../../src/enforcement/plan/planned-policy.ts';
import { planExecGuard } from '../../src/enforcement/plan/exec-guard.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { openClusterTransport } from '../kube/cluster-transport.ts';
import { useControlPlane } from '../support/integration.ts';
import { usual } from './printed-guards.ts';

const group = 'admissionregistration.k8s.io/v1';

describe('an API server that serves no admission policies', () => {
  const cluster = useControlPlane({
    own: {
      auditLog: false,
      apiServerFlags: {
        'runtime-config': ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']
          .map((resource) => `${group}/${resource}=false`)
          .join(','),
        'disable-admission-plugins': 'ValidatingAdmissionPolicy',
      },
    },
  });

  it('takes none, which the operator is told', async () => {
    const transport = await openClusterTransport(cluster().adminKubeconfig);
    try {
      const writer = createEnforcementWriter(transport, () => Promise.resolve(undefined));
      const [policy] = buildManifests(planExecGuard(usual));
      if (policy === undefined) throw new Error('nothing is planned');
      expect(await writer.read({ kind: policy.kind, name: policy.metadata.name })).to.deep.equal({ outcome: 'gone' });
      expect(await writer.apply(policy)).to.deep.equal({ outcome: 'unserved' });
    } finally {
      transport.close();
    }
  });

  it('would refuse nothing, which a preview says, with what would do', async () => {
    const { code, stdout, stderr } = await runMerlon([
      'enforce',
      '--preview',
      '--kubeconfig',
      cluster().adminKubeconfig,
    ]);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr)
      .to.contain('the API server does not serve it, and enforces nothing of this by itself')
      .and.contain('label namespaces pod-security.kubernetes.io/enforce=baseline');
  });
});
