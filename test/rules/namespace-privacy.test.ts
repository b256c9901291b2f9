/**
 * Whoever may read the posture of a namespace learns nothing by it of what others are called: of ClusterRoleBindings, of the
 * roles and subjects that these name, and of whatever is in other namespaces. What its own objects name is its own.
 */
import { expect } from 'chai';
import fc from 'fast-check';

import { Evaluator } from '../../src/core/evaluate.ts';
import type { KindName, ObjectOf } from '../../src/core/kinds.ts';
import { kindNames } from '../../src/core/kinds.ts';
import { resolveParams } from '../../src/core/params.ts';
import { oneServer } from '../../src/core/server-evidence.ts';
import { ClusterStore } from '../../src/controller/store.ts';
import { rules } from '../../src/rules/index.ts';

interface Made {
  readonly kind: KindName;
  readonly object: { readonly metadata: { readonly name: string; readonly namespace?: string } };
}

const apiGroup = 'rbac.authorization.k8s.io';
const granted = fc.constantFrom<object>(
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods'] },
  { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] },
  {
    verbs: ['create'],
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    resourceNames: ['web', 'foreign-account'],
  },
  { verbs: ['create', 'get'], apiGroups: [''], resources: ['pods/exec'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods/exec'], resourceNames: ['web', 'foreign-pod'] },
  { verbs: ['get'], apiGroups: [''], resources: ['nodes/proxy'], resourceNames: ['foreign-node'] },
  { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups', 'serviceaccounts'] },
  { verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: ['foreign-user'] },
  { verbs: ['bind'], apiGroups: [apiGroup], resources: ['clusterroles'], resourceNames: ['foreign-role-a'] },
  { verbs: ['create', 'update'], apiGroups: [apiGroup], resources: ['clusterrolebindings', 'rolebindings', 'roles'] },
  { verbs: ['escalate', 'bind'], apiGroups: [apiGroup], resources: ['roles', 'clusterroles'] },
  { verbs: ['delete', 'patch'], apiGroups: [''], resources: ['pods', 'nodes'] },
  { verbs: ['impersonate:serviceaccount'], apiGroups: ['authentication.k8s.io'], resources: ['serviceaccounts'] },
  { verbs: ['impersonate-on:serviceaccount:create'], apiGroups: ['*'], resources: ['pods', 'clusterrolebindings'] },
);
const own = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' };
const foreign = { kind: 'ServiceAccount', namespace: 'foreign-place', name: 'foreign-account' };
const ofShop = fc.constantFrom<object>({ kind: 'User', name: 'jane' }, own, foreign);
const ofOthers = fc.constantFrom<object>(
  { kind: 'User', name: 'foreign-user' },
  { kind: 'Group', name: 'foreign-group' },
  { kind: 'Group', name: 'system:serviceaccounts:shop' },
  own,
  foreign,
);
const letter = fc.constantFrom('a', 'b', 'c');

const role = fc
  .record({ place: fc.constantFrom('', 'shop', 'foreign-place'), letter, some: fc.array(granted, { maxLength: 2 }) })
  .map(({ place, letter: one, some }) => ({
    kind: place === '' ? 'ClusterRole' : 'Role',
    object: { metadata: nameIn(place, `role-${one}`), rules: some },
  }));
const binding = fc.record({ letter, ref: letter, isOwnRole: fc.boolean() }).chain(({ letter: one, ref, isOwnRole }) =>
  fc.constantFrom('', 'shop', 'foreign-place').chain((place) =>
    fc.array(place === 'shop' ? ofShop : ofOthers, { maxLength: 3 }).map((subjects) => {
      const isOfPlace = place !== '' && isOwnRole;
      const name = nameIn(isOfPlace ? place : '', `role-${ref}`).name;
      return {
        kind: place === '' ? 'ClusterRoleBinding' : 'RoleBinding',
        object: {
          metadata: nameIn(place, `binding-${one}`),
          subjects,
          roleRef: { apiGroup, kind: isOfPlace ? 'Role' : 'ClusterRole', name },
        },
      };
    }),
  ),
);
const pod = fc
  .record({ isOwn: fc.boolean(), privileged: fc.boolean(), hasToken: fc.boolean() })
  .map(({ isOwn, privileged, hasToken }) => ({
    kind: 'Pod',
    object: {
      metadata: isOwn ? { name: 'web', namespace: 'shop' } : { name: 'foreign-pod', namespace: 'foreign-place' },
      spec: {
        serviceAccountName: isOwn ? 'web' : 'foreign-account',
        containers: [{ name: 'main', image: 'main', securityContext: { privileged } }],
        ...(hasToken
          ? { volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] }
          : {}),
      },
    },
  }));
const object = fc.oneof(role, binding, pod).map((made) => made as unknown as Made);

function nameIn(place: string, name: string): { readonly name: string; readonly namespace?: string } {
  if (place === '') return { name: `foreign-${name}` };
  return { name: place === 'shop' ? name : `foreign-${name}`, namespace: place };
}

/** What the posture of the namespace says, and what its own objects do. */
function judge(objects: readonly Made[]): { readonly said: readonly string[]; readonly written: string } {
  const store = new ClusterStore(() => undefined);
  for (const source of kindNames) store.observe({ source, state: 'observed', message: '' });
  const seen = { source: '', confidence: 'high', detail: '' } as const;
  store.setEvidence(oneServer({ minorVersion: { value: 37, ...seen } }));
  const around = ['shop', 'foreign-place'].map((name) => ({ kind: 'Namespace', object: { metadata: { name } } }));
  const accounts = [own, foreign].map(({ name, namespace }) => ({
    kind: 'ServiceAccount',
    object: { metadata: { name, namespace } },
  }));
  for (const { kind, object: made } of [...(around as readonly Made[]), ...(accounts as readonly Made[]), ...objects]) {
    store.upsert(kind, store.intern(kind, made as unknown as ObjectOf<KindName>));
  }
  const evaluator = new Evaluator({
    ruleThrew: (id, error) => {
      throw new Error(`rule ${id} failed`, { cause: error });
    },
  });
  const selected = rules.map((rule) => ({ rule, params: resolveParams(rule) }));
  const findings = evaluator.evaluate({ namespace: 'shop' }, selected, store);
  const ofShop = objects.filter(({ object: { metadata } }) => metadata.namespace === 'shop');
  return {
    said: findings.map(({ rule, message, violations }) => `${rule.id} ${JSON.stringify([message, violations])}`),
    written: JSON.stringify(ofShop),
  };
}

describe('the posture of a namespace', () => {
  it('names nothing of others but what its own objects name, whatever rule is in force', () => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 6, maxLength: 25, size: 'max' }), (objects) => {
        const { said, written } = judge(objects);
        for (const finding of said) {
          const names = finding.match(/foreign-[a-z-]*/g) ?? [];
          const told = names.filter((name) => name === 'foreign-place' || !written.includes(JSON.stringify(name)));
          expect(told, finding).to.deep.equal([]);
        }
      }),
      { numRuns: 300 },
    );
  }).timeout(60_000);

  it('says of a service account what follows from others all the same', () => {
    const { said } = judge([
      {
        kind: 'ClusterRole',
        object: {
          metadata: { name: 'foreign-role-a' },
          rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        },
      },
      {
        kind: 'ClusterRoleBinding',
        object: {
          metadata: { name: 'foreign-binding-a' },
          subjects: [own],
          roleRef: { apiGroup, kind: 'ClusterRole', name: 'foreign-role-a' },
        },
      },
    ] as unknown as readonly Made[]);
    expect(said.join('\n')).to.match(/service-account-becomes-admin .*it is cluster-admin/);
  });
});
