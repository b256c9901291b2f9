/** What becomes of a new pod; the same of pods that nobody thought of is held against a real API server. */
import { expect } from 'chai';
import { load } from 'js-yaml';

import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { defaultingRulesOf } from '../../../src/enforcement/plan/pod-defaults.ts';
import { predictDefaults, predictImagePulls } from '../../../src/enforcement/plan/predicted-pod.ts';
import { rules } from '../../../src/rules/index.ts';

const defaulting = defaultingRulesOf(rules);
const defaults = defaulting.map(({ sets }) => sets);

function podOf(yaml: string): PodTemplate {
  return load(yaml) as PodTemplate;
}

const allOfContainer = `securityContext:
        allowPrivilegeEscalation: false
        capabilities: { drop: [ALL] }
        readOnlyRootFilesystem: true`;
const allOfPod = 'runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }, supplementalGroupsPolicy: Strict';

describe('the defaults of a new pod', () => {
  it('are those that PodSecurityPolicy had, each of a rule', () => {
    expect(defaulting.map(({ id, sets }) => [id, sets.of, sets.field])).to.deep.equal([
      ['pod-capabilities-restricted', 'container', 'capabilities.drop'],
      ['pod-privilege-escalation', 'container', 'allowPrivilegeEscalation'],
      ['pod-read-only-root-filesystem', 'container', 'readOnlyRootFilesystem'],
      ['pod-root-groups', 'pod', 'supplementalGroupsPolicy'],
      ['pod-run-as-non-root', 'pod', 'runAsNonRoot'],
      ['pod-seccomp-profile', 'pod', 'seccompProfile'],
    ]);
  });

  const rows: readonly (readonly [name: string, before: string, after: string])[] = [
    [
      'are all set in one that says nothing, in its init containers, too',
      `spec:
  initContainers: [{ name: setup }]
  containers: [{ name: web, image: "web:1" }]`,
      `spec:
  securityContext: { ${allOfPod} }
  initContainers:
    - name: setup
      ${allOfContainer}
  containers:
    - name: web
      image: "web:1"
      ${allOfContainer}`,
    ],
    [
      'leave what is set, also where it is worse',
      `spec:
  securityContext: { runAsNonRoot: false, seccompProfile: { type: Unconfined }, supplementalGroupsPolicy: Merge, fsGroup: 5 }
  containers:
    - name: web
      securityContext: { allowPrivilegeEscalation: true, readOnlyRootFilesystem: false, capabilities: { drop: [NET_RAW] } }`,
      `spec:
  securityContext: { runAsNonRoot: false, seccompProfile: { type: Unconfined }, supplementalGroupsPolicy: Merge, fsGroup: 5 }
  containers:
    - name: web
      securityContext: { allowPrivilegeEscalation: true, readOnlyRootFilesystem: false, capabilities: { drop: [NET_RAW] } }`,
    ],
    [
      'fill in beside what is set',
      `spec:
  securityContext: { runAsUser: 1000 }
  containers:
    - name: web
      securityContext: { runAsGroup: 5, capabilities: { add: [CHOWN] } }`,
      `spec:
  securityContext: { runAsUser: 1000, ${allOfPod} }
  containers:
    - name: web
      securityContext:
        runAsGroup: 5
        capabilities: { add: [CHOWN], drop: [ALL] }
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true`,
    ],
    [
      'do not forbid to gain privileges to a container that has all, which no API server takes',
      `spec:
  containers: [{ name: web, securityContext: { privileged: true } }]`,
      `spec:
  securityContext: { ${allOfPod} }
  containers:
    - name: web
      securityContext: { privileged: true, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }`,
    ],
    [
      'nor to one that adds CAP_SYS_ADMIN, by that name alone',
      `spec:
  containers:
    - { name: a, securityContext: { capabilities: { add: [CAP_SYS_ADMIN], drop: [KILL] }, readOnlyRootFilesystem: true } }
    - { name: b, securityContext: { capabilities: { add: [SYS_ADMIN], drop: [KILL] }, readOnlyRootFilesystem: true } }`,
      `spec:
  securityContext: { ${allOfPod} }
  containers:
    - { name: a, securityContext: { capabilities: { add: [CAP_SYS_ADMIN], drop: [KILL] }, readOnlyRootFilesystem: true } }
    - name: b
      securityContext:
        capabilities: { add: [SYS_ADMIN], drop: [KILL] }
        readOnlyRootFilesystem: true
        allowPrivilegeEscalation: false`,
    ],
    [
      'drop nothing from a container that adds all, however it spells it',
      `spec:
  containers: [{ name: web, securityContext: { capabilities: { add: [All] } } }]`,
      `spec:
  securityContext: { ${allOfPod} }
  containers:
    - name: web
      securityContext: { capabilities: { add: [All] }, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true }`,
    ],
    [
      'ask for no other user where one container says that it is root, as it would never start',
      `spec:
  initContainers: [{ name: setup, securityContext: { runAsUser: 0 } }]
  containers: []`,
      `spec:
  securityContext: { seccompProfile: { type: RuntimeDefault }, supplementalGroupsPolicy: Strict }
  initContainers:
    - name: setup
      securityContext:
        runAsUser: 0
        allowPrivilegeEscalation: false
        capabilities: { drop: [ALL] }
        readOnlyRootFilesystem: true
  containers: []`,
    ],
    [
      'nor in a user namespace of its own',
      `spec: { hostUsers: false, containers: [] }`,
      `spec:
  hostUsers: false
  securityContext: { seccompProfile: { type: RuntimeDefault }, supplementalGroupsPolicy: Strict }
  containers: []`,
    ],
    [
      'choose no seccomp profile beside an annotation that says another',
      `metadata: { annotations: { seccomp.security.alpha.kubernetes.io/pod: unconfined } }
spec: { containers: [] }`,
      `metadata: { annotations: { seccomp.security.alpha.kubernetes.io/pod: unconfined } }
spec:
  securityContext: { runAsNonRoot: true, supplementalGroupsPolicy: Strict }
  containers: []`,
    ],
    [
      'leave Windows alone',
      'spec: { os: { name: windows }, containers: [{ name: web }] }',
      'spec: { os: { name: windows }, containers: [{ name: web }] }',
    ],
    [
      'leave the mirror of a static pod alone, which runs as its file says',
      `metadata: { annotations: { kubernetes.io/config.mirror: abc } }
spec: { containers: [{ name: web }] }`,
      `metadata: { annotations: { kubernetes.io/config.mirror: abc } }
spec: { containers: [{ name: web }] }`,
    ],
  ];
  for (const [name, before, after] of rows) {
    it(name, () => {
      expect(predictDefaults(podOf(before), defaults)).to.deep.equal(podOf(after));
    });
  }

  it('are only those that are asked for', () => {
    const some = defaults.filter(({ field }) => field === 'readOnlyRootFilesystem');
    expect(predictDefaults(podOf('spec: { containers: [{ name: web }] }'), some)).to.deep.equal(
      podOf('spec: { containers: [{ name: web, securityContext: { readOnlyRootFilesystem: true } }] }'),
    );
  });
});

