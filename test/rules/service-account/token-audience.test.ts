import { tokenAudience } from '../../../src/rules/service-account/token-audience.ts';
import { testRule } from '../rule-tester.ts';

const pod = (...tokens: readonly string[]) => `
kind: Pod
spec:
  containers: [{ name: web }]
  volumes:
    - { name: scratch, emptyDir: {} }
    - name: tokens
      projected:
        sources:
          - configMap: {}
${tokens.map((token) => `          - serviceAccountToken: { path: token, ${token} }`).join('\n')}
`;
const place = (index: number) => `spec.volumes[1].projected.sources[${index}].serviceAccountToken.audience`;

testRule(tokenAudience, [
  { name: 'a pod without volumes passes', yaml: 'kind: Pod\nspec: { containers: [{ name: web }] }\n', passes: true },
  { name: 'a token for the API server passes', yaml: pod('expirationSeconds: 3600'), passes: true },
  { name: 'an empty audience is none', yaml: pod("audience: ''"), passes: true },
  {
    name: 'a token for the API server by its name passes',
    yaml: pod('audience: "https://kubernetes.default.svc"'),
    passes: true,
  },
  {
    name: 'a token for somebody whom nobody expects fails',
    yaml: pod('audience: vault', 'audience: sts.amazonaws.com'),
    fails: [
      { path: place(1), observed: 'vault', message: /^volume "tokens" holds a token for the audience "vault"/ },
      { path: place(2), observed: 'sts.amazonaws.com' },
    ],
  },
  {
    name: 'a token for somebody who is expected passes',
    params: { expected: ['vault'] },
    yaml: pod('audience: vault'),
    passes: true,
  },
  {
    name: 'what only begins like what is expected is somebody else',
    params: { expected: ['vault'] },
    yaml: pod('audience: vault.example'),
    fails: [place(1)],
  },
  {
    name: 'what only begins like the API server is somebody else',
    yaml: pod('audience: "https://kubernetes.default.svc@evil.example"'),
    fails: [place(1)],
  },
  {
    name: 'an audience that is no text is unknown',
    yaml: pod('audience: 7'),
    unknown: /audience" must be a string, found the number 7/,
  },
]);
