/** `merlon can-i` where RBAC is not the only authorizer: the API server's answer wins, and the difference is said. */
import { expect } from 'chai';

import { useControlPlane } from '../support/integration.ts';
import { askMerlon } from './questions.ts';

const policy = JSON.stringify({
  apiVersion: 'abac.authorization.kubernetes.io/v1beta1',
  kind: 'Policy',
  spec: { user: 'abby', namespace: '*', resource: 'pods', apiGroup: '*', readonly: true },
});

describe('merlon can-i, where ABAC runs beside RBAC', () => {
  const suite = useControlPlane({
    own: {
      controllerManager: false,
      auditLog: false,
      files: { 'abac.jsonl': policy },
      apiServerFlags: {
        'authorization-mode': 'Node,RBAC,ABAC',
        'authorization-policy-file': '{dir}/abac.jsonl',
      },
    },
  });
  const ask = (...args: readonly string[]) => askMerlon(['can-i', ...args, '--kubeconfig', suite().adminKubeconfig]);

  it('says yes where the API server does, and that RBAC did not', async () => {
    const { code, stdout, stderr } = await ask('list', 'pods', '--as', 'abby');
    expect([code, stdout.split('\n')[0]]).to.deep.equal([0, 'yes']);
    expect(stderr).to.equal(
      'note: RBAC does not allow it, and the API server does: another authorizer allows it, or RBAC has just changed\n',
    );
  });

  it('says no where both do', async () => {
    const { code, stderr } = await ask('create', 'pods', '--as', 'abby');
    expect([code, stderr]).to.deep.equal([1, '']);
  });

  it('does not know without the API server, whom only those may ask for who may create reviews', async () => {
    const { client } = suite();
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'auditor' },
      rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['list'] }],
    });
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'auditor' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'auditor' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'audra' }],
    });
    const kubeconfig = await suite().kubeconfigFor({ user: 'audra' });
    const question = ['can-i', 'list', 'pods', '--as', 'abby', '--kubeconfig', kubeconfig];
    const { code, stdout, stderr } = await askMerlon(question);
    expect([code, stdout]).to.deep.equal([4, 'unknown\n']);
    expect(stderr).to.contain('note: RBAC does not allow it; other authorizers cannot be excluded\n');
    expect((await askMerlon([...question, '--authorization-mode', 'Node,RBAC,ABAC'])).code).to.equal(4);
  });
});
