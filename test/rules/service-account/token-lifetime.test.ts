import { tokenLifetime } from '../../../src/rules/service-account/token-lifetime.ts';
import { testRule } from '../rule-tester.ts';

const pod = (token: string) => `
kind: Pod
spec:
  containers: [{ name: web }]
  volumes:
    - name: tokens
      projected:
        sources:
          - serviceAccountToken: { ${token} }
`;
const place = 'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds';

testRule(tokenLifetime, [
  { name: 'a token that says nothing is good for an hour', yaml: pod('path: token'), passes: true },
  {
    name: 'what the API server adds is good for little more',
    yaml: pod('path: token, expirationSeconds: 3607'),
    passes: true,
  },
  { name: 'a day is allowed', yaml: pod('path: token, expirationSeconds: 86400'), passes: true },
  {
    name: 'more than a day fails',
    yaml: pod('path: token, expirationSeconds: 86401'),
    fails: [{ path: place, observed: '86401', message: /"tokens" .* 86401 seconds; ask for at most 86400/ }],
  },
  {
    name: 'for whom it is does not matter',
    yaml: pod('path: token, audience: vault, expirationSeconds: 31536000'),
    fails: [place],
  },
  {
    name: 'a policy may want less',
    params: { maxSeconds: 3600 },
    yaml: pod('path: token, expirationSeconds: 7200'),
    fails: [place],
  },
  {
    name: 'a policy may allow more',
    params: { maxSeconds: 604800 },
    yaml: pod('path: token, expirationSeconds: 604800'),
    passes: true,
  },
  {
    name: 'a time that is no number is unknown',
    yaml: pod("path: token, expirationSeconds: '3600'"),
    unknown: /expirationSeconds" must be an integer/,
  },
]);
