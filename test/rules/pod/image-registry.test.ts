import { expect } from 'chai';

import { findParamsProblem } from '../../../src/core/params.ts';
import { imageRegistry } from '../../../src/rules/pod/image-registry.ts';
import { testRule } from '../rule-tester.ts';

testRule(imageRegistry, [
  {
    name: 'an image below what is allowed passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: 'registry.example/team/web:1' }
    - { name: b, image: 'registry.example/team/deep/web' }
    - { name: c, image: 'other.example:5000/web' }
`,
    params: { allowed: ['registry.example/team', 'other.example:5000'] },
    passes: true,
  },
  {
    name: 'a name that only begins like one that is allowed fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: 'registry.example/teamevil/web' }
    - { name: b, image: 'registry.example.evil/team/web' }
    - { name: c, image: 'registry.example/other' }
    - { name: d, image: 'registry.example:5000/team/web' }
    - { name: e, image: 'evil.example/registry.example/team/web' }
`,
    params: { allowed: ['registry.example/team'] },
    fails: [
      {
        path: 'spec.containers[0].image',
        observed: 'registry.example/teamevil/web',
        message:
          /^the image of container "a" is "registry\.example\/teamevil\/web", which params\.allowed does not name$/,
      },
      'spec.containers[1].image',
      'spec.containers[2].image',
      'spec.containers[3].image',
      'spec.containers[4].image',
    ],
  },
  {
    name: 'a repository that is allowed is one image',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: nginx }
    - { name: b, image: 'docker.io/nginx:1' }
    - { name: c, image: 'index.docker.io/library/nginx' }
    - { name: d, image: nginx-evil }
    - { name: e, image: bitnami/nginx }
`,
    params: { allowed: ['docker.io/library/nginx'] },
    fails: [
      { path: 'spec.containers[3].image', observed: 'nginx-evil', message: /"docker\.io\/library\/nginx-evil"/ },
      { path: 'spec.containers[4].image', observed: 'bitnami/nginx', message: /"docker\.io\/bitnami\/nginx"/ },
    ],
  },
  {
    name: 'a registry in capitals is the same registry',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'Registry.EXAMPLE/team/web' }
`,
    params: { allowed: ['registry.example/team'] },
    passes: true,
  },
  {
    name: 'a name without a registry fails where nodes may choose',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, image: nginx }
    - { name: b, image: 'docker.io/library/nginx' }
`,
    params: { allowed: ['docker.io'], allowShortNames: false },
    fails: [{ path: 'spec.containers[0].image', observed: 'nginx', message: /names no registry/ }],
  },
  {
    name: 'without a list nothing is allowed',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'registry.example/web' }
`,
    fails: [
      { path: 'spec.containers[0].image', message: /^container "web" may run no image: params\.allowed names no/ },
    ],
  },
  {
    name: 'every list of containers is judged, and what is mounted',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: model, image: { reference: 'evil.example/model' } }
  ephemeralContainers:
    - { name: debug, image: busybox }
  containers:
    - { name: web, image: 'registry.example/web' }
    - { name: sidecar, image: 'evil.example/sidecar' }
  initContainers:
    - { name: setup, image: 'evil.example/setup' }
`,
    params: { allowed: ['registry.example'] },
    fails: [
      'spec.initContainers[0].image',
      'spec.containers[1].image',
      'spec.ephemeralContainers[0].image',
      'spec.volumes[0].image.reference',
    ],
  },
  {
    name: 'an image that is none is unknown, also where the text begins like one that is allowed',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, image: 'registry.example/team/../evil' }
`,
    params: { allowed: ['registry.example/team'] },
    unknown: /image of container "web" is no image that a kubelet accepts/,
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
    params: { allowed: ['registry.example'] },
    unknown: /image of container "web" is missing/,
  },
]);

describe('the parameters of pod-image-registry', () => {
  const rows: readonly (readonly [sentence: string, entry: string, isValid: boolean])[] = [
    ['a registry', 'registry.example', true],
    ['a registry with a port', 'registry:5000', true],
    ['a registry on this machine', 'localhost/web', true],
    ['an address', '127.0.0.1:5000/team', true],
    ['an address of IPv6', '[::1]:5000/team', true],
    ['a repository', 'docker.io/library/nginx', true],
    ['a name without a registry, which no image begins with', 'nginx', false],
    ['a path without a registry', 'library/nginx', false],
    ['a wildcard', 'registry.example/*', false],
    ['a tag', 'docker.io/library/nginx:1', false],
    ['a digest', 'docker.io/library/nginx@sha256:2c26b46b', false],
    ['a scheme', 'https://registry.example', false],
    ['capitals', 'Registry.example', false],
    ['a slash behind', 'registry.example/', false],
    ['nothing', '', false],
  ];
  for (const [sentence, entry, isValid] of rows) {
    it(`${isValid ? 'may' : 'may not'} be ${sentence}`, () => {
      const problem = findParamsProblem(imageRegistry, { allowed: [entry] });
      if (isValid) expect(problem).to.equal(undefined);
      else
        expect(problem?.message).to.match(
          /^spec\.rules\["pod-image-registry"\]\.params\.allowed\[0\] is .*, and must match /,
        );
    });
  }
});
