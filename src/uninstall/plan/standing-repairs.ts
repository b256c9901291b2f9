/**
 * Repairs that stand: objects of which Merlon owns a field. The objects tell, not the records, so that a repair whose
 * record somebody deleted is found, too; the record tells what stood there before.
 */
import type { HardeningRemediation } from '../../api/v1alpha1/hardening-remediation.ts';
import type { LiveObject } from '../../remediation/live-object.ts';
import { valueAt } from '../../remediation/live-object.ts';
import { isOwnedByMerlon } from '../../remediation/ownership.ts';
import { buildFields } from '../../remediation/patch-fields.ts';
import { printKeys } from '../../remediation/planned-repair.ts';
import type { FieldKeys, PatchFields } from '../../remediation/planned-repair.ts';
import { remedies } from '../../remediation/remedies.ts';
import type { Remedy } from '../../remediation/remedy.ts';
import { fieldsBefore } from '../../remediation/revert.ts';
import { isLabelledAsWritten, printObject } from './present-object.ts';
import type { Note } from './note.ts';

export interface StandingRepair {
  readonly remedy: Remedy;
  readonly object: LiveObject;
  /** Those of the remedy that Merlon owns. */
  readonly owned: readonly FieldKeys[];
  /** What of it is applied to take it back; what is left out is given back. */
  readonly before: PatchFields;
}

export function findStandingRepairs(
  objects: readonly LiveObject[],
  records: readonly HardeningRemediation[],
): readonly StandingRepair[] {
  return objects
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((object) =>
      remedies.flatMap((remedy) => {
        const owned = remedy.fields.filter(
          (keys) => isOwnedByMerlon(object, keys) && !isTakenBack(remedy, object, keys),
        );
        if (owned.length === 0) return [];
        const status = records.find((record) => isAbout(record, object, remedy))?.status;
        return [{ remedy, object, owned, before: buildFields(fieldsBefore(remedy, status, owned)) }];
      }),
    );
}

/** A value that was put back is Merlon's, too, and no repair. */
function isTakenBack(remedy: Remedy, object: LiveObject, keys: FieldKeys): boolean {
  const value = valueAt(object, keys);
  return value !== undefined && remedy.isRestorable(keys, value);
}

function isAbout(record: HardeningRemediation, object: LiveObject, { rule }: Remedy): boolean {
  const { metadata, status } = record;
  const isOurs = isLabelledAsWritten({ ...record, metadata: { ...metadata, uid: metadata.uid ?? '' } });
  return isOurs && status?.rule === rule && status.target?.uid === object.metadata.uid;
}

/** `ServiceAccount shop/default` */
export function printTarget({ object }: StandingRepair): string {
  return printObject(object);
}

/** `automountServiceAccountToken` */
export function printOwned({ owned }: StandingRepair): string {
  return owned.map(printKeys).join(', ');
}

/** @returns of the fields that were given back, those that are as they were: somebody else has set them, too */
export function findKeptFields({ object, owned }: StandingRepair, stored: LiveObject): readonly string[] {
  return owned
    .filter((keys) => valueAt(stored, keys) !== undefined && valueAt(stored, keys) === valueAt(object, keys))
    .map(printKeys);
}

export function noteKept(repair: StandingRepair): Note {
  return {
    about: printTarget(repair),
    message: `the repair stays: ${printOwned(repair)} is as Merlon set it, and "merlon-remediator" owns it; "merlon uninstall --repairs revert" still takes it back`,
  };
}
