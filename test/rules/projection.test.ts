/**
 * A field that is not projected reads as absent, and absent may read as a pass. So every rule must say the same of
 * objects as the API server holds them, with all their fields, and of what is kept of them.
 */
import { expect } from 'chai';
import fc from 'fast-check';

import { Evaluator } from '../../src/core/evaluate.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import { kindNames, kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../src/core/object-snapshot.ts';
import { project } from '../../src/core/project.ts';
import { defineRule, violation } from '../../src/core/rule.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import { rules } from '../../src/rules/index.ts';
import { isOfCluster } from '../../src/core/subjects.ts';
import { readManifests } from '../core/yaml-objects.ts';
import { clusterArbitrary } from './object-arbitrary.ts';
import type { GeneratedCluster } from './object-arbitrary.ts';
import { wholeObject } from './whole-object.ts';

const evidence: Evidence = {
  anonymousRequests: {
    value: [{ path: '/version', status: 200, namesAnonymousUser: false }],
    source: 'requests without credentials',
    confidence: 'high',
    detail: 'GET /version 200',
  },
  unknownUserAllowed: { value: false, source: 'SubjectAccessReview', confidence: 'high', detail: 'refused' },
  minorVersion: { value: 37, source: '/version', confidence: 'high', detail: '' },
};

type Objects = Partial<GeneratedCluster>;

/** Everything that the rules say of the objects, in the two forms. */
function judgeBothForms(some: readonly AnyRule[], objects: Objects): readonly [unknown, unknown] {
  const projected: Record<string, unknown[]> = {};
  const whole: Record<string, unknown[]> = {};
  for (const kind of kindNames) {
    const jsons = objects[kind] ?? [];
    const kept = jsons.map((json) => project(kinds[kind].shape, json));
    projected[kind] = kept;
    whole[kind] = jsons.map((json, index) => wholeObject(kinds[kind].shape, json, kept[index]));
  }
  return [judge(some, projected), judge(some, whole)];
}

function judge(some: readonly AnyRule[], objects: ObjectsByKind): unknown {
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster: true, evidence });
  const evaluator = new Evaluator({
    ruleThrew: (rule, error) => {
      throw new Error(`rule ${rule} threw`, { cause: error });
    },
  });
  const selected = some.map((rule) => ({ rule, params: resolveParams(rule) }));
  const namespaces = new Set(
    kindNames.flatMap((kind) =>
      (objects[kind] ?? []).map(({ metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace)),
    ),
  );
  const scopes = [
    'cluster' as const,
    ...[...namespaces].flatMap((namespace) => (namespace === undefined ? [] : [{ namespace }])),
  ];
  return scopes
    .flatMap((scope) => evaluator.evaluate(scope, selected, snapshot))
    .map(({ rule, severity, outcome, subject, message, violations }) => ({
      rule: rule.id,
      severity,
      outcome,
      subject,
      message,
      violations,
    }));
}

/** The object with a field more in each of its objects. */
function withUnreadFields(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withUnreadFields);
  if (typeof json !== 'object' || json === null) return json;
  return {
    unread: true,
    ...Object.fromEntries(Object.entries(json).map(([name, value]) => [name, withUnreadFields(value)])),
  };
}

describe('rules say the same of whole and of projected objects', () => {
  it('in their own examples', () => {
    const examples = rules
      .filter(({ subject }) => !isOfCluster(subject))
      .flatMap(({ example }) => [...readManifests(example.fails), ...readManifests(example.passes)])
      // Policies are not projected.
      .filter(({ kind }) => kind in kinds)
      .map((manifest) => (kinds[manifest.kind].isNamespaced ? inNamespace(manifest) : manifest));
    const objects = Map.groupBy(examples, ({ kind }) => kind);
    const [ofProjected, ofWhole] = judgeBothForms(
      rules,
      Object.fromEntries([...objects].map(([kind, some]) => [kind, some.map(withUnreadFields)])),
    );
    expect(ofWhole).to.deep.equal(ofProjected);
    expect(ofProjected).to.be.an('array').with.length.greaterThan(examples.length);
  });

  it('in generated clusters', () => {
    // On failure fast-check prints the seed and the path that lead there again: fc.assert(…, { seed, path }).
    fc.assert(
      fc.property(clusterArbitrary(), (cluster) => {
        const [ofProjected, ofWhole] = judgeBothForms(rules, cluster);
        expect(ofWhole).to.deep.equal(ofProjected);
      }),
      { numRuns: 200 },
    );
  }).timeout(180_000);

  it('and one that reads a field which nobody projects is found out', () => {
    const careless = defineRule({
      id: 'careless',
      title: '',
      severity: 'high',
      severityReason: '',
      subject: 'Workload',
      controls: [],
      rationale: '',
      remediation: '',
      example: { fails: '', passes: '' },
      check: (pod) => ('nodeName' in pod.spec ? [violation('spec.nodeName', pod.spec.nodeName, 'bound')] : []),
    });
    const [ofProjected, ofWhole] = judgeBothForms([careless], {
      Pod: [
        {
          metadata: { name: 'web', namespace: 'shop' },
          spec: { nodeName: 'node1', containers: [{ name: 'web' }] },
        },
      ],
    });
    expect(ofProjected).to.have.nested.property('[0].outcome', 'pass');
    expect(ofWhole).to.have.nested.property('[0].outcome', 'fail');
  });
});

function inNamespace<M extends { readonly metadata: object }>(manifest: M): M {
  return { ...manifest, metadata: { namespace: 'shop', ...manifest.metadata } };
}
