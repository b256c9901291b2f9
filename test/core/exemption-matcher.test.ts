import { expect } from 'chai';

import type { ClusterHardeningExemptionSpec } from '../../src/api/v1alpha1/exemption.ts';
import type { AnyExemption } from '../../src/core/exemption.ts';
import { ExemptionMatcher, matchExemptions } from '../../src/core/exemption-matcher.ts';
import type { ContainersAt, ExemptedWorkload } from '../../src/core/exempted-workload.ts';
import { ExemptionTable } from '../../src/core/exemption-table.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { ObservationState } from '../../src/core/snapshot.ts';
import type { Scope } from '../../src/core/scope.ts';
import { findingOf, ruleNamed } from './finding-of.ts';
import { exemptionObject, exemptionOf, tableOf } from './exemption-samples.ts';

const hostPorts = ruleNamed('pod-host-ports', { controls: ['cis-1.12/5.2.13'] });
const privileged = ruleNamed('pod-privileged');
const catalogue = [hostPorts, privileged];
const now = Date.parse('2026-11-26T12:00:00Z');
const shop: Scope = { namespace: 'shop' };
const delegated: ExemptionTerms = { ...DEFAULT_EXEMPTION_TERMS, mayNamespaceExempt: () => true };

const web = findingOf({
  rule: hostPorts,
  subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
  origin: { name: 'web', labels: { tier: 'edge' } },
});

interface Asked {
  readonly finding?: Finding;
  readonly namespace?: string;
  readonly terms?: ExemptionTerms;
  readonly scope?: Scope;
  readonly createdAt?: string;
  readonly nowMs?: number;
  readonly workload?: Partial<ExemptedWorkload>;
}

function apply(spec: Partial<ClusterHardeningExemptionSpec>, asked: Asked = {}): Finding {
  const { finding = web, namespace, terms = delegated, scope = shop, createdAt, nowMs = now, workload } = asked;
  const metadata = {
    name: 'accepted',
    ...(namespace === undefined ? {} : { namespace }),
    ...(createdAt === undefined ? {} : { creationTimestamp: createdAt }),
  };
  const table = tableOf([exemptionOf(exemptionObject(metadata, spec), catalogue)]);
  return new ExemptionMatcher({ table, terms, scope, nowMs }).apply(
    finding,
    workload === undefined
      ? undefined
      : { containersAt: () => [], accounts: () => [], isOwnerUnread: false, ...workload },
  );
}

const isExempt = (spec: Partial<ClusterHardeningExemptionSpec>, asked: Asked = {}): boolean =>
  apply(spec, asked).outcome === 'exempt';

