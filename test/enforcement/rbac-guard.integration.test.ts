/** What RBAC grants anew, on a real API server that refuses some of it, and that has to start all the same. */
import { expect } from 'chai';

import { planClusterRbacGuard, planRbacGuard } from '../../src/enforcement/plan/rbac-guard.ts';
import type { RbacGuardChoice } from '../../src/enforcement/plan/rbac-guard.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, Manifest } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';

const GROUP = 'rbac.authorization.k8s.io';
const everybody = { kind: 'Group', apiGroup: GROUP, name: 'system:unauthenticated' };
const joe = { kind: 'User', apiGroup: GROUP, name: 'joe' };
const jane = { kind: 'User', apiGroup: GROUP, name: 'jane' };
const deployer = { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' };
const impersonator = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] };
const reader = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

/** As many as somebody may write whom nobody hinders, each of them one that is refused. */
const manyRules = Array.from({ length: 3000 }, (_, index) => ({
  ...impersonator,
  verbs: ['impersonate', `verb-${index}`],
}));
const manyUsers = manySubjects(4900);

/** As many as are still held against each other. */
const severalRules = manyRules.slice(0, 499);
const severalUsers = manyUsers.slice(0, 499);

const choice: RbacGuardChoice = {
  clusterAdmins: [jane, deployer] as RbacGuardChoice['clusterAdmins'],
  breakGlassGroups: ['oncall'],
};

