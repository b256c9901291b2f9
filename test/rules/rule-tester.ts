/**
 * Tests one rule by rows of literal YAML. The first document of a row is the subject, the others are what else is in
 * the cluster. Beyond each row's own expectation the tester holds every rule to its contract: it does not change what it
 * is given, says the same twice, reads only what it declares, and says the same of the whole object as of its projection.
 */
import { expect } from 'chai';
import { CORE_SCHEMA, loadAll } from 'js-yaml';

import { Evaluator, subjectKinds } from '../../src/core/evaluate.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import { apiVersionOf, kinds } from '../../src/core/kinds.ts';
import type { KindName, ObjectOf } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../src/core/object-snapshot.ts';
import { project } from '../../src/core/project.ts';
import type { CheckResult, Rule, RuleContext, Source, SubjectType } from '../../src/core/rule.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { Observation, Snapshot } from '../../src/core/snapshot.ts';
import { NotObserved } from '../../src/core/snapshot.ts';
import { MalformedField } from '../../src/core/shape.ts';
import type { SubjectRef } from '../../src/core/workload.ts';

export type Expectation =
  | { readonly passes: true }
  /** The exact violations, in order: a path, or a path with its severity where that is not the rule's own. */
  | { readonly fails: readonly (string | { readonly path: string; readonly severity: Severity })[] }
  | { readonly notApplicable: true }
  | { readonly unknown: RegExp };

export type Row = Expectation & {
  /** A sentence about behaviour. */
  readonly name: string;
  /** The subject, then whatever else is there; empty for the API server. */
  readonly yaml: string;
  /** Where not a cluster but files are judged. */
  readonly isFromFiles?: boolean;
  readonly missing?: readonly Observation<Source>[];
  readonly evidence?: Evidence;
};

/** Registers the rows as tests. */
export function testRule<S extends SubjectType>(rule: Rule<S>, rows: readonly Row[]): void {
  describe(rule.id, () => {
    for (const row of rows) {
      it(row.name, () => {
        judgeRow(rule, row);
      });
    }
    it('has rows for a pass, a failure with paths, and no row twice', () => {
      expect(
        rows.some((row) => 'passes' in row),
        'a row that passes',
      ).to.equal(true);
      expect(
        rows.some((row) => 'fails' in row && row.fails.length > 0),
        'a row that fails',
      ).to.equal(true);
      const bodies = rows.map(({ name, ...rest }) => JSON.stringify(rest));
      expect(new Set(bodies).size, 'distinct rows').to.equal(rows.length);
    });
    if (rule.subject !== 'APIServer') {
      it('judges its own examples as they say', () => {
        judgeRow(rule, { name: 'fails', yaml: rule.example.fails, ...failsSomehow(rule, rule.example.fails) });
        judgeRow(rule, { name: 'passes', yaml: rule.example.passes, passes: true });
      });
    }
  });
}

function failsSomehow<S extends SubjectType>(rule: Rule<S>, yaml: string): Expectation {
  const { subject, context } = readRow(rule, { name: '', yaml, passes: true });
  const result = rule.check(subject as never, context);
  expect(result, `${rule.id}: example.fails`).to.be.an('array').with.length.greaterThan(0);
  return {
    fails: 'outcome' in result ? [] : result.map(({ path, severity }) => (severity ? { path, severity } : path)),
  };
}

function judgeRow<S extends SubjectType>(rule: Rule<S>, row: Row): void {
  const { subject, whole, context, touched } = readRow(rule, row);
  const first = run(() => rule.check(subject as never, context));
  const second = run(() => rule.check(subject as never, context));
  expect(second, 'the same verdict twice').to.deep.equal(first);
  const undeclared = [...touched].filter((source) => rule.reads?.includes(source) !== true);
  expect(undeclared, 'sources that are read and not declared').to.deep.equal([]);
  expectOutcome(first, row);
  if (whole !== undefined && !isMalformed(rule, subject, context)) {
    expect(
      run(() => rule.check(whole as never, context)),
      'the verdict on the whole object',
    ).to.deep.equal(first);
  }
}

function isMalformed<S extends SubjectType>(rule: Rule<S>, subject: unknown, context: RuleContext): boolean {
  try {
    rule.check(subject as never, context);
    return false;
  } catch (error) {
    return error instanceof MalformedField;
  }
}