describe('matching exemptions', () => {
  it('makes of a failure one that is exempt, and says by whom', () => {
    const { outcome, exemption, message, severity } = apply({ rules: ['pod-host-ports'], subjects: [{ name: 'web' }] });
    expect({ outcome, exemption }).to.deep.equal({
      outcome: 'exempt',
      exemption: 'ClusterHardeningExemption/accepted',
    });
    expect({ message, severity }).to.deep.equal({ message: web.message, severity: web.severity });
  });

  it('leaves alone what does not fail', () => {
    const unknown = { ...web, outcome: 'unknown' as const };
    expect(apply({}, { finding: unknown })).to.equal(unknown);
  });

  it('asks for the rule by id, pattern or control', () => {
    expect(isExempt({ rules: ['pod-privileged'] })).to.equal(false);
    expect(isExempt({ rules: ['pod-host-*'] })).to.equal(true);
    expect(isExempt({ rules: ['cis-1.12/5.2.*'] })).to.equal(true);
    expect(isExempt({ rules: ['cis-1.12/5.2.*'] }, { finding: { ...web, rule: privileged } })).to.equal(false);
  });

  it('demands everything that one subject says, and one subject of many', () => {
    expect(isExempt({ subjects: [{ kind: 'Deployment', name: 'web' }] })).to.equal(true);
    expect(isExempt({ subjects: [{ kind: 'DaemonSet', name: 'web' }] })).to.equal(false);
    expect(isExempt({ subjects: [{ kind: 'DaemonSet', name: 'web' }, { name: 'w*' }] })).to.equal(true);
    expect(isExempt({ subjects: [{ name: 'we' }, { name: 'web-*' }] })).to.equal(false);
  });

  it('knows the labels of the object, and none of what has no object', () => {
    expect(isExempt({ subjects: [{ labels: { tier: 'edge' } }] })).to.equal(true);
    expect(isExempt({ subjects: [{ labels: { tier: 'core' } }] })).to.equal(false);
    expect(isExempt({ subjects: [{ labels: { toString: '' } }] })).to.equal(false);
    const { origin: _origin, ...unlabelled } = web;
    expect(isExempt({ subjects: [{ labels: { tier: 'edge' } }] }, { finding: unlabelled })).to.equal(false);
  });

  it('does not know the labels of an owner that is not read, whatever those of its pods are', () => {
    const unread = { workload: { isOwnerUnread: true } };
    expect(isExempt({ subjects: [{ name: 'web', labels: { tier: 'edge' } }] }, unread)).to.equal(false);
    expect(isExempt({ subjects: [{ name: 'web' }] }, unread)).to.equal(true);
  });

  it('knows the service accounts that a workload runs as, which all must do, and none of anything else', () => {
    const isExemptFor = (serviceAccount: string, ...accounts: readonly (string | undefined)[]): boolean =>
      isExempt({ subjects: [{ name: 'web', serviceAccount }] }, { workload: { accounts: () => accounts } });
    expect(isExemptFor('web', 'web')).to.equal(true);
    expect(isExemptFor('we*', 'web', 'wed')).to.equal(true);
    expect(isExemptFor('web', 'other')).to.equal(false);
    expect(isExemptFor('web', 'web', 'other')).to.equal(false);
    expect(isExemptFor('*', 'web', undefined)).to.equal(false);
    expect(isExemptFor('', '')).to.equal(true);
    expect(isExemptFor('', 'default')).to.equal(false);
    expect(isExempt({ subjects: [{ name: 'web', serviceAccount: '*' }] })).to.equal(false);
  });

  it('of the cluster asks for the namespace where it names one', () => {
    expect(isExempt({ subjects: [{ namespace: 'shop' }] })).to.equal(true);
    expect(isExempt({ subjects: [{ namespace: 'sh*', name: 'web' }] })).to.equal(true);
    expect(isExempt({ subjects: [{ namespace: 'other', name: 'web' }] })).to.equal(false);
    const role = { ...web, subject: { apiVersion: 'v1', kind: 'ClusterRole', name: 'web' } };
    expect(isExempt({ subjects: [{ namespace: 'shop' }] }, { finding: role, scope: 'cluster' })).to.equal(false);
    expect(isExempt({ subjects: [{ kind: 'ClusterRole' }] }, { finding: role, scope: 'cluster' })).to.equal(true);
  });

  it('finds a namespace itself by its own name', () => {
    const namespace = { ...web, subject: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' } };
    expect(isExempt({ subjects: [{ namespace: 'shop' }] }, { finding: namespace })).to.equal(true);
    expect(isExempt({ subjects: [{ kind: 'Namespace' }] }, { finding: namespace, namespace: 'shop' })).to.equal(true);
  });

  it('of a namespace is about that alone, and about nothing in the posture of the cluster', () => {
    expect(isExempt({}, { namespace: 'shop' })).to.equal(true);
    expect(isExempt({}, { namespace: 'other' })).to.equal(false);
    expect(isExempt({}, { namespace: 'shop', scope: 'cluster' })).to.equal(false);
  });

  it('of a kind that cannot be read any more exempts nothing', () => {
    const table = tableOf([exemptionOf(exemptionObject({ name: 'accepted' }), catalogue)]);
    const outcomeWhere = (source: AnyExemption['kind'], state: ObservationState): string | undefined => {
      const inputs = [{ source, state, message: '' }];
      return matchExemptions({ table, inputs, nowMs: now }, delegated, shop)?.apply(web).outcome;
    };
    expect(outcomeWhere('ClusterHardeningExemption', 'observed')).to.equal('exempt');
    expect(outcomeWhere('ClusterHardeningExemption', 'stale')).to.equal('exempt');
    expect(outcomeWhere('ClusterHardeningExemption', 'forbidden')).to.equal('fail');
    expect(outcomeWhere('HardeningExemption', 'forbidden')).to.equal('exempt');
  });

  it('ends at its very moment', () => {
    const spec = { expiresAt: '2026-11-26T12:00:00Z' };
    expect(isExempt(spec, { nowMs: now - 1 })).to.equal(true);
    expect(isExempt(spec, { nowMs: now })).to.equal(false);
  });

  describe('within what policy permits', () => {
    it('is nothing for a namespace by itself where no policy says otherwise', () => {
      expect(isExempt({}, { namespace: 'shop', terms: DEFAULT_EXEMPTION_TERMS })).to.equal(false);
      expect(isExempt({}, { terms: DEFAULT_EXEMPTION_TERMS })).to.equal(true);
    });

    it('is for a namespace the rules that are delegated', () => {
      const terms = { ...DEFAULT_EXEMPTION_TERMS, mayNamespaceExempt: ({ id }: { id: string }) => id === hostPorts.id };
      expect(isExempt({}, { namespace: 'shop', terms })).to.equal(true);
      expect(isExempt({}, { namespace: 'shop', terms, finding: { ...web, rule: privileged } })).to.equal(false);
    });

    it('is never what nobody may exempt', () => {
      expect(isExempt({}, { terms: { ...delegated, isNever: () => true } })).to.equal(false);
    });

    it('ends within the longest lifetime, counted from its creation', () => {
      const terms = { ...delegated, maxLifetimeDays: 30 };
      const createdAt = '2026-11-20T12:00:00Z';
      expect(isExempt({ expiresAt: '2026-12-20T12:00:00Z' }, { terms, createdAt })).to.equal(true);
      expect(isExempt({ expiresAt: '2026-12-20T12:00:01Z' }, { terms, createdAt })).to.equal(false);
      expect(isExempt({}, { terms, createdAt })).to.equal(false);
    });

    it('counts from now what has no creation, in files', () => {
      const terms = { ...delegated, maxLifetimeDays: 1 };
      expect(isExempt({ expiresAt: '2026-11-27T12:00:00Z' }, { terms })).to.equal(true);
      expect(isExempt({ expiresAt: '2026-11-27T12:00:01Z' }, { terms })).to.equal(false);
    });
  });

  describe('of single containers', () => {
    const proxy = { path: 'spec.template.spec.containers[0].ports[0].hostPort', message: 'proxy listens' };
    const app = { path: 'spec.template.spec.containers[1].ports[0].hostPort', message: 'app listens' };
    const network = { path: 'spec.template.spec.hostNetwork', message: 'the pod is on the node' };
    const containersAt: ContainersAt = (path) => (path === proxy.path ? ['proxy'] : path === app.path ? ['app'] : []);
    const on = (...violations: Finding['violations']): Asked => ({
      finding: { ...web, violations },
      workload: { containersAt },
    });

    it('exempts where all of what is wrong is in them', () => {
      expect(isExempt({ subjects: [{ container: 'proxy' }] }, on(proxy))).to.equal(true);
      expect(isExempt({ subjects: [{ container: 'p*' }, { container: 'app' }] }, on(proxy, app))).to.equal(true);
    });

    it('leaves the rest a failure, with a message that is about the rest', () => {
      const { outcome, violations, message } = apply({ subjects: [{ container: 'proxy' }] }, on(proxy, app, network));
      expect({ outcome, message }).to.deep.equal({ outcome: 'fail', message: 'app listens (and 1 more)' });
      expect(violations).to.deep.equal([app, network]);
    });

    it('exempts nothing that is in no container', () => {
      expect(isExempt({ subjects: [{ container: '*' }] }, on(network))).to.equal(false);
      expect(isExempt({ subjects: [{ container: '*' }] })).to.equal(false);
    });

    it('exempts nothing where another container stands there in another revision', () => {
      const asked = { ...on(proxy), workload: { containersAt: () => ['proxy', 'app'] } };
      expect(isExempt({ subjects: [{ container: 'proxy' }] }, asked)).to.equal(false);
      expect(isExempt({ subjects: [{ container: 'p*' }, { container: 'app' }] }, asked)).to.equal(false);
      expect(isExempt({ subjects: [{ container: '*p*' }] }, asked)).to.equal(true);
    });
  });

  it('notes of every exemption what it exempts and what it may not', () => {
    const [narrow, wide, refused] = [
      exemptionOf(
        exemptionObject({ name: 'narrow' }, { subjects: [{ name: 'web' }, { kind: 'Deployment' }] }),
        catalogue,
      ),
      exemptionOf(exemptionObject({ name: 'wide' }), catalogue),
      exemptionOf(exemptionObject({ name: 'own', namespace: 'shop' }), catalogue),
    ];
    const unused = exemptionOf(exemptionObject({ name: 'unused' }, { subjects: [{ name: 'db' }] }), catalogue);
    const table = tableOf([narrow, wide, refused, unused]);
    const matcher = new ExemptionMatcher({ table, terms: DEFAULT_EXEMPTION_TERMS, scope: shop, nowMs: now });
    matcher.apply(web);
    const match = { rule: 'pod-host-ports', subject: web.subject };
    expect(new Map(matcher.uses)).to.deep.equal(
      new Map([
        [refused, { matches: [], refused: 1 }],
        [narrow, { matches: [match], refused: 0 }],
        [wide, { matches: [match], refused: 0 }],
      ]),
    );
  });

  it('answers for ten thousand exemptions and five thousand findings at once', () => {
    const table = new ExemptionTable();
    for (let index = 0; index < 10_000; index += 1) {
      const subjects = [
        { namespace: `team-${index % 1_000}`, name: `web-${index}` },
        { namespace: '*', name: `web-${index}-*-db` },
        // There is nothing to find these by.
        ...(index < 1_000 ? [{ name: `*-db-${index}` }] : []),
      ];
      table.set(exemptionOf(exemptionObject({ name: `of-${index}` }, { subjects }), catalogue));
      const own = { name: `own-${index}`, namespace: 'shop' };
      table.set(exemptionOf(exemptionObject(own, { subjects: [{ name: '*-x' }] }), catalogue));
    }
    const matcher = new ExemptionMatcher({ table, terms: delegated, scope: shop, nowMs: now });
    const started = performance.now();
    for (let index = 0; index < 5_000; index += 1) {
      matcher.apply({ ...web, subject: { ...web.subject, name: `web-${index}` } });
    }
    expect(performance.now() - started).to.be.below(10_000);
    expect(matcher.uses.size).to.equal(0);
  });
});
