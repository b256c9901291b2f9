import { volumes } from '../../../src/rules/psp/volumes.ts';
import { testRule } from '../rule-tester.ts';

testRule(volumes, [
  {
    name: 'a policy that says nothing allows no volumes',
    yaml: `
kind: PodSecurityPolicy
spec: {}
`,
    passes: true,
  },
  {
    name: 'types that are not of the node pass',
    yaml: `
kind: PodSecurityPolicy
spec: { volumes: [configMap, nfs], allowedHostPaths: [{ pathPrefix: / }] }
`,
    passes: true,
  },
  {
    name: 'every type is the node, too',
    yaml: `
kind: PodSecurityPolicy
spec: { volumes: [configMap, "*"] }
`,
    fails: [{ path: 'spec.volumes[1]', observed: '*', message: /every directory of the node/ }],
  },
  {
    name: 'every type is less where directories are named',
    yaml: `
kind: PodSecurityPolicy
spec: { volumes: ["*"], allowedHostPaths: [{ pathPrefix: /var/log, readOnly: true }] }
`,
    fails: [{ path: 'spec.volumes[0]', severity: 'low' }],
  },
  {
    name: 'every directory of the node fails',
    yaml: `
kind: PodSecurityPolicy
spec: { volumes: [secret, hostPath] }
`,
    fails: [{ path: 'spec.volumes[1]', observed: 'hostPath' }],
  },
  {
    name: 'directories that may be written fail, the root of the node worst',
    yaml: `
kind: PodSecurityPolicy
spec:
  volumes: [hostPath]
  allowedHostPaths: [{ pathPrefix: /var/log, readOnly: true }, { pathPrefix: /srv }, { pathPrefix: / }]
`,
    fails: [
      {
        path: 'spec.allowedHostPaths[1].pathPrefix',
        severity: 'medium',
        message: /allows to write to "\/srv" of the node/,
      },
      'spec.allowedHostPaths[2].pathPrefix',
    ],
  },
  {
    name: 'directories that may only be read pass',
    yaml: `
kind: PodSecurityPolicy
spec: { volumes: [hostPath], allowedHostPaths: [{ pathPrefix: /var/log, readOnly: true }] }
`,
    passes: true,
  },
]);
