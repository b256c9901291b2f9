/**
 * Judges the subjects of one scope (a namespace, or the cluster) against the rules that its policy selects.
 *
 * Whatever could not be read becomes `unknown`: a rule that reads it, and, where it would have held subjects, one
 * finding per rule on the scope itself. A rule that throws is `unknown` too, never a crash.
 */
import { BoundRules } from './bound-rules.ts';
import type { BoundRule } from './bound-rules.ts';
import { NOTHING_EXPECTED } from './expectation.ts';
import type { Expected, ScopedExpectation } from './expectation.ts';
import { SortedFindings } from './finding.ts';
import type { ConcernedPods, Finding } from './finding.ts';
import { FindingCollector } from './finding-collector.ts';
import type { CollectedVerdicts } from './finding-collector.ts';
import { toExempted } from './exempted-workload.ts';
import type { ExemptedWorkload } from './exempted-workload.ts';
import { combine, markAttested, NOTHING_RUNS, placeViolations, toJudgement } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import type { KindName } from './kinds.ts';
import type { PodTemplate } from './pod-template.ts';
import type { SelectedRule } from './policy.ts';
import { RecordedReads } from './recorded-reads.ts';
import { unknown } from './rule.ts';
import type { Rule, RuleContext, SubjectType, SubjectTypes } from './rule.ts';
import { SubjectContext } from './rule-contexts.ts';
import { groupRules } from './rule-groups.ts';
import type { ObjectSubject, SelectedWorkloadRule } from './rule-groups.ts';
import { MalformedField } from './shape.ts';
import { NotObserved } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { API_SERVER_REF, SubjectLists } from './subjects.ts';
import type { SubjectList } from './subjects.ts';
import type { Scope } from './scope.ts';
import { SharedFindings } from './shared-findings.ts';
import { SubjectMemory } from './subject-memory.ts';
import { TemplateMemory } from './template-memory.ts';
import { gradedBy, toFinding, unlistedFinding } from './to-finding.ts';
import type { Details } from './to-finding.ts';
import { specOf } from './workload.ts';
import type { Workload } from './workload.ts';
import type { SubjectRef } from './subject-ref.ts';

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
  readonly #bound: BoundRules;
  readonly #subjects = new SubjectMemory();
  readonly #shared = new SharedFindings();
  readonly #sorted = new SortedFindings();
  /** How many times a rule's `check` ran. */
  evaluations = 0;

  constructor(observer: EvaluatorObserver, { remembersTemplates = true }: EvaluatorOptions = {}) {
    this.#observer = observer;
    this.#memory = remembersTemplates ? new TemplateMemory() : undefined;
    this.#bound = new BoundRules(this.#memory);
  }

  /** @returns one finding per selected rule and subject, or what several of them share; worst first */
  evaluate(
    scope: Scope,
    rules: readonly SelectedRule[],
    snapshot: Snapshot,
    expected: Expected = NOTHING_EXPECTED,
  ): readonly Finding[] {
    const collector = new FindingCollector('all');
    this.judge(scope, rules, snapshot, collector, expected);
    return collector.finish().findings;
  }

  /** Of the cluster, which is judged after every change; of namespaces, which may go unnoticed, nothing is held. */
  sortedOf(scope: Scope): SortedFindings | undefined {
    return scope === 'cluster' ? this.#sorted : undefined;
  }

  /** Judges every subject of the scope by every selected rule, and hands what comes of it to the collector. */
  judge(
    scope: Scope,
    rules: readonly SelectedRule[],
    snapshot: Snapshot,
    collector: FindingCollector,
    expected: Expected = NOTHING_EXPECTED,
  ): void {
    snapshot.versions?.settle(snapshot);
    const subjects = new SubjectLists(scope, snapshot, expected);
    const { ofObjects, ofWorkloads } = groupRules(rules, scope);
    for (const [subject, selection] of [...ofObjects, ['Workload', ofWorkloads] as const]) {
      const unobserved = subjects.unobservedKinds(subject);
      if (unobserved.length > 0) addUnlisted(selection, unobserved, scope, { snapshot, collector });
    }
    const scopeName = scope === 'cluster' ? '' : scope.namespace;
    const around = { snapshot, collector, expected: this.#subjects.canonicalExpected(scopeName, expected) };
    for (const [subject, selection] of ofObjects) this.#judgeObjects(subject, selection, subjects, around);
    const workloads = ofWorkloads.length > 0 ? subjects.workloads() : [];
    if (workloads.length > 0) this.#judgeWorkloads(ofWorkloads, workloads, snapshot, collector);
  }

  #judgeObjects(
    subject: ObjectSubject,
    selection: readonly SelectedRule[],
    subjects: SubjectLists,
    around: Surroundings,
  ): void {
    const { snapshot, collector, expected } = around;
    const { versions } = snapshot;
    // A memory of passes would be a memory of everything.
    const memory = versions === undefined || collector.keeps('pass') ? undefined : this.#subjects;
    const canonical = memory?.canonical(selection) ?? selection;
    for (const list of subjects.objects(subject)) {
      const walk = memory?.walk(subjects.scope === 'cluster' ? list.name : undefined);
      for (const object of list.objects) {
        if (walk === undefined || versions === undefined) {
          collector.addVerdicts(this.#judgeObject(toJudged(object, list, subjects.scope), selection, around));
          continue;
        }
        // The API server has no object.
        const remembered = object ?? API_SERVER_REF;
        let verdicts = walk.recall(remembered, canonical, expected);
        if (verdicts === undefined) {
          const reads = new RecordedReads(snapshot, versions);
          const judged = toJudged(object, list, subjects.scope);
          const found = this.#judgeObject(judged, canonical, { ...around, snapshot: reads });
          verdicts = { ...found, object: remembered, selection: canonical, expected, reads };
          walk.remember(verdicts);
        }
        collector.addVerdicts(verdicts);
      }
      walk?.end();
    }
    if (subject === 'Principal') collector.gather(this.#shared);
  }

  #judgeObject(
    { ref, object, details }: JudgedObject,
    selection: readonly SelectedRule[],
    { snapshot, collector, expected }: Surroundings,
  ): CollectedVerdicts {
    let passes = 0;
    let notApplicable = 0;
    const findings: Finding[] = [];
    for (const selected of selection) {
      const { rule, params } = selected;
      // What a rule is about is decided by its subject, which the compiler cannot follow.
      const reads = rule.reads?.includes('Evidence') === true ? new RecordedReads(snapshot) : undefined;
      const context = new SubjectContext(params, ref, reads ?? snapshot, expected);
      const found = this.#run(rule, object as never, context);
      const judgement = reads === undefined ? found : markAttested(found, reads.attested);
      if (!collector.keeps(judgement.outcome)) {
        if (judgement.outcome === 'pass') passes += 1;
        else notApplicable += 1;
        continue;
      }
      const graded = rule.subject === 'Expectation' ? gradedBy(object as ScopedExpectation, selected) : selected;
      findings.push(toFinding(graded, judgement, ref, details));
    }
    return { subject: ref, passes, notApplicable, findings };
  }

  #judgeWorkloads(
    selection: readonly SelectedWorkloadRule[],
    workloads: readonly Workload[],
    snapshot: Snapshot,
    collector: FindingCollector,
  ): void {
    const bound = this.#bound.of(selection, snapshot);
    for (const workload of workloads) this.#judgeWorkload(bound, workload, snapshot, collector);
  }

  #judgeWorkload(
    rules: readonly BoundRule[],
    workload: Workload,
    snapshot: Snapshot,
    collector: FindingCollector,
  ): void {
    const { ref, running } = workload;
    const declared = workload.template === undefined ? undefined : this.#open(workload.template);
    const runs = running.map(({ template }) => this.#open(template));
    const [only] = running;
    const decisive = runs[0] ?? declared;
    collector.addSubject(ref);
    let exempted: ExemptedWorkload | undefined;
    for (const bound of rules) {
      let judgement: Judgement;
      let pods: ConcernedPods | undefined;
      // What runs decides; where nothing does, the owner's template.
      if (running.length > 1) {
        const each = (opened: OpenTemplate): Judgement => this.#judgeTemplate(bound, opened, ref, snapshot);
        ({ judgement, pods } = combine(runs.map(each), running));
      } else {
        judgement = decisive === undefined ? NOTHING_RUNS : this.#judgeTemplate(bound, decisive, ref, snapshot);
      }
      // Nearly all end here.
      if (!collector.keeps(judgement.outcome)) {
        collector.count(judgement.outcome, bound.selected.rule.severity);
        continue;
      }
      if (only !== undefined) pods ??= { concerned: only.pods, total: only.pods };
      if (judgement.outcome === 'fail' && declared !== undefined) {
        const inTemplate = only === undefined ? judgement : this.#judgeTemplate(bound, declared, ref, snapshot);
        judgement = placeViolations(judgement, inTemplate, workload.templatePath);
      }
      collector.add(toFinding(bound.selected, judgement, ref, workload, pods), (exempted ??= toExempted(workload)));
    }
  }

  #open(template: PodTemplate): OpenTemplate {
    return { template, remembered: this.#memory?.of(specOf(template) ?? template) };
  }

  #judgeTemplate(
    { selected: { rule, params }, slot, context }: BoundRule,
    { template, remembered }: OpenTemplate,
    subject: SubjectRef,
    snapshot: Snapshot,
  ): Judgement {
    if (context === undefined) return this.#run(rule, template, new SubjectContext(params, subject, snapshot));
    if (slot === undefined || remembered === undefined) return this.#run(rule, template, context);
    return (remembered[slot] ??= this.#run(rule, template, context));
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

/** Of what could not be listed there is one finding for each rule and kind, on the scope itself. */
function addUnlisted(
  selection: readonly SelectedRule[],
  unobserved: readonly KindName[],
  scope: Scope,
  { snapshot, collector }: Pick<Surroundings, 'snapshot' | 'collector'>,
): void {
  for (const selected of selection) {
    for (const kind of unobserved) {
      const finding = unlistedFinding(selected, scope, kind, snapshot);
      collector.addSubject(finding.subject);
      collector.add(finding);
    }
  }
}

/** What a verdict on an object is made from, and where it goes. */
interface Surroundings {
  readonly snapshot: Snapshot;
  readonly collector: FindingCollector;
  readonly expected: Expected;
}

interface JudgedObject {
  readonly ref: SubjectRef;
  readonly object: object | undefined;
  readonly details: Details;
}

function toJudged<T>(object: T, { refOf, originOf }: SubjectList<T>, scope: Scope): JudgedObject {
  const ref = refOf(object);
  const isOfCluster = scope === 'cluster' && ref.namespace !== undefined;
  return {
    ref,
    object: object as object | undefined,
    details: {
      ...(originOf === undefined ? {} : { origin: originOf(object) }),
      ...(isOfCluster ? { posture: 'cluster' } : {}),
    },
  };
}

/** A template with what is remembered of it: looked up once for all rules. */
interface OpenTemplate {
  readonly template: PodTemplate;
  readonly remembered: (Judgement | undefined)[] | undefined;
}
