/** How findings speak of what passes for created by Kubernetes. */
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Claim } from '../../rbac/predefined/name-claim.ts';

/** @param what as `ClusterRole "operator"` */
export function toImpostor(claim: Claim, what: string): Violation {
  if (claim === 'label') {
    return violation(
      'metadata.labels',
      'kubernetes.io/bootstrapping: rbac-defaults',
      `${what} is labelled as created by Kubernetes, which creates none such: whoever leaves out what has the label does not see it; remove the label`,
      'medium',
    );
  }
  return violation(
    'metadata.name',
    undefined,
    `${what} has a name that begins with system:, which Kubernetes keeps for itself, and Kubernetes creates none such: whoever leaves out such names does not see it; give it another name`,
    'low',
  );
}
