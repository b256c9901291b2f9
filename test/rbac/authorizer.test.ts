/**
 * Rows of our own for what upstream's tests are about: TestAuthorizer, TestRuleMatches (rbac_test.go), TestAppliesTo,
 * TestDefaultRuleResolver (rule_test.go), TestResourceMatches (helpers_test.go), kubernetes/kubernetes v1.37.2.
 */
import { expect } from 'chai';
import fc from 'fast-check';

import { ClusterStore } from '../../src/controller/store.ts';
import { Authorizer, authorizerOf, authorizerReads, describeGrant } from '../../src/rbac/authorizer.ts';
import { ANONYMOUS_USER, serviceAccount, UNAUTHENTICATED } from '../../src/rbac/request.ts';
import type { AccessRequest, Requester } from '../../src/rbac/request.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const anonymous: Requester = { user: ANONYMOUS_USER, groups: [UNAUTHENTICATED] };
const jane: Requester = { user: 'jane', groups: ['devs', 'system:authenticated'] };

/** `get apps/deployments/scale x in shop`, or `get /healthz`. */
function requestOf(text: string): AccessRequest {
  const [, verb = '', target = '', name = '', namespace = ''] =
    /^(\S+) (\S+)(?: (?!in )(\S+))?(?: in (\S+))?$/.exec(text) ?? [];
  if (target.startsWith('/')) return { verb, path: target };
  const [group = '', resource = '', subresource = ''] = target.split('/');
  return { verb, group: group === 'core' ? '' : group, resource, subresource, name, namespace };
}

/** A ClusterRole with that one rule, which jane holds everywhere. */
function withRule(rule: string): Authorizer {
  return new Authorizer(
    snapshotOf(`
kind: ClusterRole
metadata: { name: tried }
rules: [${rule}]
---
kind: ClusterRoleBinding
metadata: { name: tried }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: tried }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`),
  );
}

describe('a rule of RBAC', () => {
  const rows: readonly { rule: string; allows?: readonly string[]; refuses?: readonly string[] }[] = [
    {
      rule: '{ verbs: [get], apiGroups: [""], resources: [pods] }',
      allows: ['get core/pods', 'get core/pods web', 'get core/pods web in shop'],
      refuses: [
        'list core/pods',
        'Get core/pods',
        'get apps/pods',
        'get core/pods/exec web',
        'get core/Pods',
        'get /pods',
      ],
    },
    {
      rule: '{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }',
      allows: ['get core/pods', 'anything apps/deployments/scale web in shop', '* */*'],
      refuses: ['get /healthz'],
    },
    {
      rule: '{ verbs: ["get*"], apiGroups: ["*.k8s.io"], resources: ["pod*"] }',
      allows: ['get* *.k8s.io/pod*'],
      refuses: ['get metrics.k8s.io/pods', 'get *.k8s.io/pod'],
    },
    {
      rule: '{ verbs: [create], apiGroups: [""], resources: [pods/exec] }',
      allows: ['create core/pods/exec web in shop'],
      refuses: ['create core/pods', 'create core/pods/attach web', 'create core/services/exec'],
    },
    {
      rule: '{ verbs: [update], apiGroups: ["*"], resources: ["*/scale"] }',
      allows: ['update apps/deployments/scale web', 'update core/replicationcontrollers/scale'],
      refuses: ['update apps/deployments web', 'update apps/deployments/status web'],
    },
    {
      rule: '{ verbs: [get], apiGroups: [""], resources: ["pods/*", "*/*", "*/"] }',
      allows: ['get core/pods/* web'],
      refuses: ['get core/pods', 'get core/pods/log web', 'get core/services'],
    },
    {
      rule: '{ verbs: [get, list, create], apiGroups: [""], resources: [configmaps], resourceNames: [a, b] }',
      allows: ['get core/configmaps a', 'list core/configmaps b in shop'],
      refuses: ['get core/configmaps c', 'get core/configmaps', 'create core/configmaps', 'get core/configmaps A'],
    },
    {
      rule: '{ verbs: [get], apiGroups: [""], resources: [configmaps], resourceNames: ["*"] }',
      allows: ['get core/configmaps *'],
      refuses: ['get core/configmaps a', 'get core/configmaps'],
    },
    {
      rule: '{ verbs: [get], nonResourceURLs: [/healthz, "/logs/*", "/a*b"] }',
      allows: ['get /healthz', 'get /logs/', 'get /logs/kubelet/x', 'get /a*b'],
      refuses: ['get /healthz/', 'get /logs', 'get /aXb', 'post /healthz', 'get core/healthz'],
    },
    { rule: '{ verbs: ["*"], nonResourceURLs: ["*"] }', allows: ['get /', 'post /x/y'], refuses: ['get core/pods'] },
    { rule: '{ verbs: [get], nonResourceURLs: ["/logs/**"] }', allows: ['get /logs/', 'get /logs/x'], refuses: [] },
    { rule: '{ verbs: [get], resources: [pods] }', refuses: ['get core/pods'] },
  ];
  for (const { rule, allows = [], refuses = [] } of rows) {
    it(rule, () => {
      const authorizer = withRule(rule);
      const allowed = [...allows, ...refuses].filter((text) => authorizer.authorize(jane, requestOf(text)).allowed);
      expect(allowed).to.deep.equal(allows);
    });
  }
});

