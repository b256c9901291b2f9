import { csiDrivers } from '../../../src/rules/pod/csi-drivers.ts';
import { testRule } from '../rule-tester.ts';

testRule(csiDrivers, [
  {
    name: 'without a list no driver is allowed',
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, csi: { driver: x.example } }], containers: [{ name: a }] }
`,
    fails: [{ path: 'spec.volumes[0].csi.driver', observed: 'x.example', message: /no driver is allowed/ }],
  },
  {
    name: 'a driver must be named exactly',
    params: { drivers: ['x.example'] },
    yaml: `
kind: Pod
spec:
  volumes: [{ name: a, csi: { driver: x.example } }, { name: b, csi: { driver: y.example } }]
  containers: [{ name: a }]
`,
    fails: ['spec.volumes[1].csi.driver'],
  },
  {
    name: 'claims are none of its business',
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, persistentVolumeClaim: { claimName: a } }], containers: [{ name: a }] }
`,
    passes: true,
  },
]);
