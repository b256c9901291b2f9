/** What a repair needs of the API server: the target as it is, the patch, and the record. */
import type { HardeningRemediation, HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import type { TargetWriter } from '../remediation/target-writer.ts';
import type { WriteResult } from './posture-writer.ts';

/** Whether Approve and Revert say who may say them. */
export type ActionGuard =
  /** By the policy of this age, in milliseconds since 1970: records that are younger were never without it. */
  { readonly state: 'guarding'; readonly sinceMs: number } | { readonly state: 'missing'; readonly message: string };

export interface RemediationWriter extends TargetWriter {
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
