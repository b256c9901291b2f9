/**
 * What is read of webhooks and admission policies: which requests they are asked about, whether they can refuse, and where
 * webhooks are asked. What they do nobody can tell from outside, and conditions in CEL are not weighed; the text of a
 * policy is read to see whether it is one that Merlon printed.
 *
 * Source: k8s.io/api v0.37.2, admissionregistration/v1 (v1beta1 and v1alpha1 have the same fields and numbers).
 */
import { classifyCaBundle } from './ca-bundle.ts';
import { classified, inline, integer32, list, message, pointer, required, string, stringMap, value } from './shape.ts';
import type { Infer } from './shape.ts';

export const labelSelector = message({
  matchLabels: value(1, stringMap),
  matchExpressions: value(
    2,
    list(message({ key: required(1, string), operator: required(2, string), values: value(3, list(string)) })),
  ),
});

/** What it takes to know that a request is asked about, and not only that it may be. */
const validatedRule = message({
  operations: value(1, list(string)),
  rule: inline(
    2,
    message({
      apiGroups: value(1, list(string)),
      apiVersions: value(2, list(string)),
      resources: value(3, list(string)),
      scope: pointer(4, string),
    }),
  ),
});

const namedExpressions = list(message({ name: required(1, string), expression: required(2, string) }));

/** What the two kinds of webhooks have in common, under the same numbers. */
const webhookFields = {
  name: required(1, string),
  clientConfig: value(
    2,
    message({
      service: pointer(
        1,
        message({ namespace: required(1, string), name: required(2, string), port: pointer(4, integer32) }),
      ),
      caBundle: value(2, classified(classifyCaBundle)),
      url: pointer(3, string),
    }),
  ),
  rules: value(3, list(validatedRule)),
  failurePolicy: pointer(4, string),
  namespaceSelector: pointer(5, labelSelector),
  timeoutSeconds: pointer(7, integer32),
} as const;

export const mutatingWebhook = message({
  ...webhookFields,
  reinvocationPolicy: pointer(10, string),
  objectSelector: pointer(11, labelSelector),
  matchConditions: value(12, namedExpressions),
});
export const validatingWebhook = message({
  ...webhookFields,
  objectSelector: pointer(10, labelSelector),
  matchConditions: value(11, namedExpressions),
});

const namedRules = list(
  message({ resourceNames: value(1, list(string)), ruleWithOperations: inline(2, validatedRule) }),
);

const validatedResources = message({
  namespaceSelector: pointer(1, labelSelector),
  objectSelector: pointer(2, labelSelector),
  resourceRules: value(3, namedRules),
  excludeResourceRules: value(4, namedRules),
  matchPolicy: pointer(7, string),
});

/** All that decides what the policy refuses, so that it can be compared with one that is known. */
export const validatingPolicySpec = message({
  paramKind: pointer(1, message({ apiVersion: value(1, string), kind: value(2, string) })),
  matchConstraints: pointer(2, validatedResources),
  validations: value(3, list(message({ expression: required(1, string) }))),
  failurePolicy: pointer(4, string),
  matchConditions: value(6, namedExpressions),
  variables: value(7, namedExpressions),
});
export const validatingPolicyBindingSpec = message({
  policyName: value(1, string),
  paramRef: pointer(
    2,
    message({ name: value(1, string), namespace: value(2, string), selector: pointer(3, labelSelector) }),
  ),
  matchResources: pointer(3, validatedResources),
  validationActions: value(4, list(string)),
});

const ofPatch = message({ expression: value(1, string) });

/** All that decides what the policy sets, for the same reason. */
export const mutatingPolicySpec = message({
  paramKind: pointer(1, message({ apiVersion: value(1, string), kind: value(2, string) })),
  matchConstraints: pointer(2, validatedResources),
  variables: value(3, namedExpressions),
  mutations: value(
    4,
    list(
      message({
        patchType: value(2, string),
        applyConfiguration: pointer(3, ofPatch),
        jsonPatch: pointer(4, ofPatch),
      }),
    ),
  ),
  failurePolicy: pointer(5, string),
  matchConditions: value(6, namedExpressions),
  reinvocationPolicy: value(7, string),
});
export const mutatingPolicyBindingSpec = message({
  policyName: value(1, string),
  matchResources: pointer(3, validatedResources),
});

export type Webhook = Infer<typeof validatingWebhook>;
export type ValidatedRule = Infer<typeof validatedRule>;
export type ValidatedResources = Infer<typeof validatedResources>;

/** The oldest minor version of Kubernetes 1 that serves ValidatingAdmissionPolicies in v1. Source: KEP-3488. */
export const OLDEST_POLICY_MINOR = 30;
