import { expect } from 'chai';

import { planNamespace } from '../../../src/uninstall/plan/namespace-plan.ts';
import type { PresentObject } from '../../../src/uninstall/plan/present-object.ts';
import { present, shippedLabels, writtenLabels } from './objects.ts';

const API = 'merlon.dev/v1alpha1';
const place = {
  shipped: { apiVersion: 'v1', kind: 'Namespace', name: 'merlon', isLabelled: true },
  served: { group: '', version: 'v1', plural: 'namespaces' },
  object: present('v1', 'Namespace', 'merlon', { labels: shippedLabels }),
};
const deployment = present('apps/v1', 'Deployment', 'merlon/merlon', { labels: shippedLabels });
const replicaSet = present('apps/v1', 'ReplicaSet', 'merlon/merlon-5d', {
  ownerReferences: [{ uid: deployment.metadata.uid, controller: true }],
});
const ours: readonly PresentObject[] = [
  deployment,
  replicaSet,
  present('v1', 'Pod', 'merlon/merlon-5d-x', { ownerReferences: [{ uid: replicaSet.metadata.uid }] }),
  present('v1', 'ServiceAccount', 'merlon/merlon', { labels: shippedLabels }),
  present('v1', 'ServiceAccount', 'merlon/default'),
  present('v1', 'ConfigMap', 'merlon/kube-root-ca.crt'),
  present('coordination.k8s.io/v1', 'Lease', 'merlon/merlon', { annotations: { 'merlon.dev/trouble': '' } }),
  present(API, 'SecurityPosture', 'merlon/current', { labels: writtenLabels }),
];

describe('the namespace of Merlon', () => {
  it('goes where it holds only what Merlon, and Kubernetes in every namespace, has made', () => {
    const { object, served } = place;
    expect(planNamespace(place, { objects: ours, doubts: [] }, false)).to.deep.equal({
      tasks: [{ kind: 'delete', object, served }],
      notes: [],
    });
  });

  const strangers: readonly (readonly [sentence: string, object: PresentObject, named: string])[] = [
    ['a Secret', present('v1', 'Secret', 'merlon/registry'), 'Secret merlon/registry'],
    ['a policy of people', present(API, 'HardeningPolicy', 'merlon/own'), 'HardeningPolicy merlon/own'],
    [
      'a shipped name without the label',
      present('v1', 'ServiceAccount', 'merlon/merlon'),
      'ServiceAccount merlon/merlon',
    ],
    [
      'what an object elsewhere owns',
      present('v1', 'Pod', 'merlon/mirror', { ownerReferences: [{ uid: 'a node' }] }),
      'Pod merlon/mirror',
    ],
    [
      'a Lease of the same name that is no heartbeat',
      present('coordination.k8s.io/v1', 'Lease', 'merlon/merlon'),
      'Lease merlon/merlon',
    ],
  ];
  for (const [sentence, object, named] of strangers) {
    it(`stays where it holds ${sentence}`, () => {
      expect(planNamespace(place, { objects: [object], doubts: [] }, false)).to.deep.equal({
        tasks: [],
        notes: [{ about: 'Namespace merlon', message: `it holds what is not Merlon's: ${named}` }],
      });
    });
  }

  it('goes with a policy of people where those go with their kinds', () => {
    const own = present(API, 'HardeningPolicy', 'merlon/own');
    expect(planNamespace(place, { objects: [own], doubts: [] }, true).tasks).to.have.length(1);
  });

  it('stays where not all that it holds could be read', () => {
    const doubts = ['you may not list secrets in it: forbidden'];
    expect(planNamespace(place, { objects: ours, doubts }, false)).to.deep.equal({
      tasks: [],
      notes: [
        {
          about: 'Namespace merlon',
          message: "whether it holds what is not Merlon's is not known: you may not list secrets in it: forbidden",
        },
      ],
    });
  });

  it('that is shipped for probes goes by what is shipped for that one', () => {
    const ofProbes = {
      shipped: { apiVersion: 'v1', kind: 'Namespace', name: 'merlon-probes', isLabelled: true },
      served: place.served,
      object: present('v1', 'Namespace', 'merlon-probes', { labels: shippedLabels }),
    };
    const role = present('rbac.authorization.k8s.io/v1', 'Role', 'merlon-probes/merlon-probes', {
      labels: shippedLabels,
    });
    const account = present('v1', 'ServiceAccount', 'merlon-probes/default');
    expect(planNamespace(ofProbes, { objects: [role, account], doubts: [] }, false).tasks).to.have.length(1);

    const ofOperator = present('v1', 'ServiceAccount', 'merlon-probes/merlon', { labels: shippedLabels });
    expect(planNamespace(ofProbes, { objects: [ofOperator], doubts: [] }, false).tasks).to.deep.equal([]);
  });

  it('stays where config/ did not make it', () => {
    const made = { ...place, object: present('v1', 'Namespace', 'kube-system') };
    const { tasks, notes } = planNamespace(made, { objects: [], doubts: [] }, true);
    expect([tasks, notes.map(({ about }) => about)]).to.deep.equal([[], ['Namespace kube-system']]);
  });
});
