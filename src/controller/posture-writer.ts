/** The way of postures and statuses out of the operator: three kinds of write, all of Merlon's own objects. */
import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import type { AnyExemption } from '../core/exemption.ts';
import type { PostureObject, PostureScope } from './posture-store.ts';

/** What people own, and get a status for. */
export type AnyOwned = ClusterHardeningPolicy | HardeningPolicy | AnyExemption;

/** What became of a write. Anything that is not foreseen is thrown. */
export type WriteResult<T> =
  | { readonly outcome: 'written'; readonly object: T }
  /** Somebody wrote first; the watch will show what. */
  | { readonly outcome: 'conflict' }
  /** The object, its namespace or its kind is gone, or its namespace is going. */
  | { readonly outcome: 'gone' }
  /** Refused for good, by a quota or an admission policy; the message says by which. */
  | { readonly outcome: 'refused'; readonly message: string };

/** What is stored by now. */
export interface StoredVersion {
  readonly metadata: { readonly resourceVersion?: string };
}

export interface PostureWriter {
  createPosture(scope: PostureScope): Promise<WriteResult<PostureObject>>;
  replacePostureStatus(
    scope: PostureScope,
    resourceVersion: string,
    status: object,
  ): Promise<WriteResult<PostureObject>>;
  replacePolicyStatus(owned: AnyOwned, status: object): Promise<WriteResult<StoredVersion>>;
}
