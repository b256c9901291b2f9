import { expect } from 'chai';

import {
  exemptionReasons,
  pendingExemptionConditions,
  pendingPolicyConditions,
  enforcedReasons,
  pendingClusterPostureConditions,
  pendingPostureConditions,
  policyReasons,
  postureReasons,
} from '../../src/api/v1alpha1/conditions.ts';
import type { PostureCondition } from '../../src/api/v1alpha1/conditions.ts';
import { severities as apiSeverities } from '../../src/api/v1alpha1/posture-status.ts';
import type { CrdSchema, FromSchema } from '../../src/api/v1alpha1/schema.ts';
import { severities } from '../../src/core/severity.ts';
import { buildCrd, crdDefinitions } from '../../src/generate/crds.ts';
import { findSchemaProblems } from './structural-schema.ts';

describe('schemas of the API', () => {
  for (const definition of crdDefinitions) {
    it(`${definition.kind} is structural, bounded, and requires only what it has`, () => {
      const schemas = buildCrd(definition).spec.versions.map(({ schema }) => schema.openAPIV3Schema);
      expect(schemas.flatMap((schema) => findSchemaProblems(schema))).to.deep.equal([]);
    });
  }

  it('every kind is served in one version with a status of its own', () => {
    for (const definition of crdDefinitions) {
      const { versions } = buildCrd(definition).spec;
      expect(versions).to.have.length(1);
      expect(versions[0]).to.deep.include({
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
      });
    }
  });

  it('the severities of the API are those of the rules, in the same order', () => {
    expect(apiSeverities).to.deep.equal(severities);
  });

  it('a new object says Unknown and Pending in every condition that its kind has', () => {
    const pending = (types: object, conditions: readonly { type: string; status: string; reason: string }[]) => {
      expect(conditions.map(({ type }) => type)).to.deep.equal(Object.keys(types));
      for (const condition of conditions) expect(condition).to.include({ status: 'Unknown', reason: 'Pending' });
    };
    pending(postureReasons, pendingPostureConditions);
    pending({ ...postureReasons, ...enforcedReasons }, pendingClusterPostureConditions);
    pending(policyReasons, pendingPolicyConditions);
    pending(exemptionReasons, pendingExemptionConditions);
  });

  it('every reason is CamelCase and stands for a scenario in a sentence', () => {
    const tables: readonly Readonly<Record<string, string>>[] = [
      ...Object.values(postureReasons),
      ...Object.values(enforcedReasons),
      ...Object.values(policyReasons),
      ...Object.values(exemptionReasons),
    ];
    const reasons = tables.flatMap((table) => Object.entries(table));
    expect(reasons).to.have.length.greaterThan(10);
    for (const [reason, scenario] of reasons) {
      expect(reason).to.match(/^[A-Z][A-Za-z]+$/);
      expect(scenario).to.match(/^[A-Z].*\.$/, reason);
    }
  });
});

describe('the check of schemas', () => {
  interface Row {
    readonly name: string;
    readonly schema: Readonly<Record<string, unknown>>;
    readonly problem: string;
  }
  const rows: readonly Row[] = [
    {
      name: 'names a string without a bound',
      schema: { type: 'object', properties: { note: { type: 'string' } } },
      problem: '.note: has no maxLength',
    },
    {
      name: 'names a list without a bound',
      schema: {
        type: 'object',
        properties: { notes: { type: 'array', items: { type: 'boolean' }, 'x-kubernetes-list-type': 'atomic' } },
      },
      problem: '.notes: has no maxItems',
    },
    {
      name: 'names a map without a bound',
      schema: { type: 'object', additionalProperties: { type: 'boolean' } },
      problem: 'root: has no maxProperties',
    },
    {
      name: 'names a required field that does not exist',
      schema: { type: 'object', required: ['b'], properties: { a: { type: 'boolean' } } },
      problem: 'root: requires "b", which it has not',
    },
    {
      name: 'names a default inside a list item',
      schema: {
        type: 'object',
        properties: {
          list: {
            type: 'array',
            maxItems: 1,
            'x-kubernetes-list-type': 'atomic',
            items: { type: 'object', properties: { a: { type: 'boolean', default: true } } },
          },
        },
      },
      problem: '.list[].a: a default inside a list item shows as permanent drift',
    },
    {
      name: 'names a list map whose key may be absent',
      schema: {
        type: 'object',
        properties: {
          list: {
            type: 'array',
            maxItems: 1,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['a'],
            items: { type: 'object', properties: { a: { type: 'boolean' } } },
          },
        },
      },
      problem: '.list: its list type does not fit its items',
    },
    {
      name: 'names what no structural schema may hold',
      schema: { type: 'object', properties: {}, anyOf: [] },
      problem: 'root: "anyOf" is no structural keyword',
    },
    {
      name: 'names a node without a type',
      schema: { type: 'object', properties: { a: {} } },
      problem: '.a: its type is undefined',
    },
    {
      name: 'names an object of which nothing is said',
      schema: { type: 'object' },
      problem: 'root: must have properties or additionalProperties, and not both',
    },
  ];
  for (const { name, schema, problem } of rows) {
    it(name, () => {
      expect(findSchemaProblems(schema)).to.deep.equal([problem]);
    });
  }
});

describe('types from schemas', () => {
  const schema = {
    type: 'object',
    required: ['name', 'sizes'],
    properties: {
      name: { type: 'string', maxLength: 8 },
      colour: { type: 'string', enum: ['red', 'green'] },
      sizes: {
        type: 'array',
        maxItems: 2,
        items: { type: 'integer', format: 'int32' },
        'x-kubernetes-list-type': 'atomic',
      },
      labels: { type: 'object', maxProperties: 2, additionalProperties: { type: 'boolean' } },
    },
  } as const satisfies CrdSchema;
  type Sample = FromSchema<typeof schema>;

  it('follow the schema: required and optional, choices, lists and maps', () => {
    const samples: readonly Sample[] = [
      { name: 'all', sizes: [1, 2], colour: 'red', labels: { new: true } },
      { name: 'least', sizes: [] },
      // @ts-expect-error sizes is required
      { name: 'short' },
      // @ts-expect-error blue is no colour
      { name: 'blue', sizes: [], colour: 'blue' },
      // @ts-expect-error a size is a number
      { name: 'long', sizes: ['long'] },
      // @ts-expect-error a label is true or false
      { name: 'labelled', sizes: [], labels: { new: 'yes' } },
    ];
    expect(samples).to.have.length(6);
    expect(findSchemaProblems(schema)).to.deep.equal([]);
  });

  it('let a condition have only the reasons of its type', () => {
    const rest = { status: 'True', message: '', lastTransitionTime: '1970-01-01T00:00:00Z' } as const;
    const right: PostureCondition = { ...rest, type: 'Ready', reason: 'EvaluationSucceeded' };
    // @ts-expect-error AllInputsRead is a reason of InputsComplete
    const wrong: PostureCondition = { ...rest, type: 'Ready', reason: 'AllInputsRead' };
    expect(right.type).to.equal(wrong.type);
  });
});
