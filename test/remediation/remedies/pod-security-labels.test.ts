import { expect } from 'chai';

import type { ObjectSnapshotOptions } from '../../../src/core/object-snapshot.ts';
import type { PlannedRepair } from '../../../src/remediation/planned-repair.ts';
import { podSecurityLabelsRemedy } from '../../../src/remediation/remedies/pod-security-labels.ts';
import { podSecurityLevel } from '../../../src/rules/namespace/pod-security-level.ts';
import { planOf } from '../repaired-yaml.ts';

const prefix = 'pod-security.kubernetes.io/';

function namespace(labels: Readonly<Record<string, string>> = {}): string {
  const written = Object.entries(labels).map(([mode, level]) => `${prefix}${mode}: ${level}`);
  return `---
kind: Namespace
metadata: { name: shop, uid: u, labels: { ${written.join(', ')} } }
`;
}
const baselinePod = `---
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web }] }
`;
const privilegedPod = `---
kind: Pod
metadata: { name: agent, namespace: shop }
spec: { hostNetwork: true, containers: [{ name: agent }] }
`;

function plan(
  yaml: string,
  options: Partial<Omit<ObjectSnapshotOptions, 'objects'>> = { podSecurityVersion: 37 },
): PlannedRepair | undefined {
  return planOf(podSecurityLabelsRemedy, { rule: podSecurityLevel, yaml, violations: [] }, options);
}

function labelsOf(planned: PlannedRepair | undefined): Readonly<Record<string, string>> {
  const labels = Object.entries(planned?.patch.metadata?.labels ?? {});
  return Object.fromEntries(labels.map(([label, level]) => [label.slice(prefix.length), level]));
}

describe('the labels of a namespace', () => {
  it('enforce restricted where everything passes it, and warn of it by that', () => {
    const planned = plan(namespace());
    expect(labelsOf(planned)).to.deep.equal({ enforce: 'restricted', 'enforce-version': 'v1.37', audit: 'restricted' });
    expect(planned?.risks.map(({ kind }) => kind)).to.deep.equal(['Stated']);
    expect(planned?.fields[0]).to.deep.include({
      path: `metadata.labels["${prefix}enforce"]`,
      keys: ['metadata', 'labels', `${prefix}enforce`],
      before: undefined,
      after: 'restricted',
    });
  });

  it('enforce no more than is passed, and only with approval where the default may be stricter', () => {
    const planned = plan(namespace() + baselinePod);
    expect(labelsOf(planned)).to.deep.equal({
      enforce: 'baseline',
      'enforce-version': 'v1.37',
      warn: 'restricted',
      audit: 'restricted',
    });
    expect(planned?.risks[0]).to.include({ kind: 'RiskUnknown' });
    expect(planned?.risks[0]?.message).to.match(/default, which nobody can see, may be stricter than baseline/);
  });

  it('that say privileged are known to be weaker than what is passed', () => {
    const planned = plan(namespace({ enforce: 'privileged' }) + baselinePod);
    expect(labelsOf(planned)).to.include({ enforce: 'baseline' });
    expect(planned?.risks.map(({ kind }) => kind)).to.deep.equal(['Stated']);
  });

  it('only warn and audit where something is in the way, and name it', () => {
    const planned = plan(namespace() + privilegedPod);
    expect(labelsOf(planned)).to.deep.equal({ warn: 'restricted', audit: 'restricted' });
    expect(planned?.remark).to.match(/not everything passes baseline: Pod "agent" would be refused/);
    expect(planned?.risks).to.deep.equal([]);
  });

  it('only warn and audit where it is not known whether everything passes', () => {
    const planned = plan(namespace() + baselinePod, {
      podSecurityVersion: 37,
      missing: [{ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' }],
    });
    expect(labelsOf(planned)).to.deep.equal({ warn: 'restricted', audit: 'restricted' });
    expect(planned?.remark).to.match(/it is not known whether everything passes: pods could not be listed/);
  });

  it('that are as strict as can be are left alone, and so is a version that somebody chose', () => {
    const strict = namespace({ warn: 'restricted', audit: 'restricted', 'enforce-version': 'latest' });
    expect(labelsOf(plan(strict))).to.deep.equal({ enforce: 'restricted' });
    expect(plan(strict + privilegedPod)).to.equal(undefined);
  });

  it('only ever change in fields that a repair may write, and never back to a value of a record', () => {
    const paths = (plan(namespace() + baselinePod)?.fields ?? []).map(({ keys }) => keys);
    expect(podSecurityLabelsRemedy.fields).to.deep.include.members(paths);
    expect(podSecurityLabelsRemedy.isRestorable(['metadata', 'labels', `${prefix}enforce`], 'privileged')).to.equal(
      false,
    );
    expect(podSecurityLabelsRemedy.needsGuard).to.equal(true);
  });
});
