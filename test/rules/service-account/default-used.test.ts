import { defaultUsed } from '../../../src/rules/service-account/default-used.ts';
import { testRule } from '../rule-tester.ts';

testRule(defaultUsed, [
  {
    name: 'a pod that names no account runs as default and fails',
    yaml: `
kind: Pod
spec: {}
`,
    fails: ['spec.serviceAccountName'],
  },
  {
    name: 'a pod that names the default account fails',
    yaml: `
kind: Pod
spec: { serviceAccountName: default }
`,
    fails: [{ path: 'spec.serviceAccountName', observed: 'default' }],
  },
  {
    name: 'a pod with an account of its own passes',
    yaml: `
kind: Pod
spec: { serviceAccountName: web }
`,
    passes: true,
  },
  {
    name: 'an empty name is none',
    yaml: `
kind: Pod
spec: { serviceAccountName: '' }
`,
    fails: ['spec.serviceAccountName'],
  },
  {
    name: 'null is none',
    yaml: `
kind: Pod
spec: { serviceAccountName: null }
`,
    fails: ['spec.serviceAccountName'],
  },
  {
    name: 'the old name of the field counts where the new one is absent',
    yaml: `
kind: Pod
spec: { serviceAccount: web }
`,
    passes: true,
  },
  {
    name: 'the old name of the field counts where the new one is empty',
    yaml: `
kind: Pod
spec: { serviceAccount: web, serviceAccountName: '' }
`,
    passes: true,
  },
  {
    name: 'the new name of the field wins over the old one',
    yaml: `
kind: Pod
spec: { serviceAccount: web, serviceAccountName: default }
`,
    fails: [{ path: 'spec.serviceAccountName', observed: 'default' }],
  },
  {
    name: 'a pod that refuses the token of the default account is less severe',
    yaml: `
kind: Pod
spec: { automountServiceAccountToken: false }
`,
    fails: [{ path: 'spec.serviceAccountName', severity: 'low', message: /without its token/ }],
  },
  ...['{ path: token }', '{ path: token, audience: "https://oidc.example.com/id/1" }'].map((token) => ({
    name: `a pod that refuses it and asks for it in a volume is not: ${token}`,
    yaml: `
kind: Pod
spec:
  automountServiceAccountToken: false
  containers: [{ name: web }]
  volumes: [{ name: held, projected: { sources: [{ serviceAccountToken: ${token} }] } }]
`,
    fails: [{ path: 'spec.serviceAccountName', message: /^the workload runs as "default"; name/ }],
  })),
  {
    name: 'a pod that refuses it and mounts a Secret with it is not',
    yaml: `
kind: Pod
spec:
  automountServiceAccountToken: false
  containers: [{ name: web, volumeMounts: [{ name: held, mountPath: /held }] }]
  volumes: [{ name: held, secret: { secretName: default-token-x7k2p } }]
`,
    fails: [{ path: 'spec.serviceAccountName', message: /^the workload runs as "default"; name/ }],
  },
  {
    name: 'a pod that asks for the token of the default account is not',
    yaml: `
kind: Pod
spec: { automountServiceAccountToken: true }
`,
    fails: ['spec.serviceAccountName'],
  },
  {
    name: 'a mirror pod cannot use an account',
    yaml: `
kind: Pod
metadata:
  annotations: { kubernetes.io/config.mirror: d0a3f5b1 }
spec: {}
`,
    notApplicable: /static pod/,
  },
  {
    name: 'a pod with other annotations is judged',
    yaml: `
kind: Pod
metadata:
  annotations: { example.com/mirror: 'true' }
spec: {}
`,
    fails: ['spec.serviceAccountName'],
  },
  {
    name: 'the template of a Deployment is judged',
    yaml: `
kind: Deployment
spec:
  template:
    spec: { serviceAccountName: default }
`,
    fails: ['spec.serviceAccountName'],
  },
  {
    name: 'the template of a CronJob is judged',
    yaml: `
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec: { serviceAccountName: report }
`,
    passes: true,
  },
  {
    name: 'a name that is no string is unknown',
    yaml: `
kind: Pod
spec: { serviceAccountName: 7 }
`,
    unknown: /"spec\.serviceAccountName" must be a string, found the number 7/,
  },
  {
    name: 'a token setting that is no boolean is unknown',
    yaml: `
kind: Pod
spec: { automountServiceAccountToken: 'false' }
`,
    unknown: /"spec\.automountServiceAccountToken" must be a boolean/,
  },
]);