describe('the subject of a binding is', () => {
  const app = serviceAccount('shop', 'app');
  const rows: readonly {
    readonly subject: string;
    readonly who: Requester;
    readonly inRoleBinding: boolean;
    readonly inClusterRoleBinding: boolean;
  }[] = [
    { subject: '{ kind: User, name: jane }', who: jane, inRoleBinding: true, inClusterRoleBinding: true },
    { subject: '{ kind: User, name: Jane }', who: jane, inRoleBinding: false, inClusterRoleBinding: false },
    { subject: '{ kind: User, name: devs }', who: jane, inRoleBinding: false, inClusterRoleBinding: false },
    { subject: '{ kind: Group, name: devs }', who: jane, inRoleBinding: true, inClusterRoleBinding: true },
    { subject: '{ kind: Group, name: jane }', who: jane, inRoleBinding: false, inClusterRoleBinding: false },
    { subject: '{ kind: user, name: jane }', who: jane, inRoleBinding: false, inClusterRoleBinding: false },
    {
      subject: '{ kind: ServiceAccount, name: app, namespace: shop }',
      who: app,
      inRoleBinding: true,
      inClusterRoleBinding: true,
    },
    // The namespace of the binding stands in, where it has one.
    { subject: '{ kind: ServiceAccount, name: app }', who: app, inRoleBinding: true, inClusterRoleBinding: false },
    {
      subject: '{ kind: ServiceAccount, name: app, namespace: farm }',
      who: app,
      inRoleBinding: false,
      inClusterRoleBinding: false,
    },
    {
      subject: '{ kind: User, name: "system:serviceaccount:shop:app" }',
      who: app,
      inRoleBinding: true,
      inClusterRoleBinding: true,
    },
    {
      subject: '{ kind: Group, name: "system:serviceaccounts:shop" }',
      who: app,
      inRoleBinding: true,
      inClusterRoleBinding: true,
    },
    {
      subject: '{ kind: Group, name: "system:authenticated" }',
      who: app,
      inRoleBinding: true,
      inClusterRoleBinding: true,
    },
    {
      subject: '{ kind: User, name: "system:anonymous" }',
      who: anonymous,
      inRoleBinding: true,
      inClusterRoleBinding: true,
    },
    // The kind is wrong: nobody is in a group of that name.
    {
      subject: '{ kind: Group, name: "system:anonymous" }',
      who: anonymous,
      inRoleBinding: false,
      inClusterRoleBinding: false,
    },
  ];
  for (const { subject, who, ...expected } of rows) {
    it(`${subject} for ${who.user}`, () => {
      const bound = (kind: string): boolean => {
        const authorizer = new Authorizer(
          snapshotOf(`
kind: ClusterRole
metadata: { name: reader }
rules: [{ verbs: [get], apiGroups: [""], resources: [pods] }]
---
kind: ${kind}
metadata: { name: tried, ${kind === 'RoleBinding' ? 'namespace: shop' : ''} }
roleRef: { kind: ClusterRole, name: reader }
subjects: [${subject}]
`),
        );
        return authorizer.authorize(who, requestOf('get core/pods web in shop')).allowed;
      };
      expect({ inRoleBinding: bound('RoleBinding'), inClusterRoleBinding: bound('ClusterRoleBinding') }).to.deep.equal(
        expected,
      );
    });
  }
});

