import { expect } from 'chai';

import { findPolicyUse } from '../../src/psp/policy-use.ts';
import { serviceAccount } from '../../src/rbac/request.ts';
import type { Usability } from '../../src/psp/policy-use.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const web = serviceAccount('shop', 'web');
const jane = { user: 'jane', groups: ['developers', 'system:authenticated'] };

const user = (resource: string, more = '') => `
kind: ClusterRole
metadata: { name: user }
rules: [{ verbs: [use], apiGroups: [policy], resources: [${resource}]${more} }]
`;
const bound = (subject: string) => `---
kind: RoleBinding
metadata: { name: bound, namespace: shop }
roleRef: { kind: ClusterRole, name: user }
subjects: [${subject}]
`;

describe('findPolicyUse', () => {
  const useOf = (yaml: string) => findPolicyUse(snapshotOf(yaml, { isWholeCluster: false }));

  describe('knows nothing of who may use which policy', () => {
    const silent: readonly { readonly name: string; readonly yaml: string }[] = [
      { name: 'where there are no RBAC objects', yaml: '' },
      { name: 'where roles are about other things', yaml: user('pods') + bound('{ kind: User, name: jane }') },
      { name: 'where a role is about everything', yaml: user('"*"') + bound('{ kind: User, name: jane }') },
      {
        name: 'where a role is about policies, but not their use',
        yaml: user('podsecuritypolicies').replace('[use]', '[get, list]') + bound('{ kind: User, name: jane }'),
      },
    ];
    for (const { name, yaml } of silent) {
      it(name, () => {
        expect(useOf(yaml).isGiven).to.equal(false);
      });
    }
  });

  interface Row {
    readonly name: string;
    readonly yaml: string;
    readonly namespace?: string;
    readonly who?: typeof web;
    readonly may: Usability | RegExp;
  }
  const rows: readonly Row[] = [
    {
      name: 'a service account that a RoleBinding of its namespace names may',
      yaml: user('podsecuritypolicies') + bound('{ kind: ServiceAccount, name: web }'),
      may: 'yes',
    },
    {
      name: 'it may not in another namespace',
      yaml: user('podsecuritypolicies') + bound('{ kind: ServiceAccount, name: web, namespace: shop }'),
      namespace: 'other',
      may: 'no',
    },
    {
      name: 'another service account may not',
      yaml: user('podsecuritypolicies') + bound('{ kind: ServiceAccount, name: other }, { kind: User, name: web }'),
      may: 'no',
    },
    {
      name: 'a service account of the same name in another namespace may not',
      yaml: user('podsecuritypolicies') + bound('{ kind: ServiceAccount, name: web, namespace: other }'),
      may: 'no',
    },
    {
      name: 'the groups of service accounts may',
      yaml: user('podsecuritypolicies') + bound('{ kind: Group, name: "system:serviceaccounts:shop" }'),
      may: 'yes',
    },
    {
      name: 'who is authenticated may where that group may',
      yaml: user('podsecuritypolicies') + bound('{ kind: Group, name: "system:authenticated" }'),
      may: 'yes',
    },
    {
      name: 'a user may',
      yaml: user('podsecuritypolicies') + bound('{ kind: User, name: jane }'),
      who: jane,
      may: 'yes',
    },
    {
      name: 'the name of the policy counts where names are given',
      yaml: user('podsecuritypolicies', ', resourceNames: [other]') + bound('{ kind: ServiceAccount, name: web }'),
      may: 'no',
    },
    {
      name: 'the name of the policy is enough',
      yaml: user('podsecuritypolicies', ', resourceNames: [restricted]') + bound('{ kind: ServiceAccount, name: web }'),
      may: 'yes',
    },
    {
      name: 'the older group of policies counts',
      yaml:
        user('podsecuritypolicies').replace('[policy]', '[extensions]') + bound('{ kind: ServiceAccount, name: web }'),
      may: 'yes',
    },
    {
      name: 'another group does not',
      yaml: user('podsecuritypolicies').replace('[policy]', '[""]') + bound('{ kind: ServiceAccount, name: web }'),
      may: 'no',
    },
    {
      name: 'a role of the namespace grants it, too',
      yaml: `
kind: Role
metadata: { name: user, namespace: shop }
rules: [{ verbs: ["*"], apiGroups: ["*"], resources: [podsecuritypolicies] }]
${bound('{ kind: ServiceAccount, name: web }').replace('ClusterRole', 'Role')}`,
      may: 'yes',
    },
    {
      name: 'cluster-admin may use every policy, also where its role is not among the objects',
      yaml: `${user('podsecuritypolicies')}${bound('{ kind: User, name: jane }')}
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`,
      may: 'yes',
    },
    {
      name: 'view may use none',
      yaml: `${user('podsecuritypolicies')}${bound('{ kind: User, name: jane }')}
---
kind: ClusterRoleBinding
metadata: { name: readers }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`,
      may: 'no',
    },
    {
      name: 'nobody knows where a role that is bound is not among the objects',
      yaml: `${user('podsecuritypolicies')}${bound('{ kind: User, name: jane }')}
---
kind: ClusterRoleBinding
metadata: { name: mystery }
roleRef: { kind: ClusterRole, name: elsewhere }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`,
      may: /ClusterRole "elsewhere", which "mystery" binds, is not among the files/,
    },
    {
      name: 'nobody knows where no binding is among the objects',
      yaml: user('podsecuritypolicies'),
      may: /no binding among the files says to whom/,
    },
    {
      name: 'nobody knows where a role has the rules of others',
      yaml: `${user('podsecuritypolicies')}${bound('{ kind: User, name: jane }')}
---
kind: ClusterRole
metadata: { name: sum }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] }
---
kind: ClusterRoleBinding
metadata: { name: all }
roleRef: { kind: ClusterRole, name: sum }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`,
      may: /ClusterRole "sum" has the rules of others/,
    },
    {
      name: 'nobody knows where a binding cannot be read',
      yaml: `
kind: RoleBinding
metadata: { name: broken, namespace: shop }
roleRef: { kind: ClusterRole, name: user }
subjects: nobody
`,
      may: /binding "broken" cannot be read: field "subjects" must be a list/,
    },
    {
      name: 'nobody knows where a role cannot be read',
      yaml: `
kind: ClusterRole
metadata: { name: user }
rules: [{ verbs: use, apiGroups: [policy], resources: [podsecuritypolicies] }]
${bound('{ kind: ServiceAccount, name: web }')}`,
      may: /role "user" cannot be read: field "rules\[0\].verbs" must be a list/,
    },
  ];
  for (const { name, yaml, namespace = 'shop', who = web, may } of rows) {
    it(name, () => {
      const use = useOf(yaml).mayUse('restricted', namespace, [who]);
      if (may instanceof RegExp) expect(use).to.have.property('unknown').that.matches(may);
      else expect(use).to.equal(may);
    });
  }

  it('is given where a role is about the use of policies, or a binding cannot be read', () => {
    expect(useOf(user('podsecuritypolicies')).isGiven).to.equal(true);
    expect(useOf('kind: ClusterRoleBinding\nroleRef: 7').isGiven).to.equal(true);
  });

  it('is enough for one of two', () => {
    const yaml = user('podsecuritypolicies') + bound('{ kind: User, name: jane }');
    expect(useOf(yaml).mayUse('restricted', 'shop', [web, jane])).to.equal('yes');
  });
});
