/** The names of what a PodSecurityPolicy can say. */
import { podSecurityPolicySpec } from '../core/pod-security-policy-shape.ts';

export {
  policyAppArmorAnnotations as appArmorAnnotations,
  policySeccompAnnotations as seccompAnnotations,
} from '../core/pod-security-policy-shape.ts';

export type PolicyField = keyof typeof podSecurityPolicySpec.fields;
export const policyFields = Object.keys(podSecurityPolicySpec.fields) as readonly PolicyField[];
