import { expect } from 'chai';

import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import { project } from '../../../src/core/project.ts';
import { NotObserved } from '../../../src/core/snapshot.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { nameProbeMutators } from '../../../src/rules/lib/probe-mutators.ts';
import { readManifests } from '../../core/yaml-objects.ts';
import { webhook } from './reviewers-yaml.ts';

const namespace = `
kind: Namespace
metadata: { name: merlon-probes, labels: { purpose: probes } }
`;
const selecting = (label: string): string => `namespaceSelector: { matchLabels: { purpose: ${label} } }`;

function snapshotOf(yaml: string): Snapshot {
  const manifests = readManifests(yaml);
  const objects = Object.groupBy(
    manifests.map((manifest) => project(kinds[manifest.kind].shape, manifest)),
    (_object, index) => manifests[index]?.kind ?? 'Pod',
  ) as ObjectsByKind;
  return buildObjectSnapshot({ objects, isWholeCluster: true });
}

describe('who may have changed a pod that was tried', () => {
  it('is whoever changes pods in the namespace of probes', () => {
    const rule = "{ operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods] }";
    expect(nameProbeMutators(snapshotOf(namespace))).to.deep.equal({ read: [] });
    expect(nameProbeMutators(snapshotOf(namespace + webhook('Mutating')))).to.deep.equal({
      read: ['MutatingWebhookConfiguration "engine"'],
    });
    const there = namespace + webhook('Mutating', rule, selecting('probes'));
    expect(nameProbeMutators(snapshotOf(there)))
      .to.have.property('read')
      .with.length(1);
    const elsewhere = namespace + webhook('Mutating', rule, selecting('shop'));
    expect(nameProbeMutators(snapshotOf(elsewhere))).to.deep.equal({ read: [] });
  });

  it('is not known where webhooks may not be read', () => {
    const snapshot: Snapshot = {
      ...snapshotOf(namespace),
      get: () => undefined,
      list: () => {
        throw new NotObserved('MutatingWebhookConfiguration', 'webhooks may not be listed');
      },
    };
    expect(nameProbeMutators(snapshot)).to.have.property('missing').that.includes('webhooks may not be listed');
  });
});
