import { expect } from 'chai';

import { generatedNames } from '../../../src/enforcement/plan/generated-names.ts';
import {
  COMES_BACK,
  enforcedKinds,
  NOT_KNOWN,
  NOT_LABELLED,
  planEnforced,
} from '../../../src/uninstall/plan/enforced-plan.ts';
import { present, shippedLabels, writtenLabels } from './objects.ts';

const V1 = 'admissionregistration.k8s.io/v1';

function find(kind: string, name: string, labels: Readonly<Record<string, string>> = {}) {
  const served = enforcedKinds.find((one) => one.kind === kind);
  if (served === undefined) throw new Error(kind);
  return { object: present(V1, kind, name, { labels }), served };
}

describe('what is enforced', () => {
  it('is removed where it has a name that Merlon gives, and its label, whatever it says: each of them', () => {
    const found = generatedNames.map(({ kind, name }) => find(kind, name, writtenLabels));
    expect(planEnforced(found)).to.deep.equal({
      tasks: found.map((one) => ({ kind: 'delete', ...one })),
      notes: [],
      remarks: [COMES_BACK],
    });
  });

  it('is left alone and named where it has but the name, or but the label', () => {
    const found = [
      find('ValidatingAdmissionPolicy', 'merlon-exec-guard', { 'app.kubernetes.io/managed-by': 'Helm' }),
      find('ValidatingAdmissionPolicyBinding', 'merlon-exec-guard-deny'),
      find('ValidatingAdmissionPolicy', 'merlon-of-tomorrow', writtenLabels),
      // A binding with the name of a policy is none of ours.
      find('ValidatingAdmissionPolicyBinding', 'merlon-exec-guard', writtenLabels),
    ];
    expect(planEnforced(found)).to.deep.equal({
      tasks: [],
      notes: [
        { about: 'ValidatingAdmissionPolicy merlon-exec-guard', message: NOT_LABELLED },
        { about: 'ValidatingAdmissionPolicyBinding merlon-exec-guard-deny', message: NOT_LABELLED },
        { about: 'ValidatingAdmissionPolicy merlon-of-tomorrow', message: NOT_KNOWN },
        { about: 'ValidatingAdmissionPolicyBinding merlon-exec-guard', message: NOT_KNOWN },
      ],
    });
  });

  it('is not what others enforce, nor what is shipped with Merlon', () => {
    const found = [
      find('ValidatingAdmissionPolicy', 'no-latest-tag'),
      find('ValidatingAdmissionPolicy', 'merlon-own-objects', shippedLabels),
    ];
    expect(planEnforced(found)).to.deep.equal({ tasks: [], notes: [] });
  });

  it('goes with its bindings first, so that nothing refuses what nobody can look up', () => {
    expect(enforcedKinds.map(({ kind }) => kind.endsWith('Binding'))).to.deep.equal([true, true, false, false]);
  });
});
