/** The way of admission policies into the API server and out of it. What is not foreseen is thrown, to be tried again. */
import type { EnforcementManifest } from './planned-policy.ts';
import type { EnforcedRef, StoredObject } from './stored-object.ts';

export type ReadOutcome =
  | { readonly outcome: 'read'; readonly object: StoredObject }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'forbidden'; readonly message: string };

export type WriteOutcome =
  | { readonly outcome: 'written'; readonly object: StoredObject }
  /** Somebody wrote first, or it is another object. */
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'gone' }
  /** Of what was to be made: there is no such kind there. */
  | { readonly outcome: 'unserved' }
  | { readonly outcome: 'forbidden'; readonly message: string }
  | { readonly outcome: 'refused'; readonly message: string };

/** What becomes of a pod that is tried by a dry run. */
export type TryOutcome =
  /** With the pod as it would have been stored. */
  | { readonly outcome: 'passed'; readonly pod: unknown }
  /** By admission. */
  | { readonly outcome: 'refused'; readonly message: string }
  /** By the authorizers: nobody has seen the pod. */
  | { readonly outcome: 'forbidden'; readonly message: string };

export interface EnforcementWriter {
  read(ref: EnforcedRef): Promise<ReadOutcome>;
  /** Server-side apply of what is not there yet, without force: what somebody else makes meanwhile stays his. */
  apply(manifest: EnforcementManifest): Promise<WriteOutcome>;
  /** Makes the object that was read what is meant, and nothing besides. */
  replace(manifest: EnforcementManifest, stored: StoredObject): Promise<WriteOutcome>;
  /** Deletes the object that was read, in the version that was read. */
  remove(ref: EnforcedRef, stored: StoredObject): Promise<Exclude<WriteOutcome, { readonly outcome: 'written' }>>;
  /** Why nothing may be tried; undefined where the guard of the namespace of probes stands. */
  findGuardProblem(): Promise<string | undefined>;
  /** A dry run, in the namespace that the pod names. */
  tryPod(pod: object): Promise<TryOutcome>;
}