describe('RBAC as a whole', () => {
  const authorizer = new Authorizer(
    snapshotOf(`
kind: ClusterRole
metadata: { name: reader }
rules:
  - { verbs: [list], apiGroups: [""], resources: [nodes] }
  - { verbs: [get], apiGroups: [""], resources: [pods] }
  - { verbs: [get], nonResourceURLs: [/metrics] }
---
kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ verbs: [watch], apiGroups: [""], resources: [pods] }]
---
kind: ClusterRoleBinding
metadata: { name: a-gone }
roleRef: { kind: ClusterRole, name: gone }
subjects: [{ kind: Group, name: devs }]
---
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: job }, { kind: Group, name: devs }, { kind: User, name: jane }]
---
kind: RoleBinding
metadata: { name: own, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: app }]
---
kind: RoleBinding
metadata: { name: empty, namespace: farm }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: app }]
`),
  );
  const answer = (who: Requester, text: string) => {
    const { allowed, reason } = authorizer.authorize(who, requestOf(text));
    return `${allowed ? 'yes' : 'no'} ${reason}`.trim();
  };
  const gone = 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found';

  it('says which binding allows what, to whom, as the API server does', () => {
    expect(answer(jane, 'get core/pods web in shop')).to.equal(
      'yes RBAC: allowed by RoleBinding "readers/shop" of ClusterRole "reader" to Group "devs"',
    );
    expect(answer(serviceAccount('shop', 'app'), 'watch core/pods in shop')).to.equal(
      'yes RBAC: allowed by RoleBinding "own/shop" of Role "reader" to ServiceAccount "app/shop"',
    );
    const { by } = authorizer.authorize(jane, requestOf('get core/pods web in shop'));
    expect(by).to.deep.include({ rule: 1, subject: { kind: 'Group', name: 'devs' } });
  });

  it('grants by a RoleBinding in its namespace only, cluster-scoped resources included, and no URLs', () => {
    expect(answer(jane, 'get core/pods web in farm')).to.equal(`no ${gone}`);
    expect(answer(jane, 'get core/pods web')).to.equal(`no ${gone}`);
    // No such request can be made; the authorizer does not know that.
    expect(answer(jane, 'list core/nodes in shop')).to.match(/^yes/);
    expect(answer(jane, 'get /metrics')).to.equal(`no ${gone}`);
  });

  it('finds a Role in the namespace of the binding only', () => {
    const app = { ...serviceAccount('farm', 'app') };
    expect(answer(app, 'watch core/pods in farm')).to.equal(
      'no RBAC: role.rbac.authorization.k8s.io "reader" not found',
    );
  });

  it('knows nobody without bindings, and lets system:masters do everything', () => {
    expect(answer({ user: 'joe', groups: [] }, 'get core/pods in shop')).to.equal('no');
    expect(answer({ user: 'joe', groups: ['system:masters'] }, 'delete /everything')).to.equal('yes');
  });

  it('names all that is missing, each once', () => {
    const everybody = { user: 'jane', groups: ['devs', ...serviceAccount('farm', 'app').groups] };
    expect(answer(everybody, 'get core/secrets in farm')).to.equal(`no ${gone}`);
  });
});

