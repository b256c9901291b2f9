/**
 * What a preview says of roles and bindings is what a real API server then refuses, each made anew on trial where the guard of
 * RBAC denies; of aggregated roles also who writes them at all, and who fills them in.
 */
import { expect } from 'chai';

import { runMerlon } from '../cli/merlon-process.ts';
import type { Manifest } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { RBAC_GROUP } from './differential/grant-cases.ts';
import { generateRules } from './differential/impersonating-rules.ts';
import { waitForAnswer } from './guarded-cluster.ts';
import { namesOf, usePreview } from './live-preview.ts';
import type { Preview } from './live-preview.ts';

const RBAC_VERSION = `${RBAC_GROUP}/v1`;
const generated = 60;

describe('what a preview says of RBAC', () => {
  const cluster = useControlPlane({ needs: ['build', 'controller-manager'], own: { auditLog: false } });
  const { preview, enforce, tryCreate } = usePreview(cluster);

  const everybody = { kind: 'Group', apiGroup: RBAC_GROUP, name: 'system:unauthenticated' };
  const user = (name: string) => ({ kind: 'User', apiGroup: RBAC_GROUP, name });
  const account = { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' };
  const bindings: Readonly<Record<string, readonly [role: string, subjects: readonly object[]]>> = {
    open: ['view', [user('jane'), everybody]],
    info: ['system:public-info-viewer', [everybody]],
    viewers: ['view', [user('joe')]],
    admins: ['cluster-admin', [user('jane'), account]],
    'other-admins': ['cluster-admin', [user('jane'), user('joe')]],
    nobody: ['cluster-admin', []],
  };
  const options = [
    ...['--families', 'rbac', '--cluster-rbac', 'deny'],
    ...['--cluster-admin', 'User:jane', '--cluster-admin', 'ServiceAccount:ci/deployer'],
  ];
  const objects: { readonly namespace: string | undefined; readonly object: Manifest }[] = [];

  before('roles and bindings, generated and written', async () => {
    const { client } = cluster();
    await client.createNamespace('roles');
    await client.createNamespace('roles-denied', { 'merlon.dev/enforce': 'deny' });
    for (const namespace of ['roles', undefined]) {
      const prefix = namespace === undefined ? 'Cluster' : '';
      const metadata = (name: string) => ({ name, ...(namespace === undefined ? {} : { namespace }) });
      const make = (kind: string, name: string, fields: object) =>
        objects.push({
          namespace,
          object: { apiVersion: RBAC_VERSION, kind: `${prefix}${kind}`, metadata: metadata(name), ...fields },
        });
      for (let index = 0; index < generated; index += 1) make('Role', `role-${index}`, { rules: generateRules(index) });
      for (const [name, [role, subjects]] of Object.entries(bindings)) {
        const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role };
        make('RoleBinding', name, { roleRef, subjects });
      }
    }
    objects.push({ namespace: undefined, object: clusterRole('gathered', { rules: impersonators }, gathered) });
    for (const { object } of objects) await client.create(object);
    await client.create(clusterRole('gathers', { aggregationRule }));
    await waitUntilFilled();
  });

  const impersonators = [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }];
  const gathered = { gather: 'yes' };
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: gathered }] };
  const clusterRole = (name: string, fields: object, labels: object = {}): Manifest => ({
    apiVersion: RBAC_VERSION,
    kind: 'ClusterRole',
    metadata: { name, labels },
    ...fields,
  });

  /** By the controller of aggregated roles. */
  function waitUntilFilled(): Promise<unknown> {
    const roles = cluster().client.resource(RBAC_VERSION, 'clusterroles');
    return waitUntil(
      async () => JSON.stringify((await roles.get('gathers')).body['rules'] ?? []).includes('impersonate'),
      { what: 'the role to be filled in' },
    );
  }

  async function enforceRbac(): Promise<void> {
    await enforce(...options);
    const impersonator = { metadata: { name: 'a' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
    for (const path of [`/apis/${RBAC_VERSION}/clusterroles`, `/apis/${RBAC_VERSION}/namespaces/roles-denied/roles`]) {
      await waitForAnswer(() => tryCreate(path, impersonator), /^403/);
    }
  }

  it(`is what is then refused anew, in a namespace and in none, of ${generated} generated roles each`, async () => {
    const said = await preview(...options);
    const inNamespace = said.namespaces.find(({ namespace }) => namespace === 'roles');
    if (inNamespace === undefined || said.cluster === undefined) throw new Error('nothing is said');
    await enforceRbac();
    for (const [told, wanted] of [
      [inNamespace, 'roles'],
      [said.cluster, undefined],
    ] as const) {
      const refused: string[] = [];
      const all = objects.filter(({ namespace }) => namespace === wanted);
      for (const { object } of all) {
        const { kind, metadata } = object;
        const folder = wanted === undefined ? '' : 'namespaces/roles-denied/';
        const anew = { ...object, metadata: { name: `${metadata.name}-anew` } };
        const answer = await tryCreate(`/apis/${RBAC_VERSION}/${folder}${kind.toLowerCase()}s`, anew);
        if (answer.startsWith('403')) refused.push(`${kind} ${metadata.name}`);
        else expect(answer).to.match(/^201/);
      }
      expect(namesOf(told)).to.deep.equal(refused.toSorted());
      expect(told.undecided).to.deep.equal([]);
      expect(refused.length).to.be.within(all.length * 0.1, all.length * 0.8);
    }
  });

  it('of aggregated roles in files is what is answered to whoever sends them, whatever a controller fills in', async () => {
    await enforceRbac();
    const other = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    const sent = {
      'without-rules': { aggregationRule, rules: [] },
      'with-other-rules': { aggregationRule, rules: other },
      'with-rules-of-its-own': { aggregationRule, rules: [...other, { ...impersonators[0], resources: ['groups'] }] },
      'with-what-is-gathered': { aggregationRule, rules: impersonators },
    };
    const roles = Object.entries(sent).map(([name, fields]) => clusterRole(name, fields));
    const { stdout } = await runMerlon(['enforce', '--preview', '-o', 'json', '-f', '-', ...options], {
      stdin: roles.map((role) => JSON.stringify(role)).join('\n---\n'),
    });
    const { cluster: told } = JSON.parse(stdout) as Preview;
    if (told === undefined) throw new Error('nothing is said');
    const refused: string[] = [];
    for (const role of roles) {
      const answer = await tryCreate(`/apis/${RBAC_VERSION}/clusterroles`, role);
      if (answer.includes("Policy 'merlon-rbac-cluster'")) refused.push(`ClusterRole ${role.metadata.name}`);
      else expect(answer).to.match(/^201/);
    }
    expect(namesOf(told)).to.deep.equal(refused.toSorted());
    expect(refused).to.deep.equal(['ClusterRole with-rules-of-its-own', 'ClusterRole with-what-is-gathered']);
  });

  it('leaves out of aggregated roles what the controller may fill in where people may not add to it', async () => {
    await enforceRbac();
    const roles = cluster().client.resource(RBAC_VERSION, 'clusterroles');
    const change = async (patch: object): Promise<string> => {
      const { status, body } = await roles.patch('gathers', patch);
      return `${status} ${String(body['message'])}`;
    };
    expect(await change({ metadata: { labels: { owner: 'jane' } } })).to.match(/^200/);
    expect(await change({ rules: [...impersonators, { ...impersonators[0], resources: ['groups'] }] })).to.match(
      /^403 .*Policy 'merlon-rbac-cluster'/,
    );
    // As the file of whoever made it says.
    expect(await change({ rules: [] })).to.match(/^200/);
    await waitUntilFilled();
    expect(namesOf((await preview(...options)).cluster ?? { refused: [], undecided: [] }))
      .to.include('ClusterRole gathered')
      .and.not.include('ClusterRole gathers');
  });

  it('of aggregated roles is about who may do everything or escalate: nobody else writes them', async () => {
    const { client } = cluster();
    const reader = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    const write = async (name: string, fields: object): Promise<string> => {
      const as = await cluster().clientFor({ user: name });
      const body = clusterRole('written', fields);
      const answer = await as.request('POST', `/apis/${RBAC_VERSION}/clusterroles?dryRun=All`, { body });
      return `${answer.status} ${String(answer.body['message'])}`;
    };
    for (const [name, verbs] of [
      ['writer', ['create']],
      ['escalator', ['create', 'escalate']],
    ] as const) {
      const writing = { apiGroups: [RBAC_GROUP], resources: ['clusterroles'], verbs };
      await client.create(clusterRole(name, { rules: [writing, reader] }));
      await client.create({
        apiVersion: RBAC_VERSION,
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name },
        subjects: [user(name)],
      });
      await waitForAnswer(() => write(name, { rules: [reader] }), /^201/);
    }
    const aggregated = { aggregationRule, rules: [reader] };
    expect(await write('writer', aggregated)).to.match(/^403 .*must have cluster-admin privileges/);
    expect(await write('escalator', aggregated)).to.match(/^201/);
  });
});
