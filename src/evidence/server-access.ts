/** How the sources of evidence about one API server are asked. What speaks to it is elsewhere (`src/kube`). */
import type { TryPod } from './dry-run-probes.ts';
import type { Get, Unreached } from './reading.ts';
import type { StreamGet } from './metrics.ts';
import type { Handshake } from './tls.ts';

export interface AccessReviewSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly resourceAttributes?: {
    readonly namespace?: string;
    readonly verb: string;
    readonly resource: string;
    readonly name?: string;
  };
  readonly nonResourceAttributes?: { readonly path: string; readonly verb: string };
}
export type AccessReviewAnswer =
  | {
      readonly outcome: 'answered';
      readonly allowed: boolean;
      readonly reason: string;
      /** Why an authorizer could not decide; empty where each could. */
      readonly evaluationError: string;
    }
  | { readonly outcome: 'forbidden' };

export type IdentityAnswer =
  | { readonly outcome: 'answered'; readonly user: string }
  | { readonly outcome: 'forbidden' }
  /** It cannot say: before Kubernetes 1.28. */
  | { readonly outcome: 'notServed' };

/** @param spec without a user it is about the caller. @throws where no answer came */
export type AccessReview = (spec: AccessReviewSpec) => Promise<AccessReviewAnswer>;

export interface ServerAccess {
  /** As `10.0.0.5:6443`. */
  readonly instance: string;
  /** With Merlon's own credentials. */
  readonly get: Get;
  readonly stream: StreamGet;
  readonly review: AccessReview;
  /** Whom the API server takes the caller for. @throws where no answer came */
  readonly whoAmI: () => Promise<IdentityAnswer>;
  /** Without any credential; undefined where that is switched off. */
  readonly anonymousGet: Get | undefined;
  /** Undefined where something else stands between, so that it would be shaken hands with. */
  readonly handshake: Handshake | undefined;
  /** With Merlon's own credentials; absent where that is not switched on. */
  readonly tryPod?: TryPod;
  /**
   * Asked before anything else is, where it is not certain who is at the address: why nobody is who shows to be an API
   * server of the cluster, or undefined.
   */
  readonly whyUnreached?: () => Promise<Unreached | undefined>;
  /** Gives up what is under way: it fails, as everything does that is asked from then on. */
  close(): void;
}
