import { imageTag } from '../../../src/rules/pod/image-tag.ts';
import { testRule } from '../rule-tester.ts';

testRule(imageTag, [
  {
    name: 'a tag that names a version passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'registry.example:5000/web:1.4.2' }
`,
    passes: true,
  },
  {
    name: 'the tag latest fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'nginx:latest' }
`,
    fails: [
      {
        path: 'spec.containers[0].image',
        observed: 'nginx:latest',
        message: /^the image of container "web" has the tag "latest"/,
      },
    ],
  },
  {
    name: 'no tag means latest, also behind a port',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'registry.example:5000/web' }
`,
    fails: [{ path: 'spec.containers[0].image', message: /no tag, which means "latest"/ }],
  },
  {
    name: 'no tag is never accepted, whatever is forbidden',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: nginx }
`,
    params: { forbidden: [] },
    fails: ['spec.containers[0].image'],
  },
  {
    name: 'a policy forbids other tags',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'nginx:latest' }
    - { name: log, image: 'fluentd:edge' }
`,
    params: { forbidden: ['edge', 'stable'] },
    fails: [{ path: 'spec.containers[1].image', message: /the tag "edge"/ }],
  },
  {
    name: 'a tag is forbidden as it is written: registries tell capitals apart',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'nginx:Latest' }
    - { name: log, image: 'nginx:latest-alpine' }
`,
    passes: true,
  },
  {
    name: 'a digest says more than any tag',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: 'nginx@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae' }
    - { name: b, image: 'nginx:latest@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae' }
`,
    passes: true,
  },
  {
    name: 'every list of containers is judged, and what is mounted',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: data, emptyDir: {} }
    - { name: model, image: { reference: registry.example/model } }
  ephemeralContainers:
    - { name: debug, image: busybox }
  containers:
    - { name: web, image: 'web:1' }
    - { name: sidecar, image: 'sidecar:latest' }
  initContainers:
    - { name: setup, image: setup }
`,
    fails: [
      'spec.initContainers[0].image',
      'spec.containers[1].image',
      'spec.ephemeralContainers[0].image',
      { path: 'spec.volumes[1].image.reference', observed: 'registry.example/model', message: /volume "model"/ },
    ],
  },
  {
    name: 'a container without an image is unknown: something else fills it in',
    yaml: `
kind: Deployment
spec:
  template:
    spec:
      containers:
        - { name: web }
`,
    unknown: /^spec\.containers\[0\]\.image of container "web" is missing$/,
  },
  {
    name: 'a volume that names no image is unknown',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: model, image: {} }
  containers:
    - { name: web, image: 'web:1' }
`,
    unknown: /^spec\.volumes\[0\]\.image\.reference of volume "model" is missing$/,
  },
  {
    name: 'what no kubelet accepts is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: log, image: 'log:1' }
    - { name: web, image: '{{ .Values.image }}:latest' }
`,
    unknown: /^spec\.containers\[1\]\.image of container "web" is no image that a kubelet accepts$/,
  },
  {
    name: 'what fails fails beside what is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: WEB }
    - { name: log, image: 'log:latest' }
`,
    fails: ['spec.containers[1].image'],
  },
  {
    name: 'an image that is no string is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 7 }
`,
    unknown: /"spec\.containers\[0\]\.image" must be a string, found the number 7/,
  },
  {
    name: 'a pull policy of a wrong type is no hindrance',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'web:1', imagePullPolicy: true }
`,
    passes: true,
  },
]);
