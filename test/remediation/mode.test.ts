import { expect } from 'chai';

import type { RemediationMode, RemediationTerms } from '../../src/core/remediation-terms.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import { modeReasons, resolveMode } from '../../src/remediation/mode.ts';
import type { ModeReason } from '../../src/remediation/mode.ts';
import { podSecurityLevel } from '../../src/rules/namespace/pod-security-level.ts';
import { anonymousGrants } from '../../src/rules/rbac/anonymous-grants.ts';
import { defaultTokenMount } from '../../src/rules/service-account/default-token-mount.ts';

const silent: RemediationTerms = { mayRepair: () => true, allowInUse: false, namespacesMaySwitchOn: true };
const team = { kind: 'HardeningPolicy', name: 'team', namespace: 'shop', generation: 1 };

interface Row {
  readonly name: string;
  readonly label?: string;
  readonly asked?: RemediationMode;
  readonly ceiling?: RemediationMode;
  readonly mayNotSwitchOn?: true;
  readonly rule?: AnyRule;
  readonly namespace?: string;
  readonly isNamed?: true;
  readonly isUnlisted?: true;
  readonly mode: RemediationMode;
  readonly reason: ModeReason;
  readonly message?: RegExp;
}

const rows: readonly Row[] = [
  { name: 'off where nobody says anything', mode: 'off', reason: 'Disabled', message: /label the namespace/ },
  { name: 'apply for default accounts by one label', label: 'apply', mode: 'apply', reason: 'Enabled' },
  {
    name: 'plan for every other repair by the same label, where no policy allows more',
    label: 'apply',
    rule: podSecurityLevel,
    mode: 'plan',
    reason: 'Capped',
    message: /no cluster policy sets spec\.remediation\.mode/,
  },
  {
    name: 'apply for it where a policy allows it',
    label: 'apply',
    ceiling: 'apply',
    rule: podSecurityLevel,
    mode: 'apply',
    reason: 'Enabled',
  },
  { name: 'plan by the label', label: 'plan', mode: 'plan', reason: 'Planned', message: /label .* asks for plan/ },
  { name: 'off by the label', label: 'off', mode: 'off', reason: 'AskedOff', message: /label .* says off/ },
  {
    name: 'off for a label that means nothing',
    label: 'Apply',
    mode: 'off',
    reason: 'InvalidLabel',
    message: /"Apply"/,
  },
  { name: 'off for an empty label', label: '', mode: 'off', reason: 'InvalidLabel' },
  {
    name: 'off for a label that means nothing, whatever the own policy asks for',
    label: 'true',
    asked: 'apply',
    mode: 'off',
    reason: 'InvalidLabel',
  },
  { name: 'apply by the own policy alone', asked: 'apply', mode: 'apply', reason: 'Enabled', message: /"team"/ },
  {
    name: 'off where the own policy may not switch it on',
    asked: 'apply',
    mayNotSwitchOn: true,
    mode: 'off',
    reason: 'NotDelegated',
    message: /spec\.delegation\.remediation/,
  },
  {
    name: 'apply by the label where the own policy may not',
    label: 'apply',
    asked: 'apply',
    mayNotSwitchOn: true,
    mode: 'apply',
    reason: 'Enabled',
  },
  {
    name: 'plan where the own policy holds back what the label asks for, which it always may',
    label: 'apply',
    asked: 'plan',
    mayNotSwitchOn: true,
    mode: 'plan',
    reason: 'Planned',
  },
  { name: 'off where the own policy says off', label: 'apply', asked: 'off', mode: 'off', reason: 'AskedOff' },
  { name: 'off where the label says off', label: 'off', asked: 'apply', mode: 'off', reason: 'AskedOff' },
  { name: 'plan under a ceiling of plan', label: 'apply', ceiling: 'plan', mode: 'plan', reason: 'Capped' },
  { name: 'plan, as asked, under a ceiling of plan', label: 'plan', ceiling: 'plan', mode: 'plan', reason: 'Planned' },
  {
    name: 'off under the kill switch',
    label: 'apply',
    asked: 'apply',
    ceiling: 'off',
    mode: 'off',
    reason: 'SwitchedOff',
  },
  {
    name: 'off under the kill switch in a namespace that is named',
    label: 'apply',
    ceiling: 'off',
    isNamed: true,
    mode: 'off',
    reason: 'SwitchedOff',
  },
  { name: 'off under a ceiling of apply that nobody asks for', ceiling: 'apply', mode: 'off', reason: 'Disabled' },
  { name: 'off for a rule that is not listed', label: 'apply', isUnlisted: true, mode: 'off', reason: 'NotListed' },
  { name: 'off in kube-system', namespace: 'kube-system', label: 'apply', mode: 'off', reason: 'Excluded' },
  { name: 'off in kube-public', namespace: 'kube-public', label: 'apply', mode: 'off', reason: 'Excluded' },
  { name: 'off in kube-node-lease', namespace: 'kube-node-lease', label: 'plan', mode: 'off', reason: 'Excluded' },
  { name: "off in Merlon's namespace", namespace: 'merlon', label: 'apply', mode: 'off', reason: 'Excluded' },
  {
    name: 'what is asked for in kube-system, where a policy names it',
    namespace: 'kube-system',
    isNamed: true,
    label: 'apply',
    mode: 'apply',
    reason: 'Enabled',
  },
  {
    name: 'off in kube-system that is named, where nobody asks for more',
    namespace: 'kube-system',
    isNamed: true,
    mode: 'off',
    reason: 'Disabled',
  },
];

