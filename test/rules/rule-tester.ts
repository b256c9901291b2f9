/**
 * Tests one rule by rows of literal YAML. The first document of a row is the subject, the others are what else is in
 * the cluster. Beyond each row's own expectation the tester holds every rule to its contract: it does not change what it
 * is given, says the same twice, reads only what it declares, and says the same of the whole object as of its projection.
 */
import { expect } from 'chai';

import { API_SERVER_REF, SubjectLists, subjectKinds } from '../../src/core/subjects.ts';
import { expectedIn, refOfExpected } from '../../src/core/expectation.ts';
import type { Expected, ScopedExpectation } from '../../src/core/expectation.ts';
import type { Evidence, FactName, ServerEvidence } from '../../src/core/evidence.ts';
import { apiVersionOf, kinds } from '../../src/core/kinds.ts';
import type { KindName, ObjectOf } from '../../src/core/kinds.ts';
import type { RbacSubject } from '../../src/core/rbac-shape.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../src/core/object-snapshot.ts';
import { findParamsProblem, resolveParams } from '../../src/core/params.ts';
import type { Params } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import type { AnyRule, CheckResult, Rule, RuleContext, SubjectType } from '../../src/core/rule.ts';
import type { Source } from '../../src/core/source.ts';
import { isAtLeast } from '../../src/core/severity.ts';
import type { Severity } from '../../src/core/severity.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { NotObserved } from '../../src/core/snapshot.ts';
import type { Observation, Snapshot } from '../../src/core/snapshot.ts';
import { refOfPrincipal } from '../../src/core/principals.ts';
import type { SubjectRef } from '../../src/core/subject-ref.ts';
import { remedyOf } from '../../src/remediation/remedies.ts';
import type { Remedy } from '../../src/remediation/remedy.ts';
import { readManifests } from '../core/yaml-objects.ts';
import type { Manifest } from '../core/yaml-objects.ts';
import { expectedOf, splitPolicies } from '../core/stated-policies.ts';
import { planOf, repair } from '../remediation/repaired-yaml.ts';
import { wholeObject } from './whole-object.ts';

/** A path alone where the violation is as bad as the rule in general. */
export type ExpectedViolation =
  | string
  | {
      readonly path: string;
      readonly severity?: Severity;
      /** Compared where it is given. */
      readonly observed?: string;
      readonly message?: RegExp;
    };

export type Expectation =
  /** Or by what it says, of a rule that passes in more than one way. */
  | { readonly passes: true | RegExp }
  /** The exact violations, in order. */
  | { readonly fails: readonly ExpectedViolation[] }
  | { readonly notApplicable: RegExp }
  | { readonly unknown: RegExp };

interface RowInput {
  /** The subject, which the API server has none of, then whatever else is there. */
  readonly yaml: string;
  /** Where not a cluster but files are judged. */
  readonly isFromFiles?: boolean;
  readonly missing?: readonly Observation<Source>[];
  readonly evidence?: Evidence;
  /** Where there are several API servers. */
  readonly servers?: readonly ServerEvidence[];
  /** What a policy sets; defaults where it is left out. */
  readonly params?: Params;
  /** The API server's minor version; by default the latest. */
  readonly podSecurityVersion?: number;
  /** As `2026-11-26`. */
  readonly today?: string;
  /** Of an expectation, which posture judges it: that of the subject's namespace, by default, or the cluster's. */
  readonly posture?: 'cluster';
}

export type Row = Expectation &
  RowInput & {
    /** A sentence about behaviour. */
    readonly name: string;
    /** Where the rule has a remedy that does not make this row pass: why. */
    readonly remedyLeaves?: string;
  };

export interface RuleTestOptions {
  /** For a rule that finds what is wrong and cannot know that nothing is: it passes nothing, and its example neither. */
  readonly neverPasses?: boolean;
}

