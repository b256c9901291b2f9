/**
 * A pod that nobody owns is not started again when its node is lost, and nobody brings a new version of it: what was
 * started by hand is forgotten by hand.
 *
 * Source: https://kubernetes.io/docs/concepts/configuration/overview/#naked-pods-vs-replicasets-deployments-and-jobs.
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { apiVersionOf, kinds } from '../../core/kinds.ts';
import { MIRROR_ANNOTATION } from '../../core/pod-shape.ts';

export const naked = defineRule({
  id: 'pod-naked',
  title: 'Pods must be run by a controller',
  severity: 'low',
  severityReason: 'It is a matter of order: such a pod is no danger by itself, but nobody keeps it up to date.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  // Who owns a pod is not in its template.
  reads: ['Pod'],
  controls: ['kubernetes/configuration-best-practices'],
  rationale:
    'A pod without an owner is gone with its node and stays as it was started: patches reach a Deployment, and whoever looks for what runs looks there.',
  remediation:
    'Run it by a Deployment, StatefulSet, DaemonSet or Job; delete what was started by hand to try something out.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, { subject }) {
    // A kind of somebody else may be called Pod, too.
    if (subject.kind !== 'Pod' || subject.apiVersion !== apiVersionOf(kinds.Pod)) return [];
    if (pod.metadata?.annotations?.[MIRROR_ANNOTATION] !== undefined) {
      return notApplicable('a static pod is run by the kubelet of its node');
    }
    return [
      violation(
        'metadata.ownerReferences',
        undefined,
        'no controller runs the pod; create a Deployment, StatefulSet, DaemonSet or Job instead',
      ),
    ];
  },
});
