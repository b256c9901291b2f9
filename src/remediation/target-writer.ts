/** What writes a repair into its target. */
import type { SubjectRef } from '../core/subject-ref.ts';
import type { LiveObject } from './live-object.ts';
import type { PatchOutcome } from './outcome.ts';
import type { PatchFields } from './planned-repair.ts';
import type { LiveTarget } from './situation.ts';

export interface TargetWriter {
  /** Reads past every cache. */
  readTarget(target: SubjectRef): Promise<LiveTarget>;
  /**
   * Applies fields on the server's side without force, to this version of this object alone. Fields that were applied
   * before and are left out now are taken away, where nobody else owns them.
   *
   * @param fields besides apiVersion, kind and metadata; labels go under `metadata`
   */
  applyFields(target: LiveObject, fields: PatchFields, isDryRun: boolean): Promise<PatchOutcome>;
}
