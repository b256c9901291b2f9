/** A baseline as YAML, and what comes of it: with it nothing of today fails, and whatever is new does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import {
  MAX_EXEMPTION_RULES,
  MAX_EXEMPTION_SUBJECTS,
  ownExemptionSpecSchema,
} from '../../src/api/v1alpha1/exemption.ts';
import type { HardeningExemption } from '../../src/api/v1alpha1/hardening-exemption.ts';
import { buildExemptionsOfToday } from '../../src/core/exemptions-of-today.ts';
import { MAX_OWN_EXEMPTIONS } from '../../src/core/exemption-table.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import type { Finding } from '../../src/core/finding.ts';
import { findSchemaProblem } from '../../src/core/schema-problem.ts';
import { printBaseline } from '../../src/report/baseline-text.ts';
import { judgeExempted } from '../config/exempted-findings.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const careless = readFileSync(join(import.meta.dirname, '../../config/samples/careless-shop.yaml'), 'utf8');
const limits = {
  rules: MAX_EXEMPTION_RULES,
  subjects: MAX_EXEMPTION_SUBJECTS,
  exemptions: MAX_OWN_EXEMPTIONS,
};
const expiresAt = '2026-04-01T00:00:00Z';
const nowMs = Date.UTC(2026, 0, 1);
/** A namespace may exempt whatever it likes. */
const everything: ExemptionTerms = { ...DEFAULT_EXEMPTION_TERMS, mayNamespaceExempt: () => true };

function judge(yaml: string, exemptions: readonly HardeningExemption[], atMs = nowMs): readonly Finding[] {
  const snapshot = snapshotOf(yaml, { isWholeCluster: false });
  return judgeExempted({ namespace: 'shop', snapshot, exemptions, terms: everything, nowMs: atMs }).findings;
}

function baselineOf(findings: readonly Finding[]): string {
  const exemptions = buildExemptionsOfToday(findings, limits);
  if (exemptions === undefined) throw new Error('they are few');
  return [...printBaseline(exemptions, { namespace: 'shop', reason: 'it was so before', expiresAt })].join('');
}

function read(yaml: string): readonly HardeningExemption[] {
  return loadAll(yaml) as HardeningExemption[];
}

function failuresOf(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ rule, subject }) => `${rule.id} ${subject.kind}/${subject.name}`);
}

describe('a baseline', () => {
  const today = judge(careless, []);
  const baseline = baselineOf(today);

  it('says that it needs a policy that lets it count', () => {
    expect(baseline).to.include(
      '\n# It counts for rules that spec.delegation.exempt of a ClusterHardeningPolicy lists',
    );
    const terms: ExemptionTerms = { ...everything, mayNamespaceExempt: () => false };
    const snapshot = snapshotOf(careless, { isWholeCluster: false });
    const { findings } = judgeExempted({ namespace: 'shop', snapshot, exemptions: read(baseline), terms, nowMs });
    expect(failuresOf(findings)).to.deep.equal(failuresOf(today));
  });

  it('is what the schema admits', () => {
    for (const { spec } of read(baseline)) {
      expect(findSchemaProblem(ownExemptionSpecSchema, spec, 'spec')).to.equal(undefined);
    }
  });

  it('makes all that fails exempt, and nothing else', () => {
    const failed = failuresOf(today);
    expect(failed).to.have.length.greaterThan(10);
    const after = judge(careless, read(baseline));
    expect(failuresOf(after)).to.deep.equal([]);
    const exempt = after.filter(({ outcome }) => outcome === 'exempt');
    expect(exempt.map(({ rule, subject }) => `${rule.id} ${subject.kind}/${subject.name}`)).to.have.members([
      ...failed,
    ]);
    expect(after.filter(({ outcome }) => outcome === 'unknown')).to.have.length(
      today.filter(({ outcome }) => outcome === 'unknown').length,
    );
  });

  it('is the same where it is in force already', () => {
    expect(baselineOf(judge(careless, read(baseline)))).to.equal(baseline);
  });

  it('leaves what is new a failure', () => {
    const sidecar = `
---
apiVersion: v1
kind: Pod
metadata: { name: new, namespace: shop }
spec:
  containers:
    - { name: app, securityContext: { privileged: true } }
`;
    const failed = failuresOf(judge(careless + sidecar, read(baseline)));
    expect(failed).to.include('pod-privileged Pod/new');
    expect(failed.filter((failure) => !failure.endsWith(' Pod/new'))).to.deep.equal([]);
  });

  it('ends: then everything fails as before', () => {
    const after = judge(careless, read(baseline), Date.parse(expiresAt));
    expect(failuresOf(after)).to.deep.equal(failuresOf(today));
  });

  it('says in comments how much it is, and what each is about, worst first', () => {
    const comments = baseline.split('\n').filter((line) => line.startsWith('#'));
    expect(comments[0]).to.equal(
      `# What fails in namespace "shop", as "merlon baseline" found it: ${failuresOf(today).length} in all.`,
    );
    const severities = comments.slice(3).map((line) => /^# (\w+): [A-Z]/.exec(line)?.[1]);
    expect(severities).to.have.length(read(baseline).length);
    const order = ['critical', 'high', 'medium', 'low', 'info'];
    expect(severities).to.deep.equal(severities.toSorted((a, b) => order.indexOf(a ?? '') - order.indexOf(b ?? '')));
  });

  it('of nothing is nothing', () => {
    expect(buildExemptionsOfToday([], limits)).to.deep.equal([]);
  });
});
