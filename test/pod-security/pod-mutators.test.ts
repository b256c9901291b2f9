import { expect } from 'chai';

import { findMutation } from '../../src/pod-security/pod-mutators.ts';
import type { NextPods } from '../../src/pod-security/pod-mutators.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const pods: NextPods = {
  namespaceLabels: { 'kubernetes.io/metadata.name': 'shop', team: 'a' },
  makerKind: 'StatefulSet',
  labels: { app: 'web' },
};

function find(yaml: string, some: Partial<NextPods> = {}): string | undefined {
  return findMutation(snapshotOf(yaml), { ...pods, ...some });
}

/** @param webhook the fields of the one webhook */
function webhook(fields: string): string {
  return `{ kind: MutatingWebhookConfiguration, webhooks: [${fields}] }`;
}

const onPods = "rules: [{ operations: [CREATE], apiGroups: [''], resources: [pods] }]";

const BY_WEBHOOK = 'a mutating webhook may change such pods when they are created';
const BY_POLICY = 'a MutatingAdmissionPolicy may change such pods when they are created';

describe('pods are changed on their way in', () => {
  const matching: readonly (readonly [name: string, webhook: string, pods?: Partial<NextPods>])[] = [
    ['by a webhook on pods', `{ ${onPods} }`],
    ['by a webhook on everything', `{ rules: [{ operations: ['*'], apiGroups: ['*'], resources: ['*'] }] }`],
    [
      'by a webhook on everything and its subresources',
      `{ rules: [{ operations: ['*'], apiGroups: ['*'], resources: ['*/*'] }] }`,
    ],
    [
      'by a webhook on pods and their subresources',
      `{ rules: [{ operations: [CREATE], apiGroups: [''], resources: ['pods/*'] }] }`,
    ],
    ['by the second of two webhooks', `{ rules: [] }, { ${onPods} }`],
    ['by a webhook that selects the namespace', `{ ${onPods}, namespaceSelector: { matchLabels: { team: a } } }`],
    [
      'by a webhook that selects namespaces, where the labels of this one are not known',
      `{ ${onPods}, namespaceSelector: { matchLabels: { team: b } } }`,
      { namespaceLabels: undefined },
    ],
    [
      'by a webhook that selects the pods',
      `{ ${onPods}, objectSelector: { matchExpressions: [{ key: app, operator: Exists }] } }`,
    ],
    [
      'by a webhook that selects pods, where their labels are not known',
      `{ ${onPods}, objectSelector: { matchLabels: { app: other } } }`,
      { labels: undefined },
    ],
    [
      'by a webhook that selects pods by a label that their controller adds',
      `{ ${onPods}, objectSelector: { matchLabels: { pod-template-hash: abc }, matchExpressions: [{ key: batch.kubernetes.io/job-name, operator: DoesNotExist }] } }`,
    ],
    [
      'by a webhook on the ReplicaSets that a Deployment makes, whatever labels it selects',
      `{ rules: [{ operations: [CREATE], apiGroups: [apps], resources: [replicasets] }], objectSelector: { matchLabels: { app: other } } }`,
      { makerKind: 'Deployment' },
    ],
    [
      'by a webhook on the Jobs that a CronJob makes',
      `{ rules: [{ operations: [CREATE], apiGroups: [batch], resources: [jobs] }] }`,
      { makerKind: 'CronJob' },
    ],
    ['by a webhook that cannot be read', `{ rules: [{ operations: CREATE }] }`],
  ];
  for (const [name, fields, some] of matching) {
    it(name, () => {
      expect(find(webhook(fields), some)).to.equal(BY_WEBHOOK);
    });
  }

  const sparing: readonly (readonly [name: string, webhook: string, pods?: Partial<NextPods>])[] = [
    ['a webhook on something else', `{ rules: [{ operations: [CREATE], apiGroups: [''], resources: [services] }] }`],
    [
      'a webhook on pods of another API group',
      `{ rules: [{ operations: [CREATE], apiGroups: [metrics.k8s.io], resources: [pods] }] }`,
    ],
    [
      'a webhook on the status of pods',
      `{ rules: [{ operations: [CREATE], apiGroups: [''], resources: [pods/status] }] }`,
    ],
    [
      'a webhook that is asked when pods change',
      `{ rules: [{ operations: [UPDATE, DELETE, CONNECT], apiGroups: [''], resources: [pods] }] }`,
    ],
    ['a webhook for other namespaces', `{ ${onPods}, namespaceSelector: { matchLabels: { team: b } } }`],
    ['a webhook for other pods', `{ ${onPods}, objectSelector: { matchLabels: { inject: 'true' } } }`],
    ['a webhook without rules', '{}'],
    [
      'a webhook on Jobs, for pods that no Job makes',
      `{ rules: [{ operations: [CREATE], apiGroups: [batch], resources: [jobs] }] }`,
      { makerKind: 'Deployment' },
    ],
  ];
  for (const [name, fields, some] of sparing) {
    it(`but not by ${name}`, () => {
      expect(find(webhook(fields), some)).to.equal(undefined);
    });
  }

  it('by nothing, where there is nothing', () => {
    expect(find('')).to.equal(undefined);
    expect(find('{ kind: MutatingWebhookConfiguration }')).to.equal(undefined);
  });
});