describe('the images of a new pod', () => {
  it('are pulled each time, those of init containers and volumes, too', () => {
    const before = `spec:
  initContainers: [{ name: setup, imagePullPolicy: Never }]
  containers: [{ name: web, image: "web@sha256:1", imagePullPolicy: IfNotPresent }, { name: log }]
  volumes: [{ name: data, image: { reference: "data:1" } }, { name: tmp, emptyDir: {} }]`;
    expect(predictImagePulls(podOf(before))).to.deep.equal(
      podOf(`spec:
  initContainers: [{ name: setup, imagePullPolicy: Always }]
  containers: [{ name: web, image: "web@sha256:1", imagePullPolicy: Always }, { name: log, imagePullPolicy: Always }]
  volumes: [{ name: data, image: { reference: "data:1", pullPolicy: Always } }, { name: tmp, emptyDir: {} }]`),
    );
  });

  it('are pulled each time for debug containers, too, as they are added', () => {
    const before = `spec:
  containers: [{ name: web }]
  ephemeralContainers: [{ name: debug, imagePullPolicy: Never }]`;
    expect(predictImagePulls(podOf(before))).to.deep.equal(
      podOf(`spec:
  containers: [{ name: web, imagePullPolicy: Always }]
  ephemeralContainers: [{ name: debug, imagePullPolicy: Always }]`),
    );
  });

  it('stay as they are in the mirror of a static pod', () => {
    const mirror = podOf(`metadata: { annotations: { kubernetes.io/config.mirror: abc } }
spec: { containers: [{ name: web, imagePullPolicy: Never }] }`);
    expect(predictImagePulls(mirror)).to.deep.equal(mirror);
  });
});
