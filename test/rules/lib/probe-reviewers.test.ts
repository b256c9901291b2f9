import { expect } from 'chai';

import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import { project } from '../../../src/core/project.ts';
import { NotObserved } from '../../../src/core/snapshot.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { nameProbeReviewers } from '../../../src/rules/lib/probe-reviewers.ts';
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

describe('who else has a say about a pod that is tried', () => {
  const rule = "{ operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods] }";
  const read = (yaml: string) => nameProbeReviewers(snapshotOf(namespace + yaml));
  const engine = 'MutatingWebhookConfiguration "engine"';

  it('is whoever changes pods in the namespace of probes', () => {
    expect(read('')).to.deep.equal({ read: { mutators: [], webhooks: [] } });
    expect(read(webhook('Mutating'))).to.deep.equal({ read: { mutators: [engine], webhooks: [engine] } });
    expect(read(webhook('Mutating', rule, selecting('probes'))))
      .to.have.nested.property('read.mutators')
      .with.length(1);
    expect(read(webhook('Mutating', rule, selecting('shop')))).to.deep.equal({ read: { mutators: [], webhooks: [] } });
  });

  it('is whoever may warn of them', () => {
    expect(read(webhook('Validating'))).to.deep.equal({
      read: { mutators: [], webhooks: ['ValidatingWebhookConfiguration "engine"'] },
    });
  });

  it('is not known where a configuration is malformed', () => {
    const broken = '\n---\nkind: MutatingWebhookConfiguration\nmetadata: { name: engine }\nwebhooks: [{ rules: 7 }]\n';
    expect(read(broken)).to.have.property('missing').that.includes('rules');
  });

  it('is not known where webhooks may not be read', () => {
    const snapshot: Snapshot = {
      ...snapshotOf(namespace),
      get: () => undefined,
      list: () => {
        throw new NotObserved('MutatingWebhookConfiguration', 'webhooks may not be listed');
      },
    };
    expect(nameProbeReviewers(snapshot)).to.have.property('missing').that.includes('webhooks may not be listed');
  });
});
