import { expect } from 'chai';

import { compareLevels, resolveAdmissionPolicy } from '../../src/pod-security/admission.ts';
import type { AdmissionPolicy } from '../../src/pod-security/admission.ts';
import { printVersion } from '../../src/pod-security/version.ts';

interface Row {
  readonly name: string;
  /** Without `pod-security.kubernetes.io/` in front. */
  readonly labels: Readonly<Record<string, string>>;
  readonly defaults?: AdmissionPolicy;
  /** enforce, audit and warn. */
  readonly policy: readonly [string, string, string];
  /** The labels that cannot be read. */
  readonly invalid?: readonly string[];
}

const baselineDefaults: AdmissionPolicy = {
  enforce: { level: 'baseline', version: 30 },
  audit: { level: 'baseline', version: 31 },
  warn: { level: 'baseline', version: 32 },
};

const strictWarning: AdmissionPolicy = {
  enforce: { level: 'privileged', version: 'latest' },
  audit: { level: 'privileged', version: 'latest' },
  warn: { level: 'restricted', version: 'latest' },
};

const rows: readonly Row[] = [
  {
    name: 'no labels are the built-in defaults',
    labels: {},
    policy: ['privileged:latest', 'privileged:latest', 'privileged:latest'],
  },
  {
    name: 'no labels are the defaults of the cluster, where it has some',
    labels: {},
    defaults: baselineDefaults,
    policy: ['baseline:v1.30', 'baseline:v1.31', 'baseline:v1.32'],
  },
  {
    name: 'each mode is read on its own',
    labels: {
      enforce: 'baseline',
      'enforce-version': 'v1.24',
      audit: 'restricted',
      'audit-version': 'v1.25',
      warn: 'restricted',
      'warn-version': 'latest',
    },
    policy: ['baseline:v1.24', 'restricted:v1.25', 'restricted:latest'],
  },
  {
    name: 'a version alone keeps the level of the defaults',
    labels: { 'enforce-version': 'v1.24', 'audit-version': 'v1.25', 'warn-version': 'v1.26' },
    defaults: baselineDefaults,
    policy: ['baseline:v1.24', 'baseline:v1.25', 'baseline:v1.26'],
  },
  {
    name: 'a level alone keeps the version of the defaults',
    labels: { enforce: 'privileged', audit: 'restricted', warn: 'privileged' },
    defaults: baselineDefaults,
    policy: ['privileged:v1.30', 'restricted:v1.31', 'privileged:v1.32'],
  },
  {
    name: 'who enforces more is warned of what is enforced, with its version',
    labels: { enforce: 'restricted', 'enforce-version': 'v1.24' },
    policy: ['restricted:v1.24', 'privileged:latest', 'restricted:v1.24'],
  },
  {
    name: 'unless the version of the warning is given',
    labels: { enforce: 'restricted', 'enforce-version': 'v1.24', 'warn-version': 'v1.30' },
    policy: ['restricted:v1.24', 'privileged:latest', 'restricted:v1.30'],
  },
  {
    name: 'a version of the warning that cannot be read is given, too',
    labels: { enforce: 'restricted', 'enforce-version': 'v1.24', 'warn-version': '1.30' },
    policy: ['restricted:v1.24', 'privileged:latest', 'restricted:latest'],
    invalid: ['warn-version'],
  },
  {
    name: 'a level of the warning is never raised',
    labels: { enforce: 'restricted', warn: 'baseline' },
    policy: ['restricted:latest', 'privileged:latest', 'baseline:latest'],
  },
  {
    name: 'not even one that says privileged',
    labels: { enforce: 'restricted', warn: 'privileged' },
    policy: ['restricted:latest', 'privileged:latest', 'privileged:latest'],
  },
  {
    name: 'nor one that cannot be read: that warns of nothing',
    labels: { enforce: 'restricted', warn: 'strict' },
    policy: ['restricted:latest', 'privileged:latest', 'privileged:latest'],
    invalid: ['warn'],
  },
  {
    name: 'who enforces no more than is warned of by default is warned of that',
    labels: { enforce: 'baseline', 'enforce-version': 'v1.24' },
    defaults: strictWarning,
    policy: ['baseline:v1.24', 'privileged:latest', 'restricted:latest'],
  },
  {
    name: 'the same level is no reason to follow',
    labels: { enforce: 'baseline', 'enforce-version': 'v1.24' },
    defaults: baselineDefaults,
    policy: ['baseline:v1.24', 'baseline:v1.31', 'baseline:v1.32'],
  },
  {
    name: 'what the cluster enforces by default nobody is warned of',
    labels: { 'enforce-version': 'v1.24' },
    defaults: {
      enforce: { level: 'restricted', version: 'latest' },
      audit: { level: 'privileged', version: 'latest' },
      warn: { level: 'privileged', version: 'latest' },
    },
    policy: ['restricted:v1.24', 'privileged:latest', 'privileged:latest'],
  },
  {
    name: 'a level to enforce that cannot be read is restricted, and nobody is warned of it',
    labels: { enforce: 'Baseline' },
    policy: ['restricted:latest', 'privileged:latest', 'privileged:latest'],
    invalid: ['enforce'],
  },
  {
    name: 'an empty level is one that cannot be read',
    labels: { enforce: '', audit: '', warn: '' },
    policy: ['restricted:latest', 'privileged:latest', 'privileged:latest'],
    invalid: ['enforce', 'audit', 'warn'],
  },
  {
    name: 'a level to audit or to warn of that cannot be read is privileged, whatever the defaults',
    labels: { audit: 'strict', warn: 'strict' },
    defaults: baselineDefaults,
    policy: ['baseline:v1.30', 'privileged:v1.31', 'privileged:v1.32'],
    invalid: ['audit', 'warn'],
  },
  {
    name: 'a version that cannot be read is the newest, whatever the defaults',
    labels: { 'enforce-version': 'v1.037', 'audit-version': 'v2.0', 'warn-version': '' },
    defaults: baselineDefaults,
    policy: ['baseline:latest', 'baseline:latest', 'baseline:latest'],
    invalid: ['enforce-version', 'audit-version', 'warn-version'],
  },
  {
    name: 'a version that is newer than every API server can be read',
    labels: { enforce: 'baseline', 'enforce-version': 'v1.99' },
    policy: ['baseline:v1.99', 'privileged:latest', 'baseline:v1.99'],
  },
  {
    name: 'labels that only look like these say nothing',
    labels: { Enforce: 'restricted', 'enforce-Version': 'v1.1', deny: 'restricted' },
    policy: ['privileged:latest', 'privileged:latest', 'privileged:latest'],
  },
];

