/** Why a PodSecurityPolicy refuses a pod: one place in the pod, and the field of the policy that it meets. */
export interface RefusalReason {
  /** In the pod: `spec.containers[0].securityContext.privileged`. */
  readonly path: string;
  /** In the policy: `spec.privileged`. */
  readonly field: string;
  readonly message: string;
}

export type Reasons = Generator<RefusalReason, void, void>;
