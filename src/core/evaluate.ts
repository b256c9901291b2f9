/**
 * Judges the subjects of one scope (a namespace, or the cluster) against the rules that its policy selects.
 *
 * Whatever could not be read becomes `unknown`: a rule that reads it, and, where it would have held subjects, one
 * finding per rule on the scope itself. A rule that throws is `unknown` too, never a crash.
 */
import type { Finding, Outcome } from './finding.ts';
import { compareFindings } from './finding.ts';
import { apiVersionOf, kinds } from './kinds.ts';
import type { KindName } from './kinds.ts';
import type { PodTemplate } from './pod-template.ts';
import type { SelectedRule } from './policy.ts';
import { unknown } from './rule.ts';
import type { AnyRule, CheckResult, Rule, RuleContext, SubjectType, SubjectTypes, Violation } from './rule.ts';
import { worstOf } from './severity.ts';
import { MalformedField } from './shape.ts';
import { isReadable, NotObserved } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { buildWorkloads, compareText, specOf, workloadKinds } from './workload.ts';
import type { SubjectRef, Workload } from './workload.ts';

/** A namespace by its name, or the cluster for what has no namespace. */
export type Scope = { readonly namespace: string } | 'cluster';

/** The kinds whose objects are the subjects of each type. */
export const subjectKinds: { readonly [S in SubjectType]: readonly KindName[] } = {
  Workload: workloadKinds,
  ServiceAccount: ['ServiceAccount'],
  Role: ['Role', 'ClusterRole'],
  Binding: ['RoleBinding', 'ClusterRoleBinding'],
  Namespace: ['Namespace'],
  APIServer: [],
};

export const API_SERVER_REF: SubjectRef = { apiVersion: 'v1', kind: 'APIServer', name: 'kube-apiserver' };

/** What one rule says of one subject. */
interface Judgement {
  readonly outcome: Outcome;
  readonly message: string;
  readonly violations: readonly Violation[];
}

export interface EvaluatorObserver {
  /** A rule threw something that is neither missing input nor a malformed field: a defect of the rule. */
  ruleThrew(rule: string, error: unknown): void;
}

export interface EvaluatorOptions {
  /** False where no two pods share their template by identity, so that remembering would only cost memory. */
  readonly remembersTemplates?: boolean;
}

/**
 * Remembers verdicts on pod templates that depend on nothing but the template, so that many pods of one template cost
 * one evaluation, also from one call to the next.
 */
export class Evaluator {
  readonly #observer: EvaluatorObserver;
  readonly #byTemplate: WeakMap<object, Map<AnyRule, Judgement>> | undefined;
  /** How many times a rule's `check` ran. */
  evaluations = 0;

  constructor(observer: EvaluatorObserver, { remembersTemplates = true }: EvaluatorOptions = {}) {
    this.#observer = observer;
    this.#byTemplate = remembersTemplates ? new WeakMap() : undefined;
  }

  /** @returns one finding per selected rule and subject, worst first */
  evaluate(scope: Scope, rules: readonly SelectedRule[], snapshot: Snapshot): readonly Finding[] {
    return [...this.findings(scope, rules, snapshot)].sort(compareFindings);
  }

