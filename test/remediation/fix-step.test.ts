/** What `merlon fix` does about one repair: the same holds it back as the operator, but for switches and records. */
import { expect } from 'chai';

import { findUnstored, judgeFix } from '../../src/remediation/fix-step.ts';
import type { FixSituation } from '../../src/remediation/fix-step.ts';
import type { LiveObject } from '../../src/remediation/live-object.ts';
import type { PlannedRepair, Risk } from '../../src/remediation/planned-repair.ts';
import { remedyOf } from '../../src/remediation/remedies.ts';
import type { Remedy } from '../../src/remediation/remedy.ts';
import { rules } from '../../src/rules/index.ts';

const FIELD = 'automountServiceAccountToken';

function defaultRemedy(): Remedy {
  const remedy = remedyOf('service-account-default-token-mount');
  if (remedy === undefined) throw new Error('there is no remedy');
  return remedy;
}

function plan(risks: readonly Risk[] = []): PlannedRepair {
  const rule = rules.find(({ id }) => id === defaultRemedy().rule);
  if (rule === undefined) throw new Error('there is no rule');
  return {
    rule,
    target: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default', uid: 'u' },
    patch: { [FIELD]: false },
    fields: [{ path: FIELD, keys: [FIELD], before: undefined, after: false }],
    risks,
    isPlanOnly: false,
  };
}

function account(manager?: string, value = true, metadata: object = {}): LiveObject {
  const managedFields =
    manager === undefined ? [] : [{ manager, operation: 'Apply', fieldsV1: { [`f:${FIELD}`]: {} } }];
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'shop', uid: 'u', resourceVersion: '7', managedFields, ...metadata },
    ...(manager === undefined ? {} : { [FIELD]: value }),
  };
}

function judge(object: LiveObject, more: Partial<FixSituation> = {}) {
  return judgeFix({
    plan: plan(),
    remedy: defaultRemedy(),
    live: { outcome: 'read', object },
    allowsInUse: false,
    ...more,
  });
}

const atRisk: Risk = { kind: 'WorkloadAtRisk', message: 'web mounts it' };
const stated: Risk = { kind: 'Stated', message: 'what comes later is not seen' };

describe('the step of a fix', () => {
  it('patches the object that was read where nobody has set the field', () => {
    const object = account();
    expect(judge(object, { plan: plan([stated]) })).to.deep.equal({
      kind: 'patch',
      target: object,
      patch: { [FIELD]: false },
      fields: plan().fields,
    });
  });

  it('patches what it has set itself, and tells what stands there', () => {
    expect(judge(account('merlon-fix')))
      .to.include({ kind: 'patch' })
      .and.to.have.nested.property('fields[0].before', true);
  });

  it('holds back where a workload is at risk, or that is not known, until it is allowed', () => {
    expect(judge(account(), { plan: plan([atRisk, stated]) })).to.deep.equal({
      kind: 'held',
      reason: 'WorkloadAtRisk',
      messages: ['web mounts it'],
    });
    const unknown: Risk = { kind: 'RiskUnknown', message: 'pods are not read' };
    expect(judge(account(), { plan: plan([unknown]) })).to.include({ kind: 'held', reason: 'RiskUnknown' });
    expect(judge(account(), { plan: plan([atRisk]), allowsInUse: true })).to.include({ kind: 'patch' });
  });

  it('takes nothing from others, whatever is allowed, not even from the operator', () => {
    const reasonOf = (object: LiveObject) => {
      const step = judge(object, { allowsInUse: true });
      return step.kind === 'held' ? step.reason : step.kind;
    };
    expect(reasonOf(account('argocd-controller'))).to.equal('GitOpsOwned');
    expect(reasonOf(account(undefined, true, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }))).to.equal(
      'GitOpsOwned',
    );
    expect(reasonOf(account('kubectl-edit'))).to.equal('FieldConflict');
    expect(reasonOf(account('merlon-remediator'))).to.equal('FieldConflict');
  });

  it('writes nothing that is only planned', () => {
    const step = judge(account(), { plan: { ...plan([stated]), isPlanOnly: true, remark: 'apply it yourself' } });
    expect(step).to.deep.equal({ kind: 'planOnly', messages: ['apply it yourself', stated.message] });
  });

  it('writes nothing to what is gone, is going, is another one by now, or is repaired', () => {
    const kinds = [
      judge(account(), { live: { outcome: 'gone' } }),
      judge(account(undefined, true, { deletionTimestamp: '2026-01-01T00:00:00Z' })),
      judge(account(undefined, true, { uid: 'other' })),
      judge(account('somebody', false)),
    ].map(({ kind }) => kind);
    expect(kinds).to.deep.equal(['outdated', 'outdated', 'outdated', 'outdated']);
    expect(judge(account(), { live: { outcome: 'forbidden', message: 'no' } })).to.deep.equal({
      kind: 'forbidden',
      message: 'no',
    });
  });

  it('notices what is stored otherwise than it was sent', () => {
    expect(findUnstored(plan().fields, account('merlon-fix', false))).to.equal(undefined);
    expect(findUnstored(plan().fields, account('merlon-fix', true))).to.match(
      /^automount.* is not stored as it was sent/,
    );
  });
});
