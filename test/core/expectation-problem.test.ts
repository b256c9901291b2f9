import { expect } from 'chai';

import type { ExpectationSpec } from '../../src/api/v1alpha1/expectation.ts';
import { findExpectationProblem } from '../../src/core/expectation-problem.ts';

const web = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' } as const;
const jane = { kind: 'User', name: 'jane' } as const;
const pods = { verbs: ['list'], resources: ['pods'] } as const;

interface Row {
  readonly name: string;
  readonly spec: ExpectationSpec;
  /** Of the HardeningPolicy; a ClusterHardeningPolicy where it is left out. */
  readonly own?: string;
  readonly problem?: RegExp;
}

const rows: readonly Row[] = [
  { name: 'a cluster policy may be about anybody', spec: { subject: jane, allow: [pods] } },
  { name: 'a namespace may be about its own accounts', spec: { subject: web, deny: [pods] }, own: 'shop' },
  {
    name: 'and need not say which namespace that is',
    spec: { subject: { kind: 'ServiceAccount', name: 'web' }, only: true },
    own: 'shop',
  },
  {
    name: 'but not about users',
    spec: { subject: jane, allow: [pods] },
    own: 'shop',
    problem: /^spec\.expectations\[0\]\.subject\.kind is User, and a HardeningPolicy is about the service accounts/,
  },
  {
    name: 'nor about accounts of other namespaces',
    spec: { subject: web, allow: [pods] },
    own: 'blog',
    problem: /^spec\.expectations\[0\]\.subject\.namespace is "shop", .* its own namespace, "blog"$/,
  },
  {
    name: 'nor about what may be done in other namespaces',
    spec: { subject: web, allow: [pods, { ...pods, namespace: 'vault' }] },
    own: 'shop',
    problem: /^spec\.expectations\[0\]\.allow\[1\]\.namespace is "vault"/,
  },
  {
    name: 'nor about URLs, which are in no namespace',
    spec: { subject: web, deny: [{ verbs: ['get'], urls: ['/metrics'] }] },
    own: 'shop',
    problem: /^spec\.expectations\[0\]\.deny\[0\]\.urls is there/,
  },
  {
    name: 'in a cluster policy a service account needs its namespace',
    spec: { subject: { kind: 'ServiceAccount', name: 'web' }, allow: [pods] },
    problem: /^spec\.expectations\[0\]\.subject\.namespace is missing/,
  },
  {
    name: 'a user has no namespace',
    spec: { subject: { ...jane, namespace: 'shop' }, allow: [pods] },
    problem: /^spec\.expectations\[0\]\.subject\.namespace is there/,
  },
  {
    name: 'a group is in no groups',
    spec: { subject: { kind: 'Group', name: 'ops', groups: ['dev'] }, allow: [pods] },
    problem: /^spec\.expectations\[0\]\.subject\.groups is there/,
  },
  { name: 'an expectation says something', spec: { subject: jane }, problem: /^spec\.expectations\[0\] says nothing/ },
  {
    name: 'only: false says nothing either',
    spec: { subject: jane, only: false },
    problem: /^spec\.expectations\[0\] says nothing/,
  },
  {
    name: 'a permission is about resources or URLs',
    spec: { subject: jane, allow: [{ verbs: ['get'] }] },
    problem: /^spec\.expectations\[0\]\.allow\[0\] needs either resources or urls/,
  },
  {
    name: 'and not about both',
    spec: { subject: jane, allow: [{ ...pods, urls: ['/metrics'] }] },
    problem: /needs either resources or urls/,
  },
  {
    name: 'URLs have no names',
    spec: { subject: jane, allow: [{ verbs: ['get'], urls: ['/metrics'], names: ['a'] }] },
    problem: /^spec\.expectations\[0\]\.allow\[0\] has urls, which have no/,
  },
  {
    name: 'verbs in one text, as kubectl auth can-i takes them, would deny nothing',
    spec: { subject: jane, deny: [{ verbs: ['get,list'], resources: ['secrets'] }] },
    problem: /^spec\.expectations\[0\]\.deny\[0\]\.verbs\[0\] is "get,list": write one verb an entry/,
  },
  {
    name: 'resources in one text would deny nothing',
    spec: { subject: jane, deny: [{ verbs: ['get'], resources: ['pods, secrets'] }] },
    problem: /deny\[0\]\.resources\[0\] is "pods, secrets": write one resource an entry/,
  },
  {
    name: 'a star for subresources would deny nothing',
    spec: { subject: jane, deny: [{ verbs: ['get'], resources: ['pods/*'] }] },
    problem: /deny\[0\]\.resources\[0\] is "pods\/\*": RBAC reads it literally/,
  },
  {
    name: 'a group behind the resource would deny nothing',
    spec: { subject: jane, deny: [{ verbs: ['get'], resources: ['deployments.apps'] }] },
    problem: /deny\[0\]\.resources\[0\] is "deployments\.apps": write the plural alone/,
  },
  {
    name: 'the name * would deny nothing',
    spec: { subject: jane, deny: [{ ...pods, names: ['*'] }] },
    problem: /deny\[0\]\.names\[0\] is "\*": leave names out/,
  },
  {
    name: 'a verb in upper case would deny nothing',
    spec: { subject: jane, deny: [{ ...pods, verbs: ['get', 'LIST'] }] },
    problem: /deny\[0\]\.verbs\[1\] is "LIST": verbs are compared in lower case; write "list"/,
  },
  {
    name: 'a verb with a star in it would deny nothing',
    spec: { subject: jane, deny: [{ ...pods, verbs: ['delete*'] }] },
    problem: /deny\[0\]\.verbs\[0\] is "delete\*": the only wildcard is \* alone/,
  },
  {
    name: 'a resource in upper case, as a kind is, would deny nothing',
    spec: { subject: jane, deny: [{ ...pods, resources: ['pods', 'Pods'] }] },
    problem: /deny\[0\]\.resources\[1\] is "Pods": resources are compared in lower case/,
  },
  {
    name: 'a version is no group and would deny nothing',
    spec: { subject: jane, deny: [{ ...pods, apiGroups: ['', 'v1'] }] },
    problem: /deny\[0\]\.apiGroups\[1\] is "v1": it is a version, and the core group is the empty word ""/,
  },
  {
    name: 'a group with its version would deny nothing',
    spec: { subject: jane, deny: [{ verbs: ['*'], apiGroups: ['apps/v1'], resources: ['deployments'] }] },
    problem: /deny\[0\]\.apiGroups\[0\] is "apps\/v1": groups stand without a version; write "apps"/,
  },
  {
    name: 'a URL without its slash would deny nothing',
    spec: { subject: jane, deny: [{ verbs: ['get'], urls: ['/healthz', 'metrics'] }] },
    problem: /deny\[0\]\.urls\[1\] is "metrics": the path of a request begins with \//,
  },
  {
    name: 'wildcards, subresources, custom groups and verbs of extensions may be denied',
    spec: {
      subject: jane,
      deny: [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*', '*/scale', 'pods/exec'] },
        { verbs: ['ReadLogs'], apiGroups: ['shop.example.com'], resources: ['orders'] },
        { verbs: ['get'], urls: ['*', '/logs/*'] },
      ],
    },
  },
  {
    name: 'and the empty one much that is not meant',
    spec: { subject: jane, deny: [{ ...pods, names: ['web', ''] }] },
    problem: /deny\[0\]\.names\[1\] is "": leave names out to mean requests without a name as well$/,
  },
  {
    name: 'and may be listed, as a role may have it',
    spec: { subject: jane, allow: [{ ...pods, names: [''] }] },
  },
  {
    name: 'what RBAC reads literally may be granted, and so be listed',
    spec: {
      subject: jane,
      allow: [
        {
          verbs: ['get,list', 'LIST'],
          apiGroups: ['v1'],
          resources: ['pods/*', 'deployments.apps', 'Pods'],
          names: ['*'],
        },
      ],
    },
  },
  {
    name: 'what comes to too much is refused before anybody judges it',
    spec: { subject: jane, allow: Array(6).fill(wide(64, 64)) as ExpectationSpec['allow'] & object },
    problem: /^spec\.expectations\[0\]\.allow\[4\] is one too many: .* more than 20000/,
  },
];

function wide(resources: number, names: number) {
  const words = (count: number, letter: string) => Array.from({ length: count }, (_, index) => `${letter}${index}`);
  return { verbs: ['get'], resources: words(resources, 'r'), names: words(names, 'n') };
}

describe('an expectation', () => {
  for (const { name, spec, own, problem } of rows) {
    it(name, () => {
      const found = findExpectationProblem([spec], own);
      if (problem === undefined) expect(found).to.equal(undefined);
      else {
        expect(found?.message).to.match(problem);
        expect(found?.message.startsWith(found.path)).to.equal(true);
      }
    });
  }
});