  /** The same findings one by one and in no order: whoever only counts most of them need not hold them. */
  *findings(scope: Scope, rules: readonly SelectedRule[], snapshot: Snapshot): Generator<Finding> {
    const subjects = new SubjectLists(scope, snapshot);
    for (const selected of rules) {
      const { rule } = selected;
      if (!isInScope(rule.subject, scope)) continue;
      for (const kind of subjects.unobservedKinds(rule.subject)) {
        yield unlistedFinding(selected, scope, kind, snapshot);
      }
      if (rule.subject === 'Workload') {
        for (const workload of subjects.workloads()) {
          yield this.#judgeWorkload(selected, rule, workload, snapshot);
        }
      } else {
        for (const [ref, subject, origin] of subjects.objects(rule.subject)) {
          yield toFinding(selected, ref, this.#run(rule, subject, { subject: ref, snapshot }), origin);
        }
      }
    }
  }

  #judgeWorkload(selected: SelectedRule, rule: Rule<'Workload'>, workload: Workload, snapshot: Snapshot): Finding {
    const context: RuleContext = { subject: workload.ref, snapshot };
    const judge = (template: PodTemplate): Judgement => this.#judgeTemplate(rule, template, context);
    const declared = workload.template;
    const isRunning = workload.running.length > 0 || declared === undefined;
    const effective = isRunning ? combine(workload.running.map(judge)) : judge(declared);
    if (effective.outcome !== 'fail' || declared === undefined)
      return toFinding(selected, workload.ref, effective, workload.origin);

    // What the owner's template declares is named where people can change it; the rest exists in the pods alone.
    const prefix = `${workload.templatePath ?? 'spec.template'}.`;
    const inTemplate = isRunning ? judge(declared) : effective;
    const places = new Set(inTemplate.violations.map(placeOf));
    const violations = effective.violations.map((violation) =>
      places.has(placeOf(violation)) ? { ...violation, path: prefix + violation.path } : violation,
    );
    return toFinding(selected, workload.ref, { ...effective, violations }, workload.origin);
  }

  #judgeTemplate(rule: Rule<'Workload'>, template: PodTemplate, context: RuleContext): Judgement {
    if (rule.reads !== undefined && rule.reads.length > 0) return this.#run(rule, template, context);
    if (this.#byTemplate === undefined) return this.#run(rule, template, TEMPLATE_ONLY);
    const identity = specOf(template) ?? template;
    const known = this.#byTemplate.get(identity) ?? new Map<AnyRule, Judgement>();
    this.#byTemplate.set(identity, known);
    const judgement = known.get(rule) ?? this.#run(rule, template, TEMPLATE_ONLY);
    known.set(rule, judgement);
    return judgement;
  }

  #run<S extends SubjectType>(rule: Rule<S>, subject: SubjectTypes[S], context: RuleContext): Judgement {
    this.evaluations += 1;
    try {
      return toJudgement(rule.check(subject, context));
    } catch (error) {
      if (!(error instanceof NotObserved) && !(error instanceof MalformedField)) {
        this.#observer.ruleThrew(rule.id, error);
      }
      const judgement = toJudgement(unknown(error instanceof Error ? error.message : 'the rule failed'));
      return error instanceof MalformedField
        ? { ...judgement, violations: [{ path: error.path, message: error.message }] }
        : judgement;
    }
  }
}

/** The verdict is remembered for every workload with that template, so it must not depend on anything else. */
const TEMPLATE_ONLY: RuleContext = {
  get subject(): never {
    throw new Error('a workload rule that looks beyond the pod template must declare what it reads');
  },
  get snapshot(): never {
    throw new Error('a workload rule that looks beyond the pod template must declare what it reads');
  },
};

const NOTHING: readonly never[] = [];
const NOTHING_RUNS: Judgement = { outcome: 'notApplicable', message: 'nothing runs', violations: NOTHING };
const PASS: Judgement = { outcome: 'pass', message: '', violations: NOTHING };

function toJudgement(result: CheckResult): Judgement {
  if ('outcome' in result) return { outcome: result.outcome, message: result.reason, violations: NOTHING };
  const [first, ...more] = result;
  if (first === undefined) return PASS;
  const message = more.length === 0 ? first.message : `${first.message} (and ${more.length} more)`;
  return { outcome: 'fail', message, violations: result };
}

/** The worst of what runs: one failing revision fails the workload. The same in whatever order the pods are known. */
function combine(judgements: readonly Judgement[]): Judgement {
  for (const outcome of ['fail', 'unknown', 'pass', 'notApplicable'] as const) {
    const some = judgements
      .filter((judgement) => judgement.outcome === outcome)
      .sort((a, b) => compareText(textOf(a), textOf(b)));
    const [first, ...others] = some;
    if (first === undefined) continue;
    if (outcome !== 'fail' || others.length === 0) return first;
    const places = new Map(some.flatMap(({ violations }) => violations.map((v) => [placeOf(v), v] as const)));
    return toJudgement([...places.values()]);
  }
  return NOTHING_RUNS;
}