/** Registers the rows as tests. */
export function testRule<S extends SubjectType>(
  rule: Rule<S>,
  rows: readonly Row[],
  { neverPasses = false }: RuleTestOptions = {},
): void {
  describe(rule.id, () => {
    for (const row of rows) {
      it(row.name, () => {
        const verdict = judge(rule, row);
        expectVerdict(verdict, row);
        expectNothingWorse(rule.severity, verdict);
      });
    }

    it('has rows for a pass and a failure, and no row twice', () => {
      expect(rows.some((row) => 'passes' in row)).to.equal(!neverPasses);
      expect(rows.filter((row) => 'fails' in row && row.fails.length > 0)).not.to.deep.equal([]);
      expect(rows.map(({ name }) => name)).to.deep.equal([...new Set(rows.map(({ name }) => name))]);
      const inputs = rows.map(
        ({ yaml, isFromFiles, missing, evidence, servers, params, podSecurityVersion, today, posture }) =>
          JSON.stringify([yaml, isFromFiles, missing, evidence, servers, params, podSecurityVersion, today, posture]),
      );
      expect(inputs).to.deep.equal([...new Set(inputs)]);
    });

    const remedy = remedyOf(rule.id);
    const repairable = rows.filter((row) => 'fails' in row && row.fails.length > 0);
    for (const row of remedy === undefined ? [] : repairable) {
      it(`${row.name}${row.remedyLeaves === undefined ? ', and passes once it is repaired' : ', repaired or not'}`, () => {
        const verdict = judgeRepaired(rule, remedy, row);
        if (row.remedyLeaves === undefined) expect(verdict).to.deep.equal([]);
        else expect(verdict, `it passes, but ${row.remedyLeaves}`).to.be.an('array').that.is.not.empty;
      });
    }
    if (remedy !== undefined) {
      it('has an example whose failure the remedy repairs', () => {
        const { fails: yaml, params } = rule.example;
        expect(judgeRepaired(rule, remedy, { yaml, ...(params === undefined ? {} : { params }) })).to.deep.equal([]);
      });
    }

    if (rule.subject !== 'APIServer') {
      it('judges its own examples as they say', () => {
        const { passes, fails, params } = rule.example;
        const set = params === undefined ? {} : { params };
        const verdict = judge(rule, { yaml: passes, ...set });
        if (neverPasses) expect(verdict).to.have.property('outcome');
        else expect(verdict).to.deep.equal([]);
        expect(judge(rule, { yaml: fails, ...set })).to.be.an('array').that.is.not.empty;
      });
    }
  });
}

/** The verdict on what the remedy makes of the row; that on the row itself where it makes nothing of it. */
function judgeRepaired<S extends SubjectType>(rule: Rule<S>, remedy: Remedy | undefined, input: RowInput): CheckResult {
  const verdict = judge(rule, input);
  const { yaml, isFromFiles, missing, evidence, podSecurityVersion } = input;
  const violations = 'outcome' in verdict ? [] : verdict;
  const failure = { rule: rule as unknown as AnyRule, yaml, violations };
  const plan =
    remedy === undefined
      ? undefined
      : planOf(remedy, failure, {
          isWholeCluster: isFromFiles !== true,
          ...(missing === undefined ? {} : { missing }),
          ...(evidence === undefined ? {} : { evidence }),
          ...(podSecurityVersion === undefined ? {} : { podSecurityVersion }),
        });
  return plan === undefined ? verdict : judge(rule, { ...input, yaml: repair(yaml, plan) });
}

/** The rule's verdict, after everything that holds for every verdict of every rule. */
function judge<S extends SubjectType>(rule: Rule<S>, input: RowInput): CheckResult {
  const { subject, whole, context, touched, facts } = prepare(rule, input);
  const verdict = run(rule, subject, context);
  expect(run(rule, subject, context), 'the same verdict twice').to.deep.equal(verdict);
  expect(run(rule, whole, context), 'the verdict on the whole object').to.deep.equal(verdict);
  const declared: readonly string[] = [...(rule.reads ?? []), ...(rule.considers ?? [])];
  const undeclared = [...touched].filter((source) => !declared.includes(source));
  expect(undeclared, 'what is read and not declared').to.deep.equal([]);
  if (rule.subject === 'APIServer') {
    expect(
      [...facts].filter((name) => rule.facts?.includes(name) !== true),
      'facts that are not declared',
    ).to.deep.equal([]);
  }
  for (const { path, message } of 'outcome' in verdict ? [] : verdict) {
    expect(path).not.to.equal('');
    expect(message).to.match(/^\S.*[^.\s]$/, 'one sentence, without a full stop');
  }
  return verdict;
}

/** As the evaluator does it: what is missing or malformed is unknown. */
function run<S extends SubjectType>(rule: Rule<S>, subject: () => unknown, context: RuleContext): CheckResult {
  try {
    return rule.check(subject() as never, context);
  } catch (error) {
    if (error instanceof NotObserved || error instanceof MalformedField) {
      return { outcome: 'unknown', reason: error.message };
    }
    throw error;
  }
}

