/** `merlon uninstall` where Merlon has been at work: what goes, in which order, what stays, and how it goes on after a stop. */
import { expect } from 'chai';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import {
  applyYaml,
  connect,
  createDebugger,
  createPod,
  escalating,
  LET_IN,
  REFUSED,
  waitForAnswer,
} from '../enforcement/guarded-cluster.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { printFamilies, printGuards } from '../enforcement/printed-guards.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { useControlPlane } from '../support/integration.ts';
import type { OperatorProcess } from './operator-process.ts';
import { readDefaultAccount, recordsOf } from './remediation-suite.ts';
import { putMerlonToWork, readRemains, readWorld, REPAIRED, runUninstall } from './uninstall-suite.ts';

const removed = (stdout: string) => [...stdout.matchAll(/^ {3}(?:deleted|reverted) +(.*)$/gm)].map(([, what]) => what);
const headings = (stdout: string) => [...stdout.matchAll(/^(\d\. .*)$/gm)].map(([, heading]) => heading);
/** What people made, of what is listed by name. */
const PEOPLES_BINDING = `RoleBinding ${REPAIRED} merlon-repairs`;

describe('merlon uninstall', function () {
  this.timeout(90_000);
  const cluster = useControlPlane({ own: {}, needs: ['audit-log', 'controller-manager'] });
  let operator: OperatorProcess;
  const isRepaired = async () =>
    (await readDefaultAccount(cluster().client, REPAIRED))['automountServiceAccountToken'] === false;

  describe('that is not to change anything', () => {
    before('Merlon at work, and stopped', async () => {
      operator = await putMerlonToWork(cluster());
      await operator.stop();
    });

    it('lists with --dry-run what would go and what stays, and changes nothing', async () => {
      const before = await readWorld(cluster());
      const { code, stdout, stderr } = await runUninstall(cluster(), ['--dry-run', '--repairs', 'revert']);
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(await readWorld(cluster())).to.deep.equal(before);
      expect(stdout).to.match(/^ {3}would delete +Deployment merlon\/merlon$/m);
      expect(stdout).to.match(/^ {3}would revert +ServiceAccount billing\/default: automountServiceAccountToken$/m);
      expect(stdout).to.match(/^ {3}left alone +RoleBinding billing\/merlon-repairs: people made it/m);
      expect(stdout).to.match(
        /^ {3}left alone +CustomResourceDefinition clusterhardeningpolicies\.merlon\.dev: people/m,
      );
      expect(stdout).to.match(
        /^ {3}left alone +Namespace billing: people set the label merlon\.dev\/remediation=apply$/m,
      );
      expect(stdout).to.match(
        /^ {3}left alone +Deployment default\/web: people set the annotation exempt\.merlon\.dev\//m,
      );
      expect(stdout).to.match(/\n\d+ to remove or revert; nothing was changed\n$/);
    });

    it('removes nothing where nobody has said what becomes of repairs', async () => {
      const before = await readWorld(cluster());
      const { code, stdout, stderr } = await runUninstall(cluster(), ['--yes']);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.include('a repair stands: ServiceAccount billing/default: automountServiceAccountToken\n');
      expect(stderr).to.match(/--repairs keep .* --repairs revert .*\nnothing was removed\n$/);
      expect(await readWorld(cluster())).to.deep.equal(before);
    });

    it('refuses to look for Merlon where it is not', async () => {
      const { code, stdout, stderr } = await runUninstall(cluster(), ['--yes', '--repairs', 'keep', '-n', 'default']);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.equal(
        'Merlon runs in namespace "merlon", by its ClusterRoleBinding; give --namespace merlon\n',
      );
    });
  });

  describe('in earnest', () => {
    beforeEach('Merlon at work', async () => {
      operator = await putMerlonToWork(cluster());
    });
    afterEach('end the operator', async () => {
      await operator.kill();
    });

    it('goes no further than the Deployment while an operator still renews its Lease', async () => {
      const args = ['--yes', '--repairs', 'revert', '--timeout', '4'];
      const { code, stdout, stderr } = await runUninstall(cluster(), args);
      expect(code).to.equal(4);
      expect(removed(stdout)).to.deep.equal(['Deployment merlon/merlon']);
      expect(stderr).to.match(/stopped at "Stop the operator": "merlon-0" still holds the Lease merlon\/merlon/);
      expect(await isRepaired()).to.equal(true);
      expect((await recordsOf(cluster().client, REPAIRED).list()).body.items).to.have.length(1);
    });

    it('takes repairs back, removes all that Merlon made, leaves what people made, and finds nothing the second time', async () => {
      await operator.stop();
      const { code, stdout, stderr } = await runUninstall(cluster(), ['--yes', '--repairs', 'revert']);
      expect(code, stdout + stderr).to.equal(0);
      expect(headings(stdout)).to.deep.equal([
        '2. Stop the operator',
        '3. Repairs that stand',
        '4. Its admission policies',
        '5. What Merlon wrote',
        '6. Its rights, and the roles that it brought',
        '7. Its kinds',
        '8. Its namespace',
        '9. What people wrote for it',
      ]);
      expect(removed(stdout).slice(0, 2)).to.deep.equal([
        'Deployment merlon/merlon',
        'ServiceAccount billing/default: automountServiceAccountToken',
      ]);
      expect(stdout).to.match(/\n\d+ deleted, 1 reverted, \d+ left alone, 0 failed\n$/);
      const account = await readDefaultAccount(cluster().client, REPAIRED);
      expect(account).not.to.have.property('automountServiceAccountToken');
      expect(JSON.stringify(account.metadata)).not.to.include('merlon-remediator');
      expect(await readRemains(cluster())).to.deep.equal([
        PEOPLES_BINDING,
        'CustomResourceDefinition <none> clusterhardeningpolicies.merlon.dev',
      ]);
      const policies = cluster().client.resource(API_VERSION, 'clusterhardeningpolicies');
      expect(bodyOf('policy', await policies.get('platform'))).to.have.nested.property('spec.threshold', 'critical');

      const remains = await readRemains(cluster());
      const again = await runUninstall(cluster(), ['--yes']);
      expect([again.code, again.stderr]).to.deep.equal([0, '']);
      expect(again.stdout).to.match(/\nnothing of Merlon is left to remove\n$/);
      expect(again.stdout).not.to.match(/^ {3}(?!left alone)/m);
      expect(await readRemains(cluster())).to.deep.equal(remains);
    });

    it('ends first what the API server enforces, so that no policy that refuses outlives Merlon unnoticed', async () => {
      await operator.stop();
      const { client } = cluster();
      const policies = client.resource('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies');
      const ada = await createDebugger(cluster(), 'ada');
      await createPod(cluster(), 'of-ada/agent', escalating['privileged']);
      const canSet = cluster().minor >= oldestMinors.MutatingAdmissionPolicy;
      const guards = { withoutLabel: 'deny', ephemeralContainers: true, byLabel: canSet } as const;
      await applyYaml(cluster(), printGuards(guards, 'deny') + '---\n' + printFamilies(cluster().minor));
      const foreign = { metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } };
      bodyOf('take over', await policies.patch('merlon-exec-guard-nodes-proxy', foreign));
      await waitForAnswer(() => connect(ada, 'of-ada/agent'), REFUSED);

      const { code, stdout, stderr } = await runUninstall(cluster(), ['--yes', '--repairs', 'revert']);
      expect(code, stdout + stderr).to.equal(0);
      expect(headings(stdout)[0]).to.equal('1. What the API server enforces for it');
      const enforced = removed(stdout).slice(0, removed(stdout).indexOf('Deployment merlon/merlon') + 1);
      const isOfFamily = (one = '') => / merlon-(image-pulls|pod-defaults|service-accounts|rbac)/.test(one);
      expect(enforced.filter((one) => !isOfFamily(one))).to.deep.equal([
        'ValidatingAdmissionPolicyBinding merlon-exec-guard-audit',
        'ValidatingAdmissionPolicyBinding merlon-exec-guard-debug-audit',
        'ValidatingAdmissionPolicyBinding merlon-exec-guard-debug-deny',
        'ValidatingAdmissionPolicyBinding merlon-exec-guard-deny',
        'ValidatingAdmissionPolicyBinding merlon-exec-guard-nodes-proxy-deny',
        // After the guard that goes by the label.
        ...(canSet ? ['ValidatingAdmissionPolicyBinding merlon-exec-label-keeper-deny'] : []),
        ...(canSet ? ['MutatingAdmissionPolicyBinding merlon-exec-label-on'] : []),
        'ValidatingAdmissionPolicy merlon-exec-guard',
        'ValidatingAdmissionPolicy merlon-exec-guard-debug',
        ...(canSet ? ['ValidatingAdmissionPolicy merlon-exec-label-keeper'] : []),
        ...(canSet ? ['MutatingAdmissionPolicy merlon-exec-label'] : []),
        'Deployment merlon/merlon',
      ]);
      expect(stdout).to.match(/^ {3}mind +what was printed by "merlon enforce" and is applied from git comes back/m);
      expect(stdout).to.match(
        /^ {3}left alone +ValidatingAdmissionPolicy merlon-exec-guard-nodes-proxy: .*it goes on to refuse$/m,
      );
      await waitForAnswer(() => connect(ada, 'of-ada/agent'), LET_IN);
      const left = bodyOf('list', await policies.list()).items.map(({ metadata }) => metadata.name);
      expect(left.filter((name) => name.startsWith('merlon'))).to.deep.equal(['merlon-exec-guard-nodes-proxy']);
      if (!canSet) return;
      const setters = ['merlon-exec-label', 'merlon-image-pulls', 'merlon-pod-defaults', 'merlon-service-accounts'];
      expect(enforced.filter((one) => one?.startsWith('Mutating') === true)).to.deep.equal([
        ...setters.map((name) => `MutatingAdmissionPolicyBinding ${name}-on`),
        ...setters.map((name) => `MutatingAdmissionPolicy ${name}`),
      ]);
      // Whoever looks again is told again.
      const again = await runUninstall(cluster(), ['--dry-run']);
      expect(again.stdout).to.match(/^ {3}left alone +ValidatingAdmissionPolicy merlon-exec-guard-nodes-proxy: /m);
      await policies.delete('merlon-exec-guard-nodes-proxy');
    });

    it('goes on where somebody was stopped who may not delete kinds', async () => {
      await operator.stop();
      const { client } = cluster();
      const may = (apiGroups: readonly string[], verbs: readonly string[]) => ({ apiGroups, resources: ['*'], verbs });
      await client.apply({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'almost-admin' },
        rules: [
          may(['*'], ['get', 'list', 'watch', 'patch']),
          may(
            [
              '',
              'apps',
              'rbac.authorization.k8s.io',
              'admissionregistration.k8s.io',
              'coordination.k8s.io',
              'merlon.dev',
            ],
            ['delete'],
          ),
        ],
      });
      await client.apply({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'almost-admin' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'almost-admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'carla' }],
      });
      await waitUntil(
        async () =>
          (await cluster().kubectl(['auth', 'can-i', 'list', 'secrets', '-A', '--as=carla'])).stdout.trim() === 'yes',
        { what: "carla's rights" },
      );
      const first = await runUninstall(cluster(), ['--yes', '--repairs', 'revert'], { user: 'carla' });
      expect(first.code, first.stdout + first.stderr).to.equal(2);
      expect(first.stdout).to.match(
        /^ {3}forbidden +CustomResourceDefinition securitypostures\.merlon\.dev: .*"carla" cannot delete/m,
      );
      expect(first.stderr).to.match(/stopped at "Its kinds": .*"carla" cannot delete .*\n.* goes on from there\n$/);
      expect(await isRepaired()).to.equal(false);
      const remains = await readRemains(cluster());
      expect(remains).to.include('Namespace <none> merlon').and.not.to.include('Deployment merlon merlon');

      const second = await runUninstall(cluster(), ['--yes']);
      expect(second.code, second.stdout + second.stderr).to.equal(0);
      expect(removed(second.stdout)).to.deep.equal([
        'CustomResourceDefinition clusterhardeningexemptions.merlon.dev',
        'CustomResourceDefinition clustersecuritypostures.merlon.dev',
        'CustomResourceDefinition hardeningexemptions.merlon.dev',
        'CustomResourceDefinition hardeningpolicies.merlon.dev',
        'CustomResourceDefinition hardeningremediations.merlon.dev',
        'CustomResourceDefinition securitypostures.merlon.dev',
        'Namespace merlon',
      ]);
    });

    it('keeps repairs and takes the policies of people where that is what they say', async () => {
      await operator.stop();
      const args = ['--yes', '--repairs', 'keep', '--policies'];
      const { code, stdout, stderr } = await runUninstall(cluster(), args);
      expect(code, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/^ {3}left alone +ServiceAccount billing\/default: the repair stays/m);
      expect(stdout).to.match(/clusterhardeningpolicies\.merlon\.dev\n {5}with it +ClusterHardeningPolicy platform\n/);
      expect(await isRepaired()).to.equal(true);
      expect(await readRemains(cluster())).to.deep.equal([PEOPLES_BINDING]);

      const later = await runUninstall(cluster(), ['--yes', '--repairs', 'revert']);
      expect(later.code, later.stderr).to.equal(0);
      expect(removed(later.stdout)).to.deep.equal(['ServiceAccount billing/default: automountServiceAccountToken']);
      expect(await isRepaired()).to.equal(false);
    });

    it('leaves alone what only has the name of a shipped object, and a namespace in which people have something', async () => {
      await operator.stop();
      const { client } = cluster();
      const label = { 'app.kubernetes.io/part-of': null };
      const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterroles');
      bodyOf('unlabel', await roles.patch('merlon-policy-editor', { metadata: { labels: label } }));
      bodyOf('secret', await client.resource('v1', 'secrets', 'merlon').create({ metadata: { name: 'registry' } }));
      const { code, stdout, stderr } = await runUninstall(cluster(), ['--yes', '--repairs', 'revert']);
      expect(code, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/^ {3}left alone +ClusterRole merlon-policy-editor: .*not taken for one of them$/m);
      expect(stdout).to.match(
        /^ {3}left alone +Namespace merlon: it holds what is not Merlon's: Secret merlon\/registry$/m,
      );
      expect(await readRemains(cluster())).to.include.members([
        'ClusterRole <none> merlon-policy-editor',
        'Namespace <none> merlon',
      ]);
      await client.resource('v1', 'secrets', 'merlon').delete('registry');
      await roles.delete('merlon-policy-editor');
    });
  });
});
