import { flexVolumes } from '../../../src/rules/pod/flex-volumes.ts';
import { testRule } from '../rule-tester.ts';

testRule(flexVolumes, [
  {
    name: 'without a list no driver is allowed',
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, flexVolume: { driver: x/y } }], containers: [{ name: a }] }
`,
    fails: [{ path: 'spec.volumes[0].flexVolume.driver', observed: 'x/y', message: /no driver is allowed/ }],
  },
  {
    name: 'a driver must be named exactly',
    params: { drivers: ['x/y'] },
    yaml: `
kind: Pod
spec:
  volumes: [{ name: a, flexVolume: { driver: x/y } }, { name: b, flexVolume: { driver: x/yz } }]
  containers: [{ name: a }]
`,
    fails: [{ path: 'spec.volumes[1].flexVolume.driver', message: /uses the driver "x\/yz"; allowed is x\/y/ }],
  },
  {
    name: 'drivers of other types of volumes are none of its business',
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, csi: { driver: x } }, { name: b }], containers: [{ name: a }] }
`,
    passes: true,
  },
]);
