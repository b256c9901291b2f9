/** What may stand in a cluster that decides beside its API server, for rules that look at it. */
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import type { Evidence } from '../core/evidence.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';

export interface SampleCluster {
  /** What is so there, as `namespaces enforce baseline`. */
  readonly what: string;
  readonly objects: ObjectsByKind;
}

const shop = { metadata: { name: 'shop' } };
const asked = {
  operations: ['CREATE', 'CONNECT'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: ['pods', 'pods/exec', 'pods/attach', 'services'],
  scope: '*',
};

const empty: SampleCluster = { what: '', objects: {} };
const clusters: readonly SampleCluster[] = [
  { what: 'no label, webhook or policy decides', objects: { Namespace: [shop] } },
  {
    what: 'namespaces enforce baseline',
    objects: {
      Namespace: [{ metadata: { ...shop.metadata, labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } }],
    },
  },
  {
    what: 'a webhook or a policy is asked',
    objects: {
      Namespace: [shop],
      ValidatingWebhookConfiguration: [
        { metadata: { name: 'guard' }, webhooks: [{ name: 'guard', rules: [asked], failurePolicy: 'Fail' }] },
      ],
    },
  },
];

const withNodes: readonly SampleCluster[] = ['v1.33.4', 'v1.37.1'].map((kubeletVersion) => ({
  what: `kubelets are of ${kubeletVersion}`,
  objects: { Node: [{ metadata: { name: 'a' }, status: { nodeInfo: { kubeletVersion } } }] },
}));

const anybody = [{ kind: 'User', name: 'system:anonymous' }];
const withGrants: readonly SampleCluster[] = [
  { what: 'nothing but the defaults is granted to everybody', objects: {} },
  {
    what: 'a binding grants more to everybody',
    objects: {
      ClusterRoleBinding: [
        { metadata: { name: 'open' }, roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: anybody },
      ],
    },
  },
];

/** One that says nothing of where, for a rule that looks at nothing but evidence. */
export function sampleClustersOf({ reads = [] }: AnyRule): readonly SampleCluster[] {
  if (reads.includes('Node')) return withNodes;
  if (reads.includes('ClusterRoleBinding')) return withGrants;
  return reads.some((source) => source !== 'Evidence') ? clusters : [empty];
}

export function snapshotOf({ objects }: SampleCluster, evidence: Evidence): Snapshot {
  return buildObjectSnapshot({ objects, isWholeCluster: true, evidence });
}
