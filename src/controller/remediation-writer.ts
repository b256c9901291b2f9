/** What a repair needs of the API server: the target as it is, the patch, and the record. */
import type { HardeningRemediation, HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { WriteResult } from './posture-controller.ts';

/** An object as the API server has it at this moment: nothing of it is left out, managedFields included. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: LiveMetadata;
  readonly [field: string]: unknown;
}
export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedFields[];
}
/** metav1.ManagedFieldsEntry. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

export type ReadResult =
  | { readonly outcome: 'read'; readonly object: LiveObject }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'forbidden'; readonly message: string };

/** What became of a patch. Anything that is not foreseen is thrown. */
export type PatchResult =
  | { readonly outcome: 'written'; readonly object: LiveObject }
  /** Somebody wrote the object since it was read, or it is another one, or gone. */
  | { readonly outcome: 'conflict' }
  /** Somebody else owns a field of the patch and has set it to something else. */
  | { readonly outcome: 'fieldConflict'; readonly manager: string; readonly message: string }
  | { readonly outcome: 'gone' }
  /** By RBAC or by an admission policy; the message says by which. */
  | { readonly outcome: 'forbidden'; readonly message: string }
  /** The API server finds something wrong with the object that would come of it. */
  | { readonly outcome: 'refused'; readonly message: string };

/** Whether Approve and Revert say who may say them. */
export type ActionGuard =
  /** By the policy of this age, in milliseconds since 1970: records that are younger were never without it. */
  { readonly state: 'guarding'; readonly sinceMs: number } | { readonly state: 'missing'; readonly message: string };

export interface RemediationWriter {
  /** Reads past every cache. */
  readTarget(target: SubjectRef): Promise<ReadResult>;
  /**
   * Applies fields on the server's side without force, to this version of this object alone. Fields that were applied
   * before and are left out now are taken away, where nobody else owns them.
   *
   * @param fields besides apiVersion, kind and metadata; labels go under `metadata`
   */
  applyFields(target: LiveObject, fields: AppliedFields, isDryRun: boolean): Promise<PatchResult>;
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

export interface AppliedFields {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}
