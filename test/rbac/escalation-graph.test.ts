import { expect } from 'chai';

import { describeGrant } from '../../src/rbac/authorizer.ts';
import { EscalationGraph, escalationGraphOf } from '../../src/rbac/escalation-graph.ts';
import { ADMIN } from '../../src/rbac/escalation-node.ts';
import type { NodeKey } from '../../src/rbac/escalation-node.ts';
import { buildPath, printPath } from '../../src/rbac/escalation-path.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const namespaces = `
kind: Namespace
metadata: { name: ci, labels: { pod-security.kubernetes.io/enforce: restricted } }
---
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: restricted } }
`;

/** `cluster: User jane may create "" pods, pods/exec [names]` and `shop: …` as objects. */
function grants(...lines: readonly string[]): string {
  return grantsNamed('r', lines);
}

function grantsNamed(prefix: string, lines: readonly string[]): string {
  return lines
    .map((line, index) => {
      const parsed = /^(\S+): (User|Group|ServiceAccount) (\S+) may (\S+) (\S+) (\S+)(?: named (\S+))?$/.exec(line);
      if (parsed === null) throw new Error(`not a grant: ${line}`);
      const [, scope = '', kind = '', name = '', verbs = '', group = '', resources = '', names = ''] = parsed;
      const [namespace, account] = name.split('/');
      const subject =
        kind === 'ServiceAccount' ? `namespace: ${namespace ?? ''}, name: ${account ?? ''}` : `name: "${name}"`;
      const isCluster = scope === 'cluster';
      const place = isCluster ? '' : `, namespace: ${scope}`;
      return `
kind: ${isCluster ? 'ClusterRole' : 'Role'}
metadata: { name: ${prefix}${index}${place} }
rules:
  - verbs: [${quoteList(verbs)}]
    apiGroups: ["${group === 'core' ? '' : group}"]
    resources: [${quoteList(resources)}]
    resourceNames: [${names === '' ? '' : quoteList(names)}]
