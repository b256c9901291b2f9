import { tokenSecret } from '../../../src/rules/service-account/token-secret.ts';
import { everythingAllowed } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';
import type { Row } from '../rule-tester.ts';

const account = (secrets = '') => `
kind: ServiceAccount
metadata: { name: web, namespace: shop }
${secrets}
`;
const old = 'secrets: [{ name: web-token-x7k2p }]';

const rows: readonly Row[] = [
  {
    name: 'a token Secret that Kubernetes made before v1.24 fails',
    yaml: account(old),
    fails: [
      {
        path: 'secrets[0]',
        observed: 'web-token-x7k2p',
        severity: 'medium',
        message: /^Secret "web-token-x7k2p" holds a token of the account that never expires; delete it/,
      },
    ],
  },
  {
    name: 'another Secret may hold one, and nobody reads it',
    yaml: account('secrets: [{ name: web-dockercfg-x7k2p }, { name: web-token-x7k2p }, { name: web-token-of-mine }]'),
    fails: [
      { path: 'secrets[0]', severity: 'low', message: /if it is of the type kubernetes\.io\/service-account-token/ },
      { path: 'secrets[1]', severity: 'medium' },
      { path: 'secrets[2]', severity: 'low' },
    ],
  },
  {
    name: 'while the API server allows everything it is critical',
    yaml: account(old),
    evidence: everythingAllowed(true),
    fails: [{ path: 'secrets[0]', severity: 'critical', message: /allows everything to whoever has a token/ }],
  },
  {
    name: 'an API server that nobody could ask changes nothing',
    yaml: account(old),
    evidence: everythingAllowed('unobserved'),
    fails: [{ path: 'secrets[0]', severity: 'medium' }],
  },
  {
    name: 'an account that lists none is no pass, because others are listed nowhere',
    yaml: account(),
    notApplicable: /made by hand are listed nowhere/,
  },
  {
    name: 'an empty list is none',
    yaml: account('secrets: []'),
    notApplicable: /made by hand are listed nowhere/,
  },
  {
    name: 'an account that lists none is undecided where a policy wants to hear of it',
    params: { reportUndecided: true },
    yaml: account(),
    unknown: /made by hand are listed nowhere/,
  },
  {
    name: 'a list that is none is unknown',
    yaml: account('secrets: web-token-x7k2p'),
    unknown: /"secrets" must be/,
  },
];

testRule(tokenSecret, rows, { neverPasses: true });