describe('of files the authorizer leaves open', () => {
  const binding = `
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: devs }]
`;
  const role = `
kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ verbs: [get], apiGroups: [""], resources: [pods] }]
`;

  function doubtsOf(yaml: string, request: string): readonly string[] | undefined {
    return new Authorizer(snapshotOf(yaml, { isWholeCluster: false })).authorize(jane, requestOf(request)).doubts;
  }

  it('nothing where every role is there', () => {
    expect(doubtsOf(`${binding}---${role}`, 'list core/pods in shop')).to.equal(undefined);
  });

  it('what a role that is not there allows', () => {
    expect(doubtsOf(binding, 'list core/pods in shop')).to.deep.equal(['Role "reader" is not among the files']);
    expect(doubtsOf(binding, 'list core/pods in bank')).to.equal(undefined);
  });

  it('what a rule that cannot be read allows, and the others allow what they allow', () => {
    const broken = `${role.trimEnd().slice(0, -1)}, { verbs: list, apiGroups: [""], resources: [pods] }]\n`;
    expect(doubtsOf(`${binding}---${broken}`, 'list core/pods in shop')).to.deep.equal([
      'role "reader" has rules that cannot be read',
    ]);
    const authorizer = new Authorizer(snapshotOf(`${binding}---${broken}`, { isWholeCluster: false }));
    expect(authorizer.authorize(jane, requestOf('get core/pods in shop'))).to.include({ allowed: true });
  });

  it('what rules that are no list allow', () => {
    const broken = role.replace(/rules: .*/, 'rules: none');
    expect(doubtsOf(`${binding}---${broken}`, 'get core/pods in shop')?.[0]).to.match(
      /^role "reader" cannot be read: /,
    );
  });

  it('whom a binding means whose subjects cannot be read', () => {
    const broken = binding.replace(/subjects: .*/, 'subjects: devs');
    expect(doubtsOf(`${broken}---${role}`, 'get core/pods in shop')?.[0]).to.match(
      /^RoleBinding "readers" cannot be read: /,
    );
    expect(doubtsOf(`${broken}---${role}`, 'get core/pods in bank')).to.equal(undefined);
  });

  it('what a binding grants whose role cannot be read', () => {
    const broken = binding.replace('name: reader }', 'name: [reader] }');
    expect(doubtsOf(`${broken}---${role}`, 'get core/pods in shop')?.[0]).to.match(
      /^a reference to a role cannot be read: /,
    );
  });

  it('what an aggregated role will hold', () => {
    const yaml = `
kind: ClusterRole
metadata: { name: view }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] }
---
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`;
    expect(doubtsOf(yaml, 'get core/pods')?.[0]).to.match(/has the rules of others/);
  });
});

describe('the authorizer of a snapshot', () => {
  it('is made once', () => {
    const snapshot = snapshotOf('');
    expect(authorizerOf(snapshot)).to.equal(authorizerOf(snapshot));
  });

  it('follows every change of the store', () => {
    const kindOf = { b: 'RoleBinding', c: 'ClusterRoleBinding', r: 'Role', k: 'ClusterRole' } as const;
    const step = fc.record({
      kind: fc.constantFrom('b', 'c', 'r', 'k'),
      name: fc.constantFrom('one', 'two'),
      namespace: fc.constantFrom('shop', 'bank'),
      role: fc.constantFrom('one', 'two'),
      roleKind: fc.constantFrom('Role', 'ClusterRole'),
      subjects: fc.uniqueArray(fc.constantFrom('User jane', 'Group devs', 'Robot jane'), { maxLength: 3 }),
      verbs: fc.uniqueArray(fc.constantFrom('get', 'list'), { minLength: 1 }),
      isRemoved: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const store = new ClusterStore(() => undefined);
        for (const source of authorizerReads) store.observe({ source, state: 'observed', message: '' });
        for (const { kind, name, namespace, role, roleKind, subjects, verbs, isRemoved } of steps) {
          const isNamespaced = kind === 'b' || kind === 'r';
          const metadata = isNamespaced ? { name, namespace } : { name };
          const ref = {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: kind === 'c' ? 'ClusterRole' : roleKind,
            name: role,
          };
          const named = subjects.map((subject) => ({
            kind: subject.split(' ')[0] ?? '',
            name: subject.split(' ')[1] ?? '',
          }));
          const rules = [{ verbs, apiGroups: [''], resources: ['pods'] }];
          if (isRemoved) store.remove(kindOf[kind], { metadata });
          else if (kind === 'b' || kind === 'c')
            store.upsert(kindOf[kind], { metadata, roleRef: ref, subjects: named });
          else store.upsert(kindOf[kind], { metadata, rules });

          const followed = authorizerOf(store);
          const anew = new Authorizer(store);
          for (const request of ['get core/pods in shop', 'list core/pods in bank', 'list core/pods'].map(requestOf)) {
            const said = followed.authorize(jane, request);
            expect(said.allowed).to.equal(anew.authorize(jane, request).allowed);
          }
          const granted = (one: Authorizer) => one.grantsOf(jane, 'shop').map(describeGrant).sort();
          expect(granted(followed)).to.deep.equal(granted(anew));
          expect([...followed.principals()].length).to.equal([...anew.principals()].length);
        }
      }),
    );
  });
});
