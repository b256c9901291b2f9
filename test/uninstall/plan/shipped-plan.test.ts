import { expect } from 'chai';

import { shippedObjects } from '../../../src/uninstall/plan/shipped-objects.ts';
import { nameOf, planShipped, shippedOf } from '../../../src/uninstall/plan/shipped-plan.ts';
import { stepNames } from '../../../src/uninstall/plan/steps.ts';
import type { StepName } from '../../../src/uninstall/plan/steps.ts';
import { present, shippedLabels } from './objects.ts';

const namesOf = (step: StepName) => shippedOf(step).map(({ shipped: { kind, name } }) => `${kind} ${name}`);
const roles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' };

describe('what is shipped', () => {
  it('goes in one step each, but for what carries no label of Merlon', () => {
    const inSteps = stepNames.flatMap((step) => shippedOf(step).map(({ shipped }) => shipped));
    expect(inSteps).to.have.members(shippedObjects.filter(({ isLabelled }) => isLabelled));
  });

  it('goes from whoever writes to the kinds and the namespace, bindings before what they bind', () => {
    expect(namesOf('operator')).to.deep.equal(['Deployment merlon']);
    expect(namesOf('admission')).to.deep.equal([
      'ValidatingAdmissionPolicyBinding merlon-remediation-actions',
      'ValidatingAdmissionPolicyBinding merlon-own-objects',
      'ValidatingAdmissionPolicyBinding merlon-namespace-labels',
      'ValidatingAdmissionPolicyBinding merlon-probes',
      'ValidatingAdmissionPolicy merlon-remediation-actions',
      'ValidatingAdmissionPolicy merlon-own-objects',
      'ValidatingAdmissionPolicy merlon-namespace-labels',
      'ValidatingAdmissionPolicy merlon-probes',
    ]);
    const rights = namesOf('rights').map((name) => name.split(' ')[0]);
    expect([...new Set(rights)]).to.deep.equal([
      'ClusterRoleBinding',
      'RoleBinding',
      'ClusterRole',
      'Role',
      'ServiceAccount',
    ]);
    expect(namesOf('namespace')).to.deep.equal(['Namespace merlon', 'Namespace merlon-probes']);
  });

  it('is called as it is shipped, but for the namespace of the operator, which people may call otherwise', () => {
    const names = shippedOf('namespace').map(({ shipped }) => nameOf(shipped, 'hardening'));
    expect(names).to.deep.equal(['hardening', 'merlon-probes']);
  });

  it('is removed with the label, and left alone without', () => {
    const ours = present('rbac.authorization.k8s.io/v1', 'ClusterRole', 'merlon', { labels: shippedLabels });
    const others = present('rbac.authorization.k8s.io/v1', 'ClusterRole', 'merlon-policy-editor', {
      labels: { 'app.kubernetes.io/part-of': 'merlon-fork' },
    });
    const plan = planShipped([ours, others].map((object) => ({ object, served: roles })));
    expect(plan.tasks).to.deep.equal([{ kind: 'delete', object: ours, served: roles }]);
    expect(plan.notes.map(({ about }) => about)).to.deep.equal(['ClusterRole merlon-policy-editor']);
  });
});

describe('the steps of an uninstallation', () => {
  it('end what is enforced first, then whoever writes, settle repairs before their records go, and take what guards those before, and kinds after them', () => {
    expect(stepNames).to.deep.equal([
      'enforced',
      'operator',
      'repairs',
      'admission',
      'records',
      'rights',
      'kinds',
      'namespace',
      'marks',
    ]);
  });
});
