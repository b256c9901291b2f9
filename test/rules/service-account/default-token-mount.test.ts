import { defaultTokenMount } from '../../../src/rules/service-account/default-token-mount.ts';
import { everythingAllowed } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(defaultTokenMount, [
  {
    name: 'a default account that mounts its token fails',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
automountServiceAccountToken: true
`,
    fails: [{ path: 'automountServiceAccountToken', observed: 'true', severity: 'medium' }],
  },
  {
    name: 'a default account that says nothing fails, because the default is to mount',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
`,
    fails: [{ path: 'automountServiceAccountToken', severity: 'medium' }],
  },
  {
    name: 'null is absent, so it fails',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
automountServiceAccountToken: null
`,
    fails: [{ path: 'automountServiceAccountToken', severity: 'medium' }],
  },
  {
    name: 'while the API server allows everything it is critical',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
`,
    evidence: everythingAllowed(true),
    fails: [
      {
        path: 'automountServiceAccountToken',
        severity: 'critical',
        message: /and the API server allows everything to whoever has a token; set/,
      },
    ],
  },
  {
    name: 'an API server that is known to refuse something changes nothing',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
`,
    evidence: everythingAllowed(false),
    fails: [{ path: 'automountServiceAccountToken', severity: 'medium', message: /token of "default"; set/ }],
  },
  {
    name: 'an API server that nobody could ask changes nothing',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
`,
    evidence: everythingAllowed('unobserved'),
    fails: [{ path: 'automountServiceAccountToken', severity: 'medium', message: /token of "default"; set/ }],
  },
  {
    name: 'an account without a token is none of the API server that allows everything',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
automountServiceAccountToken: false
`,
    evidence: everythingAllowed(true),
    passes: true,
  },
  {
    name: 'a default account that does not mount its token passes',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
automountServiceAccountToken: false
`,
    passes: true,
  },
  {
    name: 'another account is not judged',
    yaml: `
kind: ServiceAccount
metadata: { name: web, namespace: shop }
automountServiceAccountToken: true
`,
    notApplicable: /"default"/,
  },
  {
    name: 'a file needs no namespace',
    yaml: `
kind: ServiceAccount
metadata: { name: default }
automountServiceAccountToken: false
`,
    isFromFiles: true,
    passes: true,
  },
  {
    name: 'a value that is no boolean is unknown',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
automountServiceAccountToken: 'false'
`,
    unknown: /"automountServiceAccountToken" must be a boolean, found the string "false"/,
  },
  {
    name: 'a name that is no string is unknown',
    yaml: `
kind: ServiceAccount
metadata: { name: 7, namespace: shop }
`,
    unknown: /"metadata\.name" must be a string, found the number 7/,
  },
]);
