/**
 * A webhook with failurePolicy Ignore guards only while it answers: who slows it down, or cuts it off, gets past it.
 *
 * One that validates is a guard, and more so the more of Kubernetes' own objects it is asked about. One that changes pods
 * adds something that they then start without, which is less; one that changes anything else is no finding, as whoever
 * relies on what it sets has to validate it. Absent is Fail in admissionregistration.k8s.io/v1.
 *
 * Source: Kubernetes "Admission Webhook Good Practices" and "Dynamic Admission Control", "Failure policy".
 */
import type { Webhook } from '../../core/admission-shape.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { isBuiltInGroup } from '../../rbac/api-resources.ts';
import { isAbout } from '../lib/asked-requests.ts';

export const failsOpen = defineRule({
  id: 'webhook-fails-open',
  title: 'A webhook that guards must refuse where it does not answer',
  severity: 'medium',
  severityReason:
    'Whoever disturbs the webhook gets past it; it is low where it guards no object of Kubernetes itself, or changes pods and refuses none.',
  subject: 'WebhookConfiguration',
  controls: ['kubernetes/admission-webhook-good-practices', 'attack/T1562.001'],
  rationale:
    'With failurePolicy Ignore the API server goes on without the webhook as soon as it fails or is late: a restart, a full node or somebody who floods it switches the guard off, and nobody is told.',
  remediation:
    'Set failurePolicy to Fail, and run at least two replicas of the webhook. Leave out what must not wait for it: kube-system and its own namespace by a namespaceSelector on kubernetes.io/metadata.name, requests of the control plane by narrow rules and matchConditions. A ValidatingAdmissionPolicy needs no server and cannot be cut off.',
  example: {
    fails: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    failurePolicy: Ignore
    clientConfig: { service: { namespace: guard, name: guard } }
    rules:
      - { operations: [CREATE, UPDATE], apiGroups: [""], apiVersions: [v1], resources: [pods] }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
    passes: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    failurePolicy: Fail
    clientConfig: { service: { namespace: guard, name: guard } }
    namespaceSelector:
      matchExpressions:
        - { key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, guard] }
    rules:
      - { operations: [CREATE, UPDATE], apiGroups: [""], apiVersions: [v1], resources: [pods] }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
  },

  check({ webhooks = [] }, { subject }) {
    const grade = subject.kind === 'MutatingWebhookConfiguration' ? gradeChanger : gradeGuard;
    return webhooks.flatMap((webhook, index) => {
      if (webhook.failurePolicy !== 'Ignore') return [];
      const graded = grade(webhook);
      if (graded === undefined) return [];
      const { what, severity } = graded;
      const message = `webhook "${webhook.name}" ${what} where it does not answer; set failurePolicy to Fail, and leave out by selectors what must not wait for it`;
      return [violation(`webhooks[${index}].failurePolicy`, webhook.failurePolicy, message, severity)];
    });
  },
});

interface Graded {
  /** What happens, to be read after the name of the webhook. */
  readonly what: string;
  readonly severity?: Severity;
}

/** @returns undefined for one that is asked about nothing */
function gradeGuard({ rules = [] }: Webhook): Graded | undefined {
  if (rules.length === 0) return undefined;
  const isOfKubernetes = rules.some(({ apiGroups = [] }) =>
    apiGroups.some((group) => group === '*' || isBuiltInGroup(group)),
  );
  if (isOfKubernetes) return { what: 'lets pass what it should refuse' };
  return { what: 'lets pass objects of other API groups that it should refuse', severity: 'low' };
}

/** @returns undefined for one that changes no pods */
function gradeChanger({ rules = [] }: Webhook): Graded | undefined {
  const isOfPods = rules.some((rule) =>
    isAbout(rule, { operation: 'CREATE', group: '', resource: 'pods', scope: 'Namespaced' }),
  );
  return isOfPods ? { what: 'leaves pods without what it should set', severity: 'low' } : undefined;
}
