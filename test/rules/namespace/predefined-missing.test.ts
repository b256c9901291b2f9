import { predefinedMissing } from '../../../src/rules/namespace/predefined-missing.ts';
import { testRule } from '../rule-tester.ts';

const role = `
---
kind: Role
metadata: { name: 'system:controller:bootstrap-signer', namespace: kube-public }
`;
const binding = `
---
kind: RoleBinding
metadata: { name: 'system:controller:bootstrap-signer', namespace: kube-public }
roleRef: { kind: Role, name: 'system:controller:bootstrap-signer' }
`;
const namespace = 'kind: Namespace\nmetadata: { name: kube-public }';

testRule(predefinedMissing, [
  {
    name: 'a namespace with what Kubernetes creates in it passes',
    yaml: namespace + role + binding,
    passes: true,
  },
  {
    name: 'each role and binding that is not there is named',
    yaml: namespace,
    fails: [
      {
        path: 'Role/system:controller:bootstrap-signer',
        message: /^Role "kube-public\/system:controller:bootstrap-signer" does not exist/,
      },
      'RoleBinding/system:controller:bootstrap-signer',
    ],
  },
  {
    name: 'one of that name in another namespace is not it',
    yaml: namespace + role + binding.replace('namespace: kube-public', 'namespace: shop'),
    fails: ['RoleBinding/system:controller:bootstrap-signer'],
  },
  {
    name: 'in other namespaces Kubernetes creates nothing',
    yaml: 'kind: Namespace\nmetadata: { name: shop }',
    notApplicable: /creates no roles/,
  },
  {
    name: 'from files nothing is known to be missing',
    yaml: namespace,
    isFromFiles: true,
    notApplicable: /part of anything/,
  },
  {
    name: 'without a baseline of that version it is not known',
    yaml: namespace,
    podSecurityVersion: 12,
    unknown: /no baseline of Kubernetes 1\.12/,
  },
  {
    name: 'where Roles could not be read it is not known',
    yaml: namespace + role,
    missing: [{ source: 'Role', state: 'forbidden', message: 'listing roles is forbidden' }],
    unknown: /listing roles is forbidden/,
  },
]);
