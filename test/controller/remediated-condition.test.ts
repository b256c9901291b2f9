import { expect } from 'chai';

import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { describeRepairs, findProblem } from '../../src/controller/remediated-condition.ts';
import type { RemediatedView } from '../../src/controller/remediated-condition.ts';
import { gatherCandidates } from '../../src/controller/repair-candidates.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { RemediationMode } from '../../src/core/remediation-terms.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import type { SubjectRef } from '../../src/core/subject-ref.ts';
import { podSecurityLevel } from '../../src/rules/namespace/pod-security-level.ts';
import { rules } from '../../src/rules/index.ts';
import { defaultTokenMount } from '../../src/rules/service-account/default-token-mount.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' };
const snapshot = snapshotOf(`
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
    pod-security.kubernetes.io/audit: restricted
---
kind: ServiceAccount
metadata: { name: default, namespace: shop }
`);

interface Judged {
  readonly rule?: AnyRule;
  readonly subject?: SubjectRef;
}

function finding(outcome: Finding['outcome'], { rule = defaultTokenMount, subject = account }: Judged = {}): Finding {
  return { rule, severity: 'medium', outcome, subject, message: `it is ${outcome}`, violations: [] };
}

const unlisted = finding('unknown', { subject: { ...account, name: '*' } });
const labels = finding('fail', {
  rule: podSecurityLevel,
  subject: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
});

function recordOf(status: HardeningRemediation['status'], name = account.name): HardeningRemediation {
  const { namespace } = account;
  const target = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name, uid: 'u', display: '' };
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'HardeningRemediation',
    metadata: { namespace, name: `${defaultTokenMount.id}.serviceaccount.${name}` },
    status: { rule: defaultTokenMount.id, target, ...status },
  };
}

interface View {
  readonly findings?: readonly Finding[];
  readonly records?: readonly HardeningRemediation[];
  readonly asked?: RemediationMode;
  readonly rules?: readonly AnyRule[];
  readonly problem?: RemediatedView['problem'];
}

/** As `False Applying: 1 repair is about to be written`. */
function describeView({ findings = [], records = [], asked = 'apply', rules: listed, problem }: View): string {
  const { status, reason, message } = describeRepairs(
    {
      namespace: 'shop',
      ownNamespace: 'merlon',
      labels: { 'merlon.dev/remediation': asked },
      isNamed: false,
      terms: {
        ceiling: 'apply',
        allowInUse: false,
        namespacesMaySwitchOn: true,
        mayRepair: (rule) => (listed ?? [defaultTokenMount]).includes(rule),
      },
    },
    gatherCandidates({ scope: 'namespace/shop', ownNamespace: 'merlon', rules, findings, records }),
    snapshot,
    problem,
  );
  return `${status} ${reason}: ${message}`;
}

describe('the condition Remediated', () => {
  it('says that a repair is due, done, or proposed', () => {
    expect(describeView({ findings: [finding('fail')] })).to.match(/^False Applying: 1 repair is about to be written$/);
    expect(describeView({ records: [recordOf({ state: 'Applied', reason: 'Applied' })] })).to.match(/^True Applied: /);
    expect(describeView({ findings: [finding('fail')], asked: 'plan' })).to.match(
      /^False Planned: 1 repair is proposed/,
    );
    expect(describeView({})).to.match(/^True NothingToRepair: /);
  });

  it('is not true where it is not known whether something is to be repaired', () => {
    expect(describeView({ findings: [unlisted] })).to.equal(
      'Unknown Unknown: whether anything is to be repaired is not known, ServiceAccount *: it is unknown',
    );
    expect(describeView({ findings: [finding('unknown')] })).to.match(
      /^Unknown Unknown: .*ServiceAccount default: it is/,
    );
    // Also where something was repaired before: it may have been set back.
    const records = [recordOf({ state: 'Applied', reason: 'Applied' })];
    expect(describeView({ findings: [unlisted], records })).to.match(
      /^Unknown .*it is unknown; 1 repair was done before/,
    );
  });

  it('does not mind what is not known of a rule that nobody lists', () => {
    expect(describeView({ findings: [unlisted], rules: [] })).to.match(/^True NothingToRepair: /);
  });

  it('promises no repair of what no patch repairs', () => {
    expect(describeView({ findings: [labels], rules: [podSecurityLevel] })).to.equal(
      'True NothingToRepair: nothing fails that may be repaired here; of what fails, 1 cannot be repaired by a patch as it is now',
    );
  });

  it('tells how many stand where no more are done', () => {
    const applied = { state: 'Applied', reason: 'Applied' } as const;
    const [done, second] = [recordOf(applied), recordOf(applied, 'other')];
    const tell = (...records: readonly HardeningRemediation[]) => describeView({ records, asked: 'off' });
    expect(tell()).to.match(/^False AskedOff: [^;]+$/);
    expect(tell(done)).to.match(/; 1 repair was done before and stands$/);
    expect(tell(done, second)).to.match(/; 2 repairs were done before and stand$/);
  });

  it('says what people can do most about first', () => {
    const records = [recordOf({ state: 'Blocked', reason: 'WorkloadAtRisk', message: 'web is at risk' })];
    expect(describeView({ findings: [finding('fail'), unlisted], records })).to.equal(
      'False WorkloadAtRisk: ServiceAccount default: web is at risk',
    );
  });

  it('is unknown while the records cannot be read, and false while one of them is in the way', () => {
    const candidates = gatherCandidates({
      scope: 'namespace/shop',
      ownNamespace: 'merlon',
      rules,
      findings: [finding('fail')],
      records: [{ ...recordOf({}), status: {} }],
    });
    const records = { source: 'HardeningRemediation', state: 'observed', message: '' } as const;
    const unread = findProblem(candidates, { ...records, state: 'forbidden', message: 'may not' }, () => undefined);
    expect(describeView({ problem: unread })).to.equal('Unknown Unknown: nothing is repaired: may not');
    const foreign = findProblem(candidates, records, () => undefined);
    expect(describeView({ problem: foreign })).to.match(/^False ForeignRecord: /);
    const unwritten = findProblem({ ...candidates, strangers: [] }, records, () => 'no room');
    expect(describeView({ problem: unwritten })).to.match(/^False Unrecorded: .*no room$/);
  });
});
