import { expect } from 'chai';

import { describeGrant } from '../../src/rbac/authorizer.ts';
import { EscalationGraph, escalationGraphOf } from '../../src/rbac/escalation-graph.ts';
import { ADMIN } from '../../src/rbac/escalation-node.ts';
import type { NodeKey } from '../../src/rbac/escalation-node.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { account, admin, grants, grantsNamed, namespaces, pathsOf, pod } from './escalation-world.ts';

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
