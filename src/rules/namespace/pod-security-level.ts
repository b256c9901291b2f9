/**
 * Without a Pod Security level of its own a namespace admits whatever the API server's default admits: unless somebody
 * configured it, everything.
 *
 * Source: Pod Security admission, PolicyToEvaluate (an invalid enforce level is read as restricted).
 */
import { defineRule, violation } from '../../core/rule.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const FIELD = `metadata.labels["${ENFORCE}"]`;

export const podSecurityLevel = defineRule({
  id: 'namespace-pod-security-level',
  title: 'Namespaces must enforce a Pod Security level of baseline or restricted',
  severity: 'medium',
  severityReason: 'It makes nothing worse by itself, but nothing stops the next privileged pod.',
  subject: 'Namespace',
  controls: ['cis-1.12/5.2.1', 'nsa/pod-security'],
  rationale:
    'A namespace that does not enforce a level leaves it to the cluster-wide default, which is to admit privileged pods.',
  remediation: `Label the namespace ${ENFORCE}=restricted, or baseline where its workloads need more; try it first with the warn label.`,
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

  check(namespace) {
    const level = namespace.metadata.labels?.[ENFORCE];
    switch (level) {
      case 'baseline':
      case 'restricted':
        return [];
      case undefined:
        return [
          violation(FIELD, undefined, 'the namespace enforces no Pod Security level; set restricted or baseline'),
        ];
      case 'privileged':
        return [violation(FIELD, level, 'the namespace enforces "privileged", which admits every pod; set baseline')];
      default:
        return [
          violation(
            FIELD,
            level,
            `"${level}" is no Pod Security level, so the API server enforces restricted; write the level that is meant`,
            'low',
          ),
        ];
    }
  },
});
