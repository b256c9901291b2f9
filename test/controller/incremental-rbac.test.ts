/**
 * What is remembered from one judgement to the next must never show: after any changes the findings are those of a store
 * and an evaluator that have seen nothing before.
 */
import { expect } from 'chai';
import fc from 'fast-check';

import { ChangeRouter, namespaceKey } from '../../src/controller/enqueue.ts';
import type { Key } from '../../src/controller/enqueue.ts';
import { PathChanges } from '../../src/controller/path-changes.ts';
import { ClusterStore } from '../../src/controller/store.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import { judgeScope, namespacesOf } from '../../src/core/judge.ts';
import { kindNames } from '../../src/core/kinds.ts';
import type { KindName, ObjectOf } from '../../src/core/kinds.ts';
import type { Scope } from '../../src/core/scope.ts';
import { countAdminPaths } from '../../src/rbac/admin-paths.ts';
import { rules } from '../../src/rules/index.ts';
import { oneServer } from '../../src/core/server-evidence.ts';

interface Op {
  readonly kind: KindName;
  readonly object: { readonly metadata: { readonly name: string; readonly namespace?: string } };
  readonly isRemoval: boolean;
}

const namespace = fc.constantFrom('shop', 'ci');
const name = fc.constantFrom('a', 'b', 'c');
const rule = fc.constantFrom<object>(
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods'] },
  { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] },
  { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['a', 'b'] },
  { verbs: ['create'], apiGroups: [''], resources: ['secrets'] },
  { verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['a', 'b'] },
  { verbs: ['create', 'get'], apiGroups: [''], resources: ['pods/exec'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods/attach'], resourceNames: ['a'] },
  { verbs: ['get'], apiGroups: [''], resources: ['nodes/proxy'], resourceNames: ['n1'] },
  { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups'] },
  { verbs: ['impersonate'], apiGroups: [''], resources: ['serviceaccounts'] },
  { verbs: ['bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['a'] },
  {
    verbs: ['create', 'update'],
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['clusterrolebindings', 'rolebindings', 'roles', 'clusterroles'],
  },
  { verbs: ['escalate', 'bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] },
  { verbs: ['bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], resourceNames: ['b', 'c'] },
  { verbs: ['escalate'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles', 'roles'] },
  {
    verbs: ['escalate', 'create', 'patch'],
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['clusterroles', 'roles'],
    resourceNames: ['a', 'b'],
  },
  { verbs: ['create'], apiGroups: [''], resources: ['secrets', 'pods', 'serviceaccounts'], resourceNames: ['a', 'c'] },
  { verbs: ['patch'], apiGroups: [''], resources: ['secrets', 'pods', 'serviceaccounts'], resourceNames: ['b', 'c'] },
  { verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts', 'namespaces'] },
  { verbs: ['create'], apiGroups: ['admissionregistration.k8s.io'], resources: ['mutatingwebhookconfigurations'] },
  { verbs: ['delete'], apiGroups: [''], resources: ['pods'] },
  { verbs: ['patch'], apiGroups: [''], resources: ['nodes'] },
  { verbs: ['impersonate'], apiGroups: [''], resources: ['groups'], resourceNames: ['devs'] },
  {
    verbs: ['impersonate:user-info', 'impersonate:serviceaccount'],
    apiGroups: ['authentication.k8s.io'],
    resources: ['users', 'groups', 'serviceaccounts'],
  },
  {
    verbs: ['impersonate-on:user-info:create', 'impersonate-on:serviceaccount:create'],
    apiGroups: ['', 'rbac.authorization.k8s.io'],
    resources: ['pods', 'clusterrolebindings'],
  },
  { verbs: ['impersonate-on:serviceaccount:delete'], apiGroups: [''], resources: ['pods'] },
  { verbs: ['impersonate:arbitrary-node'], apiGroups: ['authentication.k8s.io'], resources: ['nodes'] },
  {
    verbs: ['impersonate-on:arbitrary-node:create'],
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: ['a', 'c'],
  },
);
const someRules = fc.array(rule, { maxLength: 2 });
const subject = fc.oneof(
  fc.record({ kind: fc.constant('ServiceAccount'), namespace, name }),
  fc.record({
    kind: fc.constant('User'),
    name: fc.constantFrom('jane', 'system:anonymous', 'system:serviceaccount:ci:a'),
  }),
  fc.record({
    kind: fc.constant('Group'),
    name: fc.constantFrom(
      'devs',
      'system:serviceaccounts:ci',
      'system:serviceaccounts',
      'system:authenticated',
      'system:bootstrappers',
    ),
  }),
);
const subjects = fc.array(subject, { maxLength: 2 });
const own = fc.record({ name, namespace });

function roleRef(kind: string, role: string): object {
  return { apiGroup: 'rbac.authorization.k8s.io', kind, name: role };
}

const object = fc.oneof(
  fc.record({ metadata: own, rules: someRules }).map((role) => ({ kind: 'Role', object: role })),
  fc.record({ metadata: fc.record({ name }), rules: someRules }).map((role) => ({ kind: 'ClusterRole', object: role })),
  fc
    .record({ metadata: own, subjects, roleKind: fc.constantFrom('Role', 'ClusterRole'), role: name })
    .map(({ metadata, subjects: named, roleKind, role }) => ({
      kind: 'RoleBinding',
      object: { metadata, subjects: named, roleRef: roleRef(roleKind, role) },
    })),
  fc.record({ metadata: fc.record({ name }), subjects, role: name }).map(({ metadata, subjects: named, role }) => ({
    kind: 'ClusterRoleBinding',
    object: { metadata, subjects: named, roleRef: roleRef('ClusterRole', role) },
  })),
  fc
    .record({ metadata: own, secrets: fc.array(fc.record({ name }), { maxLength: 1 }) })
    .map((account) => ({ kind: 'ServiceAccount', object: account })),
  fc
    .record({
      metadata: fc.record({ name: namespace }),
      level: fc.constantFrom('privileged', 'restricted', undefined),
    })
    .map(({ metadata, level }) => ({
      kind: 'Namespace',
      object: {
        metadata:
          level === undefined ? metadata : { ...metadata, labels: { 'pod-security.kubernetes.io/enforce': level } },
      },
    })),
  fc
    .record({ metadata: own, account: name, privileged: fc.boolean(), hasToken: fc.boolean() })
    .map(({ metadata, account, privileged, hasToken }) => ({
      kind: 'Pod',
      object: {
        metadata,
        spec: {
          serviceAccountName: account,
          containers: [{ name: 'main', image: 'main', securityContext: { privileged } }],
          ...(hasToken
            ? { volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] }
            : {}),
        },
      },
    })),
);
const op = fc
  .record({ object, isRemoval: fc.constantFrom(true, false, false) })
  .map(({ object: made, isRemoval }) => ({ ...made, isRemoval }) as unknown as Op);

/** Where paths are long enough that much can change about them: by root's token on a node that those reach who create pods. */
const ways = [
  { kind: 'ServiceAccount', object: { metadata: { name: 'a', namespace: 'shop' } } },
  {
    kind: 'Pod',
    object: {
      metadata: { name: 'a', namespace: 'shop' },
      spec: {
        serviceAccountName: 'a',
        containers: [{ name: 'main', image: 'main' }],
        volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
      },
    },
  },
  {
    kind: 'ClusterRole',
    object: { metadata: { name: 'a' }, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] },
  },
  {
    kind: 'ClusterRoleBinding',
    object: {
      metadata: { name: 'a' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'a' }],
      roleRef: roleRef('ClusterRole', 'a'),
    },
  },
  { kind: 'ServiceAccount', object: { metadata: { name: 'b', namespace: 'shop' } } },
  {
    kind: 'ClusterRole',
    object: { metadata: { name: 'b' }, rules: [{ verbs: ['create', 'delete'], apiGroups: [''], resources: ['pods'] }] },
  },
  {
    kind: 'RoleBinding',
    object: {
      metadata: { name: 'b', namespace: 'ci' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'b' }],
      roleRef: roleRef('ClusterRole', 'b'),
    },
  },
].map((one) => opOf(one.kind, one.object));

/** A store that is judged as the operator does it: what a change asks for, and nothing else. */
class Cluster {
  readonly store: ClusterStore;
  readonly #keys = new Set<Key>();
  readonly #pathChanges = new PathChanges();
  /** By key: what was said when it was judged last. */
  readonly #postures = new Map<Key, unknown>();
  readonly #evaluator = new Evaluator({
    ruleThrew: (id, error) => {
      throw new Error(`rule ${id} failed`, { cause: error });
    },
  });

  constructor() {
    const router = new ChangeRouter(rules);
    this.store = new ClusterStore((change) => {
      for (const key of router.keysOf(change, () => namespacesOf(this.store))) this.#keys.add(key);
    });
    for (const source of kindNames) this.store.observe({ source, state: 'observed', message: '' });
    const seen = { source: '', confidence: 'high', detail: '' } as const;
    this.store.setEvidence(
      oneServer({
        anonymousRequests: { value: [], ...seen },
        unknownUserAllowed: { value: false, ...seen },
        minorVersion: { value: 37, ...seen },
      }),
    );
    for (const one of ['shop', 'ci']) this.store.upsert('Namespace', { metadata: { name: one } });
  }

  apply({ kind, object: made, isRemoval }: Op): void {
    if (isRemoval) this.store.remove(kind, made);
    else this.store.upsert(kind, this.store.intern(kind, made as unknown as ObjectOf<KindName>));
  }

  /** How many rules have run so far. */
  get evaluations(): number {
    return this.#evaluator.evaluations;
  }

  /** @returns what stands after everything that is due */
  settle(): unknown {
    if (this.#keys.delete('paths')) {
      for (const one of this.#pathChanges.take(this.store)) this.#keys.add(namespaceKey(one));
      this.#keys.add('cluster');
    }
    for (const key of this.#keys) {
      const posture = this.#judge(key === 'cluster' ? key : { namespace: key.slice('namespace/'.length) });
      if (posture === undefined) this.#postures.delete(key);
      else this.#postures.set(key, posture);
    }
    this.#keys.clear();
    return { counts: countAdminPaths(this.store), postures: Object.fromEntries([...this.#postures].sort()) };
  }

  #judge(scope: Scope): unknown {
    const judged = judgeScope(scope, {
      rules,
      evaluator: this.#evaluator,
      snapshot: this.store,
      policies: [],
      policyInput: { source: 'ClusterHardeningPolicy', state: 'observed', message: '' },
      ownPolicies: [],
      ownPolicyInput: { source: 'HardeningPolicy', state: 'observed', message: '' },
    });
    return (
      judged && {
        summary: judged.summary,
        findings: judged.findings.map(({ rule: { id }, severity, outcome, subject: ref, message }) =>
          [id, severity, outcome, ref.kind, ref.namespace, ref.name, message].join(' '),
        ),
      }
    );
  }
}

describe('what is judged again after a change', () => {
  it('is all that comes out differently, and comes out as if nothing had been judged before', () => {
    fc.assert(
      fc.property(fc.constantFrom([], ways), fc.array(op, { maxLength: 25, size: 'max' }), (before, ops) => {
        const remembering = new Cluster();
        for (const one of before) remembering.apply(one);
        for (const [index, one] of ops.entries()) {
          remembering.apply(one);
          const settled = remembering.settle();
          // To judge anew takes most of the time; what goes wrong is seldom put right by the next change.
          if (index % 3 !== 0 && index !== ops.length - 1) continue;
          const anew = new Cluster();
          for (const earlier of [...before, ...ops.slice(0, index + 1)]) anew.apply(earlier);
          expect(settled).to.deep.equal(anew.settle());
        }
      }),
      { numRuns: 200 },
    );
  }).timeout(240_000);

  it('is what somebody may do as an account of one namespace in another that comes to hold a path', () => {
    const jane = [{ kind: 'User', name: 'jane' }];
    const before = [
      ...grant('shop', 'a', jane, {
        verbs: ['impersonate:serviceaccount'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['serviceaccounts'],
      }),
      ...grant('', 'b', jane, {
        verbs: ['impersonate-on:serviceaccount:delete'],
        apiGroups: [''],
        resources: ['pods'],
      }),
      ...grant('ci', 'c', [{ kind: 'ServiceAccount', namespace: 'shop', name: 'a' }], {
        verbs: ['delete'],
        apiGroups: [''],
        resources: ['pods'],
      }),
      ...grant('', 'a', [{ kind: 'ServiceAccount', namespace: 'ci', name: 'a' }], {
        verbs: ['*'],
        apiGroups: ['*'],
        resources: ['*'],
      }),
    ];
    const account = opOf('ServiceAccount', { metadata: { name: 'a', namespace: 'ci' } });
    const remembering = new Cluster();
    for (const one of before) remembering.apply(one);
    const earlier = remembering.settle();
    remembering.apply(account);
    const anew = new Cluster();
    for (const one of [...before, account]) anew.apply(one);
    const settled = remembering.settle();
    expect(settled).to.deep.equal(anew.settle());
    expect(findingsOf(earlier, 'shop')).not.to.deep.equal(findingsOf(settled, 'shop'));
  });
});

describe('what is said while Roles cannot be read', () => {
  const devs = [{ kind: 'Group', name: 'devs' }];
  const anybody = { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups'] };
  const [role, everywhere] = grant('', 'b', devs, anybody);
  const binding = { metadata: { name: 'a', namespace: 'ci' }, subjects: devs, roleRef: roleRef('Role', 'a') };
  const pod = {
    metadata: { name: 'a', namespace: 'shop' },
    spec: { serviceAccountName: 'default', containers: [{ name: 'main', image: 'main' }] },
  };

  it('does not depend on which binding came first', () => {
    const remembering = new Cluster();
    const anew = new Cluster();
    for (const cluster of [remembering, anew]) {
      cluster.store.observe({ source: 'Role', state: 'forbidden', message: 'needs list' });
    }
    for (const one of [opOf('RoleBinding', binding), opOf('Pod', pod), everywhere, role]) {
      if (one !== undefined) for (const cluster of [remembering, anew]) cluster.apply(one);
      remembering.settle();
    }
    const settled = remembering.settle();
    expect(settled).to.deep.equal(anew.settle());
    expect(JSON.stringify(settled)).to.contain('rbac-impersonate-any critical fail ClusterRole  b');
  });
});

describe('how much one changed binding costs', () => {
  const names = Array.from({ length: 50 }, (_, index) => `user-${index}`);
  const mayExec = { verbs: ['create', 'get'], apiGroups: [''], resources: ['pods/exec'] };
  const viewer = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };

  /** Half of the users get into the pods of every namespace, half into those of one, where one is as good as its node. */
  function largeCluster(): Cluster {
    const cluster = new Cluster();
    const users = names.map((one) => ({ kind: 'User', name: one }));
    const agent = {
      metadata: { name: 'agent', namespace: 'shop' },
      spec: { hostPID: true, containers: [{ name: 'agent', image: 'agent' }] },
    };
    const before = [
      ...ways,
      opOf('Pod', agent),
      ...grant('', 'exec', users.slice(0, 25), mayExec),
      ...grant('shop', 'exec', users.slice(25), mayExec),
      ...grant('shop', 'view', [{ kind: 'User', name: 'jane' }], viewer),
    ];
    for (const one of before) cluster.apply(one);
    cluster.settle();
    return cluster;
  }

  it('is the rules about whom it names, and not those about everybody who may get into pods', () => {
    const cluster = largeCluster();
    const before = cluster.evaluations;
    const [, binding] = grant('shop', 'view', [{ kind: 'User', name: 'joe' }], viewer);
    if (binding !== undefined) cluster.apply(binding);
    cluster.settle();
    expect(cluster.evaluations - before).to.be.within(1, 40);
  });

  it('is the rules about one more who gets in by what others get in by, not those about them, and tells of him with them', () => {
    const cluster = largeCluster();
    const before = cluster.evaluations;
    cluster.apply(
      opOf('ClusterRoleBinding', {
        metadata: { name: 'exec-too' },
        subjects: [{ kind: 'User', name: 'joe' }],
        roleRef: roleRef('ClusterRole', 'exec'),
      }),
    );
    const settled = cluster.settle() as { readonly postures: Record<string, { readonly findings: string[] }> };
    expect(cluster.evaluations - before).to.be.within(1, 120);
    const found = settled.postures['cluster']?.findings.filter((one) => one.startsWith('rbac-exec-into-privileged'));
    expect(found?.map((one) => one.slice(0, 90))).to.deep.equal([
      'rbac-exec-into-privileged critical fail ClusterRole  exec User "joe", User "user-0", User ',
      'rbac-exec-into-privileged critical fail Role shop exec User "user-25", User "user-26", Use',
    ]);
  });

  it("is also theirs whose way leads through it, and nobody else's, where somebody comes to reach cluster-admin", () => {
    const cluster = largeCluster();
    const before = cluster.evaluations;
    cluster.apply(
      opOf('ClusterRoleBinding', {
        metadata: { name: 'more' },
        subjects: [{ kind: 'User', name: 'joe' }],
        roleRef: roleRef('ClusterRole', 'a'),
      }),
    );
    cluster.settle();
    expect(cluster.evaluations - before).to.be.within(1, 150);
  });
});

function findingsOf(settled: unknown, namespace: string): unknown {
  return (settled as { readonly postures: Record<string, unknown> }).postures[`namespace/${namespace}`];
}

function grant(namespace: string, name: string, subjects: readonly object[], granted: object): readonly Op[] {
  const prefix = namespace === '' ? 'Cluster' : '';
  const metadata = namespace === '' ? { name } : { name, namespace };
  return [
    opOf(`${prefix}Role`, { metadata, rules: [granted] }),
    opOf(`${prefix}RoleBinding`, { metadata, subjects, roleRef: roleRef(`${prefix}Role`, name) }),
  ];
}

function opOf(kind: string, made: object): Op {
  return { kind, object: made, isRemoval: false } as unknown as Op;
}
