/**
 * Judges the subjects of one scope (a namespace, or the cluster) against the rules that its policy selects.
 *
 * Whatever could not be read becomes `unknown`: a rule that reads it, and, where it would have held subjects, one
 * finding per rule on the scope itself. A rule that throws is `unknown` too, never a crash.
 */
import type { ConcernedPods, Finding, Outcome } from './finding.ts';
import { FindingCollector } from './finding-collector.ts';
import { apiVersionOf, kinds } from './kinds.ts';
import type { KindName } from './kinds.ts';
import type { Params } from './params.ts';
import type { PodTemplate } from './pod-template.ts';
import type { SelectedRule } from './policy.ts';
import { unknown } from './rule.ts';
import type { AnyRule, CheckResult, Rule, RuleContext, SubjectType, SubjectTypes, Violation } from './rule.ts';
import { worstOf } from './severity.ts';
import { MalformedField } from './shape.ts';
import { isReadable, NotObserved } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { buildWorkloads, compareText, specOf, workloadKinds } from './workload.ts';
import type { RunningTemplate, SubjectRef, Workload } from './workload.ts';

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
  readonly #memory: TemplateMemory | undefined;
  /** How many times a rule's `check` ran. */
  evaluations = 0;

  constructor(observer: EvaluatorObserver, { remembersTemplates = true }: EvaluatorOptions = {}) {
    this.#observer = observer;
    this.#memory = remembersTemplates ? new TemplateMemory() : undefined;
  }

  /** @returns one finding per selected rule and subject, worst first */
  evaluate(scope: Scope, rules: readonly SelectedRule[], snapshot: Snapshot): readonly Finding[] {
    const collector = new FindingCollector('all');
    this.judge(scope, rules, snapshot, collector);
    return collector.finish().findings;
  }

  /** Judges every subject of the scope by every selected rule, and hands what comes of it to the collector. */
  judge(scope: Scope, rules: readonly SelectedRule[], snapshot: Snapshot, collector: FindingCollector): void {
    const subjects = new SubjectLists(scope, snapshot);
    const ofWorkloads: SelectedWorkloadRule[] = [];
    for (const selected of rules) {
      if (!isInScope(selected.rule.subject, scope)) continue;
      for (const kind of subjects.unobservedKinds(selected.rule.subject)) {
        const finding = unlistedFinding(selected, scope, kind, snapshot);
        collector.addSubject(finding.subject);
        collector.add(finding);
      }
      if (isOfWorkloads(selected)) ofWorkloads.push(selected);
      else this.#judgeObjects(selected, subjects, snapshot, collector);
    }
    if (ofWorkloads.length > 0) this.#judgeWorkloads(ofWorkloads, subjects.workloads(), snapshot, collector);
  }

  #judgeObjects(selected: SelectedRule, subjects: SubjectLists, snapshot: Snapshot, collector: FindingCollector): void {
    const { rule, params } = selected;
    if (rule.subject === 'Workload') return;
    for (const [subject, object, origin] of subjects.objects(rule.subject)) {
      collector.addSubject(subject);
      const judgement = this.#run(rule, object, contextOf(params, subject, snapshot));
      collect(collector, selected, judgement, { subject, ...(origin === undefined ? {} : { origin }) });
    }
  }

  #judgeWorkloads(
    selection: readonly SelectedWorkloadRule[],
    workloads: readonly Workload[],
    snapshot: Snapshot,
    collector: FindingCollector,
  ): void {
    const version = readVersion(snapshot);
    const bound = selection.map((selected) => this.#bind(selected, version));
    this.#memory?.begin(version);
    for (const workload of workloads) {
      collector.addSubject(workload.ref);
      for (const one of bound) this.#judgeWorkload(one, workload, snapshot, collector);
    }
  }

  /** What is the same for every workload is made once. */
  #bind(selected: SelectedWorkloadRule, version: Version): BoundRule {
    const { rule, params } = selected;
    const isTemplateOnly = rule.reads?.every((source) => source === 'ServerVersion') ?? true;
    if (!isTemplateOnly) return { selected, slot: undefined, context: undefined };
    return { selected, slot: this.#memory?.slotOf(rule, params), context: templateContextOf(params, version) };
  }

  #judgeWorkload(bound: BoundRule, workload: Workload, snapshot: Snapshot, collector: FindingCollector): void {
    const { selected } = bound;
    const { ref: subject, origin, template: declared, running } = workload;
    const judge = (template: PodTemplate): Judgement => this.#judgeTemplate(bound, template, subject, snapshot);
    const isRunning = running.length > 0 || declared === undefined;
    const [only, ...others] = running;
    const effective = !isRunning
      ? { judgement: judge(declared) }
      : only !== undefined && others.length === 0
        ? { judgement: judge(only.template), pods: podsOf(only) }
        : combine(running.map((one) => [judge(one.template), one] as const));
    const { judgement, pods } = effective;
    if (!collector.keeps(judgement.outcome)) {
      collector.count(judgement.outcome, selected.rule.severity);
      return;
    }
    const { unverifiedOwner, assumedOwner } = workload;
    const details: FindingDetails = {
      subject,
      origin,
      ...(pods === undefined || pods.total === 0 ? {} : { pods }),
      ...(unverifiedOwner === undefined ? {} : { unverifiedOwner }),
      ...(assumedOwner === undefined ? {} : { assumedOwner }),
    };
    if (judgement.outcome !== 'fail' || declared === undefined) {
      collect(collector, selected, judgement, details);
      return;
    }
    // What the owner's template declares is named where people can change it; the rest exists in the pods alone.
    const prefix = `${workload.templatePath ?? 'spec.template'}.`;
    const inTemplate = isRunning ? judge(declared) : judgement;
    const places = new Set(inTemplate.violations.map(placeOf));
    const violations = judgement.violations.map((violation) =>
      places.has(placeOf(violation)) ? { ...violation, path: prefix + violation.path } : violation,
    );
    collect(collector, selected, { ...judgement, violations }, details);
  }

  #judgeTemplate(
    { selected, slot, context }: BoundRule,
    template: PodTemplate,
    subject: SubjectRef,
    snapshot: Snapshot,
  ): Judgement {
    if (context === undefined) return this.#run(selected.rule, template, contextOf(selected.params, subject, snapshot));
    if (slot === undefined || this.#memory === undefined) return this.#run(selected.rule, template, context);
    const remembered = this.#memory.of(specOf(template) ?? template);
    return (remembered[slot] ??= this.#run(selected.rule, template, context));
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

type SelectedWorkloadRule = SelectedRule & { readonly rule: Rule<'Workload'> };

/** A rule with all that does not differ between workloads. */
interface BoundRule {
  readonly selected: SelectedWorkloadRule;
  /** Where its verdict on a template is remembered. */
  readonly slot: number | undefined;
  /** Undefined for a rule that looks beyond the template: it gets one for each workload. */
  readonly context: RuleContext | undefined;
}

type Version = number | NotObserved;

/** Verdicts by template, then by rule and parameters; all of them under one version of the API server. */
class TemplateMemory {
  #byTemplate = new WeakMap<object, (Judgement | undefined)[]>();
  readonly #slots = new WeakMap<AnyRule, WeakMap<Params, number>>();
  #nextSlot = 0;
  #version: number | undefined;

  begin(version: Version): void {
    const known = typeof version === 'number' ? version : undefined;
    if (known === this.#version) return;
    this.#version = known;
    this.#byTemplate = new WeakMap();
  }

  /** @param params the same object for the same parameters, see `resolveParams` */
  slotOf(rule: Rule<'Workload'>, params: Params): number {
    const slots = this.#slots.get(rule) ?? new WeakMap<Params, number>();
    this.#slots.set(rule, slots);
    const known = slots.get(params);
    if (known !== undefined) return known;
    const slot = this.#nextSlot;
    this.#nextSlot += 1;
    slots.set(params, slot);
    return slot;
  }

  of(identity: object): (Judgement | undefined)[] {
    const known = this.#byTemplate.get(identity);
    if (known !== undefined) return known;
    const fresh: (Judgement | undefined)[] = [];
    this.#byTemplate.set(identity, fresh);
    return fresh;
  }
}

function isOfWorkloads(selected: SelectedRule): selected is SelectedWorkloadRule {
  return selected.rule.subject === 'Workload';
}

function readVersion(snapshot: Snapshot): Version {
  try {
    return snapshot.podSecurityVersion();
  } catch (error) {
    if (error instanceof NotObserved) return error;
    throw error;
  }
}

function contextOf(params: Params, subject: SubjectRef, snapshot: Snapshot): RuleContext {
  return {
    params,
    subject,
    snapshot,
    get podSecurityVersion() {
      return snapshot.podSecurityVersion();
    },
  };
}

/** The verdict is remembered for every workload with that template, so it must not depend on anything else. */
function templateContextOf(params: Params, version: Version): RuleContext {
  return {
    params,
    get podSecurityVersion() {
      if (typeof version === 'number') return version;
      throw version;
    },
    get subject(): never {
      throw new Error('a workload rule that looks beyond the pod template must declare what it reads');
    },
    get snapshot(): never {
      throw new Error('a workload rule that looks beyond the pod template must declare what it reads');
    },
  };
}

const NOTHING: readonly never[] = [];
const NOTHING_RUNS: Judgement = { outcome: 'notApplicable', message: 'nothing runs', violations: NOTHING };
const PASS: Judgement = { outcome: 'pass', message: '', violations: NOTHING };

function toJudgement(result: CheckResult): Judgement {
  if ('outcome' in result) return { outcome: result.outcome, message: result.reason, violations: NOTHING };
  const [first] = result;
  if (first === undefined) return PASS;
  const message = result.length === 1 ? first.message : `${first.message} (and ${result.length - 1} more)`;
  return { outcome: 'fail', message, violations: result };
}

interface Effective {
  readonly judgement: Judgement;
  readonly pods?: ConcernedPods;
}

/** The worst of what runs: one failing revision fails the workload. The same in whatever order the pods are known. */
function combine(judged: readonly (readonly [Judgement, RunningTemplate])[]): Effective {
  for (const outcome of ['fail', 'unknown', 'pass', 'notApplicable'] as const) {
    const some = judged.filter(([judgement]) => judgement.outcome === outcome);
    if (some.length === 0) continue;
    const judgements = some.map(([judgement]) => judgement).sort((a, b) => compareText(textOf(a), textOf(b)));
    const concerned = some.map(([, running]) => running);
    const total = judged.reduce((sum, [, { pods }]) => sum + pods, 0);
    return { judgement: mergeJudgements(judgements), pods: concernedPods(concerned, total) };
  }
  return { judgement: NOTHING_RUNS };
}

/** @param judgements of one outcome, at least one */
function mergeJudgements(judgements: readonly Judgement[]): Judgement {
  const [first = NOTHING_RUNS, ...others] = judgements;
  if (first.outcome !== 'fail' || others.length === 0) return first;
  const places = new Map(judgements.flatMap(({ violations }) => violations.map((v) => [placeOf(v), v] as const)));
  return toJudgement([...places.values()]);
}

function podsOf({ pods }: RunningTemplate): ConcernedPods {
  return { concerned: pods, total: pods };
}

function concernedPods(some: readonly RunningTemplate[], total: number): ConcernedPods {
  const concerned = some.reduce((sum, { pods }) => sum + pods, 0);
  const revisions = [...new Set(some.flatMap((one) => one.revisions))].sort(compareText);
  return concerned === total || revisions.length === 0 ? { concerned, total } : { concerned, total, revisions };
}

function textOf({ message, violations }: Judgement): string {
  return [message, ...violations.map(placeOf)].join('\n');
}

function placeOf(violation: Violation): string {
  return `${violation.path}\n${violation.message}`;
}

type FindingDetails = Pick<Finding, 'subject' | 'origin' | 'pods' | 'unverifiedOwner' | 'assumedOwner'>;

function collect(
  collector: FindingCollector,
  selected: SelectedRule,
  judgement: Judgement,
  details: FindingDetails,
): void {
  if (collector.keeps(judgement.outcome)) collector.add(toFinding(selected, judgement, details));
  else collector.count(judgement.outcome, selected.rule.severity);
}

function toFinding(selected: SelectedRule, judgement: Judgement, details: FindingDetails): Finding {
  const { outcome, message, violations } = judgement;
  const judged = worstOf(violations.map((v) => v.severity ?? selected.rule.severity));
  const severity = selected.severity ?? judged ?? selected.rule.severity;
  return { rule: selected.rule, severity, outcome, message, violations, ...details };
}

/** Subjects of that kind may exist and nobody could list them: the rule is undecided for the whole scope. */
function unlistedFinding(selected: SelectedRule, scope: Scope, kind: KindName, snapshot: Snapshot): Finding {
  const { plural, group } = kinds[kind];
  const subject: SubjectRef =
    scope === 'cluster'
      ? { apiVersion: apiVersionOf(kinds[kind]), kind, name: '*' }
      : { apiVersion: apiVersionOf(kinds[kind]), kind, namespace: scope.namespace, name: '*' };
  const resource = group === '' ? plural : `${plural}.${group}`;
  const message = `${resource} could not be listed: ${snapshot.observation(kind).message}`;
  return toFinding(selected, { outcome: 'unknown', message, violations: NOTHING }, { subject });
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
