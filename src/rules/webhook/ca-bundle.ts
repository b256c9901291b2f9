/**
 * The API server verifies a webhook by its caBundle, and by the roots of its own host where there is none. No root of a host
 * signs a name of a Service, and a bundle without a certificate that can be read, or of authorities that have ended, lets no
 * connection come about: such a webhook is never asked.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/util/webhook/client.go; k8s.io/client-go v0.37.2, transport/tls.go (rootCertPool).
 */
import type { Webhook } from '../../core/admission-shape.ts';
import { endOfBundle } from '../../core/ca-bundle.ts';
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { Snapshot } from '../../core/snapshot.ts';

export const caBundle = defineRule({
  id: 'webhook-ca-bundle',
  title: 'The authority that a webhook is verified by must be given, be one that can be read, and not have ended',
  severity: 'medium',
  severityReason:
    'What it guards is not guarded, or not served; where it changes objects and others pass without it, it is low.',
  subject: 'WebhookConfiguration',
  reads: ['Today'],
  controls: ['kubernetes/admission-webhook-good-practices'],
  rationale:
    'Whoever fills in the bundle, as cert-manager or the webhook itself does, may have stopped: with failurePolicy Fail all that the webhook is asked about is then refused, and with Ignore it looks like a guard that there is not.',
  remediation:
    'Put the authority that signed the certificate of the webhook into clientConfig.caBundle, as PEM in Base64, or let cert-manager do it (annotation cert-manager.io/inject-ca-from), and look why it did not. Delete the webhook of what is no longer there.',
  example: {
    fails: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    clientConfig: { service: { namespace: guard, name: guard } }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
    passes: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    clientConfig: { url: "https://guard.example.com/pods" }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
  },

  check({ webhooks = [] }, { subject, snapshot }) {
    // Whoever installs a webhook from a file has the bundle filled in afterwards.
    if (!snapshot.isWholeCluster) return notApplicable('who fills in the bundle only a cluster tells');
    return webhooks.flatMap(({ name, clientConfig, failurePolicy }, index) => {
      const problem = findProblem(clientConfig, snapshot);
      if (problem === undefined) return [];
      const passes = failurePolicy === 'Ignore';
      const what = passes ? 'passes without it' : 'is refused';
      const message = `webhook "${name}" cannot be verified, as ${problem}: what it is asked about ${what}; put the authority that signs for it into clientConfig.caBundle, or delete the webhook`;
      const severity = passes && subject.kind === 'MutatingWebhookConfiguration' ? 'low' : undefined;
      return [violation(`webhooks[${index}].clientConfig.caBundle`, undefined, message, severity)];
    });
  },
});

/** To be read after the name of the webhook. @throws {NotObserved} where it depends on the day, and nobody knows it */
function findProblem(config: Webhook['clientConfig'], snapshot: Snapshot): string | undefined {
  const { caBundle: bundle, service } = config ?? {};
  if (bundle === undefined) {
    return service === undefined
      ? undefined
      : 'its service is verified by the roots of the host of the API server, which sign no service';
  }
  const day = endOfBundle(bundle);
  if (day === undefined) return 'there is no certificate in its caBundle that can be read';
  return day < snapshot.today() ? `the last authority of its caBundle has ended on ${day}` : undefined;
}
