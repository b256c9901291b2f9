/**
 * A webhook is shown whatever it is asked about, with its content. One that is asked about every resource is shown every
 * Secret as it is written, every token that is asked for, and everything that is defined later; and each of these requests
 * waits for it. What of that stops the cluster where it does not answer is webhook-control-plane.
 *
 * Source: Kubernetes "Admission Webhook Good Practices" (limit the scope of each webhook); k8s.io/apiserver v0.37.2,
 * pkg/admission/plugin/webhook/predicates/{rules,namespace,object}.
 */
import type { ValidatedRule, Webhook } from '../../core/admission-shape.ts';
import { matchesSelector, selectorProblem } from '../../core/label-selector.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { isAbout } from '../lib/asked-requests.ts';
import { selectsNamespace } from '../lib/namespace-labels.ts';

export const overBroad = defineRule({
  id: 'webhook-over-broad',
  title: 'A webhook must be asked about resources by their names',
  severity: 'medium',
  severityReason:
    'Whoever runs the webhook, or gets hold of it, is shown every Secret that is written; where it is not asked about those of kube-system it is low.',
  subject: 'WebhookConfiguration',
  reads: ['Namespace'],
  controls: ['kubernetes/admission-webhook-good-practices'],
  rationale:
    'A webhook that asks for every resource takes part in what it has nothing to say about: it is shown passwords and keys that it does not need, and every write of the cluster waits for it.',
  remediation:
    'Name in rules the API groups and resources that the webhook decides about, in place of "*" and "*/*"; where it has to be asked about many, leave out Secrets by matchConditions (request.resource.resource != "secrets") and kube-system by a namespaceSelector on kubernetes.io/metadata.name.',
  example: {
    fails: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: everything.guard.example.com
    failurePolicy: Ignore
    clientConfig: { service: { namespace: guard, name: guard } }
    rules:
      - { operations: ["*"], apiGroups: ["*"], apiVersions: ["*"], resources: ["*/*"] }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
    passes: `apiVersion: admissionregistration.k8s.io/v1
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
  },

  check({ webhooks = [] }, { snapshot }) {
    const violations: Violation[] = [];
    let doubt: string | undefined;
    for (const [index, webhook] of webhooks.entries()) {
      const { name, rules = [], namespaceSelector, matchConditions = [] } = webhook;
      const broad = rules.findIndex(isBroad);
      if (broad === -1 || isForLabelled(webhook)) continue;
      if (matchConditions.length > 0) {
        doubt ??= `webhook "${name}" is asked about every resource, unless its matchConditions leave some out, which cannot be told from outside`;
        continue;
      }
      const message = `webhook "${name}" is asked about every resource, and shown every Secret that is written; name in rules the resources that it decides about`;
      const severity = isSpared(namespaceSelector, snapshot) ? 'low' : undefined;
      const { resources } = rules[broad] ?? {};
      violations.push(violation(`webhooks[${index}].rules[${broad}].resources`, resources, message, severity));
    }
    return violations.length === 0 && doubt !== undefined ? unknown(doubt) : violations;
  },
});

const secrets = { group: '', resource: 'secrets', scope: 'Namespaced' } as const;

/** Everything of the core group, whatever it is called. */
function isBroad(rule: ValidatedRule): boolean {
  const isOfAll = rule.resources?.some((resource) => resource === '*' || resource === '*/*') === true;
  return isOfAll && (['CREATE', 'UPDATE'] as const).some((operation) => isAbout(rule, { operation, ...secrets }));
}

/** Whether it is asked about nothing but what has labels for it. */
function isForLabelled({ objectSelector }: Webhook): boolean {
  if (objectSelector === undefined || selectorProblem(objectSelector) !== undefined) return false;
  return !matchesSelector(objectSelector, {});
}

/** Whether Secrets of kube-system are left out. @throws {NotObserved} */
function isSpared(selector: Webhook['namespaceSelector'], snapshot: Parameters<typeof selectsNamespace>[2]): boolean {
  if (selector !== undefined && selectorProblem(selector) !== undefined) return false;
  return selectsNamespace(selector, 'kube-system', snapshot) === false;
}