function expectVerdict(verdict: CheckResult, expected: Expectation): void {
  if ('notApplicable' in expected) {
    expect(verdict).to.have.property('outcome', 'notApplicable');
    expect(verdict).to.have.property('reason').that.matches(expected.notApplicable);
  } else if ('unknown' in expected) {
    expect(verdict).to.have.property('outcome', 'unknown');
    expect(verdict).to.have.property('reason').that.matches(expected.unknown);
  } else if ('passes' in expected) {
    if (expected.passes === true) return void expect(verdict).to.deep.equal([]);
    expect(verdict).to.have.property('outcome', 'pass');
    expect(verdict).to.have.property('reason').that.matches(expected.passes);
  } else {
    expectViolations(verdict, expected.fails);
  }
}

/** What is unknown counts at the rule's own severity, so no violation may be worse than that. */
function expectNothingWorse(worst: Severity, verdict: CheckResult): void {
  if ('outcome' in verdict) return;
  for (const { path, severity = worst } of verdict) {
    expect(isAtLeast(worst, severity), `${path} is ${severity}, worse than the rule itself`).to.equal(true);
  }
}

function expectViolations(verdict: CheckResult, expected: readonly ExpectedViolation[]): void {
  const wanted = expected.map((violation) => (typeof violation === 'string' ? { path: violation } : violation));
  const found = 'outcome' in verdict ? [] : verdict;
  expect('outcome' in verdict ? verdict : found.map(({ path, severity }) => ({ path, severity }))).to.deep.equal(
    wanted.map(({ path, severity }) => ({ path, severity })),
  );
  for (const [index, { observed, message }] of wanted.entries()) {
    if (observed !== undefined) expect(found[index]).to.have.property('observed', observed);
    if (message !== undefined) expect(found[index]).to.have.property('message').that.matches(message);
  }
}

interface PreparedRow {
  /** Throws where the way to the pod is malformed. */
  readonly subject: () => unknown;
  readonly whole: () => unknown;
  readonly context: RuleContext;
  /** What the rule read besides its subject. */
  readonly touched: ReadonlySet<Source | 'context'>;
  /** What was asked about API servers. */
  readonly facts: ReadonlySet<FactName>;
}

/** Evidence that takes note of which of its facts are read. */
function notingFacts(evidence: Evidence, facts: Set<FactName>): Evidence {
  return new Proxy(evidence, {
    get(target, name: FactName) {
      facts.add(name);
      return target[name];
    },
  });
}

function prepare<S extends SubjectType>(
  rule: Rule<S>,
  { yaml, isFromFiles, missing, evidence, servers, params, podSecurityVersion, today, posture }: RowInput,
): PreparedRow {
  const { policies, others } = splitPolicies(readManifests(yaml));
  const expected = expectedOf(policies);
  const facts = new Set<FactName>();
  const [named, manifests] = splitPrincipal(rule, others);
  const projected = manifests.map((manifest) => deepFreeze(project(kinds[manifest.kind].shape, manifest)));
  const objects = Object.groupBy(projected, (_object, index) => manifests[index]?.kind ?? 'Pod') as ObjectsByKind;
  const snapshot = buildObjectSnapshot({
    objects,
    isWholeCluster: isFromFiles !== true,
    ...(missing === undefined ? {} : { missing }),
    ...(evidence === undefined ? {} : { evidence: notingFacts(evidence, facts) }),
    ...(servers === undefined
      ? {}
      : { servers: servers.map((one) => ({ ...one, evidence: notingFacts(one.evidence, facts) })) }),
    ...(podSecurityVersion === undefined ? {} : { podSecurityVersion }),
    ...(today === undefined ? {} : { today }),
  });
  if (params !== undefined)
    expect(findParamsProblem(rule, params), 'what is wrong with the parameters').to.equal(undefined);
  const resolved = resolveParams(rule, params);
  const touched = new Set<Source | 'context'>();
  if (named !== undefined) {
    const context = recordReads(rule, refOfPrincipal(named), snapshot, touched, resolved, expected);
    return { subject: () => named, whole: () => named, context, touched, facts };
  }
  // The API server has no document.
  const own = rule.subject === 'APIServer' ? undefined : manifests[0];
  const [stated] = rule.subject === 'Expectation' ? scopedExpectations(expected, posture) : [];
  const ref = stated === undefined ? (own === undefined ? API_SERVER_REF : refOf(own)) : refOfExpected(stated);
  const context = recordReads(rule, ref, snapshot, touched, resolved, expected);
  if (stated !== undefined) {
    const subject = (): unknown => stated;
    return { subject, whole: subject, context, touched, facts };
  }
  if (own === undefined) return { subject: () => undefined, whole: () => undefined, context, touched, facts };

  if (rule.subject === 'AnnotatedObject') {
    const annotated = firstAnnotated(ref, snapshot);
    const subject = (): unknown => annotated;
    return { subject, whole: subject, context, touched, facts };
  }

  expect(subjectKinds[rule.subject], `the subjects of ${rule.id}`).to.include(own.kind);
  const whole = deepFreeze(wholeObject(kinds[own.kind].shape, own, projected[0]));
  const judged = (object: unknown): unknown => (rule.subject === 'Workload' ? podOf(own.kind, object) : object);
  return { subject: () => judged(projected[0]), whole: () => judged(whole), context, touched, facts };
}

