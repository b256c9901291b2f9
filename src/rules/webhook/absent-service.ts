/**
 * A webhook whose service is not there is never reached: all that it is asked about is refused, or passes unseen. And
 * whoever may make a Service in that namespace decides who is asked from then on.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/admission/plugin/webhook and pkg/util/proxy; Kubernetes "Dynamic Admission Control".
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { findServiceProblem, nameService, NO_SERVICES_IN_FILES, serviceKinds } from '../lib/named-service.ts';

export const absentService = defineRule({
  id: 'webhook-absent-service',
  title: 'The service that a webhook is reached by must exist',
  severity: 'medium',
  severityReason:
    'What it guards is not guarded, or not served; where it changes objects and others pass without it, it is low.',
  subject: 'WebhookConfiguration',
  reads: serviceKinds,
  controls: ['kubernetes/admission-webhook-good-practices'],
  rationale:
    'What was uninstalled or renamed leaves its webhooks behind: with failurePolicy Fail they refuse requests that nobody decides about any more, and with Ignore they look like a guard that there is not.',
  remediation:
    'Delete the webhook configuration of what is no longer there, or correct clientConfig.service: its namespace, its name, and its port, which is 443 where nothing is said.',
  example: {
    fails: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    clientConfig: { service: { namespace: guard, name: guard-of-last-year } }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
    passes: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    clientConfig: { service: { namespace: guard, name: guard } }
    sideEffects: None
    admissionReviewVersions: [v1]
---
apiVersion: v1
kind: Service
metadata: { namespace: guard, name: guard }
spec: { ports: [{ port: 443 }] }
`,
  },

  check({ webhooks = [] }, { subject, snapshot }) {
    if (!snapshot.isWholeCluster) return notApplicable(NO_SERVICES_IN_FILES);
    return webhooks.flatMap(({ name, clientConfig, failurePolicy }, index) => {
      const service = clientConfig?.service;
      if (service === undefined) return [];
      const problem = findServiceProblem(service, snapshot);
      if (problem === undefined) return [];
      const passes = failurePolicy === 'Ignore';
      const what = passes ? 'passes without it' : 'is refused';
      const message = `webhook "${name}" cannot be reached, as ${problem}: what it is asked about ${what}; correct clientConfig.service, or delete the webhook`;
      const severity = passes && subject.kind === 'MutatingWebhookConfiguration' ? 'low' : undefined;
      return [violation(`webhooks[${index}].clientConfig.service`, nameService(service), message, severity)];
    });
  },
});
