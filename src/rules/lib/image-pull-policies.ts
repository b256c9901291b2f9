/**
 * Merlon's own policies about the pulls of images, where they stand in a cluster, to the letter and bound by nothing but
 * namespaces; whatever else has their name may set or refuse anything or nothing.
 */
import type { Snapshot } from '../../core/snapshot.ts';
import type { AnyRule } from '../../core/rule.ts';
import {
  refusesByNamespace,
  refusesOtherPulls,
  setsByNamespace,
  setsImagePulls,
} from '../../enforcement/plan/recognised-image-pulls.ts';
import type { Reviewer } from './admission-reviewers.ts';

/**
 * @param rule the one about pods
 * @throws {NotObserved}
 */
export function findImagePullPolicies(snapshot: Snapshot, rule: AnyRule): (reviewer: Reviewer) => boolean {
  const setting = namesOf(snapshot.list('MutatingAdmissionPolicy'), setsImagePulls);
  const settingBindings = namesOf(snapshot.list('MutatingAdmissionPolicyBinding'), setsByNamespace);
  const refusing = namesOf(snapshot.list('ValidatingAdmissionPolicy'), (spec) => refusesOtherPulls(spec, rule));
  const refusingBindings = namesOf(snapshot.list('ValidatingAdmissionPolicyBinding'), refusesByNamespace);
  return ({ kind, name, binding = '' }) =>
    kind === 'MutatingAdmissionPolicy'
      ? setting.has(name) && settingBindings.has(binding)
      : kind === 'ValidatingAdmissionPolicy' && refusing.has(name) && refusingBindings.has(binding);
}

interface Stored<Spec> {
  readonly metadata: { readonly name: string };
  readonly spec?: Spec;
}

function namesOf<Spec>(objects: Iterable<Stored<Spec>>, isWanted: (spec: Spec) => boolean): ReadonlySet<string> {
  const wanted = [...objects].filter(({ spec }) => spec !== undefined && isWanted(spec));
  return new Set(wanted.map(({ metadata }) => metadata.name));
}
