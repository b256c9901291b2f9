/**
 * A Pod Security label with a slip in it does not do what it says: the API server reads something else, or nothing.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, api/helpers.go `PolicyToEvaluate`; it refuses such labels on new
 * namespaces and keeps those that stand (admission/admission.go `ValidateNamespace`). Labels of other names it ignores.
 */
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { POD_SECURITY_LABEL_PREFIX, resolveAdmissionPolicy } from '../../pod-security/admission.ts';
import type { AdmissionMode, InvalidLabel } from '../../pod-security/admission.ts';
import { levelLabel, versionLabel } from '../../pod-security/enforced-level.ts';

const modes: readonly AdmissionMode[] = ['enforce', 'audit', 'warn'];
const knownLabels = modes.flatMap((mode) => [levelLabel(mode), versionLabel(mode)]);

/** What the API server does where the level of a mode cannot be read. */
const insteadOf: Readonly<Record<AdmissionMode, string>> = {
  enforce: 'enforces restricted',
  audit: 'audits nothing',
  warn: 'warns of nothing',
};

export const podSecurityLabels = defineRule({
  id: 'namespace-pod-security-labels',
  title: 'Pod Security labels must be ones that the API server can read',
  severity: 'low',
  severityReason:
    'It admits no pod that the label would have refused: enforce then means restricted, audit and warn only fall silent.',
  subject: 'Namespace',
  controls: ['cis-1.12/5.2.1', 'nsa/pod-security'],
  rationale:
    'A level that cannot be read enforces restricted, and audits or warns of nothing; a version that cannot be read means latest; a label of another name means nothing at all. Whoever wrote it believes otherwise.',
  remediation: `Write privileged, baseline or restricted in the labels enforce, audit and warn under pod-security.kubernetes.io, and latest or a version such as v1.34 in their -version labels.`,
  example: {
    fails: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { ${levelLabel('warn')}: strict }
`,
    passes: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { ${levelLabel('warn')}: restricted }
`,
  },

  check({ metadata: { labels = {} } }) {
    const strangers = Object.keys(labels).filter(
      (label) => label.startsWith(POD_SECURITY_LABEL_PREFIX) && !knownLabels.includes(label),
    );
    return [
      ...resolveAdmissionPolicy(labels).invalidLabels.map(describe),
      ...strangers.map((label) =>
        violation(
          fieldOf(label),
          labels[label],
          `label "${label}" is none that Kubernetes reads, so it means nothing; remove it or write one of ${knownLabels.join(', ')}`,
        ),
      ),
    ];
  },
});

function describe({ label, value, message }: InvalidLabel): Violation {
  const mode = modes.find((one) => levelLabel(one) === label);
  const instead = mode === undefined ? 'takes the latest version' : insteadOf[mode];
  return violation(fieldOf(label), value, `${message}; until then the API server ${instead}`);
}

function fieldOf(label: string): string {
  return `metadata.labels["${label}"]`;
}