function textOf({ message, violations }: Judgement): string {
  return [message, ...violations.map(placeOf)].join('\n');
}

function placeOf(violation: Violation): string {
  return `${violation.path}\n${violation.message}`;
}

function toFinding(selected: SelectedRule, subject: SubjectRef, judgement: Judgement, origin?: object): Finding {
  const judged = worstOf(judgement.violations.map((v) => v.severity ?? selected.rule.severity));
  return {
    rule: selected.rule,
    severity: selected.severity ?? judged ?? selected.rule.severity,
    outcome: judgement.outcome,
    subject,
    ...(origin === undefined ? {} : { origin }),
    message: judgement.message,
    violations: judgement.violations,
  };
}

/** Subjects of that kind may exist and nobody could list them: the rule is undecided for the whole scope. */
function unlistedFinding(selected: SelectedRule, scope: Scope, kind: KindName, snapshot: Snapshot): Finding {
  const { plural, group } = kinds[kind];
  const subject: SubjectRef =
    scope === 'cluster'
      ? { apiVersion: apiVersionOf(kinds[kind]), kind, name: '*' }
      : { apiVersion: apiVersionOf(kinds[kind]), kind, namespace: scope.namespace, name: '*' };
  const resource = group === '' ? plural : `${plural}.${group}`;
  return toFinding(selected, subject, {
    outcome: 'unknown',
    message: `${resource} could not be listed: ${snapshot.observation(kind).message}`,
    violations: [],
  });
}

/** The subjects of one scope, listed once for all rules. */
class SubjectLists {
  readonly #scope: Scope;
  readonly #snapshot: Snapshot;
  #workloads: readonly Workload[] | undefined;

  constructor(scope: Scope, snapshot: Snapshot) {
    this.#scope = scope;
    this.#snapshot = snapshot;
  }

  workloads(): readonly Workload[] {
    this.#workloads ??= this.#scope === 'cluster' ? [] : buildWorkloads(this.#snapshot, this.#scope.namespace);
    return this.#workloads;
  }

  unobservedKinds(subject: SubjectType): readonly KindName[] {
    return this.#kindsOf(subject).filter((kind) => !isReadable(this.#snapshot.observation(kind)));
  }

  *objects<S extends Exclude<SubjectType, 'Workload'>>(
    subject: S,
  ): Iterable<readonly [SubjectRef, SubjectTypes[S], object | undefined]> {
    if (subject === 'APIServer') {
      yield [API_SERVER_REF, undefined as SubjectTypes[S], undefined];
      return;
    }
    const unobserved = this.unobservedKinds(subject);
    for (const kind of this.#kindsOf(subject)) {
      if (unobserved.includes(kind)) continue;
      for (const object of this.#list(kind)) {
        const { name, namespace } = object.metadata;
        const apiVersion = apiVersionOf(kinds[kind]);
        const ref = namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
        yield [ref, object as SubjectTypes[S], object.metadata];
      }
    }
  }

  #list(kind: KindName): Iterable<{ readonly metadata: { readonly name: string; readonly namespace?: string } }> {
    if (this.#scope === 'cluster') return this.#snapshot.list(kind);
    if (kind !== 'Namespace') return this.#snapshot.list(kind, this.#scope.namespace);
    const namespace = this.#snapshot.get('Namespace', '', this.#scope.namespace);
    return namespace === undefined ? [] : [namespace];
  }

  /** Of the subject's kinds, those that live in this scope. A namespace is judged in its own posture. */
  #kindsOf(subject: SubjectType): readonly KindName[] {
    return subjectKinds[subject].filter((kind) => isKindInScope(kind, this.#scope));
  }
}

function isKindInScope(kind: KindName, scope: Scope): boolean {
  return (scope !== 'cluster') === (kind === 'Namespace' || kinds[kind].isNamespaced);
}

function isInScope(subject: SubjectType, scope: Scope): boolean {
  return subject === 'APIServer'
    ? scope === 'cluster'
    : subjectKinds[subject].some((kind) => isKindInScope(kind, scope));
}
