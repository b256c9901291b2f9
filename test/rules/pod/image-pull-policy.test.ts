import { imagePullPolicy } from '../../../src/rules/pod/image-pull-policy.ts';
import { testRule } from '../rule-tester.ts';

testRule(imagePullPolicy, [
  {
    name: 'Always passes, whatever the image is',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: 'web:1', imagePullPolicy: Always }
    - { name: b, image: web, imagePullPolicy: Always }
    - { name: c, image: WEB, imagePullPolicy: Always }
    - { name: d, imagePullPolicy: Always }
`,
    passes: true,
  },
  {
    name: 'IfNotPresent fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'web:1', imagePullPolicy: IfNotPresent }
`,
    fails: [
      {
        path: 'spec.containers[0].imagePullPolicy',
        severity: 'low',
        observed: 'IfNotPresent',
        message: /^the pull policy of container "web" is IfNotPresent; set it to Always$/,
      },
    ],
  },
  {
    name: 'Never fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'web:1', imagePullPolicy: Never }
`,
    fails: [{ path: 'spec.containers[0].imagePullPolicy', severity: 'low', observed: 'Never' }],
  },
  {
    name: 'what is not set is IfNotPresent for a tag that is not latest',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'registry.example:5000/web:1' }
`,
    fails: [
      { path: 'spec.containers[0].imagePullPolicy', severity: 'low', message: /IfNotPresent, the default; set it/ },
    ],
  },
  {
    name: 'what is not set is Always for the tag latest, and without a tag',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: 'registry.example/web:latest' }
    - { name: b, image: 'registry.example:5000/web' }
    - { name: c, image: web, imagePullPolicy: null }
    - { name: d, image: web, imagePullPolicy: '' }
`,
    passes: true,
  },
  {
    name: 'an image that moves is worst, when it is not pulled each time',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: 'web:latest', imagePullPolicy: IfNotPresent }
    - { name: b, image: web, imagePullPolicy: Never }
`,
    fails: [
      { path: 'spec.containers[0].imagePullPolicy', message: /each node runs the "latest" that it happens to have/ },
      'spec.containers[1].imagePullPolicy',
    ],
  },
  {
    name: 'a digest fixes the content, and not who may use it',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      image: web@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    - name: log
      image: log:latest@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
      imagePullPolicy: Never
`,
    fails: [
      {
        path: 'spec.containers[0].imagePullPolicy',
        severity: 'info',
        message: /IfNotPresent, the default; set it to Always, so that only who may pull the image can use it/,
      },
      { path: 'spec.containers[1].imagePullPolicy', severity: 'info' },
    ],
  },
  {
    name: 'what is not set is Always for the tag latest beside a digest',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      image: web:latest@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
`,
    passes: true,
  },
  {
    name: 'what is not set is IfNotPresent where the image is missing or none',
    yaml: `
kind: Deployment
spec:
  template:
    spec:
      containers:
        - { name: a }
        - { name: b, image: WEB }
`,
    fails: [
      { path: 'spec.containers[0].imagePullPolicy', severity: 'low' },
      { path: 'spec.containers[1].imagePullPolicy', severity: 'low' },
    ],
  },
  {
    name: 'every list of containers is judged, and what is mounted',
    remedyLeaves: 'an ephemeral container is not changed any more',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: data, emptyDir: {} }
    - { name: model, image: { reference: 'model:1', pullPolicy: Never } }
    - { name: weights, image: { reference: 'weights:1', pullPolicy: Always } }
    - { name: moving, image: { reference: moving } }
  ephemeralContainers:
    - { name: debug, image: 'busybox:1' }
  containers:
    - { name: web, image: 'web:1', imagePullPolicy: Always }
    - { name: sidecar, image: 'sidecar:1' }
  initContainers:
    - { name: setup, image: 'setup:1' }
`,
    fails: [
      { path: 'spec.initContainers[0].imagePullPolicy', severity: 'low' },
      { path: 'spec.containers[1].imagePullPolicy', severity: 'low' },
      { path: 'spec.ephemeralContainers[0].imagePullPolicy', severity: 'low' },
      { path: 'spec.volumes[1].image.pullPolicy', severity: 'low', observed: 'Never', message: /volume "model"/ },
    ],
  },
  {
    name: 'a policy that is none is not Always',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'web:1', imagePullPolicy: always }
`,
    fails: [{ path: 'spec.containers[0].imagePullPolicy', severity: 'low', observed: 'always' }],
  },
  {
    name: 'a policy that is no string is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'web:1', imagePullPolicy: [Always] }
`,
    unknown: /"spec\.containers\[0\]\.imagePullPolicy" must be a string, found a list/,
  },
]);
