/**
 * What is read of mutating webhooks and policies: which objects they are asked about. Not what they do, which nobody can
 * tell from outside; nor the conditions in CEL that may spare an object.
 *
 * Source: k8s.io/api v0.37.2, admissionregistration/v1 (v1beta1 and v1alpha1 have the same fields and numbers).
 */
import { inline, list, message, pointer, required, string, stringMap, value } from './shape.ts';
import type { Infer } from './shape.ts';

export const labelSelector = message({
  matchLabels: value(1, stringMap),
  matchExpressions: value(
    2,
    list(message({ key: required(1, string), operator: required(2, string), values: value(3, list(string)) })),
  ),
});

const admissionRule = message({
  operations: value(1, list(string)),
  rule: inline(2, message({ apiGroups: value(1, list(string)), resources: value(3, list(string)) })),
});

export const mutatingWebhook = message({
  rules: value(3, list(admissionRule)),
  namespaceSelector: pointer(5, labelSelector),
  objectSelector: pointer(11, labelSelector),
});

const matchResources = message({
  namespaceSelector: pointer(1, labelSelector),
  objectSelector: pointer(2, labelSelector),
  resourceRules: value(3, list(message({ ruleWithOperations: inline(2, admissionRule) }))),
});

export const mutatingPolicySpec = message({ matchConstraints: pointer(2, matchResources) });
export const mutatingPolicyBindingSpec = message({
  policyName: value(1, string),
  matchResources: pointer(3, matchResources),
});

export type AdmissionRule = Infer<typeof admissionRule>;
export type MatchResources = Infer<typeof matchResources>;