describe('the guard of RBAC', () => {
  const cluster = useControlPlane({ needs: ['restart', 'controller-manager'], own: { auditLog: false } });

  before('roles and bindings that were there before, and then the namespaced guard alone', async () => {
    const { client } = cluster();
    await client.createNamespace('guarded', { 'merlon.dev/enforce': 'deny' });
    await client.createNamespace('warned', { 'merlon.dev/enforce': 'warn' });
    await client.createNamespace('free', { 'merlon.dev/enforce': 'off' });
    const older = { name: 'older', labels: { aggregate: 'older' } };
    await client.create({
      apiVersion: `${GROUP}/v1`,
      kind: 'ClusterRole',
      metadata: older,
      rules: [impersonator, reader],
    });
    await client.create(bindingOf('ClusterRoleBinding', 'older', 'cluster-admin', [joe, everybody]));
    await client.create(bindingOf('RoleBinding', 'older', 'view', [everybody], 'guarded'));
    await client.create({
      apiVersion: `${GROUP}/v1`,
      kind: 'Role',
      metadata: { name: 'many', namespace: 'guarded' },
      rules: manyRules,
    });
    await client.create(bindingOf('RoleBinding', 'many', 'cluster-admin', manyUsers, 'guarded'));
    await client.create({
      apiVersion: `${GROUP}/v1`,
      kind: 'Role',
      metadata: { name: 'several', namespace: 'guarded' },
      rules: severalRules,
    });
    await client.create(bindingOf('RoleBinding', 'longer', 'view', manySubjects(5100), 'guarded'));
    await client.create(bindingOf('RoleBinding', 'several', 'cluster-admin', severalUsers, 'guarded'));
    await applyYaml(cluster(), print(planRbacGuard(choice, { withoutLabel: 'deny', keptOut: [] })));
    await waitForAnswer(() => tryRole('guarded', [impersonator]), /^403/);
  });

  function print(policy: Parameters<typeof printEnforcement>[0][number]): string {
    return [...printEnforcement([policy])].join('');
  }

  /** @param namespace empty for a ClusterRole */
  function tryRole(namespace: string, rules: readonly object[], client?: ApiClient): Promise<string> {
    const kind = namespace === '' ? 'ClusterRole' : 'Role';
    return tryCreate({ apiVersion: `${GROUP}/v1`, kind, metadata: { name: 'tried', namespace }, rules }, client);
  }

  /** @param namespace empty for a ClusterRoleBinding */
  function tryBinding(namespace: string, role: string, subjects: readonly object[], kind?: string): Promise<string> {
    const ofKind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
    return tryCreate(bindingOf(ofKind, 'tried', role, subjects, namespace, kind));
  }

  async function tryCreate(object: Manifest, client = cluster().client) {
    const { namespace = '' } = object.metadata;
    const path = `/apis/${GROUP}/v1/${namespace === '' ? '' : `namespaces/${namespace}/`}${object.kind.toLowerCase()}s`;
    const { status, body, headers } = await client.request('POST', `${path}?dryRun=All`, { body: object });
    return `${status} ${String(headers['warning'] ?? body['message'])}`;
  }

  async function change(plural: string, name: string, patch: object, namespace?: string): Promise<string> {
    const { status, body } = await cluster().client.resource(`${GROUP}/v1`, plural, namespace).patch(name, patch);
    return `${status} ${String(body['message'])}`;
  }

  describe('in namespaces', () => {
    it('refuses Roles that let act as just anybody, and says where', async () => {
      expect(await tryRole('guarded', [reader, impersonator])).to.equal(
        `403 roles.rbac.authorization.k8s.io "tried" is forbidden: ValidatingAdmissionPolicy 'merlon-rbac' with binding 'merlon-rbac-deny' denied request: Role "tried" lets act as just anybody in rules[1] (impersonate on serviceaccounts): list in resourceNames who is meant`,
      );
      expect(await tryRole('guarded', [{ ...impersonator, resourceNames: ['web'] }, reader])).to.match(/^201/);
    });

    it('refuses RoleBindings to everybody, and of cluster-admin to whom nobody named', async () => {
      expect(await tryBinding('guarded', 'view', [jane, everybody])).to.match(
        /^403 .*RoleBinding "tried" grants ClusterRole "view" to Group "system:unauthenticated", that is to everybody without credentials$/,
      );
      expect(await tryBinding('guarded', 'cluster-admin', [jane, joe, deployer])).to.match(
        /^403 .*RoleBinding "tried" grants cluster-admin to User joe, whom nobody named$/,
      );
      expect(await tryBinding('guarded', 'cluster-admin', [jane, deployer])).to.match(/^201/);
      expect(await tryBinding('guarded', 'view', [joe])).to.match(/^201/);
    });

    it('goes by the label of the namespace', async () => {
      expect(await tryRole('default', [impersonator])).to.match(/^403/);
      expect(await tryRole('warned', [impersonator])).to.match(/^201 299 .*Role \\"tried\\" lets act as just anybody/);
      expect(await tryRole('free', [impersonator])).to.match(/^201 undefined/);
    });

    it('lets kubeadm write again what opens the cluster to kubeadm join', async () => {
      const join = 'kubeadm:bootstrap-signer-clusterinfo';
      expect(
        await tryBinding('kube-public', join, [{ ...everybody, kind: 'User', name: 'system:anonymous' }], 'Role'),
      ).to.match(/^201/);
      expect(await tryBinding('guarded', join, [everybody], 'Role')).to.match(/^403/);
    });

    it('leaves to be changed what was there, and refuses only what is worse', async () => {
      expect(await change('rolebindings', 'older', { metadata: { labels: { a: 'b' } } }, 'guarded')).to.match(/^200/);
      expect(await change('rolebindings', 'older', { subjects: [everybody, jane] }, 'guarded')).to.match(/^200/);
      const anonymous = { ...everybody, kind: 'User', name: 'system:anonymous' };
      expect(await change('rolebindings', 'older', { subjects: [everybody, anonymous] }, 'guarded')).to.match(/^403/);
    });

    it('finds what is worse among hundreds that would be refused', async () => {
      expect(await change('roles', 'several', { rules: severalRules.slice(1) }, 'guarded')).to.match(/^200/);
      expect(await change('rolebindings', 'several', { subjects: severalUsers.slice(1) }, 'guarded')).to.match(/^200/);
      const rules = [...severalRules.slice(2), impersonator];
      expect(await change('roles', 'several', { rules }, 'guarded')).to.match(
        /^403 .*act as just anybody in rules\[497\]/,
      );
      const subjects = [...severalUsers.slice(2), joe];
      expect(await change('rolebindings', 'several', { subjects }, 'guarded')).to.match(/^403 .*to User joe, whom/);
    });

    it('trap 4: answers in time about what is as large as can be, and all of it would be refused', async () => {
      const label = { metadata: { labels: { a: 'b' } } };
      expect(await change('roles', 'many', label, 'guarded')).to.match(/^200/);
      expect(await change('rolebindings', 'many', label, 'guarded')).to.match(/^200/);
      expect(await change('roles', 'many', { rules: [reader, ...manyRules] }, 'guarded')).to.match(/^200/);
      expect(await change('rolebindings', 'many', { subjects: [jane, ...manyUsers] }, 'guarded')).to.match(/^200/);
      const inRules = /^403 .*lets act as just anybody in [23][0-9]+ rules: .*; too many to be compared one by one/;
      const inSubjects = /^403 .*grants cluster-admin to 4[0-9]+ subjects whom nobody named; too many to be compared/;
      expect(await change('roles', 'many', { rules: [impersonator, ...manyRules.slice(1)] }, 'guarded')).to.match(
        inRules,
      );
      expect(await change('rolebindings', 'many', { subjects: [joe, ...manyUsers.slice(1)] }, 'guarded')).to.match(
        inSubjects,
      );
      expect(await change('roles', 'many', { rules: manyRules.slice(1) }, 'guarded')).to.match(inRules);
      expect(await change('rolebindings', 'many', { subjects: manyUsers.slice(1) }, 'guarded')).to.match(inSubjects);
      expect(await change('roles', 'many', { rules: [reader] }, 'guarded')).to.match(/^200/);
      expect(await change('rolebindings', 'many', { subjects: [jane] }, 'guarded')).to.match(/^200/);
    });

    it('trap 4: does not look through what is longer than that, and says so, and leaves alone what is as long as before', async () => {
      const longer = manySubjects(13_000);
      expect(await tryBinding('guarded', 'view', longer)).to.match(
        /^403 .*RoleBinding "tried" has more than 5000 entries/,
      );
      expect(await tryBinding('warned', 'view', longer)).to.match(/^201 299 .*has more than 5000 entries/);
      const words = Array.from({ length: 40_000 }, (_, index) => `w${index}`);
      const wordy = { apiGroups: words, resources: words, verbs: words };
      expect(await tryRole('guarded', [wordy])).to.match(/^403 .*more than 1000 words in one list of a rule/);
      const label = { metadata: { labels: { a: 'b' } } };
      expect(await change('rolebindings', 'longer', label, 'guarded')).to.match(/^200/);
      expect(await change('rolebindings', 'longer', { subjects: [jane] }, 'guarded')).to.match(/^200/);
    });

    it('trap 4: takes roles that have no rules, and leaves them to be changed', async () => {
      const empty = { apiVersion: `${GROUP}/v1`, kind: 'Role', metadata: { name: 'empty', namespace: 'guarded' } };
      expect(await tryCreate(empty)).to.match(/^201/);
      await cluster().client.create(empty);
      expect(await change('roles', 'empty', { metadata: { labels: { a: 'b' } } }, 'guarded')).to.match(/^200/);
      expect(await change('roles', 'empty', { rules: [reader] }, 'guarded')).to.match(/^200/);
      expect(await change('roles', 'empty', { rules: [impersonator] }, 'guarded')).to.match(/^403/);
      expect(await change('roles', 'empty', { rules: null }, 'guarded')).to.match(/^200/);
    });

    it('refuses nothing that is in no namespace', async () => {
      expect(await tryRole('', [impersonator])).to.match(/^201/);
      expect(await tryBinding('', 'cluster-admin', [everybody])).to.match(/^201/);
    });
  });

  describe('in the whole cluster', () => {
    before('deny', async () => {
      await applyYaml(cluster(), print(planClusterRbacGuard(choice, 'deny')));
      await waitForAnswer(() => tryRole('', [impersonator]), /^403/);
    });

    it('refuses ClusterRoles that let act as just anybody', async () => {
      const extras = { apiGroups: ['authentication.k8s.io'], resources: ['userextras/scopes'], verbs: ['impersonate'] };
      expect(await tryRole('', [reader, extras])).to.match(
        /ClusterRole "tried" lets act as just anybody in rules\[1\] \(impersonate on userextras\/scopes\): list/,
      );
      expect(
        await tryRole('', [
          { ...extras, resourceNames: ['view'] },
          { nonResourceURLs: ['/x'], verbs: ['*'] },
        ]),
      ).to.match(/^201/);
    });

    it('refuses ClusterRoleBindings to everybody and of cluster-admin, but not those of Kubernetes itself', async () => {
      expect(await tryBinding('', 'view', [everybody])).to.match(/^403/);
      expect(await tryBinding('', 'cluster-admin', [{ ...deployer, namespace: 'shop' }])).to.match(
        /ServiceAccount shop\/deployer/,
      );
      expect(await tryBinding('', 'cluster-admin', [jane, deployer])).to.match(/^201/);
      expect(await tryBinding('', 'system:public-info-viewer', [everybody])).to.match(/^201/);
      for (const name of ['system:masters', 'kubeadm:cluster-admins']) {
        expect(await tryBinding('', 'cluster-admin', [{ ...everybody, name }])).to.match(/^201/);
      }
    });

    it('leaves to be changed what was there, and refuses only what is worse', async () => {
      expect(await change('clusterrolebindings', 'older', { metadata: { labels: { a: 'b' } } })).to.match(/^200/);
      expect(await change('clusterrolebindings', 'older', { subjects: [joe] })).to.match(/^200/);
      expect(await change('clusterrolebindings', 'older', { subjects: [joe, everybody] })).to.match(/^403/);
      expect(await change('clusterroles', 'older', { rules: [reader, impersonator, reader] })).to.match(/^200/);
      const users = { ...impersonator, resources: ['users'] };
      expect(await change('clusterroles', 'older', { rules: [impersonator, users] })).to.match(/^403/);
    });

    it('lets the controller fill in aggregated roles with what was there', async () => {
      const { client } = cluster();
      const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { aggregate: 'older' } }] };
      const metadata = { name: 'aggregated' };
      await client.create({ apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', metadata, aggregationRule });
      await waitUntil(
        async () => {
          const { body } = await client.resource(`${GROUP}/v1`, 'clusterroles').get('aggregated');
          return JSON.stringify(body['rules']).includes('impersonate');
        },
        { what: 'the role to be filled in' },
      );
    });

    it('lets the break-glass group through', async () => {
      const olga = await cluster().clientFor({ user: 'olga', groups: ['oncall', 'system:masters'] });
      expect(await tryRole('', [impersonator], olga)).to.match(/^201/);
      expect(await tryRole('guarded', [impersonator], olga)).to.match(/^201/);
    });
  });

  // At the end, as everything is asked anew.
  describe('while an API server starts', () => {
    it('trap 1: lets it make the roles of Kubernetes that are not there, without which it would end', async function () {
      this.timeout(120_000);
      const { client, apiServer } = cluster();
      const gone = [
        ['clusterroles', 'system:aggregate-to-edit', undefined],
        ['clusterroles', 'cluster-admin', undefined],
        ['clusterrolebindings', 'cluster-admin', undefined],
        ['clusterrolebindings', 'system:public-info-viewer', undefined],
        ['roles', 'system:controller:bootstrap-signer', 'kube-public'],
        ['rolebindings', 'system:controller:bootstrap-signer', 'kube-public'],
      ] as const;
      const kept = new Map<string, object>();
      for (const [plural, name, namespace] of gone) {
        const resource = client.resource(`${GROUP}/v1`, plural, namespace);
        kept.set(`${plural} ${name}`, bodyOf(name, await resource.get(name)));
        bodyOf(name, await resource.delete(name));
      }
      const edit = kept.get('clusterroles system:aggregate-to-edit') as { readonly rules: readonly object[] };
      // Nobody else may make it.
      expect(await tryRole('', edit.rules)).to.match(/^403/);
      await apiServer.restart();
      for (const [plural, name, namespace] of gone) {
        const { body } = await client.resource(`${GROUP}/v1`, plural, namespace).get(name);
        const before = kept.get(`${plural} ${name}`) as { readonly rules?: object; readonly subjects?: object };
        expect([body['rules'], body['subjects']], name).to.deep.equal([before.rules, before.subjects]);
      }
      await waitForAnswer(() => tryRole('', [impersonator]), /^403/);
    });
  });
});

/** @param roleKind of the role that it binds */
function manySubjects(length: number) {
  return Array.from({ length }, (_, index) => ({ ...joe, name: `user-${index}` }));
}

function bindingOf(
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  name: string,
  role: string,
  subjects: readonly object[],
  namespace?: string,
  roleKind = 'ClusterRole',
) {
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: GROUP, kind: roleKind, name: role },
    subjects,
  };
}
