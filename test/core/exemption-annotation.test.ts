import { expect } from 'chai';

import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import { matchExemptions } from '../../src/core/exemption-matcher.ts';
import { ExemptionTable } from '../../src/core/exemption-table.ts';
import { FindingCollector } from '../../src/core/finding-collector.ts';
import { defineRule, violation } from '../../src/core/rule.ts';
import { ruleNamed } from './finding-of.ts';
import { snapshotOf } from './yaml-objects.ts';

const podRule = ruleNamed('pod-rule', { check: () => [violation('spec', undefined, 'it is wrong')] });
const accountRule = defineRule({
  ...ruleNamed('account-rule'),
  subject: 'ServiceAccount',
  check: () => [violation('x', undefined, 'it is wrong')],
});
const honoured: ExemptionTerms = { ...DEFAULT_EXEMPTION_TERMS, byAnnotation: true, mayNamespaceExempt: () => true };
const reason = 'accepted until it is rewritten';

/** Of everything in the namespace, as `name outcome`. */
function outcomesOf(yaml: string, terms = honoured): readonly string[] {
  const collector = new FindingCollector('open');
  const scope = { namespace: 'shop' };
  collector.exemptBy(matchExemptions({ table: new ExemptionTable(), inputs: [], nowMs: 0 }, terms, scope));
  const rules = [podRule, accountRule].map((rule) => ({ rule, params: {} }));
  new Evaluator({ ruleThrew: () => undefined }).judge(scope, rules, snapshotOf(yaml), collector);
  return collector.finish().findings.map(({ subject, outcome }) => `${subject.name} ${outcome}`);
}

const pod = (annotations: string): string => `
kind: Pod
metadata: { name: web, namespace: shop, annotations: ${annotations} }
spec: { containers: [{ name: web }] }
`;

describe('an annotation', () => {
  it('exempts the object on which it stands', () => {
    expect(outcomesOf(pod(`{ exempt.merlon.dev/pod-rule: ${reason} }`))).to.deep.equal(['web exempt']);
    const account = `{ kind: ServiceAccount, metadata: { name: app, namespace: shop, annotations: { exempt.merlon.dev/account-rule: ${reason} } } }`;
    expect(outcomesOf(account)).to.deep.equal(['app exempt']);
  });

  it('exempts a workload on itself or on its template', () => {
    const deployment = (own: string, ofTemplate: string): string => `
kind: Deployment
metadata: { name: web, namespace: shop, annotations: ${own} }
spec: { template: { metadata: { annotations: ${ofTemplate} }, spec: { containers: [{ name: web }] } } }
`;
    const exempting = `{ exempt.merlon.dev/pod-rule: ${reason} }`;
    expect(outcomesOf(deployment(exempting, '{}'))).to.deep.equal(['web exempt']);
    expect(outcomesOf(deployment('{}', exempting))).to.deep.equal(['web exempt']);
    expect(outcomesOf(deployment('{}', '{}'))).to.deep.equal(['web fail']);
  });

  it('exempts from the rule that it names, with a reason that says something', () => {
    expect(outcomesOf(pod(`{ exempt.merlon.dev/other-rule: ${reason} }`))).to.deep.equal(['web fail']);
    expect(outcomesOf(pod('{ exempt.merlon.dev/pod-rule: because }'))).to.deep.equal(['web fail']);
    expect(outcomesOf(pod('{ exempt.merlon.dev/pod-rule: "            " }'))).to.deep.equal(['web fail']);
    expect(outcomesOf(pod(`{ exempt.merlon.dev: ${reason} }`))).to.deep.equal(['web fail']);
  });

  it('of one pod does not speak for all that an unread owner has', () => {
    const owned = `
kind: Pod
metadata:
  name: web-1
  namespace: shop
  annotations: { exempt.merlon.dev/pod-rule: ${reason} }
  ownerReferences: [{ apiVersion: example.com/v1, kind: Site, name: web, uid: u1, controller: true }]
spec: { containers: [{ name: web }] }
`;
    expect(outcomesOf(owned)).to.deep.equal(['web fail']);
  });

  it('counts only where policy delegates the rule and honours annotations, and exemptions need not end', () => {
    const annotated = pod(`{ exempt.merlon.dev/pod-rule: ${reason} }`);
    const refusing: readonly ExemptionTerms[] = [
      DEFAULT_EXEMPTION_TERMS,
      { ...honoured, byAnnotation: false },
      { ...honoured, mayNamespaceExempt: () => false },
      { ...honoured, isNever: () => true },
      { ...honoured, maxLifetimeDays: 3650 },
    ];
    for (const terms of refusing) expect(outcomesOf(annotated, terms)).to.deep.equal(['web fail']);
  });
});