---
kind: ${isCluster ? 'ClusterRoleBinding' : 'RoleBinding'}
metadata: { name: ${prefix}${index}${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${isCluster ? 'ClusterRole' : 'Role'}, name: ${prefix}${index} }
subjects: [{ kind: ${kind}, ${subject} }]
`;
    })
    .join('---');
}

function quoteList(words: string): string {
  return words
    .split(',')
    .map((word) => `"${word}"`)
    .join(', ');
}

function account(name: string): string {
  const [namespace, own] = name.split('/');
  return `
kind: ServiceAccount
metadata: { namespace: ${namespace ?? ''}, name: ${own ?? ''} }
`;
}

function pod(namespace: string, name: string, serviceAccountName: string, more = ''): string {
  return `
kind: Pod
metadata: { namespace: ${namespace}, name: ${name} }
spec:
  serviceAccountName: ${serviceAccountName}
  ${more}
  containers: [{ name: main, image: main }]
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
`;
}

function pathsOf(...documents: readonly string[]): (from: NodeKey, to?: NodeKey) => string | undefined {
  const graph = escalationGraphOf(snapshotOf([namespaces, ...documents].join('---')));
  return (from, to = ADMIN) => {
    const hops = graph.routesTo(to).pathFrom(from);
    return hops === undefined ? undefined : printPath(buildPath(from, to, hops));
  };
}

const admin = grantsNamed('admin', ['cluster: ServiceAccount ci/deployer may * * *']);

describe('a path to cluster-admin', () => {
  it('is none where nothing leads there', () => {
    const path = pathsOf(
      account('ci/deployer'),
      account('ci/builder'),
      admin,
      grants('ci: User jane may get core pods'),
    );
    expect(path('user:jane')).to.equal(undefined);
    expect(path('sa:ci/builder')).to.equal(undefined);
  });

  it('takes no step for whoever is there', () => {
    expect(pathsOf(account('ci/deployer'), admin)('sa:ci/deployer')).to.equal(
      'sa:ci/deployer -[do everything]-> cluster-admin (0 steps)',
    );
  });

  /** What jane holds, and how she becomes cluster-admin where an account of namespace ci is. */
  const rows: readonly { readonly may: string; readonly path: string | undefined }[] = [
    { may: 'cluster: User jane may * * pods', path: 'update pods' },
    { may: 'ci: User jane may create core pods', path: 'create pods in ci' },
    { may: 'shop: User jane may create core pods', path: undefined },
    { may: 'ci: User jane may create core pods named other', path: undefined },
    // An empty name is that of whatever is created or listed; and who applies what is not there creates it.
    { may: 'ci: User jane may create core pods named ,', path: 'create pods in ci' },
    { may: 'ci: User jane may list core secrets named password,', path: 'list secrets in ci' },
    { may: 'ci: User jane may create,patch,get core secrets named cache', path: 'create and read secrets in ci' },
    // The answer to a patch that changes nothing holds the Secret, and so does that to a deletion which is only tried.
    { may: 'ci: User jane may create,patch core secrets named cache', path: 'create and read secrets in ci' },
    { may: 'ci: User jane may create,deletecollection core secrets', path: 'create and read secrets in ci' },
    { may: 'ci: User jane may create,update core secrets', path: undefined },
    { may: 'ci: User jane may patch core secrets', path: 'patch secrets in ci' },
    { may: 'ci: User jane may patch core secrets named password', path: undefined },
    { may: 'ci: User jane may delete core secrets', path: 'delete secrets in ci' },
    { may: 'ci: User jane may deletecollection core secrets', path: 'deletecollection secrets in ci' },
    { may: 'ci: User jane may deletecollection core secrets named password', path: undefined },
    { may: 'ci: User jane may update core secrets', path: undefined },
    { may: 'ci: User jane may patch apps deployments', path: 'patch deployments in ci' },
    {
      may: 'ci: User jane may patch apps deployments named web',
      path: 'patch deployments in ci',
    },
    { may: 'ci: User jane may create apps deployments named web', path: undefined },
    { may: 'ci: User jane may patch core deployments', path: undefined },
    { may: 'ci: User jane may create core serviceaccounts/token', path: 'create serviceaccounts/token in ci' },
    {
      may: 'ci: User jane may create core serviceaccounts/token named deployer',
      path: 'create serviceaccounts/token in ci',
    },
    {
      may: 'cluster: User jane may create core serviceaccounts/token named deployer',
      path: 'create serviceaccounts/token',
    },
    { may: 'ci: User jane may create core serviceaccounts/token named web', path: undefined },
    { may: 'ci: User jane may impersonate core serviceaccounts', path: 'impersonate serviceaccounts in ci' },
    { may: 'ci: User jane may get core secrets', path: 'get secrets in ci' },
    { may: 'ci: User jane may get core secrets named password', path: undefined },
    { may: 'ci: User jane may create core secrets', path: undefined },
    { may: 'ci: User jane may create core pods/exec', path: 'create pods/exec in ci' },
    { may: 'shop: User jane may create core pods/exec', path: undefined },
    { may: 'ci: User jane may get core pods/exec', path: undefined },
    { may: 'ci: User jane may create core pods/exec named runner', path: 'create pods/exec in ci' },
    { may: 'ci: User jane may patch core pods', path: 'patch pods in ci' },
    { may: 'ci: User jane may patch core pods/ephemeralcontainers', path: 'patch pods/ephemeralcontainers in ci' },
    { may: 'cluster: User jane may get core nodes/proxy', path: 'get nodes/proxy' },
    { may: 'ci: User jane may get core nodes/proxy', path: undefined },
    { may: 'cluster: User jane may create core persistentvolumes', path: 'create persistentvolumes' },
  ];
  for (const { may, path } of rows) {
    it(`${path === undefined ? 'is none' : 'is there'} where it says "${may}"`, () => {
      const found = pathsOf(account('ci/deployer'), pod('ci', 'runner', 'deployer'), admin, grants(may))('user:jane');
      expect(found).to.equal(
        path === undefined
          ? undefined
          : `user:jane -[${path}]-> sa:ci/deployer -[do everything]-> cluster-admin (1 step)`,
      );
    });
  }

  it('is there for whoever creates a pod of one name by applying it', () => {
    const path = (verbs: string) =>
      pathsOf(account('ci/deployer'), admin, grants(`ci: User jane may ${verbs} core pods named other`))('user:jane');
    expect(path('create,patch')).to.match(/-\[create pods in ci\]-> sa:ci\/deployer/);
    expect(path('create')).to.equal(undefined);
    expect(path('patch')).to.equal(undefined);
  });

  it('is there for whoever creates by one role what another lets them patch, where both are held', () => {
    const path = (...may: readonly string[]) => pathsOf(account('ci/deployer'), admin, grants(...may))('user:jane');
    const create = 'ci: User jane may create core secrets named cache';
    const expected =
      'user:jane -[create and read secrets in ci]-> sa:ci/deployer -[do everything]-> cluster-admin (1 step)';
    expect(path(create, 'ci: User jane may patch core secrets named cache')).to.equal(expected);
    expect(path(create, 'cluster: User jane may patch core secrets named cache')).to.equal(expected);
    expect(
      path(
        'cluster: User jane may create core secrets named cache',
        'ci: User jane may patch core secrets named cache',
      ),
    ).to.equal(expected);
    expect(path(create, 'shop: User jane may patch core secrets named cache')).to.equal(undefined);
    expect(path(create, 'ci: User jane may patch core secrets named other')).to.equal(undefined);
    expect(path(create, 'ci: User jane may get core secrets named cache')).to.equal(undefined);
    expect(path(create, 'ci: User joe may patch core secrets named cache')).to.equal(undefined);
  });

  /** What jane holds, and how she becomes cluster-admin where there is nobody else. */
  const direct: readonly { readonly may: readonly string[]; readonly path: string | undefined }[] = [
    { may: ['cluster: User jane may * * *'], path: '-[do everything]-> cluster-admin (0 steps)' },
    { may: ['ci: User jane may * * *'], path: undefined },
    {
      may: ['cluster: User jane may escalate,update rbac.authorization.k8s.io clusterroles'],
      path: '-[escalate clusterroles, update clusterroles]-> cluster-admin (1 step)',
    },
    { may: ['cluster: User jane may escalate rbac.authorization.k8s.io clusterroles'], path: undefined },
    // Whoever makes a role is not bound to it yet.
    { may: ['cluster: User jane may escalate,create rbac.authorization.k8s.io clusterroles'], path: undefined },
    {
      may: [
        'cluster: User jane may escalate,create rbac.authorization.k8s.io clusterroles',
        'cluster: User jane may bind rbac.authorization.k8s.io clusterroles named new',
        'cluster: User jane may create rbac.authorization.k8s.io clusterrolebindings',
      ],
      path: '-[escalate clusterroles, create clusterroles, bind clusterroles, create clusterrolebindings]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may update rbac.authorization.k8s.io clusterroles',
        'cluster: User jane may escalate rbac.authorization.k8s.io clusterroles named ,',
      ],
      path: undefined,
    },
    {
      may: ['cluster: User jane may escalate,update rbac.authorization.k8s.io clusterroles named r0'],
      path: '-[escalate clusterroles, update clusterroles]-> cluster-admin (1 step)',
    },
    {
      may: ['cluster: User jane may escalate,update rbac.authorization.k8s.io clusterroles named other'],
      path: undefined,
    },
    { may: ['ci: User jane may escalate,update rbac.authorization.k8s.io clusterroles'], path: undefined },
    {
      may: [
        'cluster: User jane may bind rbac.authorization.k8s.io clusterroles',
        'cluster: User jane may create rbac.authorization.k8s.io clusterrolebindings',
      ],
      path: '-[bind clusterroles, create clusterrolebindings]-> cluster-admin (1 step)',
    },
    { may: ['cluster: User jane may bind rbac.authorization.k8s.io clusterroles'], path: undefined },
    { may: ['cluster: User jane may create rbac.authorization.k8s.io clusterrolebindings'], path: undefined },
    {
      may: [
        'cluster: User jane may bind rbac.authorization.k8s.io clusterroles named r2',
        'cluster: User jane may create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: User root may * * *',
      ],
      path: '-[bind clusterroles, create clusterrolebindings, do everything]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may bind rbac.authorization.k8s.io clusterroles named r1',
        'cluster: User jane may create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: User root may * * *',
      ],
      path: undefined,
    },
    {
      may: ['cluster: User jane may impersonate core users', 'cluster: User root may * * *'],
      path: '-[impersonate users]-> user:root -[do everything]-> cluster-admin (1 step)',
    },
    {
      may: ['cluster: User jane may impersonate core users named root', 'cluster: User root may * * *'],
      path: '-[impersonate users]-> user:root -[do everything]-> cluster-admin (1 step)',
    },
    {
      may: ['cluster: User jane may impersonate core users named joe', 'cluster: User root may * * *'],
      path: undefined,
    },
    { may: ['ci: User jane may impersonate core users', 'cluster: User root may * * *'], path: undefined },
    { may: ['cluster: User jane may impersonate core groups'], path: undefined },
    {
      may: ['cluster: User jane may impersonate core groups,users'],
      path: '-[impersonate groups system:masters]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may impersonate core groups',
        'ci: User jane may impersonate core serviceaccounts named web',
      ],
      path: '-[impersonate groups system:masters]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may impersonate core groups named developers',
        'cluster: User jane may impersonate core users named joe',
        'cluster: Group developers may * * *',
      ],
      path: '-[impersonate groups]-> group:developers -[do everything]-> cluster-admin (1 step)',
    },
    {
      may: ['cluster: User jane may impersonate core groups named developers', 'cluster: Group developers may * * *'],
      path: undefined,
    },
    {
      may: ['cluster: User jane may create admissionregistration.k8s.io mutatingwebhookconfigurations'],
      path: '-[create mutatingwebhookconfigurations]-> cluster-admin (1 step)',
    },
    {
      may: ['cluster: User jane may patch admissionregistration.k8s.io mutatingadmissionpolicies named one'],
      path: '-[patch mutatingadmissionpolicies]-> cluster-admin (1 step)',
    },
    {
      may: ['cluster: User jane may update apiregistration.k8s.io apiservices'],
      path: '-[update apiservices]-> cluster-admin (1 step)',
    },
    {
      may: ['cluster: Group system:authenticated may * * *', 'ci: User jane may get core pods'],
      path: '-[a member of the group]-> group:system:authenticated -[do everything]-> cluster-admin (0 steps)',
    },
    { may: ['cluster: Group system:unauthenticated may * * *', 'ci: User jane may get core pods'], path: undefined },
    {
      may: [
        'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
        'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
        'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/*',
        'cluster: User system:kube-controller-manager may * * *',
      ],
      path: '-[request and approve certificates of anybody]-> user:system:kube-controller-manager -[do everything]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
        'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
        'cluster: User system:kube-controller-manager may * * *',
      ],
      path: undefined,
    },
    {
      may: [
        'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
        'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
        'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kube-apiserver-client-kubelet',
        'cluster: User system:kube-controller-manager may * * *',
      ],
      path: undefined,
    },
    {
      may: [
        'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
        'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
        'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kube-apiserver-client',
        'cluster: User root may * * *',
      ],
      path: '-[request and approve certificates of anybody]-> user:root -[do everything]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may impersonate:user-info authentication.k8s.io users named root',
        'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: User root may * * *',
      ],
      path: '-[impersonate:user-info users root, bind clusterroles, create clusterrolebindings]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may impersonate:user-info authentication.k8s.io users',
        'cluster: User jane may impersonate-on:user-info:update rbac.authorization.k8s.io clusterroles',
        'cluster: User root may escalate,update rbac.authorization.k8s.io clusterroles',
      ],
      path: '-[impersonate:user-info users root, escalate clusterroles, update clusterroles]-> cluster-admin (1 step)',
    },
    {
      may: [
        'cluster: User jane may impersonate:user-info authentication.k8s.io users named root',
        'cluster: User jane may impersonate-on:user-info:list core pods',
        'cluster: User root may * * *',
      ],
      path: undefined,
    },
    {
      may: [
        'cluster: User jane may impersonate:user-info authentication.k8s.io users named joe',
        'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: User root may * * *',
      ],
      path: undefined,
    },
    {
      may: [
        'ci: User jane may impersonate:user-info authentication.k8s.io users',
        'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: User root may * * *',
      ],
      path: undefined,
    },
    {
      may: [
        'cluster: User jane may impersonate:user-info authentication.k8s.io groups named admins',
        'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: Group admins may * * *',
      ],
      path: undefined,
    },
    {
      may: [
        'cluster: User jane may impersonate:user-info authentication.k8s.io groups,users named admins',
        'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: Group admins may * * *',
      ],
      path: '-[impersonate:user-info groups admins, bind clusterroles, create clusterrolebindings]-> cluster-admin (1 step)',
    },
    {
      may: [
        'ci: User jane may impersonate:serviceaccount authentication.k8s.io serviceaccounts',
        'cluster: User jane may impersonate-on:serviceaccount:create admissionregistration.k8s.io mutatingwebhookconfigurations',
        'cluster: ServiceAccount ci/deployer may create admissionregistration.k8s.io mutatingwebhookconfigurations',
      ],
      path: '-[impersonate:serviceaccount serviceaccounts ci/deployer in ci, create mutatingwebhookconfigurations]-> cluster-admin (1 step)',
    },
    {
      may: [
        'shop: User jane may impersonate:serviceaccount authentication.k8s.io serviceaccounts',
        'cluster: User jane may impersonate-on:serviceaccount:create admissionregistration.k8s.io mutatingwebhookconfigurations',
        'cluster: ServiceAccount ci/deployer may create admissionregistration.k8s.io mutatingwebhookconfigurations',
      ],
      path: undefined,
    },
  ];
  for (const { may, path } of direct) {
    it(`${path === undefined ? 'is none' : 'is there'} where it says "${may.join('", "')}"`, () => {
      const found = pathsOf(grants(...may))('user:jane');
      expect(found).to.equal(path === undefined ? undefined : `user:jane ${path}`);
    });
  }

  describe('by changing a role', () => {
    const held = (kind: 'Role' | 'ClusterRole', namespace: string) => `
kind: RoleBinding
metadata: { name: held, namespace: ${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: held }
subjects: [{ kind: User, name: jane }]
`;
    const roleHeld = (kind: 'Role' | 'ClusterRole', rules: string) => `
kind: ${kind}
metadata: { name: held${kind === 'Role' ? ', namespace: ci' : ''} }
rules: [${rules}]
`;
    const mayGrow = '{ apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate, update] }';
    const around = [account('ci/deployer'), admin];

    it('leads nowhere where none of the namespace is theirs, and through it where one is', () => {
      const own = [held('ClusterRole', 'ci'), roleHeld('ClusterRole', mayGrow)];
      expect(pathsOf(...around, ...own)('user:jane')).to.equal(undefined);
      const one = grants('ci: User jane may get core pods');
      expect(pathsOf(...around, ...own, one)('user:jane')).to.equal(
        'user:jane -[escalate roles, update roles in ci]-> sa:ci/deployer -[do everything]-> cluster-admin (1 step)',
      );
    });

    it('leads to what is in the namespace where that is bound to them', () => {
      const may = grants('cluster: User jane may escalate,patch rbac.authorization.k8s.io clusterroles named held');
      const inCi = pathsOf(...around, roleHeld('ClusterRole', ''), held('ClusterRole', 'ci'), may);
      expect(inCi('user:jane')).to.match(/^user:jane -\[escalate clusterroles, patch clusterroles in ci\]-> sa:ci/);
      const inShop = pathsOf(...around, roleHeld('ClusterRole', ''), held('ClusterRole', 'shop'), may);
      expect(inShop('user:jane')).to.equal(undefined);
    });

    it('comes and goes with the role that may be bound', () => {
      const may = grants(
        'cluster: User jane may escalate,create rbac.authorization.k8s.io clusterroles',
        'cluster: User jane may bind rbac.authorization.k8s.io clusterroles named held',
        'cluster: User jane may create rbac.authorization.k8s.io clusterrolebindings',
      );
      const without = snapshotOf([namespaces, may].join('---'));
      const withRole = snapshotOf([namespaces, may, roleHeld('ClusterRole', '')].join('---'));
      const role = withRole.get('ClusterRole', '', 'held');
      const graph = new EscalationGraph(without);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
      graph.update(withRole, [{ kind: 'ClusterRole', before: undefined, after: role }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
      graph.update(without, [{ kind: 'ClusterRole', before: role, after: undefined }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
    });
  });

  it('is not looked for again as somebody else where nothing changed', () => {
    const may = grants(
      'cluster: User jane may impersonate:user-info authentication.k8s.io users',
      'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
      'cluster: User root may * * *',
    );
    const snapshot = snapshotOf([namespaces, may].join('---'));
    const graph = escalationGraphOf(snapshot);
    const before = graph.holdings.judged;
    expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
    graph.update(snapshot, []);
    expect(graph.holdings.judged).to.equal(before);
    expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
  });

  it('as somebody else comes and goes with what these hold', () => {
    const may = grants(
      'cluster: User jane may impersonate:user-info authentication.k8s.io users named root',
      'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
    );
    const without = snapshotOf([namespaces, may].join('---'));
    const withRoot = snapshotOf([namespaces, may, grantsNamed('root', ['cluster: User root may * * *'])].join('---'));
    const binding = withRoot.get('ClusterRoleBinding', '', 'root0');
    const graph = escalationGraphOf(without);
    expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
    graph.update(withRoot, [{ kind: 'ClusterRoleBinding', before: undefined, after: binding }]);
    expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
    graph.update(without, [{ kind: 'ClusterRoleBinding', before: binding, after: undefined }]);
    expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
    expect([...graph.holdings.holders()].filter((node) => node.startsWith('limited:'))).to.deep.equal([]);
  });

  it('leads through a role of their own that somebody writes as others, though a group lets them be these', () => {
    const path = pathsOf(
      account('ci/root'),
      account('ci/deployer'),
      account('ci/builder'),
      grants(
        'cluster: Group system:serviceaccounts may impersonate:serviceaccount authentication.k8s.io serviceaccounts named root',
        'cluster: Group system:serviceaccounts may impersonate-on:serviceaccount:update rbac.authorization.k8s.io clusterroles named r3',
        'cluster: ServiceAccount ci/root may escalate,update rbac.authorization.k8s.io clusterroles named r3',
        'cluster: ServiceAccount ci/deployer may get core pods',
        'ci: ServiceAccount ci/builder may get core pods',
      ),
    );
    expect(path('sa:ci/deployer')).to.equal(
      'sa:ci/deployer -[impersonate:serviceaccount serviceaccounts ci/root, escalate clusterroles, update clusterroles]-> cluster-admin (1 step)',
    );
    expect(path('sa:ci/builder')).to.equal(undefined);
  });

  it('leads through what one group lets somebody be and another do', () => {
    const path = pathsOf(
      account('ci/root'),
      account('ci/deployer'),
      account('shop/web'),
      grants(
        'ci: Group system:serviceaccounts:ci may impersonate:serviceaccount authentication.k8s.io serviceaccounts',
        'cluster: Group system:serviceaccounts may impersonate-on:serviceaccount:create rbac.authorization.k8s.io clusterrolebindings',
        'cluster: ServiceAccount ci/root may * * *',
        'ci: ServiceAccount ci/deployer may get core pods',
        'shop: ServiceAccount shop/web may get core pods',
      ),
    );
    expect(path('sa:ci/deployer')).to.equal(
      'sa:ci/deployer -[impersonate:serviceaccount serviceaccounts ci/root in ci, bind clusterroles, create clusterrolebindings]-> cluster-admin (1 step)',
    );
    expect(path('sa:shop/web')).to.equal(undefined);
  });

  it('is none by constrained impersonation before Kubernetes 1.36', () => {
    const may = grants(
      'cluster: User jane may impersonate:user-info authentication.k8s.io users',
      'cluster: User jane may impersonate-on:user-info:create rbac.authorization.k8s.io clusterrolebindings',
      'cluster: User root may * * *',
    );
    const routes = escalationGraphOf(snapshotOf([namespaces, may].join('---'), { podSecurityVersion: 35 })).toAdmin();
    expect(routes.stepsFrom('user:jane')).to.equal(undefined);
  });

  describe('by reading a Secret of a certain name', () => {
    const listing = (name: string) => `
kind: ServiceAccount
metadata: { namespace: ci, name: deployer }
secrets: [{ name: ${name} }]
`;
    const mayGet = (place: string, name = 'old-token') =>
      grants(`${place}: User jane may get core secrets named ${name}`);

    it('is there where an account lists it', () => {
      for (const place of ['ci', 'cluster']) {
        const graph = escalationGraphOf(
          snapshotOf([namespaces, listing('old-token'), admin, mayGet(place)].join('---')),
        );
        const [hop] = graph.toAdmin().pathFrom('user:jane') ?? [];
        expect([hop?.to, hop?.by, hop?.assumes]).to.deep.equal([
          'sa:ci/deployer',
          'get secrets "old-token"',
          'the Secret, which the account lists, holds a token of it',
        ]);
      }
    });

    it('is none where none does, or one elsewhere', () => {
      expect(pathsOf(listing('other'), admin, mayGet('ci'))('user:jane')).to.equal(undefined);
      expect(pathsOf(listing('old-token'), admin, mayGet('shop'))('user:jane')).to.equal(undefined);
    });

    it('comes and goes with what the account lists', () => {
      const [without, withSecret] = ['other', 'old-token'].map((name) =>
        snapshotOf([namespaces, listing(name), admin, mayGet('ci')].join('---')),
      );
      if (without === undefined || withSecret === undefined) throw new Error('two snapshots were made');
      const [before, after] = [without, withSecret].map((one) => one.get('ServiceAccount', 'ci', 'deployer'));
      const graph = escalationGraphOf(without);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
      graph.update(withSecret, [{ kind: 'ServiceAccount', before, after }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
      graph.update(without, [{ kind: 'ServiceAccount', before: after, after: before }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
    });
  });

  describe('by making bootstrap tokens', () => {
    const joiners = 'system:bootstrappers:kubeadm:default-node-token';
    const route = (may: string, group = joiners) =>
      escalationGraphOf(snapshotOf([namespaces, grants(may, `cluster: Group ${group} may * * *`)].join('---')))
        .toAdmin()
        .pathFrom('user:jane');

    it('leads to every group of theirs, if the API server takes them', () => {
      for (const group of ['system:bootstrappers', joiners]) {
        for (const may of [
          'kube-system: User jane may create core secrets',
          'cluster: User jane may create core secrets',
          'kube-system: User jane may create,patch core secrets named bootstrap-token-abc123',
        ]) {
          const [hop, ...more] = route(may, group) ?? [];
          expect(hop).to.include({
            to: 'bootstrap-tokens',
            by: 'create secrets',
            assumes: 'the API server takes bootstrap tokens',
          });
          expect(more.map(({ to }) => to)).to.deep.equal([`group:${group}`, 'cluster-admin']);
        }
      }
    });

    it('is none elsewhere, by other names, by reading, and to other groups', () => {
      expect(route('ci: User jane may create core secrets')).to.equal(undefined);
      expect(route('kube-system: User jane may create,patch core secrets named cache')).to.equal(undefined);
      expect(route('kube-system: User jane may list core secrets')).to.equal(undefined);
      expect(route('kube-system: User jane may create core secrets', 'system:bootstrappersx')).to.equal(undefined);
      expect(route('kube-system: User jane may create core secrets', 'developers')).to.equal(undefined);
    });
  });

  describe('by constrained impersonation of nodes', () => {
    const root = [account('ci/deployer'), pod('ci', 'runner', 'deployer'), admin];
    const asNode = 'cluster: User jane may impersonate:arbitrary-node authentication.k8s.io nodes';
    const token = 'User jane may impersonate-on:arbitrary-node:create core serviceaccounts/token';
    const route = (may: readonly string[], podSecurityVersion = 37) =>
      escalationGraphOf(snapshotOf([namespaces, ...root, grants(...may)].join('---'), { podSecurityVersion }))
        .toAdmin()
        .pathFrom('user:jane')
        ?.map(({ by, assumes }) => [by, ...(assumes === undefined ? [] : [assumes])].join(', if '));

    it('leads to whose tokens they may make', () => {
      const by = 'impersonate:arbitrary-node nodes, impersonate-on:arbitrary-node:create serviceaccounts/token';
      const rest = ['a pod carries the token of deployer', 'do everything'];
      expect(route([asNode, `cluster: ${token}`])).to.deep.equal([by, 'in namespace ci', ...rest]);
      expect(route([asNode, `ci: ${token}`])).to.deep.equal([`${by} in ci`, ...rest]);
      expect(route([`${asNode} named n1`, `ci: ${token}`])).to.deep.equal([
        `${by} in ci, if a pod that matters runs on "n1"`,
        ...rest,
      ]);
      expect(route([asNode, `ci: ${token} named deployer`])).to.deep.equal([
        `${by} in ci, if a pod of it runs on a node`,
        'do everything',
      ]);
    });

    it('and nowhere by one of both, elsewhere, of other accounts, or before Kubernetes 1.36', () => {
      expect(route([asNode])).to.equal(undefined);
      expect(route([`cluster: ${token}`])).to.equal(undefined);
      expect(route([asNode, `shop: ${token}`])).to.equal(undefined);
      expect(route([asNode, `ci: ${token} named web`])).to.equal(undefined);
      expect(route([asNode.replace('cluster', 'ci'), `ci: ${token}`])).to.equal(undefined);
      expect(route([asNode, `cluster: ${token}`], 35)).to.equal(undefined);
    });
  });

  describe('through nodes', () => {
    const root = pod('kube-system', 'root', 'root');
    const rootIsAdmin = grantsNamed('admin', ['cluster: ServiceAccount kube-system/root may * * *']);
    const open = `
kind: Namespace
metadata: { name: open, labels: { pod-security.kubernetes.io/enforce: privileged } }
`;
    const unlabelled = `
kind: Namespace
metadata: { name: plain }
`;
    const creates = (place: string): string => grants(`${place}: User jane may create core pods`);

    it('is there where pods may be privileged', () => {
      expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, open, creates('open'))('user:jane')).to.equal(
        'user:jane -[create pods in open, privileged]-> sa:kube-system/root -[do everything]-> cluster-admin (1 step)',
      );
    });

    const beNode: readonly { readonly may: readonly string[]; readonly by: string | undefined }[] = [
      {
        may: [
          'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
          'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
          'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kube-apiserver-client-kubelet',
        ],
        by: 'request and approve certificates of nodes',
      },
      {
        may: [
          'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
          'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kube-apiserver-client-kubelet',
        ],
        by: undefined,
      },
      {
        may: [
          'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
          'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
          'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kubelet-serving',
        ],
        by: undefined,
      },
      {
        may: [
          'cluster: User jane may impersonate core users named system:node:n1',
          'cluster: User jane may impersonate core groups named system:nodes',
        ],
        by: 'impersonate users "system:node:n1" in group system:nodes',
      },
      { may: ['cluster: User jane may impersonate core users named system:node:n1'], by: undefined },
      {
        may: [
          'cluster: User jane may impersonate core users named jack',
          'cluster: User jane may impersonate core groups named system:nodes',
        ],
        by: undefined,
      },
      {
        may: [
          'cluster: User jane may impersonate core serviceaccounts named web',
          'cluster: User jane may impersonate core groups named system:nodes',
        ],
        by: undefined,
      },
    ];
    for (const { may, by } of beNode) {
      it(`${by === undefined ? 'is none' : 'is there'} for whoever passes for one by "${may.join('", "')}"`, () => {
        expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, grants(...may))('user:jane')).to.equal(
          by === undefined
            ? undefined
            : `user:jane -[${by}]-> sa:kube-system/root -[do everything]-> cluster-admin (1 step)`,
        );
      });
    }

    it('is none where Pod Security refuses them', () => {
      expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, creates('shop'))('user:jane')).to.equal(undefined);
    });

    it('assumes what the default of the cluster is', () => {
      const graph = escalationGraphOf(
        snapshotOf([account('kube-system/root'), root, rootIsAdmin, unlabelled, creates('plain')].join('---')),
      );
      const hops = graph.toAdmin().pathFrom('user:jane') ?? [];
      expect(hops.flatMap(({ assumes }) => assumes ?? [])).to.deep.equal([
        "the cluster's default admits privileged pods",
      ]);
    });

    it('is there for whoever gets into a privileged pod', () => {
      const privileged = `
kind: Pod
metadata: { namespace: shop, name: agent }
spec: { containers: [{ name: main, image: main, securityContext: { privileged: true } }] }
`;
      const executes = grants('shop: User jane may create core pods/exec');
      const path = pathsOf(account('kube-system/root'), root, rootIsAdmin, privileged, executes);
      expect(path('user:jane')).to.equal(
        'user:jane -[create pods/exec in shop, a privileged pod]-> sa:kube-system/root -[do everything]-> cluster-admin (1 step)',
      );
    });

    it('is there for whoever may relax Pod Security and create pods', () => {
      const both = grants('shop: User jane may create core pods', 'shop: User jane may patch core namespaces');
      expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, both)('user:jane')).to.match(
        /^user:jane -\[patch namespaces to admit privileged pods, create pods in shop\]-> sa:kube-system\/root /,
      );
    });

    it('needs a pod with the token to run somewhere', () => {
      expect(pathsOf(account('kube-system/root'), rootIsAdmin, open, creates('open'))('user:jane')).to.equal(undefined);
    });

    it('ends at the API server where that runs in a pod', () => {
      const apiServer = `
kind: Pod
metadata: { namespace: kube-system, name: kube-apiserver-a, annotations: { kubernetes.io/config.mirror: x } }
spec: { containers: [{ name: main, image: main }] }
`;
      expect(pathsOf(apiServer, open, creates('open'))('user:jane')).to.equal(
        'user:jane -[create pods in open, privileged, the credentials of the control plane]-> cluster-admin (1 step)',
      );
    });
  });

  it('is as long as it has to be', () => {
    const chain = [
      account('ci/a'),
      account('shop/b'),
      pod('shop', 'b', 'b'),
      grants(
        'ci: User jane may create core serviceaccounts/token named a',
        'shop: ServiceAccount ci/a may create core pods/exec',
      ),
      grantsNamed('admin', ['cluster: ServiceAccount shop/b may * * *']),
    ];
    expect(pathsOf(...chain)('user:jane')).to.equal(
      'user:jane -[create serviceaccounts/token in ci]-> sa:ci/a -[create pods/exec in shop]-> sa:shop/b -[do everything]-> cluster-admin (2 steps)',
    );
  });

  it('takes nothing for granted where another as long does, wherever that is on the way', () => {
    const chain = [
      account('ci/a'),
      account('ci/b'),
      grants('ci: User jane may create core serviceaccounts/token named a,b'),
      grantsNamed('unsure', [
        'cluster: ServiceAccount ci/a may create admissionregistration.k8s.io mutatingwebhookconfigurations',
      ]),
      grantsNamed('sure', ['cluster: ServiceAccount ci/b may escalate,update rbac.authorization.k8s.io clusterroles']),
    ];
    const routes = escalationGraphOf(snapshotOf([namespaces, ...chain].join('---'))).toAdmin();
    expect(routes.pathFrom('user:jane')?.map(({ to }) => to)).to.deep.equal(['sa:ci/b', ADMIN]);
    expect(routes.isSureFrom('user:jane')).to.equal(true);
    expect(routes.isSureFrom('sa:ci/a')).to.equal(false);
    expect(routes.isSureFrom('user:joe')).to.equal(false);
  });

  it('begins with a grant of its own, or of whoever is reached without one', () => {
    const chain = [
      account('ci/a'),
      account('ci/deployer'),
      grantsNamed('members', ['ci: Group system:serviceaccounts:ci may create core serviceaccounts/token']),
      grantsNamed('own', ['ci: User jane may create core pods']),
      admin,
    ];
    const routes = escalationGraphOf(snapshotOf([namespaces, ...chain].join('---'))).toAdmin();
    const firstOf = (node: NodeKey): string | undefined => {
      const grant = routes.firstGrantFrom(node);
      return grant === undefined ? undefined : describeGrant(grant);
    };
    expect(firstOf('sa:ci/a')).to.equal(
      'RoleBinding "members0/ci" of Role "members0" to Group "system:serviceaccounts:ci"',
    );
    expect(firstOf('user:jane')).to.equal('RoleBinding "own0/ci" of Role "own0" to User "jane"');
    expect(firstOf('sa:ci/deployer')).to.match(/^ClusterRoleBinding "admin0"/);
    expect(firstOf('user:joe')).to.equal(undefined);
    expect(firstOf(ADMIN)).to.equal(undefined);
  });

  it('is looked for among so many places, and it is said where there are more', () => {
    const chain = [
      namespaces,
      account('ci/deployer'),
      admin,
      grants('ci: User jane may create core serviceaccounts/token'),
    ];
    const snapshot = snapshotOf(chain.join('---'));
    const whole = new EscalationGraph(snapshot).toAdmin();
    const size = [...whole.nodes()].length;
    expect(whole.isCut).to.equal(false);
    expect(new EscalationGraph(snapshot, size).toAdmin().isCut).to.equal(false);
    expect(new EscalationGraph(snapshot, size - 1).toAdmin().isCut).to.equal(true);
    const few = new EscalationGraph(snapshot, 2).toAdmin();
    expect([...few.nodes()]).to.deep.equal([ADMIN, 'sa:ci/deployer']);
    expect(few.isCut).to.equal(true);
    expect(few.stepsFrom('user:jane')).to.equal(undefined);
  });

  describe("leads through pods that are moved to a node of one's own", () => {
    const changeNodes = 'cluster: User jane may patch core nodes';
    const root = [account('ci/deployer'), pod('ci', 'runner', 'deployer'), admin];
    /** By these grants, and what it takes besides. */
    const movedBy = (...may: readonly string[]): readonly string[] | undefined => {
      const routes = escalationGraphOf(snapshotOf([namespaces, ...root, grants(...may)].join('---'))).toAdmin();
      const hops = routes.pathFrom('user:jane');
      return hops?.flatMap(({ by, assumes = [] }) => [by, ...[assumes].flat()]).slice(0, 2);
    };

    it('where they may be deleted or evicted', () => {
      const assumed = 'a node is theirs that pods can be moved to';
      expect(movedBy(changeNodes, 'cluster: User jane may delete core pods')).to.deep.equal([
        'patch nodes, delete pods',
        assumed,
      ]);
      expect(movedBy(changeNodes, 'ci: User jane may create core pods/eviction')).to.deep.equal([
        'patch nodes, create pods/eviction in ci',
        assumed,
      ]);
      expect(movedBy(changeNodes, 'ci: User jane may delete core pods named runner')).to.deep.equal([
        'patch nodes, delete pods in ci',
        `${assumed}, and one is named "runner"`,
      ]);
    });

    it('and not by one of both, elsewhere, or where nothing carries the token', () => {
      expect(movedBy(changeNodes)).to.equal(undefined);
      expect(movedBy('cluster: User jane may delete core pods')).to.equal(undefined);
      expect(movedBy(changeNodes, 'shop: User jane may delete core pods')).to.equal(undefined);
      expect(movedBy('ci: User jane may patch core nodes', 'ci: User jane may delete core pods')).to.equal(undefined);
      const other = [account('ci/deployer'), account('ci/web'), pod('ci', 'runner', 'web'), admin];
      const may = grants(changeNodes, 'cluster: User jane may delete core pods');
      expect(pathsOf(...other, may)('user:jane')).to.equal(undefined);
    });

    it('where what is as good as a node is no other node than that', () => {
      const privileged = pod('shop', 'agent', 'none', 'hostPID: true');
      const may = grants(changeNodes, 'shop: User jane may delete core pods');
      expect(pathsOf(...root, privileged, may)('user:jane')).to.equal(undefined);
    });
  });

  describe('leads through an account that is bound and does not exist', () => {
    const absent = grantsNamed('admin', ['cluster: ServiceAccount ci/ghost may * * *']);
    const nowhere = grantsNamed('admin', ['cluster: ServiceAccount gone/ghost may * * *']);
    const create = 'ci: User jane may create core serviceaccounts';
    const createAnywhere = 'cluster: User jane may create core serviceaccounts';
    const pathBy = (documents: string, ...may: readonly string[]) => pathsOf(documents, grants(...may))('user:jane');

    const rows: readonly { readonly may: readonly string[]; readonly by: string | undefined }[] = [
      { may: ['ci: User jane may create core pods'], by: undefined },
      { may: [create], by: undefined },
      { may: ['ci: User jane may create core serviceaccounts/token'], by: undefined },
      {
        may: [create, 'ci: User jane may create core serviceaccounts/token'],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      {
        may: [create, 'cluster: User jane may create core serviceaccounts/token named ghost'],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      {
        may: [createAnywhere, 'ci: User jane may create core serviceaccounts/token named ghost'],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      { may: [create, 'ci: User jane may create core serviceaccounts/token named web'], by: undefined },
      { may: [create, 'shop: User jane may create core serviceaccounts/token'], by: undefined },
      { may: [create, 'ci: User jane may create core pods'], by: 'create serviceaccounts, create pods in ci' },
      {
        may: [create, 'ci: User jane may create apps deployments'],
        by: 'create serviceaccounts, create deployments in ci',
      },
      {
        may: [create, 'ci: User jane may create,get core secrets'],
        by: 'create serviceaccounts, create and read secrets in ci',
      },
      { may: [create, 'ci: User jane may create core pods/exec'], by: undefined },
      {
        may: [
          'ci: User jane may create,patch core serviceaccounts named ghost',
          'ci: User jane may create core serviceaccounts/token',
        ],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      {
        may: [
          'ci: User jane may create core serviceaccounts named ghost',
          'ci: User jane may create core serviceaccounts/token',
        ],
        by: undefined,
      },
      {
        may: ['ci: User jane may impersonate core serviceaccounts'],
        by: 'impersonate serviceaccounts in ci, an account that does not exist',
      },
      {
        may: ['cluster: User jane may impersonate core serviceaccounts named ghost'],
        by: 'impersonate serviceaccounts, an account that does not exist',
      },
      { may: ['cluster: User jane may impersonate core serviceaccounts named web'], by: undefined },
      { may: ['shop: User jane may impersonate core serviceaccounts'], by: undefined },
      {
        may: [
          'ci: User jane may bind rbac.authorization.k8s.io clusterroles',
          'ci: User jane may create rbac.authorization.k8s.io rolebindings',
        ],
        by: 'bind clusterroles, create rolebindings in ci, an account that does not exist',
      },
      {
        may: ['ci: User jane may escalate,update rbac.authorization.k8s.io roles'],
        by: 'escalate roles, update roles in ci, an account that does not exist',
      },
    ];
    for (const { may, by } of rows) {
      it(`${by === undefined ? 'not ' : ''}for whom it says "${may.join('", "')}"`, () => {
        const path =
          by === undefined ? undefined : `user:jane -[${by}]-> sa:ci/ghost -[do everything]-> cluster-admin (1 step)`;
        expect(pathBy(absent, ...may)).to.equal(path);
      });
    }

    it('and whose namespace does not exist, for whoever may create that as well, or needs none', () => {
      const may = [createAnywhere, 'cluster: User jane may create core serviceaccounts/token'];
      const to = 'sa:gone/ghost -[do everything]-> cluster-admin (1 step)';
      expect(pathBy(nowhere, ...may)).to.equal(undefined);
      expect(pathBy(nowhere, ...may, 'cluster: User jane may create core namespaces')).to.equal(
        `user:jane -[create namespaces, create serviceaccounts, create serviceaccounts/token]-> ${to}`,
      );
      expect(pathBy(nowhere, ...may, 'cluster: User jane may create,patch core namespaces named other')).to.equal(
        undefined,
      );
      expect(pathBy(nowhere, ...may, 'cluster: User jane may create,patch core namespaces named gone')).to.match(
        /^user:jane -\[create namespaces, create serviceaccounts, /,
      );
      expect(pathBy(nowhere, 'cluster: User jane may impersonate core serviceaccounts')).to.equal(
        `user:jane -[impersonate serviceaccounts, an account that does not exist]-> ${to}`,
      );
    });

    it('and not in files, where it may well be there', () => {
      const snapshot = snapshotOf([absent, grants(create)].join('---'), { isWholeCluster: false });
      expect(new EscalationGraph(snapshot).toAdmin().stepsFrom('user:jane')).to.equal(undefined);
      const token = grants('ci: User jane may create core serviceaccounts/token');
      const exists = snapshotOf([absent, token].join('---'), { isWholeCluster: false });
      expect(new EscalationGraph(exists).toAdmin().stepsFrom('user:jane')).to.equal(1);
    });

    it('until it is created, and again once it is deleted', () => {
      const may = grants(create, 'ci: User jane may create core serviceaccounts/token named ghost');
      const without = snapshotOf([namespaces, absent, may].join('---'));
      const withIt = snapshotOf([namespaces, absent, may, account('ci/ghost')].join('---'));
      const ghost = withIt.get('ServiceAccount', 'ci', 'ghost');
      const graph = new EscalationGraph(without);
      const told = () => graph.toAdmin().hopFrom('user:jane')?.by;
      expect(told()).to.equal('create serviceaccounts, create serviceaccounts/token');
      graph.update(withIt, [{ kind: 'ServiceAccount', before: undefined, after: ghost }]);
      expect(told()).to.equal('create serviceaccounts/token');
      graph.update(without, [{ kind: 'ServiceAccount', before: ghost, after: undefined }]);
      expect(told()).to.equal('create serviceaccounts, create serviceaccounts/token');
    });
  });

  describe('by groups that the API server puts its members in', () => {
    const escalate = (subject: string) => `cluster: ${subject} may escalate rbac.authorization.k8s.io clusterroles`;
    const update = (subject: string) => `cluster: ${subject} may update rbac.authorization.k8s.io clusterroles`;
    const ofNamespace = 'Group system:serviceaccounts:ci';
    const ofAccounts = 'Group system:serviceaccounts';
    const everybody = 'Group system:authenticated';
    const step = '-[escalate clusterroles, update clusterroles]-> cluster-admin (1 step)';

    /** Who holds each half, and who gets there by both. */
    const halves: readonly (readonly [string, string, from: NodeKey, by: string])[] = [
      [ofNamespace, ofAccounts, 'sa:ci/web', 'group:system:serviceaccounts:ci'],
      [ofAccounts, ofNamespace, 'sa:ci/web', 'group:system:serviceaccounts:ci'],
      [ofNamespace, everybody, 'sa:ci/web', 'group:system:serviceaccounts:ci'],
      [ofAccounts, everybody, 'sa:ci/web', 'group:system:serviceaccounts'],
    ];
    for (const [one, other, from, by] of halves) {
      it(`is there where ${one} holds half of it, and ${other} the rest`, () => {
        const path = pathsOf(account('ci/web'), grants(escalate(one), update(other)));
        expect(path(from)).to.equal(`${from} -[a member of the group]-> ${by} ${step}`);
        expect(path(by as NodeKey)).to.equal(`${by} ${step}`);
      });
    }

    for (const group of ['devs', 'system:bootstrappers']) {
      it(`is there where Group ${group} holds half of it, and ${everybody} the rest`, () => {
        const path = pathsOf(account('ci/web'), grants(escalate(`Group ${group}`), update(everybody)));
        expect(path(`group:${group}`)).to.equal(`group:${group} ${step}`);
        expect(path('group:system:authenticated')).to.equal(undefined);
        expect(path('sa:ci/web')).to.equal(undefined);
      });
    }

    it('is none where nobody is in both', () => {
      const path = pathsOf(
        account('ci/web'),
        grants(
          escalate('Group system:unauthenticated'),
          update(everybody),
          escalate('Group system:serviceaccounts:shop'),
          update(ofNamespace),
        ),
      );
      for (const node of ['group:system:unauthenticated', 'sa:ci/web', 'group:system:serviceaccounts:ci'] as const) {
        expect(path(node)).to.equal(undefined);
      }
      expect(path('group:system:serviceaccounts:shop')).to.equal(`group:system:serviceaccounts:shop ${step}`);
    });

    it('is there for groups and absent accounts that bindings name as it is for those that are there', () => {
      const readers = ['Group devs', ofNamespace, 'ServiceAccount shop/ghost', 'User jane'];
      const path = pathsOf(
        account('ci/web'),
        grants(escalate(everybody), update(everybody), ...readers.map((one) => `ci: ${one} may get core pods`)),
      );
      for (const node of ['group:devs', 'group:system:serviceaccounts:ci', 'sa:shop/ghost', 'user:jane'] as const) {
        expect(path(node)).to.equal(`${node} -[a member of the group]-> group:system:authenticated ${step}`);
      }
    });

    it('is there for whom no binding names, where it is asked about them', () => {
      const graph = escalationGraphOf(
        snapshotOf([namespaces, grants(escalate(everybody), update(everybody))].join('---')),
      );
      for (const node of ['user:nobody', 'group:devs', 'sa:ci/ghost', 'group:system:serviceaccounts'] as const) {
        expect(graph.routesTo(ADMIN).stepsFrom(node)).to.equal(undefined);
        expect(graph.routesTo(ADMIN, node).stepsFrom(node)).to.equal(1);
      }
      for (const node of ['user:system:anonymous', 'group:system:unauthenticated'] as const) {
        expect(graph.routesTo(ADMIN, node).stepsFrom(node)).to.equal(undefined);
      }
    });

    it('comes and goes with the binding that names somebody, while others stay as they are', () => {
      const open = grants(escalate(everybody), update(everybody));
      const without = snapshotOf([namespaces, open].join('---'));
      const named = snapshotOf(
        [namespaces, open, grantsNamed('jane', ['ci: User jane may get core pods'])].join('---'),
      );
      const binding = named.get('RoleBinding', 'ci', 'jane0');
      const graph = new EscalationGraph(without);
      const first = graph.toAdmin();
      expect(first.stepsFrom('user:jane')).to.equal(undefined);
      graph.update(named, [{ kind: 'RoleBinding', before: undefined, after: binding }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
      expect([...(graph.toAdmin().movedSince(first) ?? [])]).to.deep.equal(['user:jane']);
      graph.update(without, [{ kind: 'RoleBinding', before: binding, after: undefined }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
    });
  });

  it('names of several grants of the same always the same, in whatever order they came', () => {
    const may = ['cluster: User jane may escalate,update rbac.authorization.k8s.io clusterroles'];
    const [first, second] = [grantsNamed('a', may), grantsNamed('b', may)];
    const named = [
      [first, second],
      [second, first],
    ].map((documents) => {
      const routes = new EscalationGraph(snapshotOf([namespaces, ...documents].join('---'))).toAdmin();
      const by = routes.firstGrantFrom('user:jane');
      return by === undefined ? undefined : describeGrant(by);
    });
    expect(named).to.deep.equal(Array(2).fill('ClusterRoleBinding "a0" of ClusterRole "a0" to User "jane"'));
  });

  it('leads through roles that somebody may bind in their namespace', () => {
    const chain = [
      account('ci/deployer'),
      admin,
      grants(
        'ci: User jane may bind rbac.authorization.k8s.io roles',
        'ci: User jane may create rbac.authorization.k8s.io rolebindings',
        'ci: User joe may create core pods',
      ),
    ];
    expect(pathsOf(...chain)('user:jane')).to.equal(
      'user:jane -[bind roles, create rolebindings in ci, create pods in ci]-> sa:ci/deployer -[do everything]-> cluster-admin (2 steps)',
    );
  });
});
