/** What a repair needs of the API server: the target as it is, the patch, and the record. */
import type { HardeningRemediation, HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { LiveObject } from '../remediation/live-object.ts';
import type { PatchOutcome } from '../remediation/outcome.ts';
import type { PatchFields } from '../remediation/planned-repair.ts';
import type { LiveTarget } from '../remediation/situation.ts';
import type { WriteResult } from './posture-writer.ts';

/** Whether Approve and Revert say who may say them. */
export type ActionGuard =
  /** By the policy of this age, in milliseconds since 1970: records that are younger were never without it. */
  { readonly state: 'guarding'; readonly sinceMs: number } | { readonly state: 'missing'; readonly message: string };

export interface RemediationWriter {
  /** Reads past every cache. */
  readTarget(target: SubjectRef): Promise<LiveTarget>;
  /**
   * Applies fields on the server's side without force, to this version of this object alone. Fields that were applied
   * before and are left out now are taken away, where nobody else owns them.
   *
   * @param fields besides apiVersion, kind and metadata; labels go under `metadata`
   */
  applyFields(target: LiveObject, fields: PatchFields, isDryRun: boolean): Promise<PatchOutcome>;
  createRecord(namespace: string, name: string): Promise<WriteResult<HardeningRemediation>>;
  /** Replaces the status of this version. */
  replaceRecordStatus(
    record: HardeningRemediation,
    status: HardeningRemediationStatus,
  ): Promise<WriteResult<HardeningRemediation>>;
  /** Deletes this version. */
  deleteRecord(record: HardeningRemediation): Promise<WriteResult<undefined>>;
  readActionGuard(): Promise<ActionGuard>;
}