/** As the evaluator does it: what is missing or malformed is unknown. */
function run(check: () => CheckResult): CheckResult {
  try {
    return check();
  } catch (error) {
    if (error instanceof NotObserved || error instanceof MalformedField) {
      return { outcome: 'unknown', reason: error.message };
    }
    throw error;
  }
}

function expectOutcome(result: CheckResult, row: Row): void {
  if ('notApplicable' in row) {
    expect(result).to.have.property('outcome', 'notApplicable');
  } else if ('unknown' in row) {
    expect(result).to.have.property('outcome', 'unknown');
    expect((result as { reason: string }).reason).to.match(row.unknown);
  } else {
    const expected = 'passes' in row ? [] : row.fails.map((v) => (typeof v === 'string' ? { path: v } : v));
    expect(
      'outcome' in result ? result : result.map(({ path, severity }) => (severity ? { path, severity } : { path })),
    ).to.deep.equal(expected);
  }
}

interface PreparedRow {
  readonly subject: unknown;
  /** The subject as the file has it, with every field. */
  readonly whole: unknown;
  readonly context: RuleContext;
  readonly touched: ReadonlySet<Source>;
}

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function readRow<S extends SubjectType>(rule: Rule<S>, row: Row): PreparedRow {
  const manifests = (loadAll(row.yaml, { schema: CORE_SCHEMA }) as (Manifest | null)[]).filter((m) => m !== null);
  const [own] = manifests;
  const objects: Record<string, unknown[]> = {};
  for (const manifest of manifests) {
    (objects[manifest.kind] ??= []).push(project(kinds[manifest.kind as KindName].shape, manifest));
  }
  const snapshot = buildObjectSnapshot({
    objects: objects as ObjectsByKind,
    isWholeCluster: row.isFromFiles !== true,
    ...(row.missing === undefined ? {} : { missing: row.missing }),
    ...(row.evidence === undefined ? {} : { evidence: row.evidence }),
  });
  const touched = new Set<Source>();
  const context: RuleContext = Object.freeze({
    subject: own === undefined ? { apiVersion: 'v1', kind: 'APIServer', name: 'kube-apiserver' } : refOf(own),
    snapshot: recordReads(snapshot, touched),
  });
  if (own === undefined) return { subject: undefined, whole: undefined, context, touched };
  const kind = own.kind as KindName;
  expect(subjectKinds[rule.subject], `the subject of ${rule.id}`).to.include(kind);
  const projected = objects[kind]?.[0];
  return {
    subject: deepFreeze(rule.subject === 'Workload' ? podOf(kind, projected) : projected),
    whole: deepFreeze(rule.subject === 'Workload' ? podOf(kind, own) : own),
    context,
    touched,
  };
}

function refOf({ kind, metadata }: Manifest): SubjectRef {
  const apiVersion = apiVersionOf(kinds[kind as KindName]);
  const { name, namespace } = metadata;
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}

function podOf(kind: KindName, object: unknown): unknown {
  if (kind === 'Pod') return object;
  if (kind === 'CronJob') return (object as ObjectOf<'CronJob'>).spec.jobTemplate.spec.template;
  return (object as ObjectOf<'Deployment'>).spec.template;
}

/** The snapshot, noting what is read from it. */
function recordReads(snapshot: Snapshot, touched: Set<Source>): Snapshot {
  return {
    isWholeCluster: snapshot.isWholeCluster,
    observation: (source) => snapshot.observation(source),
    list: (kind, namespace) => {
      touched.add(kind);
      return snapshot.list(kind, namespace);
    },
    get: (kind, namespace, name) => {
      touched.add(kind);
      return snapshot.get(kind, namespace, name);
    },
    bindingsOf: (role) => {
      touched.add('RoleBinding');
      if (role.kind === 'ClusterRole') touched.add('ClusterRoleBinding');
      return snapshot.bindingsOf(role);
    },
    fact: (name) => {
      touched.add('Evidence');
      return snapshot.fact(name);
    },
  };
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const { get, value: inner } of Object.values(Object.getOwnPropertyDescriptors(value))) {
    if (get === undefined) deepFreeze(inner);
  }
  return Object.freeze(value);
}

/** An evaluator that fails the test when a rule fails. */
export function strictEvaluator(): Evaluator {
  return new Evaluator({
    ruleThrew: (rule, error) => {
      throw new Error(`rule ${rule} threw`, { cause: error });
    },
  });
}
