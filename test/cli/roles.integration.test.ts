/** `merlon roles`, and the rules beside it, on a real API server: as Kubernetes made it, and after somebody changed it. */
import { expect } from 'chai';

import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { runMerlon } from './merlon-process.ts';

const API_VERSION = 'rbac.authorization.k8s.io/v1';

interface PrintedRoles {
  readonly roles: readonly { readonly kind: string; readonly name: string; readonly baseline: string }[];
  readonly missing: readonly string[];
}
interface PrintedFindings {
  readonly findings: readonly {
    readonly rule: string;
    readonly outcome: string;
    readonly severity: string;
    readonly subject: { readonly name: string };
  }[];
}

describe('merlon roles on a cluster', () => {
  // The release itself: what it emulates may create what that release does not.
  const cluster = useControlPlane({ needs: ['build', 'controller-manager'], own: { emulatedVersion: '' } });

  async function run(args: readonly string[], kubeconfig = cluster().adminKubeconfig) {
    return runMerlon(['roles', '--kubeconfig', kubeconfig, ...args]);
  }
  async function predefinedFindings(): Promise<PrintedFindings['findings']> {
    const args = ['scan', '--cluster', '-A', '-o', 'json', '--kubeconfig', cluster().adminKubeconfig];
    const { stdout } = await runMerlon(args);
    return (JSON.parse(stdout) as PrintedFindings).findings.filter(({ rule }) => rule.includes('predefined'));
  }

  it('finds everything unchanged and nothing missing where nobody changed anything', async () => {
    const { code, stdout, stderr } = await run(['-A', '-o', 'json']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const { roles } = JSON.parse(stdout) as PrintedRoles;
    expect(roles).to.have.length.above(70);
    expect(roles.filter(({ baseline }) => baseline !== 'unchanged')).to.deep.equal([]);
    expect(await predefinedFindings()).to.deep.equal([]);
  });

  it('describes a role with its rules, what it gathers, and its bindings', async () => {
    const { code, stdout } = await run(['view']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Baseline: +unchanged: as Kubernetes 1\.\d+ creates it$/m);
    expect(stdout).to.match(/^Gathers: +system:aggregate-to-view$/m);
    expect(stdout).to.match(/^ {2}pods\/log +\[\] +\[\] +\[get list watch\]$/m);
    expect(stdout).to.include('Bindings:\n  none\n');
  });

  it('shows what was changed, is missing, or passes for predefined, and so do the rules', async () => {
    const { client } = cluster();
    const bindings = client.resource(API_VERSION, 'clusterrolebindings');
    const roles = client.resource(API_VERSION, 'clusterroles');
    const extra = { kind: 'ServiceAccount', namespace: 'default', name: 'default' };
    const added = [{ op: 'add', path: '/subjects/-', value: extra }];
    bodyOf('add a subject', await bindings.patch('cluster-admin', added, 'json'));
    const secrets = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
    const rule = [{ op: 'add', path: '/rules/-', value: secrets }];
    bodyOf('add a rule', await roles.patch('system:discovery', rule, 'json'));
    bodyOf('delete a role', await roles.delete('system:monitoring'));
    await client.create({ apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name: 'system:mine' }, rules: [] });

    const { stdout } = await run(['-o', 'json']);
    const odd = (JSON.parse(stdout) as PrintedRoles).roles.filter(({ baseline }) => baseline !== 'unchanged');
    expect(odd.map(({ name, baseline }) => `${name} ${baseline}`)).to.deep.equal([
      'system:discovery changed',
      'system:mine impostor',
      'system:monitoring missing',
    ]);
    expect((await run(['cluster-admin'])).stdout).to.match(/cluster-admin +changed +ServiceAccount default\/default$/m);
    expect(await run(['system:monitoring'])).to.include({ code: 3, stdout: '' });

    const found = await predefinedFindings();
    expect(
      found.map(({ rule: id, severity, outcome, subject }) => `${outcome} ${severity} ${id} ${subject.name}`),
    ).to.have.members([
      'fail critical rbac-predefined-binding cluster-admin',
      'fail critical rbac-predefined-role-bound cluster-admin',
      'fail critical rbac-predefined-role system:discovery',
      'fail low rbac-predefined-role system:mine',
      'fail low rbac-predefined-missing kube-apiserver',
    ]);
  });

  it('exits with 4 and says what may not be read', async () => {
    const { code, stderr } = await run([], await cluster().kubeconfigFor({ user: 'nobody', groups: [] }));
    expect(code).to.equal(4);
    expect(stderr).to.include('not read: listing clusterroles.rbac.authorization.k8s.io is forbidden\n');
  });
});
