import { appArmorProfile } from '../../../src/pod-security/checks/app-armor-profile.ts';
import { testCheck } from '../check-tester.ts';

testCheck(appArmorProfile, [
  {
    name: 'a forbidden annotation is refused in v1.0 already',
    version: 0,
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
spec:
  containers:
    - { name: web }
`,
    refused: {
      reason: 'forbidden AppArmor profile',
      detail:
        'annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/web="unconfined""',
      violations: [
        {
          path: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]',
          observed: 'unconfined',
          message:
            'annotation "container.apparmor.security.beta.kubernetes.io/web" chooses the AppArmor profile "unconfined"; set it to runtime/default',
        },
      ],
    },
  },
  {
    name: 'so is a field, although v1.0 had none',
    version: 0,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: Unconfined } } }
`,
    refused: {
      reason: 'forbidden AppArmor profile',
      detail: 'container "web" must not set AppArmor profile type to "Unconfined"',
      violations: [
        {
          path: 'spec.containers[0].securityContext.appArmorProfile.type',
          observed: 'Unconfined',
          message: 'container "web" chooses the AppArmor profile "Unconfined"; set it to RuntimeDefault or Localhost',
        },
      ],
    },
  },
  {
    name: 'annotations of containers that the pod does not have are refused, too, and sorted',
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: localhost
    container.apparmor.security.beta.kubernetes.io/absent: "a\\tb"
spec:
  containers:
    - { name: web }
`,
    refused: {
      reason: 'forbidden AppArmor profiles',
      detail:
        'annotations must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/absent="a\\tb"", "container.apparmor.security.beta.kubernetes.io/web="localhost""',
      violations: [
        {
          path: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]',
          observed: 'localhost',
        },
        {
          path: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/absent"]',
          observed: 'a\tb',
        },
      ],
    },
  },
  {
    name: 'pod, containers of every list and annotations are named together',
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
spec:
  securityContext: { appArmorProfile: { type: Unconfined } }
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: Unconfined } } }
    - { name: fine, securityContext: { appArmorProfile: { type: RuntimeDefault } } }
  initContainers:
    - { name: setup, securityContext: { appArmorProfile: { type: localhost } } }
  ephemeralContainers:
    - { name: debug, securityContext: { appArmorProfile: { type: Unconfined } } }
`,
    refused: {
      reason: 'forbidden AppArmor profiles',
      detail:
        'pod and containers "setup", "web", "debug" and annotation must not set AppArmor profile type to "Unconfined", "localhost", "container.apparmor.security.beta.kubernetes.io/web="unconfined""',
      violations: [
        { path: 'spec.securityContext.appArmorProfile.type', observed: 'Unconfined' },
        { path: 'spec.initContainers[0].securityContext.appArmorProfile.type', observed: 'localhost' },
        { path: 'spec.containers[0].securityContext.appArmorProfile.type', observed: 'Unconfined' },
        { path: 'spec.ephemeralContainers[0].securityContext.appArmorProfile.type', observed: 'Unconfined' },
        {
          path: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]',
          observed: 'unconfined',
        },
      ],
    },
  },
  {
    name: 'the pod alone is refused for what it sets, whatever its containers set',
    yaml: `
kind: Pod
spec:
  securityContext: { appArmorProfile: { type: Unconfined } }
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: RuntimeDefault } } }
`,
    refused: {
      reason: 'forbidden AppArmor profile',
      detail: 'pod must not set AppArmor profile type to "Unconfined"',
      violations: [{ path: 'spec.securityContext.appArmorProfile.type', observed: 'Unconfined' }],
    },
  },
  {
    name: 'the profiles that are ones pass',
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    container.apparmor.security.beta.kubernetes.io/a: runtime/default
    container.apparmor.security.beta.kubernetes.io/b: localhost/b
    container.apparmor.security.beta.kubernetes.io/c: ""
    container.seccomp.security.alpha.kubernetes.io/a: unconfined
spec:
  securityContext: { appArmorProfile: { type: Localhost, localhostProfile: any } }
  containers:
    - { name: a, securityContext: { appArmorProfile: { type: RuntimeDefault } } }
    - { name: b, securityContext: {} }
    - { name: c }
`,
    passes: true,
  },
  {
    name: 'a pod that does not speak of it passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'an annotation that is no text is nothing that passes',
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: true
spec:
  containers:
    - { name: web }
`,
    malformed: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]',
  },
]);