/** A principal is no object: the first document only names it. */
function splitPrincipal(
  { subject }: Rule,
  manifests: readonly Manifest[],
): readonly [RbacSubject | undefined, readonly Manifest[]] {
  if (subject !== 'Principal') return [undefined, manifests];
  const [first, ...others] = manifests;
  const { kind, namespace, name } = first as unknown as RbacSubject;
  return [deepFreeze(namespace === undefined ? { kind, name } : { kind, namespace, name }), others];
}

/** Expectations as the postures judge them, the first first: a row is about that one. */
function scopedExpectations(expected: Expected, posture: 'cluster' | undefined): readonly ScopedExpectation[] {
  const namespace = expected.expectations[0]?.subject.namespace;
  return [...expectedIn(namespace === undefined ? 'cluster' : (posture ?? { namespace }), expected)];
}

function refOf({ kind, metadata: { name, namespace } }: Manifest): SubjectRef {
  const ref = { apiVersion: apiVersionOf(kinds[kind]), kind, name };
  return namespace === undefined ? ref : { ...ref, namespace };
}

/** As the posture lists it that has the object. @throws {Error} where it has no such annotation */
function firstAnnotated({ kind, namespace, name }: SubjectRef, snapshot: Snapshot): object {
  const home = kind === 'Namespace' ? name : namespace;
  const lists = new SubjectLists(home === undefined ? 'cluster' : { namespace: home }, snapshot).objects(
    'AnnotatedObject',
  );
  for (const { objects } of lists) for (const annotated of objects) return annotated;
  throw new Error('nothing is annotated');
}

function podOf(kind: KindName, object: unknown): unknown {
  if (kind === 'Pod') return object;
  if (kind === 'CronJob') return (object as ObjectOf<'CronJob'>).spec.jobTemplate.spec.template;
  return (object as ObjectOf<'Deployment'>).spec.template;
}

/** The context, noting what is read from it. */
function recordReads(
  rule: Rule,
  subject: SubjectRef,
  snapshot: Snapshot,
  touched: Set<Source | 'context'>,
  params: Params,
  expected: Expected,
): RuleContext {
  const recording: Snapshot = Object.freeze<Snapshot>({
    isWholeCluster: snapshot.isWholeCluster,
    observation: (source) => {
      touched.add(source);
      return snapshot.observation(source);
    },
    list: (kind, namespace) => {
      touched.add(kind);
      return snapshot.list(kind, namespace);
    },
    get: (kind, namespace, name) => {
      touched.add(kind);
      return snapshot.get(kind, namespace, name);
    },
    today: () => {
      touched.add('Today');
      return snapshot.today();
    },
    podSecurityVersion: () => {
      touched.add('ServerVersion');
      return snapshot.podSecurityVersion();
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
    apiServers: () => {
      touched.add('Evidence');
      return snapshot.apiServers();
    },
    podAccess: () => {
      touched.add('PodAccess');
      return snapshot.podAccess();
    },
    ask: (derivation, question, about = '' as never) => question(recording.derive(derivation), about),
    derive: (derivation) => {
      for (const source of derivation.source === undefined ? derivation.reads : [derivation.source])
        touched.add(source);
      return snapshot.derive(derivation);
    },
  });
  // One verdict serves every workload of a template, so long as the rule reads nothing but that and the version.
  const isTemplateOnly =
    rule.subject === 'Workload' &&
    [...(rule.reads ?? []), ...(rule.considers ?? [])].every((source) => source === 'ServerVersion');
  return Object.freeze({
    params,
    expected,
    get podSecurityVersion() {
      return recording.podSecurityVersion();
    },
    get subject() {
      if (isTemplateOnly) touched.add('context');
      return subject;
    },
    get snapshot() {
      if (isTemplateOnly) touched.add('context');
      return recording;
    },
  });
}

/** Malformed fields stay as they are. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value))) {
    if ('value' in descriptor) deepFreeze(descriptor.value);
  }
  return Object.freeze(value);
}