describe('what a namespace asks of Pod Security admission', () => {
  for (const { name, labels, defaults, policy, invalid } of rows) {
    it(name, () => {
      const prefixed = Object.fromEntries(
        Object.entries(labels).map(([label, value]) => [`pod-security.kubernetes.io/${label}`, value]),
      );
      const resolved = resolveAdmissionPolicy(prefixed, defaults);
      expect(
        (['enforce', 'audit', 'warn'] as const).map((mode) => {
          const { level, version } = resolved.policy[mode];
          return `${level}:${printVersion(version)}`;
        }),
      ).to.deep.equal(policy);
      expect(resolved.invalidLabels.map(({ label }) => label)).to.deep.equal(
        (invalid ?? []).map((label) => `pod-security.kubernetes.io/${label}`),
      );
    });
  }

  it('is the defaults where the namespace has no labels at all', () => {
    expect(resolveAdmissionPolicy(undefined, baselineDefaults)).to.deep.equal({
      policy: baselineDefaults,
      invalidLabels: [],
    });
  });

  it('is nothing that every object has', () => {
    const labels = { constructor: 'restricted', 'pod-security.kubernetes.io/audit': 'baseline' };
    expect(resolveAdmissionPolicy(labels).policy.audit.level).to.equal('baseline');
  });

  it('comes with a sentence for each label that cannot be read', () => {
    const labels = { 'pod-security.kubernetes.io/warn': 'strict', 'pod-security.kubernetes.io/audit-version': '1.2' };
    expect(resolveAdmissionPolicy(labels).invalidLabels).to.deep.equal([
      {
        label: 'pod-security.kubernetes.io/audit-version',
        value: '1.2',
        message:
          'label "pod-security.kubernetes.io/audit-version" is "1.2", which Kubernetes cannot read; write latest or a version such as v1.34',
      },
      {
        label: 'pod-security.kubernetes.io/warn',
        value: 'strict',
        message:
          'label "pod-security.kubernetes.io/warn" is "strict", which Kubernetes cannot read; write privileged, baseline or restricted',
      },
    ]);
  });
});

describe('levels', () => {
  it('are ordered from privileged to restricted', () => {
    expect(compareLevels('privileged', 'baseline')).to.be.lessThan(0);
    expect(compareLevels('baseline', 'restricted')).to.be.lessThan(0);
    expect(compareLevels('privileged', 'restricted')).to.be.lessThan(0);
    expect(compareLevels('restricted', 'baseline')).to.be.greaterThan(0);
    expect(compareLevels('baseline', 'baseline')).to.equal(0);
  });
});
