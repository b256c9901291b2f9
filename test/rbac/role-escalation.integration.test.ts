/**
 * What `escalate` leads to. Somebody with certain rights tries everything that writes roles and binds them, on a real API
 * server, and is asked whether they may do everything then; the graph has to know it beforehand.
 */
import { randomBytes } from 'node:crypto';

import { expect } from 'chai';

import { EscalationGraph } from '../../src/rbac/escalation-graph.ts';
import { ADMIN, allOfNode } from '../../src/rbac/escalation-node.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { ApiClient, bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { ResourceClient } from '../support/resource-client.ts';
import { waitUntil } from '../support/wait-until.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** `escalate,update clusterroles [own]`, where own, there and absent are the roles that there are, and one that is not. */
function ruleOf(text: string, id: string): object {
  const [, verbs = '', resources = '', names] = /^(\S+) (\S+)(?: \[(.*)\])?$/.exec(text) ?? [];
  return {
    verbs: verbs.split(','),
    apiGroups: [GROUP],
    resources: resources.split(','),
    resourceNames: names?.split('|').map((name) => (name === '' ? '' : `${id}-${name}`)) ?? [],
  };
}

interface Case {
  readonly may: readonly string[];
  /** What is bound to them besides, by a ClusterRoleBinding or, where they hold all in a namespace, by a RoleBinding. */
  readonly isBoundTo?: 'there' | 'absent';
  /** A binding of the role to somebody else. */
  readonly othersHave?: 'there';
  readonly gets: boolean;
}

const clusterWide: readonly Case[] = [
  { may: ['escalate,update clusterroles'], gets: true },
  { may: ['escalate,patch clusterroles'], gets: true },
  { may: ['escalate,update,patch clusterroles [own]'], gets: true },
  { may: ['escalate clusterroles', 'patch clusterroles [own]'], gets: true },
  { may: ['escalate clusterroles []', 'update,patch clusterroles'], gets: false },
  { may: ['escalate,update,patch clusterroles [there]'], gets: false },
  { may: ['escalate,update,patch clusterroles [there]'], isBoundTo: 'there', gets: true },
  { may: ['escalate clusterroles [own]', 'update,patch clusterroles [there]'], gets: false },
  { may: ['escalate,create clusterroles'], gets: false },
  { may: ['escalate,create clusterroles'], isBoundTo: 'absent', gets: true },
  { may: ['escalate clusterroles []', 'create clusterroles'], isBoundTo: 'absent', gets: true },
  { may: ['escalate,create clusterroles []'], isBoundTo: 'absent', gets: true },
  { may: ['escalate clusterroles [absent]', 'create clusterroles'], isBoundTo: 'absent', gets: false },
  { may: ['escalate,create,patch clusterroles [absent]'], isBoundTo: 'absent', gets: true },
  { may: ['escalate,create,update clusterroles [absent]'], isBoundTo: 'absent', gets: true },
  { may: ['escalate,update clusterroles [absent]', 'create clusterroles'], isBoundTo: 'absent', gets: true },
  { may: ['escalate,update,patch clusterroles [absent]'], isBoundTo: 'absent', gets: false },
  { may: ['escalate,create clusterroles [absent]'], isBoundTo: 'absent', gets: false },
  { may: ['escalate,create clusterroles', 'create clusterrolebindings'], gets: false },
  { may: ['escalate,create clusterroles', 'bind clusterroles [absent]', 'create clusterrolebindings'], gets: true },
  {
    may: [
      'escalate clusterroles []',
      'create clusterroles',
      'bind clusterroles [absent]',
      'create clusterrolebindings',
    ],
    gets: true,
  },
  {
    may: ['escalate,create clusterroles', 'bind clusterroles [absent]', 'create,update clusterrolebindings [mine]'],
    gets: true,
  },
  {
    may: ['escalate,create clusterroles', 'bind clusterroles [absent]', 'create clusterrolebindings [mine]'],
    gets: false,
  },
  { may: ['escalate,create clusterroles', 'bind clusterroles [there]', 'create clusterrolebindings'], gets: false },
  {
    may: ['escalate,update clusterroles [there]', 'bind clusterroles [there]', 'create clusterrolebindings'],
    gets: true,
  },
  {
    may: ['escalate clusterroles []', 'update clusterroles', 'bind clusterroles [there]', 'create clusterrolebindings'],
    gets: false,
  },
  {
    may: ['escalate,update clusterroles [there]', 'bind clusterroles [there]', 'patch clusterrolebindings'],
    othersHave: 'there',
    gets: true,
  },
];

/** Held by a Role of the namespace. */
const inNamespace: readonly Case[] = [
  { may: ['escalate,update roles'], gets: true },
  { may: ['escalate,patch roles [own]'], gets: true },
  { may: ['escalate roles []', 'update,patch roles'], gets: false },
  { may: ['escalate,update roles [there]'], gets: false },
  { may: ['escalate,create roles'], gets: false },
  { may: ['escalate,create roles'], isBoundTo: 'absent', gets: true },
  { may: ['escalate,create,update roles [absent]'], isBoundTo: 'absent', gets: true },
  { may: ['escalate,create,bind roles', 'create rolebindings'], gets: true },
  { may: ['escalate,create roles', 'bind roles [absent]', 'create rolebindings'], gets: true },
  { may: ['escalate,create roles', 'bind roles [there]', 'create rolebindings'], gets: false },
  { may: ['escalate,patch roles [there]', 'bind roles [there]', 'create,patch rolebindings [mine]'], gets: true },
];

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

