/**
 * Takes away what the API server enforces because Merlon printed or applied it: policies of the very names that Merlon
 * gives, where they carry its label. Whatever else looks like Merlon's is named, because it goes on to refuse.
 */
import { generatedNames } from '../../enforcement/plan/generated-names.ts';
import { isLabelledAsWritten, printObject } from './present-object.ts';
import type { PresentObject, ServedKind } from './present-object.ts';
import type { StepPlan } from './steps.ts';

const admission = { group: 'admissionregistration.k8s.io', version: 'v1' } as const;

/** In the order in which they go: a policy that nothing binds refuses nobody. */
export const enforcedKinds: readonly (ServedKind & { readonly kind: string })[] = [
  { ...admission, plural: 'validatingadmissionpolicybindings', kind: 'ValidatingAdmissionPolicyBinding' },
  { ...admission, plural: 'mutatingadmissionpolicybindings', kind: 'MutatingAdmissionPolicyBinding' },
  { ...admission, plural: 'validatingadmissionpolicies', kind: 'ValidatingAdmissionPolicy' },
  { ...admission, plural: 'mutatingadmissionpolicies', kind: 'MutatingAdmissionPolicy' },
];

/** @param found every object of `enforcedKinds`, in that order */
export function planEnforced(
  found: readonly { readonly object: PresentObject; readonly served: ServedKind }[],
): StepPlan {
  const isOurs = ({ object }: (typeof found)[number]) => isLabelledAsWritten(object) && hasGeneratedName(object);
  const doubtful = found.filter(
    (one) => !isOurs(one) && (isLabelledAsWritten(one.object) || hasGeneratedName(one.object)),
  );
  const tasks = found.filter(isOurs).map((one) => ({ kind: 'delete' as const, ...one }));
  return {
    tasks,
    notes: doubtful.map(({ object }) => ({
      about: printObject(object),
      message: hasGeneratedName(object) ? NOT_LABELLED : NOT_KNOWN,
    })),
    ...(tasks.length === 0 ? {} : { remarks: [COMES_BACK] }),
  };
}

function hasGeneratedName({ kind, metadata }: PresentObject): boolean {
  return generatedNames.some((one) => one.kind === kind && one.name === metadata.name);
}

const LABEL = 'app.kubernetes.io/managed-by=merlon';
export const NOT_LABELLED = `it has a name that Merlon gives, but not the label ${LABEL}, so it is not taken for Merlon's; what it refuses it goes on to refuse`;
export const NOT_KNOWN = `it carries the label ${LABEL}, but not a name that this Merlon gives: printed by another version, or by hand; what it refuses it goes on to refuse`;
export const COMES_BACK = `what was printed by "merlon enforce" and is applied from git comes back: take it away there, too`;
