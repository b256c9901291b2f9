/**
 * The predefined roles admin and edit hold it too and events are no audit log, so that a policy has to ask for this
 * rule.
 *
 * Source: MITRE ATT&CK, T1070 "Indicator Removal"; Kubernetes API reference, "Event".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const eventsForge = definePermissionRule({
  id: 'rbac-events-forge',
  title: 'Nobody must delete events',
  permissions: ['events-forge'],
  severityReason: 'Events are traces, and whoever deletes them hides what they did.',
  inForce: 'whereEnabled',
  controls: ['nsa/authentication-and-authorization', 'attack/T1070'],
  rationale:
    'Events tell who pulled, killed and rescheduled what. To create them is the work of every controller; to delete them is not, as they expire by themselves.',
  remediation:
    'Remove the verbs delete and deletecollection, and ship events and the audit log to a place outside of the cluster.',
  advice: 'remove the verbs delete and deletecollection',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: recorder }
rules:
  - apiGroups: [""]
    resources: [events]
    verbs: [delete]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: recorder }
rules:
  - apiGroups: [events.k8s.io]
    resources: [events]
    verbs: [create, patch]
`,
  },
});
