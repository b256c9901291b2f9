/** The exemptions of config/samples: what they excuse, and what they do not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import type { AnyExemption } from '../../src/core/exemption.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import { judgeExempted } from './exempted-findings.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const samples = join(import.meta.dirname, '../../config/samples');
const nowMs = Date.UTC(2026, 11, 1);

interface Question {
  readonly namespace: string;
  /** Files of config/samples. */
  readonly subjects: string;
  readonly exemptions: string;
  readonly terms: ExemptionTerms;
}

/** As `outcome rule kind/name`. */
function judge({ namespace, subjects, exemptions, terms }: Question): readonly string[] {
  const snapshot = snapshotOf(readFileSync(join(samples, subjects), 'utf8'), { isWholeCluster: false });
  const objects = loadAll(readFileSync(join(samples, exemptions), 'utf8')) as AnyExemption[];
  const written = objects.filter(({ kind }) => kind.endsWith('Exemption'));
  const { findings } = judgeExempted({ namespace, snapshot, exemptions: written, terms, nowMs });
  return findings.map(({ outcome, rule, subject }) => `${outcome} ${rule.id} ${subject.kind}/${subject.name}`);
}

describe('the exemptions of config/samples', () => {
  const shop = { namespace: 'shop', subjects: 'careless-shop.yaml', exemptions: 'shop-exemption.yaml' };

  it('shop-exemption.yaml excuses one container where a policy delegates that, and nothing else', () => {
    const terms = {
      ...DEFAULT_EXEMPTION_TERMS,
      mayNamespaceExempt: ({ id }: { id: string }) => id === 'pod-privileged',
    };
    const found = judge({ ...shop, terms });
    expect(found.filter((finding) => finding.startsWith('exempt '))).to.deep.equal([
      'exempt pod-privileged Deployment/image-resizer',
    ]);
    expect(found).to.include('fail pod-privilege-escalation Deployment/image-resizer');
  });

  it('shop-exemption.yaml excuses nothing where none does, or where it lives longer than that lets it', () => {
    const delegated = { ...DEFAULT_EXEMPTION_TERMS, mayNamespaceExempt: () => true, maxLifetimeDays: 30 };
    for (const terms of [DEFAULT_EXEMPTION_TERMS, delegated]) {
      const found = judge({ ...shop, terms });
      expect(found).to.include('fail pod-privileged Deployment/image-resizer');
      expect(found.filter((finding) => finding.startsWith('exempt '))).to.deep.equal([]);
    }
  });

  it('host-agent-exemption.yaml excuses what the agent is for, not that it is privileged', () => {
    const found = judge({
      namespace: 'legacy-monitoring',
      subjects: 'legacy-host-agent.yaml',
      exemptions: 'host-agent-exemption.yaml',
      terms: DEFAULT_EXEMPTION_TERMS,
    });
    expect(found.filter((finding) => finding.startsWith('exempt '))).to.deep.equal([
      'exempt pod-host-namespaces DaemonSet/host-agent',
      'exempt pod-host-path-volumes DaemonSet/host-agent',
    ]);
    expect(found).to.include('fail pod-privileged DaemonSet/host-agent');
  });
});
