/**
 * Merlon's own policies about the pulls of images, where they stand in a cluster, to the letter and bound by nothing but
 * namespaces; whatever else has their name may set or refuse anything or nothing.
 */
import type { Snapshot } from '../../core/snapshot.ts';
import type { AnyRule } from '../../core/rule.ts';
import {
  keepsPulls,
  refusesByNamespace,
  refusesOtherPulls,
  setsByNamespace,
  setsImagePulls,
} from '../../enforcement/plan/recognised-image-pulls.ts';
import { mutatorsOf } from '../../pod-security/pod-mutators.ts';
import type { Reviewer } from './admission-reviewers.ts';

/**
 * @param rule the one about pods
 * @throws {NotObserved}
 */
export function findImagePullPolicies(snapshot: Snapshot, rule: AnyRule): (reviewer: Reviewer) => boolean {
  const setting = namesOf(snapshot.list('MutatingAdmissionPolicy'), setsImagePulls);
  const settingBindings = namesOf(snapshot.list('MutatingAdmissionPolicyBinding'), setsByNamespace);
  const refusing = namesOf(
    snapshot.list('ValidatingAdmissionPolicy'),
    (spec) => refusesOtherPulls(spec, rule) || keepsPulls(spec),
  );
  const refusingBindings = namesOf(snapshot.list('ValidatingAdmissionPolicyBinding'), refusesByNamespace);
  return ({ kind, name, binding = '' }) =>
    kind === 'MutatingAdmissionPolicy'
      ? setting.has(name) && settingBindings.has(binding)
      : kind === 'ValidatingAdmissionPolicy' && refusing.has(name) && refusingBindings.has(binding);
}

/**
 * Who may take back what is set, in a namespace with such labels: whoever else is asked about pods once more where somebody
 * changed them. What keeps it has no part in that.
 * @throws {NotObserved}
 */
export function findPullTakers(snapshot: Snapshot): (labels: Readonly<Record<string, string>>) => readonly string[] {
  const setting = namesOf(snapshot.list('MutatingAdmissionPolicy'), setsImagePulls);
  const others = mutatorsOf(snapshot, 'pods').filter(
    ({ kind, name, isAskedAgain }) => isAskedAgain && !(kind === 'MutatingAdmissionPolicy' && setting.has(name)),
  );
  return (labels) => [
    ...new Set(others.filter(({ mayBeAskedIn }) => mayBeAskedIn(labels)).map(({ kind, name }) => `${kind} "${name}"`)),
  ];
}

interface Stored<Spec> {
  readonly metadata: { readonly name: string };
  readonly spec?: Spec;
}

function namesOf<Spec>(objects: Iterable<Stored<Spec>>, isWanted: (spec: Spec) => boolean): ReadonlySet<string> {
  const wanted = [...objects].filter(({ spec }) => spec !== undefined && isWanted(spec));
  return new Set(wanted.map(({ metadata }) => metadata.name));
}
