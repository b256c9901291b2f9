/** The exemptions of config/samples under the policies of config/samples, as whoever applies all of them meets them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { AnyExemption } from '../../src/core/exemption.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import { findPolicies } from '../../src/core/judge.ts';
import { judgePolicy } from '../../src/core/policy-status.ts';
import { rules } from '../../src/rules/index.ts';
import { judgeExempted } from './exempted-findings.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const folder = join(import.meta.dirname, '../../config/samples');
const samples = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')) as (AnyExemption | ClusterHardeningPolicy)[]);
const policies = samples
  .filter((object) => object.kind === 'ClusterHardeningPolicy')
  .map((object) => judgePolicy(object, rules));
const exemptions = samples.filter(
  (object) => object.kind === 'HardeningExemption' || object.kind === 'ClusterHardeningExemption',
);
const nowMs = Date.UTC(2026, 11, 1);

interface Question {
  readonly namespace: string;
  /** A file of config/samples. */
  readonly subjects: string;
  /** By default what all policies of config/samples say. */
  readonly terms?: ExemptionTerms;
}

/** As `outcome rule kind/name`. */
function judge({ namespace, subjects, terms }: Question): readonly string[] {
  const snapshot = snapshotOf(readFileSync(join(folder, subjects), 'utf8'), { isWholeCluster: false });
  const concerned = findPolicies({ namespace }, { snapshot, policies, ownPolicies: [], rules });
  const said = concerned?.policy.exemptions ?? DEFAULT_EXEMPTION_TERMS;
  const { findings } = judgeExempted({ namespace, snapshot, exemptions, terms: terms ?? said, nowMs });
  return findings.map(({ outcome, rule, subject }) => `${outcome} ${rule.id} ${subject.kind}/${subject.name}`);
}

const exemptAmong = (found: readonly string[]): readonly string[] => found.filter((one) => one.startsWith('exempt '));

describe('the exemptions of config/samples', () => {
  const shop = { namespace: 'shop', subjects: 'careless-shop.yaml' };
  const agent = { namespace: 'legacy-monitoring', subjects: 'legacy-host-agent.yaml' };

  it('stand beside policies in which nothing is wrong', () => {
    expect(exemptions.map(({ metadata }) => metadata.name).sort()).to.deep.equal(['host-agent', 'image-resizer']);
    expect(policies.map(({ problem }) => problem)).to.deep.equal(policies.map(() => undefined));
  });

  it('excuse one container of the shop, as the platform lets it, and not that it is privileged', () => {
    const found = judge(shop);
    expect(exemptAmong(found)).to.deep.equal(['exempt pod-read-only-root-filesystem Deployment/image-resizer']);
    expect(found).to.include('fail pod-privileged Deployment/image-resizer');
    expect(found).to.include('fail pod-read-only-root-filesystem Deployment/web');
  });

  it('excuse nothing where no policy delegates it, or where they live longer than that lets them', () => {
    const delegated = { ...DEFAULT_EXEMPTION_TERMS, mayNamespaceExempt: () => true, maxLifetimeDays: 30 };
    for (const terms of [DEFAULT_EXEMPTION_TERMS, delegated]) {
      expect(exemptAmong(judge({ ...shop, terms }))).to.deep.equal([]);
    }
    expect(exemptAmong(judge({ ...agent, terms: delegated }))).to.deep.equal([]);
  });

  it('excuse what the host agent is for, not that it is privileged', () => {
    const found = judge(agent);
    expect(exemptAmong(found)).to.deep.equal([
      'exempt pod-host-namespaces DaemonSet/host-agent',
      'exempt pod-host-path-volumes DaemonSet/host-agent',
    ]);
    expect(found).to.include('fail pod-privileged DaemonSet/host-agent');
  });
});
