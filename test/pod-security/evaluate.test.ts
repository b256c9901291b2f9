import { expect } from 'chai';

import { MalformedField } from '../../src/core/shape.ts';
import { evaluatePodSecurity, printRefusals, wouldViolate } from '../../src/pod-security/evaluate.ts';
import { podOf } from './check-tester.ts';

const hardened = `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`;
const plain = `
kind: Pod
spec:
  containers:
    - { name: web }
`;
const worst = `
kind: Pod
spec:
  hostNetwork: true
  volumes:
    - { name: root, hostPath: { path: / } }
  containers:
    - { name: web, securityContext: { privileged: true } }
`;

describe('the verdict on a pod', () => {
  it('is that it is allowed where nothing refuses it', () => {
    expect(evaluatePodSecurity('restricted', 37, podOf(hardened))).to.deep.equal({
      allowed: true,
      text: '',
      checks: [],
    });
  });

  it('is one for every pod that is allowed: nothing is allocated', () => {
    expect(evaluatePodSecurity('restricted', 37, podOf(hardened))).to.equal(
      evaluatePodSecurity('baseline', 0, podOf(plain)),
    );
  });

  it('is that everything is allowed at the level privileged, whatever the pod holds', () => {
    expect(evaluatePodSecurity('privileged', 37, podOf(worst)).allowed).to.equal(true);
    expect(evaluatePodSecurity('privileged', 37, podOf('kind: Pod\nspec: 1')).allowed).to.equal(true);
  });

  it('names every check that refuses the pod, in the order of the API server', () => {
    const { allowed, text, checks } = evaluatePodSecurity('restricted', 37, podOf(worst));
    expect(allowed).to.equal(false);
    expect(checks.map(({ id, violations }) => [id, violations.map(({ path }) => path)])).to.deep.equal([
      ['hostNamespaces', ['spec.hostNetwork']],
      ['privileged', ['spec.containers[0].securityContext.privileged']],
      ['allowPrivilegeEscalation', ['spec.containers[0].securityContext.allowPrivilegeEscalation']],
      ['capabilities_restricted', ['spec.containers[0].securityContext.capabilities.drop']],
      ['restrictedVolumes', ['spec.volumes[0]']],
      ['runAsNonRoot', ['spec.containers[0].securityContext.runAsNonRoot']],
      ['seccompProfile_restricted', ['spec.containers[0].securityContext.seccompProfile.type']],
    ]);
    expect(text).to.equal(
      'host namespaces (hostNetwork=true), privileged (container "web" must not set securityContext.privileged=true), ' +
        'allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "web" must set securityContext.capabilities.drop=["ALL"]), ' +
        'restricted volume types (volume "root" uses restricted volume type "hostPath"), ' +
        'runAsNonRoot != true (pod or container "web" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });

  it('of baseline is about baseline', () => {
    expect(evaluatePodSecurity('baseline', 37, podOf(plain)).allowed).to.equal(true);
    expect(evaluatePodSecurity('baseline', 37, podOf(worst)).text).to.equal(
      'host namespaces (hostNetwork=true), hostPath volumes (volume "root"), ' +
        'privileged (container "web" must not set securityContext.privileged=true)',
    );
  });

  it('of an older version is that of its checks', () => {
    expect(evaluatePodSecurity('restricted', 7, podOf(plain)).text).to.equal(
      'runAsNonRoot != true (pod or container "web" must set securityContext.runAsNonRoot=true)',
    );
  });

  it('of a version that nobody knows yet is that of the newest', () => {
    expect(evaluatePodSecurity('restricted', 99, podOf(worst))).to.deep.equal(
      evaluatePodSecurity('restricted', 37, podOf(worst)),
    );
  });

  it('is none where a field that decides has a wrong type', () => {
    const pod = podOf('kind: Pod\nspec: { hostPID: true, containers: [{ name: web, securityContext: 1 }] }');
    expect(() => evaluatePodSecurity('restricted', 37, pod)).to.throw(MalformedField, 'spec.containers[0]');
  });
});

describe('the text of refusals', () => {
  it('is the reason alone where there is no detail', () => {
    expect(printRefusals([{ reason: 'hostPort', detail: '' }])).to.equal('hostPort');
  });

  it('has a reason even where a check has none', () => {
    expect(printRefusals([{ reason: '', detail: 'a' }])).to.equal('unknown forbidden reason (a)');
    expect(printRefusals([{ reason: '', detail: '' }])).to.equal('unknown forbidden reason');
  });

  it('puts commas between them, and only there', () => {
    expect(
      printRefusals([
        { reason: 'a', detail: 'b, c' },
        { reason: 'd', detail: '' },
        { reason: 'e', detail: 'f' },
      ]),
    ).to.equal('a (b, c), d, e (f)');
    expect(printRefusals([])).to.equal('');
  });

  it('is a sysctl without a name in no words at all', () => {
    const pod = podOf('kind: Pod\nspec: { securityContext: { sysctls: [{ name: "" }] }, containers: [{ name: web }] }');
    expect(evaluatePodSecurity('baseline', 37, pod).text).to.equal('forbidden sysctls');
  });
});

describe('the warning of the API server', () => {
  it('names what the namespace asks for', () => {
    expect(wouldViolate('restricted', 'v1.34', 'privileged (a)')).to.equal(
      'would violate PodSecurity "restricted:v1.34": privileged (a)',
    );
    expect(wouldViolate('baseline', 'latest', 'hostPort')).to.equal(
      'would violate PodSecurity "baseline:latest": hostPort',
    );
  });
});
