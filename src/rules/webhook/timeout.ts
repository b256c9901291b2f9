/**
 * The API server waits for a webhook that does not answer before it goes on or refuses, whichever its failurePolicy is, and
 * every request that the webhook is asked about waits as long.
 *
 * Source: Kubernetes "Admission Webhook Good Practices", "Use a small timeout value"; 10 seconds where nothing is said, 30
 * at most. Leader elections give up after 10 seconds (k8s.io/component-base v0.37.2, leaderelection: renewDeadline).
 */
import { defineRule, violation } from '../../core/rule.ts';

/** In admissionregistration.k8s.io/v1, where nothing is said. */
const DEFAULT_SECONDS = 10;

export const timeout = defineRule({
  id: 'webhook-timeout',
  title: 'The API server must not wait long for a webhook',
  severity: 'low',
  severityReason: 'It takes a webhook that hangs; then requests take long, or end before it was waited for.',
  subject: 'WebhookConfiguration',
  controls: ['kubernetes/admission-webhook-good-practices'],
  rationale:
    'Webhooks that change objects are asked one after the other, and each may use its whole time: with 30 seconds for each, requests end before the last was asked, requests pile up, and leaders of controllers lose their leases.',
  remediation:
    'Set timeoutSeconds to a few seconds: what a guard cannot decide in that time it will not decide later. Where it needs longer, raise maxSeconds of this rule in a policy.',
  params: {
    type: 'object',
    properties: {
      maxSeconds: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        maximum: 30,
        default: DEFAULT_SECONDS,
        description: 'The most seconds that the API server may wait for a webhook.',
      },
    },
  },
  example: {
    fails: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    timeoutSeconds: 30
    clientConfig: { service: { namespace: guard, name: guard } }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
    passes: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    timeoutSeconds: 5
    clientConfig: { service: { namespace: guard, name: guard } }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
  },

  check({ webhooks = [] }, { params: { maxSeconds } }) {
    return webhooks.flatMap(({ name, timeoutSeconds }, index) => {
      const seconds = timeoutSeconds ?? DEFAULT_SECONDS;
      if (seconds <= maxSeconds) return [];
      const message = `requests wait ${seconds} s for webhook "${name}" where it does not answer; set timeoutSeconds to ${maxSeconds} or less`;
      return [violation(`webhooks[${index}].timeoutSeconds`, timeoutSeconds, message)];
    });
  },
});
