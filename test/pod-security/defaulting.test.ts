import { expect } from 'chai';
import { CORE_SCHEMA, load } from 'js-yaml';

import type { KindName } from '../../src/core/kinds.ts';
import { fillDefaults } from '../../src/pod-security/defaulting.ts';

interface Row {
  readonly name: string;
  readonly kind?: KindName;
  readonly written: string;
  /** The very same object where it is left out. */
  readonly filled?: string;
}

const rows: readonly Row[] = [
  {
    name: 'a volume that has only its name is an emptyDir',
    written: 'spec: { volumes: [{ name: a }] }',
    filled: 'spec: { volumes: [{ name: a, emptyDir: {} }] }',
  },
  {
    name: 'a source that is null is none',
    written:
      'spec: { volumes: [{ name: a, hostPath: null }, { name: b, emptyDir: null }, { name: c, invented: null }] }',
    filled:
      'spec: { volumes: [{ name: a, hostPath: null, emptyDir: {} }, { name: b, emptyDir: {} }, { name: c, invented: null, emptyDir: {} }] }',
  },
  {
    name: 'a volume with a source stays what it is',
    written: 'spec: { volumes: [{ name: a, hostPath: { path: / } }, { name: b, secret: {} }, { name: c, nfs: 1 }] }',
  },
  {
    name: 'a volume with a source that nobody knows does so, too',
    written: 'spec: { volumes: [{ name: a, invented: {} }] }',
  },
  {
    name: 'what is no volume stays',
    written: 'spec: { volumes: [null, a, [], 1] }',
  },
  {
    name: 'volumes that are no list stay',
    written: 'spec: { volumes: { name: a } }',
  },
  {
    name: 'a pod without a spec stays',
    written: 'metadata: { name: a, annotations: { container.apparmor.security.beta.kubernetes.io/web: unconfined } }',
  },
  {
    name: 'the template of a Deployment gets its volumes',
    kind: 'Deployment',
    written: 'spec: { template: { spec: { volumes: [{ name: a }] } } }',
    filled: 'spec: { template: { spec: { volumes: [{ name: a, emptyDir: {} }] } } }',
  },
  {
    name: 'the template of a Job gets its volumes',
    kind: 'Job',
    written: 'spec: { template: { spec: { volumes: [{ name: a }] } } }',
    filled: 'spec: { template: { spec: { volumes: [{ name: a, emptyDir: {} }] } } }',
  },
  {
    name: 'the template of a CronJob gets its volumes',
    kind: 'CronJob',
    written: 'spec: { jobTemplate: { spec: { template: { spec: { volumes: [{ name: a }] } } } } }',
    filled: 'spec: { jobTemplate: { spec: { template: { spec: { volumes: [{ name: a, emptyDir: {} }] } } } } }',
  },
  {
    name: 'a kind without pods stays, whatever it holds',
    kind: 'Role',
    written: 'spec: { volumes: [{ name: a }], template: { spec: { volumes: [{ name: a }] } } }',
  },
  {
    name: 'on the network of the node the ports of a pod are those of the node',
    written: `
spec:
  hostNetwork: true
  containers:
    - { name: web, ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 0 }, { containerPort: 82, hostPort: null }] }
    - { name: other, ports: [{ containerPort: 83, hostPort: 9083 }] }
  initContainers:
    - { name: setup, ports: [{ containerPort: 84, protocol: UDP }] }
`,
    filled: `
spec:
  hostNetwork: true
  containers:
    - { name: web, ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 81 }, { containerPort: 82, hostPort: 82 }] }
    - { name: other, ports: [{ containerPort: 83, hostPort: 9083 }] }
  initContainers:
    - { name: setup, ports: [{ containerPort: 84, protocol: UDP, hostPort: 84 }] }
`,
  },
  {
    name: 'those of ephemeral containers are not',
    written: 'spec: { hostNetwork: true, ephemeralContainers: [{ name: debug, ports: [{ containerPort: 80 }] }] }',
  },
  {
    name: 'those of a template are not, since v1.28',
    kind: 'DaemonSet',
    written:
      'spec: { template: { spec: { hostNetwork: true, containers: [{ name: a, ports: [{ containerPort: 80 }] }] } } }',
  },
  {
    name: 'on a network of its own a pod has no port of the node',
    written: 'spec: { hostNetwork: false, containers: [{ name: web, ports: [{ containerPort: 80 }] }] }',
  },
  {
    name: 'a network of a wrong type is not guessed at',
    written: 'spec: { hostNetwork: "true", containers: [{ name: web, ports: [{ containerPort: 80 }] }] }',
  },
  {
    name: 'ports that are none, or 0, stay, and one of a wrong type is no better as a port of the node',
    written:
      'spec: { hostNetwork: true, containers: [{ ports: [{}, 80, null, { containerPort: 0 }] }, { ports: 80 }, { ports: [{ containerPort: http }] }] }',
    filled:
      'spec: { hostNetwork: true, containers: [{ ports: [{}, 80, null, { containerPort: 0 }] }, { ports: 80 }, { ports: [{ containerPort: http, hostPort: http }] }] }',
  },
  {
    name: 'the AppArmor annotation of a container becomes its field',
    written: `
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/a: unconfined
    container.apparmor.security.beta.kubernetes.io/b: runtime/default
    container.apparmor.security.beta.kubernetes.io/c: localhost/mine
spec:
  initContainers: [{ name: a }]
  containers: [{ name: b, securityContext: { privileged: false } }]
  ephemeralContainers: [{ name: c, securityContext: null }]
`,
    filled: `
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/a: unconfined
    container.apparmor.security.beta.kubernetes.io/b: runtime/default
    container.apparmor.security.beta.kubernetes.io/c: localhost/mine
spec:
  initContainers: [{ name: a, securityContext: { appArmorProfile: { type: Unconfined } } }]
  containers: [{ name: b, securityContext: { privileged: false, appArmorProfile: { type: RuntimeDefault } } }]
  ephemeralContainers: [{ name: c, securityContext: { appArmorProfile: { type: Localhost, localhostProfile: mine } } }]
`,
  },
  {
    name: 'where the container has the field its annotation changes nothing',
    written: `
metadata:
  annotations: { container.apparmor.security.beta.kubernetes.io/a: unconfined }
spec:
  containers: [{ name: a, securityContext: { appArmorProfile: { type: RuntimeDefault } } }]
`,
  },
  {
    name: 'where the pod says the same already there is nothing to add',
    written: `
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/a: localhost/mine
    container.apparmor.security.beta.kubernetes.io/b: localhost/other
spec:
  securityContext: { appArmorProfile: { type: Localhost, localhostProfile: mine } }
  containers: [{ name: a }, { name: b }]
`,
    filled: `
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/a: localhost/mine
    container.apparmor.security.beta.kubernetes.io/b: localhost/other
spec:
  securityContext: { appArmorProfile: { type: Localhost, localhostProfile: mine } }
  containers:
    - { name: a }
    - { name: b, securityContext: { appArmorProfile: { type: Localhost, localhostProfile: other } } }
`,
  },
  {
    name: 'annotations that no field can say, and those of others, change nothing',
    written: `
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/a: ""
    container.apparmor.security.beta.kubernetes.io/b: localhost/
    container.apparmor.security.beta.kubernetes.io/c: Unconfined
    container.apparmor.security.beta.kubernetes.io/d: 1
    container.apparmor.security.beta.kubernetes.io/f: "localhost/ padded"
    container.apparmor.security.beta.kubernetes.io/absent: unconfined
    seccomp.security.alpha.kubernetes.io/pod: unconfined
spec:
  containers: [{ name: a }, { name: b }, { name: c }, { name: d }, { name: e }, { name: f }, null, { name: 1 }]
`,
  },
  {
    name: 'nor do annotations of a Windows pod',
    written: `
metadata:
  annotations: { container.apparmor.security.beta.kubernetes.io/a: unconfined }
spec:
  os: { name: windows }
  containers: [{ name: a }]
`,
  },
  {
    name: 'nor those of a template',
    kind: 'StatefulSet',
    written: `
spec:
  template:
    metadata:
      annotations: { container.apparmor.security.beta.kubernetes.io/a: unconfined }
    spec:
      containers: [{ name: a }]
`,
  },
  {
    name: 'a security context of a wrong type stays',
    written: `
metadata:
  annotations: { container.apparmor.security.beta.kubernetes.io/a: unconfined }
spec:
  containers: [{ name: a, securityContext: strict }]
`,
  },
];

function parse(yaml: string): Readonly<Record<string, unknown>> {
  return load(yaml, { schema: CORE_SCHEMA }) as Readonly<Record<string, unknown>>;
}

describe('what the API server fills in', () => {
  for (const { name, kind = 'Pod', written, filled } of rows) {
    it(name, () => {
      const json = parse(written);
      const result = fillDefaults(kind, json);
      expect(json, 'what was written').to.deep.equal(parse(written));
      if (filled === undefined) expect(result).to.equal(json);
      else expect(result).to.deep.equal(parse(filled));
      expect(fillDefaults(kind, result), 'filled in twice').to.equal(result);
    });
  }

  it('leaves alone what is shared and not changed', () => {
    const volume = { name: 'b', secret: {} };
    const containers = [{ name: 'web' }];
    const filled = fillDefaults('Pod', { spec: { volumes: [{ name: 'a' }, volume], containers } });
    expect(filled).to.have.nested.property('spec.volumes[0].emptyDir');
    expect(filled).to.have.nested.property('spec.volumes[1]').that.equals(volume);
    expect(filled).to.have.nested.property('spec.containers').that.equals(containers);
  });
});