describe('remediation in a namespace is', () => {
  for (const row of rows) {
    const { name, label, asked, ceiling, namespace = 'shop', isNamed = false, mode, reason, message = /^\S/ } = row;
    it(name, () => {
      const terms: RemediationTerms = {
        ...silent,
        ...(ceiling === undefined ? {} : { ceiling }),
        ...(asked === undefined ? {} : { asked, askedBy: team }),
        namespacesMaySwitchOn: row.mayNotSwitchOn !== true,
        mayRepair: () => row.isUnlisted !== true,
      };
      const labels: Readonly<Record<string, string>> = label === undefined ? {} : { 'merlon.dev/remediation': label };
      const found = resolveMode(
        { terms, namespace, labels, ownNamespace: 'merlon', isNamed },
        row.rule ?? defaultTokenMount,
      );
      expect(found).to.deep.include({ mode, reason, isKilled: ceiling === 'off' });
      expect(found.message).to.match(message);
    });
  }

  it('given every reason that there is by some row', () => {
    const given = new Set(rows.map(({ reason }) => reason));
    expect([...given].sort()).to.deep.equal(Object.keys(modeReasons).sort());
  });
});

describe('remediation of what is of the whole cluster is', () => {
  const clusterOf = (terms: Partial<RemediationTerms>) =>
    resolveMode({ terms: { ...silent, ...terms }, repairable: [anonymousGrants] }, anonymousGrants);

  it('off where no policy speaks of it, and says which would', () => {
    const found = clusterOf({});
    expect(found).to.include({ mode: 'off', reason: 'Disabled' });
    expect(found.message).to.match(
      /without namespaces and namespaceSelector set spec.remediation.mode.* list "rbac-anonymous-grants"/,
    );
  });
  it('off where a policy says so', () => {
    expect(clusterOf({ ceiling: 'off' })).to.include({ mode: 'off', reason: 'SwitchedOff', isKilled: true });
  });
  it('off where no policy lists a rule that may be repaired there', () => {
    const found = clusterOf({ ceiling: 'apply', mayRepair: ({ id }) => id === defaultTokenMount.id });
    expect(found).to.include({ mode: 'off', reason: 'Disabled' });
    expect(found.message).to.match(/no policy for the whole cluster lists "rbac-anonymous-grants"/);
  });
  it('off for a rule that is not listed where another one is', () => {
    const terms: RemediationTerms = { ...silent, ceiling: 'apply', mayRepair: ({ id }) => id === anonymousGrants.id };
    const found = resolveMode({ terms, repairable: [anonymousGrants] }, defaultTokenMount);
    expect(found).to.include({ mode: 'off', reason: 'NotListed' });
  });
  for (const ceiling of ['plan', 'apply'] as const) {
    it(`no more than planned where the policy says ${ceiling}`, () => {
      expect(clusterOf({ ceiling })).to.include({ mode: 'plan', reason: 'Planned', isKilled: false });
    });
  }
});
