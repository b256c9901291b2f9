import { secretEnvironment } from '../../../src/rules/pod/secret-environment.ts';
import { testRule } from '../rule-tester.ts';

testRule(secretEnvironment, [
  {
    name: 'a variable from a key of a Secret fails',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      env:
        - { name: MODE, value: production }
        - { name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }
`,
    fails: [
      {
        path: 'spec.containers[0].env[1].valueFrom.secretKeyRef',
        observed: 'db',
        message: /^variable "DB_PASSWORD" of container "web" is a Secret; mount it as a file$/,
      },
    ],
  },
  {
    name: 'variables from all keys of a Secret fail',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      envFrom:
        - { configMapRef: { name: settings } }
        - { prefix: DB_, secretRef: { name: db } }
`,
    fails: [{ path: 'spec.containers[0].envFrom[1].secretRef', observed: 'db', message: /^every key of a Secret is/ }],
  },
  {
    name: 'a Secret that is optional or has no name is one',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      env:
        - { name: A, valueFrom: { secretKeyRef: { name: db, key: password, optional: true } } }
        - { name: B, valueFrom: { secretKeyRef: { key: password } } }
      envFrom:
        - { secretRef: {} }
`,
    fails: [
      'spec.containers[0].env[0].valueFrom.secretKeyRef',
      'spec.containers[0].env[1].valueFrom.secretKeyRef',
      'spec.containers[0].envFrom[0].secretRef',
    ],
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug, envFrom: [{ secretRef: { name: db } }] }
  containers:
    - { name: web, envFrom: [{ secretRef: { name: db } }] }
  initContainers:
    - { name: setup, envFrom: [{ secretRef: { name: db } }] }
`,
    fails: [
      'spec.initContainers[0].envFrom[0].secretRef',
      'spec.containers[0].envFrom[0].secretRef',
      'spec.ephemeralContainers[0].envFrom[0].secretRef',
    ],
  },
  {
    name: 'variables from elsewhere pass, and so does a Secret that is mounted',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: db, secret: { secretName: db } }
  containers:
    - name: web
      env:
        - { name: A, value: a }
        - { name: B, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
        - { name: C, valueFrom: { configMapKeyRef: { name: settings, key: mode } } }
        - { name: D, valueFrom: { secretKeyRef: null } }
        - { name: E }
      envFrom:
        - { configMapRef: { name: settings } }
`,
    passes: true,
  },
  {
    name: 'no variables pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a reference that is no object is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, env: [{ name: A, valueFrom: { secretKeyRef: db } }] }
`,
    unknown: /env\[0\]\.valueFrom\.secretKeyRef" must be an object, found the string "db"/,
  },
]);
