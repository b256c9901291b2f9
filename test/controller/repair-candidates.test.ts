import { expect } from 'chai';

import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { findFinding, gatherCandidates, printAddress } from '../../src/controller/repair-candidates.ts';
import type { Finding } from '../../src/core/finding.ts';
import { rules } from '../../src/rules/index.ts';
import { anonymousGrants } from '../../src/rules/rbac/anonymous-grants.ts';
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

describe('the repairs of the cluster', () => {
  const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'open-door' };
  const cluster = { scope: 'cluster' as const, ownNamespace: 'merlon', rules };
  const metadata = { name: 'rbac-anonymous-grants.clusterrolebinding.open-door', namespace: 'merlon', labels: managed };
  const found: Finding = { ...finding('fail'), rule: anonymousGrants, subject: binding };
  const own: HardeningRemediation = {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'HardeningRemediation',
    metadata,
    status: { state: 'Proposed', rule: anonymousGrants.id, target: { ...binding, uid: 'u', display: '' } },
  };

  it('have their records in the namespace of Merlon, where those of others are no strangers', () => {
    const shop = { apiVersion: 'v1', kind: 'Namespace', name: 'shop', uid: 'u', display: '' };
    const ofNamespace = { ...own, status: { ...own.status, target: shop } };
    const { repairs, strangers } = gatherCandidates({ ...cluster, findings: [found], records: [ofNamespace, own] });
    expect(repairs.map(({ address, record: known }) => [printAddress(address), known])).to.deep.equal([
      [`merlon/${metadata.name}`, own],
    ]);
    expect(strangers).to.deep.equal([]);
    const ofMerlon = gatherCandidates({ ...scope, scope: 'namespace/merlon', findings: [], records: [own] });
    expect(ofMerlon).to.deep.include({ repairs: [], strangers: [] });
  });

  it('are none of what a record says that has another name', () => {
    const forged = { ...own, metadata: { ...metadata, name: 'other' } };
    const { repairs, strangers } = gatherCandidates({ ...cluster, findings: [], records: [forged] });
    expect(repairs.filter(({ record: known }) => known !== undefined)).to.deep.equal([]);
    expect(strangers).to.deep.equal([forged]);
  });

  it('take a record without a status for their own by its name, where Merlon made it', () => {
    const { status: _status, ...empty } = own;
    const foreign = { ...empty, metadata: { ...metadata, labels: {} } };
    const [repair] = gatherCandidates({ ...cluster, findings: [found], records: [empty] }).repairs;
    expect(repair?.record).to.equal(empty);
    expect(gatherCandidates({ ...cluster, findings: [found], records: [foreign] }).strangers).to.deep.equal([foreign]);
  });

  it('know that nothing is known where the bindings could not be listed', () => {
    const unlisted = { ...found, outcome: 'unknown' as const, subject: { ...binding, name: '*' } };
    expect(gatherCandidates({ ...cluster, findings: [unlisted], records: [] })).to.deep.equal({
      repairs: [],
      strangers: [],
      unlisted: [unlisted],
    });
  });
});
