/**
 * The exec guard may spare pods by a label only while the label says what they are. So it goes by it no earlier than what
 * keeps the label is in force, and that goes no earlier than no guard goes by it.
 */
import { isDeepStrictEqual } from 'node:util';

import { EXEC_LABEL } from '../api/v1alpha1/group.ts';
import { isReadable, NotObserved } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { EXEC_GUARD_NAME } from '../enforcement/plan/exec-guard.ts';
import { buildKeeper, LABEL_KEEPER_NAME, LABEL_SETTER_NAME } from '../enforcement/plan/exec-label.ts';
import { bindsByLabel } from '../enforcement/plan/recognised-guard.ts';
import { findUnlabelledSelections } from '../enforcement/plan/unlabelled-selections.ts';
import type { EnforcedUnit } from './enforced-condition.ts';
import { print } from './enforced-object.ts';

export const execGuardKey = print({ kind: 'ValidatingAdmissionPolicy', name: EXEC_GUARD_NAME });
export const labelKeeperKey = print({ kind: 'ValidatingAdmissionPolicy', name: LABEL_KEEPER_NAME });
export const labelSetterKey = print({ kind: 'MutatingAdmissionPolicy', name: LABEL_SETTER_NAME });

/**
 * Why pods are not to be spared by their label, to be read after it; undefined where it says what they are, and stays so.
 *
 * @param keeper what came of what keeps the label
 * @param namespacesOut in which nobody is refused anything
 */
export function findLabelDoubt(
  keeper: Pick<EnforcedUnit, 'planned' | 'state'> | undefined,
  namespacesOut: readonly string[],
  snapshot: Snapshot,
): string | undefined {
  // What somebody else applied, somebody else may take away at any time; an earlier text may keep it elsewhere.
  const isAsWanted = isDeepStrictEqual(keeper?.planned?.spec, buildKeeper({ keptOut: namespacesOut }));
  if (keeper?.state !== 'InForce' || !isAsWanted) {
    return `${NOT_GONE_BY}: ${LABEL_KEEPER_NAME}, which keeps it, is not in force by Merlon`;
  }
  try {
    const access = snapshot.podAccess();
    const [first, ...others] = [...access.namespaces()]
      .filter((one) => !namespacesOut.includes(one) && access.hasWronglySparedPods(one))
      .toSorted();
    if (first === undefined) return undefined;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return `${NOT_GONE_BY}: in namespace "${first}"${more} some pod has the label ${EXEC_LABEL} wrongly; make it anew`;
  } catch (error) {
    if (error instanceof NotObserved) return `${NOT_GONE_BY}: ${error.message}`;
    throw error;
  }
}

/**
 * Why new pods are not to get the label, to be read after it; undefined where nobody makes pods without end for that.
 *
 * @param namespacesOut in which no pod gets it
 */
export function findSetterDoubt(namespacesOut: readonly string[], snapshot: Snapshot): string | undefined {
  try {
    const [first, ...others] = findUnlabelledSelections(snapshot).filter(
      ({ namespace }) => !namespacesOut.includes(namespace),
    );
    if (first === undefined) return undefined;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return `${NOT_SET}: the selector of ${first.kind} "${first.name}" in namespace "${first.namespace}"${more} asks for pods without it, or with another; make it anew without that`;
  } catch (error) {
    if (error instanceof NotObserved) return `${NOT_SET}: ${error.message}`;
    throw error;
  }
}

const NOT_SET = `gives no new pod the label ${EXEC_LABEL}, so that the exec guard looks at each`;
const NOT_GONE_BY = 'is not gone by, so that the exec guard looks at every pod';

/** Whether some guard goes by the label, as far as anybody shows. */
export function isLabelGoneBy(snapshot: Snapshot): boolean {
  const kind = 'ValidatingAdmissionPolicyBinding';
  if (!isReadable(snapshot.observation(kind))) return false;
  return [...snapshot.list(kind)].some(({ spec }) => spec?.policyName === EXEC_GUARD_NAME && bindsByLabel(spec));
}

/** It is taken away as soon as the watch shows that none does. */
export const STILL_GONE_BY = {
  state: 'Left',
  message: `${LABEL_KEEPER_NAME} stays as long as a binding of ${EXEC_GUARD_NAME} goes by the label`,
} as const;
