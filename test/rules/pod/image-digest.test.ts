import { imageDigest } from '../../../src/rules/pod/image-digest.ts';
import { testRule } from '../rule-tester.ts';

testRule(imageDigest, [
  {
    name: 'an image with a digest passes, beside a tag too',
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
    name: 'an image with a tag alone fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'registry.example/web:1.4.2' }
`,
    fails: [
      {
        path: 'spec.containers[0].image',
        observed: 'registry.example/web:1.4.2',
        message: /^the image of container "web" is not pinned by digest/,
      },
    ],
  },
  {
    name: 'a tag that looks like a digest is none',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'web:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae' }
`,
    fails: ['spec.containers[0].image'],
  },
  {
    name: 'every list of containers is judged, and what is mounted',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: model, image: { reference: 'registry.example/model:1' } }
  ephemeralContainers:
    - { name: debug, image: busybox }
  containers:
    - { name: web, image: 'web:1' }
  initContainers:
    - { name: setup, image: setup }
`,
    fails: [
      'spec.initContainers[0].image',
      'spec.containers[0].image',
      'spec.ephemeralContainers[0].image',
      'spec.volumes[0].image.reference',
    ],
  },
  {
    name: 'a digest that is too short is no image at all',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'web@sha256:2c26b46b' }
`,
    unknown: /no image that a kubelet accepts/,
  },
  {
    name: 'a container without an image is unknown',
    yaml: `
kind: Deployment
spec:
  template:
    spec:
      containers:
        - { name: web }
`,
    unknown: /image of container "web" is missing/,
  },
]);
