/**
 * The predefined role view holds it too, so that a policy has to ask for this rule.
 *
 * Source: MITRE ATT&CK, T1552 "Unsecured Credentials".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const configurationRead = definePermissionRule({
  id: 'rbac-configuration-read',
  title: 'Nobody must read the logs and ConfigMaps of others',
  permissions: ['configuration-read'],
  severityReason: 'They hold passwords and tokens that somebody logged, or put there instead of into a Secret.',
  inForce: 'whereEnabled',
  controls: ['nsa/authentication-and-authorization', 'attack/T1552'],
  rationale: 'Logs and ConfigMaps are read by many and hold what should be in Secrets more often than anybody thinks.',
  remediation:
    'Keep credentials in Secrets or in a vault, scan logs for them, and give people logs through a log store that knows who owns what; name the ConfigMaps that an application asks for in resourceNames.',
  advice: 'name the ConfigMaps in resourceNames, and let people read logs where they are collected',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
  - apiGroups: [""]
    resources: [configmaps]
    resourceNames: [own]
    verbs: [get]
`,
  },
});
