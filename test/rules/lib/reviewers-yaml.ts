/** Webhooks and admission policies as YAML, for rows about who is asked. */

const ASKED_ABOUT_PODS = "{ operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods] }";
export const ASKED_ABOUT_EXEC =
  "{ operations: [CONNECT], apiGroups: [''], apiVersions: [v1], resources: [pods/exec, pods/attach] }";

/** @param fields of its one webhook, besides its rules */
export function webhook(kind: 'Mutating' | 'Validating', rule = ASKED_ABOUT_PODS, fields = ''): string {
  return `
---
kind: ${kind}WebhookConfiguration
metadata: { name: engine }
webhooks: [{ rules: [${rule}], ${fields} }]
`;
}

interface PolicyFields {
  readonly match?: string;
  readonly spec?: string;
  readonly binding?: string;
}

/** A ValidatingAdmissionPolicy that is bound with Deny. */
export function policy(rule = ASKED_ABOUT_PODS, { match = '', spec = '', binding }: PolicyFields = {}): string {
  return `
---
kind: ValidatingAdmissionPolicy
metadata: { name: guard }
spec:
  matchConstraints: { resourceRules: [${rule}], ${match} }
  validations: [{ expression: 'false' }]
  ${spec}
---
kind: ValidatingAdmissionPolicyBinding
metadata: { name: guard }
spec: { policyName: guard, ${binding ?? 'validationActions: [Deny]'} }
`;
}
