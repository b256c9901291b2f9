/** All that Merlon would ever enforce, at once and as hard as it can. */
import type { EnforcementTerms } from '../../src/core/enforcement-terms.ts';
import { enforcedFamilies, guardedConnections } from '../../src/api/v1alpha1/enforcement.ts';
import { planEnforcement } from '../../src/enforcement/plan/planned-enforcement.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import type { PlannedPolicy } from '../../src/enforcement/plan/planned-policy.ts';
import { everyRule } from './differential/every-rule.ts';

/** @param over of what policies say */
export function planEverything(minor: number, over: Partial<EnforcementTerms> = {}): readonly PlannedPolicy[] {
  const byLabel = minor >= oldestMinors.MutatingAdmissionPolicy;
  const terms: EnforcementTerms = {
    ceiling: 'deny',
    withoutLabel: 'off',
    families: [...enforcedFamilies],
    namespacesOut: ['kube-system', 'merlon', 'merlon-probes'],
    breakGlassGroups: [],
    exec: { connections: [...guardedConnections], ephemeralContainers: true, hostNetwork: true, byLabel },
    tokenSecrets: true,
    clusterAdmins: [{ kind: 'User', name: 'jane' }],
    cluster: { nodesProxy: 'deny', rbac: 'deny' },
    ...over,
  };
  return planEnforcement(terms, { rules: everyRule, minor, exemptions: [] }).policies;
}
