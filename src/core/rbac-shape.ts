/** What is kept of roles and bindings. Source: k8s.io/api v0.37.2 (rbac/v1). */
import { labelSelector } from './admission-shape.ts';
import { objectMeta } from './metadata-shape.ts';
import { list, message, pointer, required, string, value } from './shape.ts';
import type { Infer } from './shape.ts';

const policyRule = message({
  verbs: required(1, list(string)),
  apiGroups: value(2, list(string)),
  resources: value(3, list(string)),
  resourceNames: value(4, list(string)),
  nonResourceURLs: value(5, list(string)),
});

const rbacSubject = message({
  kind: required(1, string),
  apiGroup: value(2, string),
  name: required(3, string),
  namespace: value(4, string),
});

const roleRef = message({ apiGroup: value(1, string), kind: required(2, string), name: required(3, string) });

export const role = message({ metadata: required(1, objectMeta), rules: value(2, list(policyRule)) });

/** An aggregated role has the rules of others, once the controller manager has filled them in: files do not hold them. */
export const clusterRole = message({
  ...role.fields,
  aggregationRule: pointer(3, message({ clusterRoleSelectors: value(1, list(labelSelector)) })),
});

export const binding = message({
  metadata: required(1, objectMeta),
  subjects: value(2, list(rbacSubject)),
  roleRef: required(3, roleRef),
});

export type PolicyRule = Infer<typeof policyRule>;
export type RbacSubject = Infer<typeof rbacSubject>;
export type RoleRef = Infer<typeof roleRef>;