describe('a MutatingAdmissionPolicy', () => {
  const constraints = "resourceRules: [{ operations: [CREATE], apiGroups: [''], resources: [pods] }]";
  const policy = (match: string): string => `
kind: MutatingAdmissionPolicy
metadata: { name: defaults }
spec: { matchConstraints: { ${match} } }
---`;
  const binding = (spec: string): string => `
kind: MutatingAdmissionPolicyBinding
spec: { policyName: defaults, ${spec} }
---`;

  it('changes pods where it is bound', () => {
    expect(find(policy(constraints) + binding(''))).to.equal(BY_POLICY);
    expect(
      find(policy(constraints) + binding('matchResources: { namespaceSelector: { matchLabels: { team: a } } }')),
    ).to.equal(BY_POLICY);
  });

  it('changes nothing without a binding', () => {
    expect(find(policy(constraints))).to.equal(undefined);
    expect(find(policy(constraints) + binding('').replace('policyName: defaults', 'policyName: others'))).to.equal(
      undefined,
    );
  });

  it('changes nothing in namespaces, or on pods, that it or its binding does not select', () => {
    const elsewhere = 'namespaceSelector: { matchLabels: { team: b } }';
    const others = 'objectSelector: { matchLabels: { app: other } }';
    for (const selector of [elsewhere, others]) {
      expect(find(policy(`${constraints}, ${selector}`) + binding(''))).to.equal(undefined);
      expect(find(policy(constraints) + binding(`matchResources: { ${selector} }`))).to.equal(undefined);
    }
  });

  it('changes nothing where its binding is about something else', () => {
    const services =
      "matchResources: { resourceRules: [{ operations: ['*'], apiGroups: [''], resources: [services] }] }";
    expect(find(policy(constraints) + binding(services))).to.equal(undefined);
  });
});

describe('what may change pods and cannot be read', () => {
  it('counts as changing them', () => {
    const bound = `{ kind: MutatingAdmissionPolicy, metadata: { name: a }, spec: { matchConstraints: {} } }\n---\n`;
    expect(find('{ kind: MutatingWebhookConfiguration, webhooks: 5 }')).to.equal(BY_WEBHOOK);
    expect(find('{ kind: MutatingAdmissionPolicy, spec: [] }')).to.equal(BY_POLICY);
    expect(find(`${bound}{ kind: MutatingAdmissionPolicyBinding, spec: none }`)).to.equal(BY_POLICY);
  });
});

describe('whether pods are changed is not known', () => {
  for (const source of [
    'MutatingWebhookConfiguration',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ] as const) {
    it(`without the right to list objects of kind ${source}`, () => {
      const snapshot = snapshotOf('', { missing: [{ source, state: 'forbidden', message: 'grant it' }] });
      expect(findMutation(snapshot, pods)).to.equal(
        'whether anything changes pods when they are created is not known (grant it)',
      );
    });
  }
});
