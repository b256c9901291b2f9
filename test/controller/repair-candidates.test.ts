import { expect } from 'chai';

import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { findFinding, gatherCandidates, printAddress } from '../../src/controller/repair-candidates.ts';
import type { Finding } from '../../src/core/finding.ts';
import { rules } from '../../src/rules/index.ts';
import { defaultTokenMount as rule } from '../../src/rules/service-account/default-token-mount.ts';

const subject = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' };
const name = 'service-account-default-token-mount.serviceaccount.default';
const managed = { 'app.kubernetes.io/managed-by': 'merlon' };
const scope = { scope: 'namespace/shop' as const, ownNamespace: 'merlon', rules };

function finding(outcome: Finding['outcome'], of = subject): Finding {
  return { rule, severity: 'medium', outcome, subject: of, message: '', violations: [] };
}

function record(
  target = subject,
  { namespace = 'shop', labels = managed }: { namespace?: string; labels?: Readonly<Record<string, string>> } = {},
): HardeningRemediation {
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'HardeningRemediation',
    metadata: { name, namespace, labels },
    status: { state: 'Applied', rule: rule.id, target: { ...target, uid: 'u', display: '' } },
  };
}

describe('the repairs of a namespace', () => {
  it('are those of what was found, and those that have a record', () => {
    const { repairs } = gatherCandidates({ ...scope, findings: [finding('fail')], records: [] });
    expect(repairs.map(({ address }) => printAddress(address))).to.deep.equal([`shop/${name}`]);
    const [recorded] = gatherCandidates({ ...scope, findings: [], records: [record()] }).repairs;
    expect(recorded).to.deep.include({ subject, finding: undefined, record: record() });
  });

  it('know that nothing is known where the accounts could not be listed', () => {
    const unlisted = finding('unknown', { ...subject, name: '*' });
    const [recorded] = gatherCandidates({ ...scope, findings: [unlisted], records: [record()] }).repairs;
    expect(recorded?.finding).to.equal(unlisted);
    expect(findFinding([unlisted], { rule, subject })).to.equal(unlisted);
  });

  it('are none of what a record says that has another name, or stands elsewhere', () => {
    for (const forged of [record({ ...subject, name: 'web' }), record({ ...subject, namespace: 'bank' })]) {
      const { repairs, strangers } = gatherCandidates({ ...scope, findings: [], records: [forged] });
      expect(repairs.filter(({ record: own }) => own !== undefined)).to.deep.equal([]);
      expect(strangers).to.deep.equal([forged]);
    }
  });

  it('leave alone a record without a status that Merlon did not make, or in which somebody asks for something', () => {
    const { status: _status, ...empty } = record();
    const foreign = { ...empty, metadata: { ...empty.metadata, labels: {} } };
    const asking = { ...empty, spec: { action: 'Approve' as const } };
    for (const one of [foreign, asking]) {
      expect(gatherCandidates({ ...scope, findings: [finding('fail')], records: [one] }).strangers).to.deep.equal([
        one,
      ]);
    }
    expect(gatherCandidates({ ...scope, findings: [finding('fail')], records: [empty] }).strangers).to.deep.equal([]);
  });
});