describe('whoever may escalate', () => {
  const cluster = useControlPlane();
  const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

  /** What there is of roles and bindings for somebody, who is called as the namespace. */
  class Attempt {
    readonly id = `escalate-${randomBytes(4).toString('hex')}`;
    readonly namespace: string | undefined;

    constructor(isCluster: boolean) {
      this.namespace = isCluster ? undefined : this.id;
    }

    get #prefix(): string {
      return this.namespace === undefined ? 'Cluster' : '';
    }

    role(name: string, rules: readonly object[]): Manifest & { readonly rules: readonly object[] } {
      return { ...this.#object(`${this.#prefix}Role`, name), rules };
    }

    binding(name: string, role: string, user = this.id): Manifest & { readonly subjects: readonly object[] } {
      const subjects = [{ apiGroup: GROUP, kind: 'User', name: user }];
      const roleRef = { apiGroup: GROUP, kind: `${this.#prefix}Role`, name: `${this.id}-${role}` };
      return { ...this.#object(`${this.#prefix}RoleBinding`, name), roleRef, subjects } as never;
    }

    #object(kind: string, name: string): Manifest {
      const place = this.namespace === undefined ? {} : { namespace: this.namespace };
      return { apiVersion: `${GROUP}/v1`, kind, metadata: { name: `${this.id}-${name}`, ...place } };
    }

    client(client: ApiClient, what: 'roles' | 'rolebindings'): ResourceClient {
      return new ResourceClient(client, `${GROUP}/v1`, `${this.#prefix.toLowerCase()}${what}`, this.namespace);
    }
  }

  async function may(client: ApiClient, asked: object, namespace: string | undefined): Promise<boolean> {
    const { status } = bodyOf(
      'review',
      await client.request<{ status: { allowed: boolean } }>(
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        { body: { spec: { resourceAttributes: { ...asked, ...(namespace === undefined ? {} : { namespace }) } } } },
      ),
    );
    return status.allowed;
  }

  /** Whatever was written before, the authorizer knows of: it sees the objects of a kind in the order of their writes. */
  async function settle(attempt: Attempt, somebody: ApiClient, mark: string): Promise<void> {
    const { client } = cluster();
    const verb = `see-${mark}`;
    const role = attempt.role(mark, [{ verbs: [verb], apiGroups: [GROUP], resources: ['marks'] }]);
    bodyOf('role', await attempt.client(client, 'roles').create(role));
    bodyOf('binding', await attempt.client(client, 'rolebindings').create(attempt.binding(mark, mark)));
    const asked = { verb, group: GROUP, resource: 'marks' };
    await waitUntil(() => may(somebody, asked, attempt.namespace), { what: 'the authorizer to have seen all of it' });
  }

  /** Whatever is refused is not asked again in another way: all ways are tried. */
  async function tryEverything(attempt: Attempt, somebody: ApiClient): Promise<void> {
    const roles = attempt.client(somebody, 'roles');
    for (const name of ['own', 'there', 'absent']) {
      const role = attempt.role(name, everything);
      await roles.create(role);
      await roles.replace(role.metadata.name, role);
      await roles.patch(role.metadata.name, { rules: everything });
      await roles.apply(role.metadata.name, role);
    }
    const bindings = attempt.client(somebody, 'rolebindings');
    for (const name of ['there', 'absent']) {
      await bindings.create(attempt.binding(`new-${name}`, name));
      const named = attempt.binding('mine', name);
      await bindings.replace(named.metadata.name, named);
      await bindings.apply(named.metadata.name, named);
      const others = attempt.binding('others', name);
      await bindings.patch(others.metadata.name, { subjects: others.subjects });
    }
  }

  async function hold(row: Case, isCluster: boolean): Promise<{ predicted: boolean; got: boolean }> {
    const { client } = cluster();
    const attempt = new Attempt(isCluster);
    await client.createNamespace(attempt.id);
    const rules = row.may.map((text) => ruleOf(text, attempt.id));
    const harmless = [{ verbs: ['see'], apiGroups: [GROUP], resources: ['nothing'] }];
    const roles = [attempt.role('own', rules), attempt.role('there', harmless)];
    const bindings = [
      attempt.binding('own', 'own'),
      ...(row.isBoundTo === undefined ? [] : [attempt.binding('besides', row.isBoundTo)]),
      ...(row.othersHave === undefined ? [] : [attempt.binding('others', row.othersHave, 'somebody-else')]),
    ];
    for (const role of roles) bodyOf('role', await attempt.client(client, 'roles').create(role));
    for (const one of bindings) bodyOf('binding', await attempt.client(client, 'rolebindings').create(one));
    const graph = new EscalationGraph(
      snapshotOf([...roles, ...bindings].map((one) => JSON.stringify(one)).join('\n---\n')),
    );
    const end = isCluster ? ADMIN : allOfNode(attempt.id);
    const predicted = graph.routesTo(end).pathFrom(`user:${attempt.id}`) !== undefined;

    const somebody = await cluster().clientFor({ user: attempt.id });
    try {
      await settle(attempt, somebody, 'before');
      await tryEverything(attempt, somebody);
      await settle(attempt, somebody, 'after');
      const got = await may(somebody, { verb: '*', group: '*', resource: '*' }, attempt.namespace);
      return { predicted, got };
    } finally {
      somebody.close();
      await clean(attempt);
    }
  }

  /** Others who use this cluster would find somebody who is cluster-admin. */
  async function clean(attempt: Attempt): Promise<void> {
    for (const what of ['rolebindings', 'roles'] as const) {
      const objects = attempt.client(cluster().client, what);
      for (const { metadata } of bodyOf(what, await objects.list()).items) {
        if (metadata.name.startsWith(attempt.id)) await objects.delete(metadata.name);
      }
    }
  }

  async function accountIn(namespace: string): Promise<ApiClient> {
    const { client, url, caPem } = cluster();
    const accounts = client.resource('v1', 'serviceaccounts', namespace);
    bodyOf('account', await accounts.create({ kind: 'ServiceAccount', metadata: { name: 'web' } }));
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/web/token`;
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = bodyOf('token', await client.request<{ status: { token: string } }>('POST', path, { body }));
    return new ApiClient({ url, caPem, credentials: { kind: 'token', token: status.token } });
  }

  it('gets everything by what two groups of its kind hold together, and no account of another namespace', async () => {
    const { client } = cluster();
    const attempt = new Attempt(true);
    const elsewhere = `${attempt.id}-other`;
    for (const namespace of [attempt.id, elsewhere]) await client.createNamespace(namespace);
    const [somebody, other] = [await accountIn(attempt.id), await accountIn(elsewhere)];
    const boundTo = (name: string, group: string) => ({
      ...attempt.binding(name, name),
      subjects: [{ apiGroup: GROUP, kind: 'Group', name: group }],
    });
    const roles = [
      attempt.role('own', [ruleOf('escalate clusterroles [own]', attempt.id)]),
      attempt.role('there', [ruleOf('update clusterroles [own]', attempt.id)]),
    ];
    const bindings = [
      boundTo('own', `system:serviceaccounts:${attempt.id}`),
      boundTo('there', 'system:serviceaccounts'),
    ];
    const accounts = [attempt.id, elsewhere].map((namespace) => ({
      kind: 'ServiceAccount',
      metadata: { name: 'web', namespace },
    }));
    const objects = [...roles, ...bindings, ...accounts].map((one) => JSON.stringify(one));
    const routes = new EscalationGraph(snapshotOf(objects.join('\n---\n'))).toAdmin();
    expect(routes.stepsFrom(`sa:${attempt.id}/web`)).to.equal(1);
    expect(routes.stepsFrom(`sa:${elsewhere}/web`)).to.equal(undefined);
    try {
      for (const role of roles) bodyOf('role', await attempt.client(client, 'roles').create(role));
      for (const one of bindings) bodyOf('binding', await attempt.client(client, 'rolebindings').create(one));
      const own = attempt.role('own', everything);
      const asked = { group: GROUP, resource: 'clusterroles', name: own.metadata.name };
      const mayBoth = async () =>
        (await may(other, { ...asked, verb: 'update' }, undefined)) &&
        (await may(somebody, { ...asked, verb: 'update' }, undefined)) &&
        (await may(somebody, { ...asked, verb: 'escalate' }, undefined));
      await waitUntil(mayBoth, { what: 'the authorizer to have seen all of it' });
      expect((await attempt.client(other, 'roles').replace(own.metadata.name, own)).status).to.equal(403);
      expect((await attempt.client(somebody, 'roles').replace(own.metadata.name, own)).status).to.equal(200);
      const mayAll = () => may(somebody, { verb: '*', group: '*', resource: '*' }, undefined);
      await waitUntil(mayAll, { what: 'the account to hold everything' });
    } finally {
      await clean(attempt);
      for (const one of [somebody, other]) one.close();
    }
  });

  for (const [where, rows] of [
    ['everywhere', clusterWide],
    ['in a namespace', inNamespace],
  ] as const) {
    for (const row of rows) {
      const { may: rights, isBoundTo, othersHave, gets } = row;
      const besides = isBoundTo === undefined ? '' : ` and is bound to one that is ${isBoundTo}`;
      const others = othersHave === undefined ? '' : ', where others are bound to it';
      it(`${gets ? 'gets' : 'does not get'} everything by ${rights.join(', ')} ${where}${besides}${others}`, async () => {
        expect(await hold(row, where === 'everywhere')).to.deep.equal({ predicted: gets, got: gets });
      });
    }
  }
});
