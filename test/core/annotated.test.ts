import { expect } from 'chai';

import { Evaluator } from '../../src/core/evaluate.ts';
import { defineRule } from '../../src/core/rule.ts';
import type { Scope } from '../../src/core/scope.ts';
import { ruleNamed } from './finding-of.ts';
import { snapshotOf } from './yaml-objects.ts';

/** Passes whatever is annotated. */
const rule = defineRule({ ...ruleNamed('annotation-rule'), subject: 'AnnotatedObject', check: () => [] });

/** What is judged there, as `outcome kind/name`. */
function judgedIn(scope: Scope, yaml: string, options?: Parameters<typeof snapshotOf>[1]): readonly string[] {
  const evaluator = new Evaluator({ ruleThrew: () => undefined });
  const findings = evaluator.evaluate(scope, [{ rule, params: {} }], snapshotOf(yaml, options));
  return findings.map(({ outcome, subject }) => `${outcome} ${subject.kind}/${subject.name}`);
}

const object = (kind: string, name: string, more = ''): string =>
  `{ kind: ${kind}, metadata: { name: ${name}, annotations: { exempt.merlon.dev/x: accepted } ${more} } }\n`;
const inShop = ', namespace: shop';

describe('what is annotated', () => {
  it('is judged where it is: in its namespace, or in the cluster', () => {
    const yaml = [
      object('ServiceAccount', 'app', inShop),
      object('ServiceAccount', 'app', ', namespace: other'),
      object('Namespace', 'shop'),
      object('Namespace', 'other'),
      object('ClusterRole', 'reader'),
    ].join('---\n');
    expect(judgedIn({ namespace: 'shop' }, yaml)).to.deep.equal(['pass Namespace/shop', 'pass ServiceAccount/app']);
    expect(judgedIn('cluster', yaml)).to.deep.equal(['pass ClusterRole/reader']);
  });

  it('is nothing that has other annotations, or none', () => {
    const yaml = object('ServiceAccount', 'app', inShop).replace('exempt.merlon.dev/', 'example.com/');
    expect(judgedIn({ namespace: 'shop' }, `${yaml}---\n{ kind: Namespace, metadata: { name: shop } }`)).to.deep.equal(
      [],
    );
  });

  it('is no pod of an owner, which speaks for all of them, or is not read', () => {
    const pod = (kind: string): string =>
      object(
        'Pod',
        'web-1',
        `${inShop}, ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: web, uid: u1, controller: true }]`,
      ).replace(/ }\n$/, ', spec: { containers: [{ name: web }] } }\n');
    const owner =
      '{ kind: StatefulSet, metadata: { name: web, namespace: shop, uid: u1 }, spec: { template: { spec: { containers: [{ name: web }] } } } }';
    expect(judgedIn({ namespace: 'shop' }, `${owner}\n---\n${pod('StatefulSet')}`)).to.deep.equal([]);
    expect(judgedIn({ namespace: 'shop' }, pod('Site').replace('apps/v1', 'example.com/v1'))).to.deep.equal([]);
    expect(judgedIn({ namespace: 'shop' }, pod('StatefulSet'))).to.deep.equal(['pass Pod/web-1']);
  });

  it('is unknown where a kind could not be read', () => {
    const missing = [{ source: 'Role', state: 'forbidden', message: 'listing is forbidden' }] as const;
    expect(judgedIn({ namespace: 'shop' }, object('ServiceAccount', 'app', inShop), { missing })).to.deep.equal([
      'unknown Role/*',
      'pass ServiceAccount/app',
    ]);
  });
});
