/**
 * A webhook that fails closed stops whatever it is asked about while it does not answer. Where that is what the cluster
 * needs to bring it back, nothing does so by itself: its own pods, those of kube-system, nodes and their leases.
 *
 * Roles and bindings are no part of it: to guard them is what webhooks are for, and webhook configurations themselves are
 * sent to no webhook, so that administrators can always take one away.
 *
 * Source: Kubernetes "Admission Webhook Good Practices" (avoid deadlocks, exclude kube-system and node leases);
 * k8s.io/apiserver v0.37.2, pkg/admission/plugin/webhook/predicates/{rules,namespace}.
 */
import type { Webhook } from '../../core/admission-shape.ts';
import { matchesSelector, selectorProblem } from '../../core/label-selector.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { isAbout } from '../lib/asked-requests.ts';
import type { AskedRequest } from '../lib/asked-requests.ts';
import { selectsNamespace } from '../lib/namespace-labels.ts';

interface Need {
  /** Read after "also about". */
  readonly what: string;
  readonly request: AskedRequest;
  /** Absent of what has none: there a namespaceSelector leaves nothing out. */
  readonly namespace?: string;
  /** Labels by which it may be asked for, besides none: each alone. */
  readonly labels?: readonly Readonly<Record<string, string>>[];
}

export const controlPlane = defineRule({
  id: 'webhook-control-plane',
  title: 'A webhook that fails closed must leave out what the cluster needs to run',
  severity: 'medium',
  severityReason: 'It takes a webhook that does not answer; then the cluster does not recover by itself.',
  subject: 'WebhookConfiguration',
  reads: ['Namespace'],
  controls: ['kubernetes/admission-webhook-good-practices'],
  rationale:
    'While such a webhook does not answer, neither its own pods nor the network and the DNS of the cluster can be started, or nodes count as lost: one pod that was evicted stops everything, and whoever wants that has to stop only that one.',
  remediation:
    'Leave out kube-system, kube-node-lease and the namespace of the webhook itself with a namespaceSelector on kubernetes.io/metadata.name, and name in rules only the resources that it decides about: no "*", which also holds leases, nodes and events.',
  example: {
    fails: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: everything.guard.example.com
    failurePolicy: Fail
    clientConfig: { service: { namespace: guard, name: guard } }
    rules:
      - { operations: ["*"], apiGroups: ["*"], apiVersions: ["*"], resources: ["*"] }
    sideEffects: None
    admissionReviewVersions: [v1]
`,
    passes: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    failurePolicy: Fail
    clientConfig: { service: { namespace: guard, name: guard } }
    namespaceSelector:
      matchExpressions:
        - { key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, guard] }
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
      if (webhook.failurePolicy === 'Ignore') continue;
      const { stopped, perhaps } = findStopped(webhook, snapshot);
      if (stopped.length > 0) {
        const message = `webhook "${webhook.name}" refuses what it is asked about while it does not answer, and it is asked also about ${stopped.join(', ')}; leave that out by narrower rules or a namespaceSelector on kubernetes.io/metadata.name`;
        violations.push(violation(`webhooks[${index}].rules`, undefined, message));
      } else if (perhaps !== undefined) doubt ??= `webhook "${webhook.name}" is asked also about ${perhaps}`;
    }
    return violations.length === 0 && doubt !== undefined ? unknown(doubt) : violations;
  },
});

/** @throws {NotObserved} */
function findStopped(
  webhook: Webhook,
  snapshot: Snapshot,
): { readonly stopped: readonly string[]; readonly perhaps?: string } {
  const { rules = [], namespaceSelector, objectSelector, matchConditions = [] } = webhook;
  for (const [field, selector = {}] of Object.entries({ namespaceSelector, objectSelector })) {
    const problem = selectorProblem(selector);
    if (problem !== undefined) return { stopped: [], perhaps: `what nobody can tell, as its ${field} ${problem}` };
  }
  const stopped: string[] = [];
  let perhaps: string | undefined;
  for (const { what, request, namespace, labels = [] } of needsOf(webhook)) {
    if (!rules.some((rule) => isAbout(rule, request))) continue;
    // What asks for certain labels spares what has none of them.
    if (objectSelector !== undefined && ![{}, ...labels].some((each) => matchesSelector(objectSelector, each)))
      continue;
    const isSelected = namespace === undefined || selectsNamespace(namespaceSelector, namespace, snapshot);
    if (isSelected === false) continue;
    if (isSelected === undefined) {
      perhaps ??= `${what}, unless labels of namespace "${namespace ?? ''}" leave it out, which are not among the files`;
    } else if (matchConditions.length > 0) {
      perhaps ??= `${what}, unless its matchConditions leave that out, which cannot be told from outside`;
    } else stopped.push(what);
  }
  return perhaps === undefined ? { stopped } : { stopped, perhaps };
}

const pods = { operation: 'CREATE', group: '', resource: 'pods', scope: 'Namespaced' } as const;
const leases = {
  operation: 'UPDATE',
  group: 'coordination.k8s.io',
  resource: 'leases',
  scope: 'Namespaced',
} as const;
const nodes = { operation: 'CREATE', group: '', resource: 'nodes', scope: 'Cluster' } as const;

const KUBE_SYSTEM = 'kube-system';
/** As kubeadm and the kubelet write them. */
const labelsOfNodes = [{ 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' }];
const labelsOfPods = [{ 'k8s-app': 'kube-dns' }, { 'k8s-app': 'kube-proxy' }, { tier: 'control-plane' }];

const needsOfAll: readonly Need[] = [
  { what: 'pods of kube-system', request: pods, namespace: KUBE_SYSTEM, labels: labelsOfPods },
  { what: 'where pods of kube-system run', request: { ...pods, resource: 'pods/binding' }, namespace: KUBE_SYSTEM },
  {
    what: 'tokens for pods of kube-system',
    request: { ...pods, resource: 'serviceaccounts/token' },
    namespace: KUBE_SYSTEM,
  },
  { what: 'leases of the control plane', request: leases, namespace: KUBE_SYSTEM },
  { what: 'leases of nodes', request: leases, namespace: 'kube-node-lease' },
  { what: 'nodes that join', request: nodes, labels: labelsOfNodes },
  {
    what: 'the status of nodes',
    request: { ...nodes, operation: 'UPDATE', resource: 'nodes/status' },
    labels: labelsOfNodes,
  },
  {
    what: 'whether a token is valid',
    request: { ...nodes, group: 'authentication.k8s.io', resource: 'tokenreviews' },
  },
];

function needsOf({ clientConfig }: Webhook): readonly Need[] {
  const home = clientConfig?.service?.namespace;
  if (home === undefined || home === KUBE_SYSTEM) return needsOfAll;
  return [...needsOfAll, { what: `pods of "${home}", where it runs itself`, request: pods, namespace: home }];
}
