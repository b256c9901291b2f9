/**
 * Without a Pod Security level of its own a namespace admits whatever the API server's default admits: unless somebody
 * configured it, everything.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, api/helpers.go `PolicyToEvaluate`: an enforce level that cannot be read
 * counts as restricted, one that is missing as the configured default, which is privileged where nothing is configured.
 */
import { defineRule, violation } from '../../core/rule.ts';
import { levelLabel, readEnforcedLevel } from '../../pod-security/enforced-level.ts';

const ENFORCE = levelLabel('enforce');
const FIELD = `metadata.labels["${ENFORCE}"]`;

export const podSecurityLevel = defineRule({
  id: 'namespace-pod-security-level',
  title: 'Namespaces must enforce a Pod Security level of baseline or restricted',
  severity: 'medium',
  severityReason: 'It makes nothing worse by itself, but nothing stops the next privileged pod.',
  subject: 'Namespace',
  controls: ['cis-1.12/5.2.1', 'nsa/pod-security'],
  rationale:
    'A namespace without an enforce label leaves it to the default of the API server, which is to admit privileged pods, and which the namespace cannot show: a default that is set elsewhere protects only while nobody changes it there, so it is no pass.',
  remediation: `Label the namespace ${ENFORCE}=restricted, or baseline where its workloads need more; the posture's status.podSecurity and "merlon pod-security --namespaces" name the level that its workloads pass today.`,
  example: {
    fails: `apiVersion: v1
kind: Namespace
metadata: { name: shop }
`,
    passes: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { ${ENFORCE}: restricted }
`,
  },

  check({ metadata }) {
    switch (readEnforcedLevel(metadata.labels).level) {
      case 'baseline':
      case 'restricted':
        return [];
      case 'privileged':
        return [
          violation(FIELD, 'privileged', 'the namespace enforces "privileged", which admits every pod; set baseline'),
        ];
      case undefined:
        return [
          violation(
            FIELD,
            undefined,
            "the namespace enforces no Pod Security level of its own, so the API server's default decides, which is not known and unless configured admits every pod; set restricted or baseline",
          ),
        ];
    }
  },
});
