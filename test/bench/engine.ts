/**
 * How fast the rules judge, with everything that is not judging left out: the pods are decoded and projected before the
 * clock starts, and each has a template of its own, so that no verdict is remembered from another pod.
 *
 * Measured twice: the rules by themselves, all that judge a pod by nothing but its template, as `pod-security.ts` measures
 * Pod Security's checks; and the engine whole, with what a policy selects by default, from owners to sorted findings.
 */
import { Evaluator } from '../../src/core/evaluate.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import type { SelectedRule } from '../../src/core/policy.ts';
import { FindingCollector } from '../../src/core/finding-collector.ts';
import { kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';
import { project } from '../../src/core/project.ts';
import type { AnyRule, Rule } from '../../src/core/rule.ts';
import { templateContextOf } from '../../src/core/rule-contexts.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { LATEST_VERSION } from '../../src/pod-security/version.ts';
import { rules } from '../../src/rules/index.ts';
import { buildPods } from './population.ts';
import type { PopulationSize } from './population.ts';
import { say } from './progress.ts';
import { median } from './statistics.ts';

export interface EngineSpeed {
  readonly podsPerS: number;
  readonly ruleEvaluationsPerS: number;
  readonly podRules: {
    /** How many there are. */
    readonly rules: number;
    readonly ruleEvaluationsPerS: number;
  };
}

const warmUpPasses = 3;
const countedPasses = 15;

/** @returns the median pass, on one core */
export function measureEngine({ pods, namespaces }: Pick<PopulationSize, 'pods' | 'namespaces'>, seed: number) {
  const names = Array.from({ length: namespaces }, (_, index) => `bench-${index}`);
  const snapshot = buildSnapshot(pods, names, seed);
  const podRules = measurePodRules([...snapshot.list('Pod')]);
  say(`pod rules: ${podRules.rules} rules, ${podRules.ruleEvaluationsPerS} evaluations/s`);
  const selected = buildDefaultPolicy(rules).rules;
  for (let pass = 0; pass < warmUpPasses; pass += 1) judgeAll(snapshot, names, selected);
  const passes = Array.from({ length: countedPasses }, () => judgeAll(snapshot, names, selected));
  const speed: EngineSpeed = {
    podsPerS: Math.round(pods / median(passes.map(({ seconds }) => seconds))),
    ruleEvaluationsPerS: Math.round(median(passes.map(({ seconds, evaluations }) => evaluations / seconds))),
    podRules,
  };
  say(`engine: ${speed.podsPerS} pods/s, ${speed.ruleEvaluationsPerS} rule evaluations/s`);
  return speed;
}

/** All of them together, also those that are off by default. */
function measurePodRules(pods: readonly PodTemplate[]): EngineSpeed['podRules'] {
  const checks = rules.filter(isOfTemplates).map((rule) => ({
    rule,
    context: templateContextOf(resolveParams(rule), LATEST_VERSION),
  }));
  const pass = (): number => {
    const startedAtMs = performance.now();
    for (const pod of pods) for (const { rule, context } of checks) rule.check(pod, context);
    return (performance.now() - startedAtMs) / 1000;
  };
  for (let warmUp = 0; warmUp < warmUpPasses; warmUp += 1) pass();
  const seconds = median(Array.from({ length: countedPasses }, pass));
  return { rules: checks.length, ruleEvaluationsPerS: Math.round((checks.length * pods.length) / seconds) };
}

function isOfTemplates(rule: AnyRule): rule is AnyRule & Rule<'Workload'> {
  const { subject, reads = [], considers = [] } = rule;
  return subject === 'Workload' && [...reads, ...considers].every((source) => source === 'ServerVersion');
}

/** One pass over the cluster with an evaluator that remembers nothing yet. */
function judgeAll(snapshot: Snapshot, namespaces: readonly string[], selected: readonly SelectedRule[]) {
  const evaluator = new Evaluator({
    ruleThrew(rule, error) {
      throw new Error(`rule ${rule} failed`, { cause: error });
    },
  });
  const startedAtMs = performance.now();
  for (const namespace of namespaces) {
    const collector = new FindingCollector('open');
    evaluator.judge({ namespace }, selected, snapshot, collector);
    collector.finish();
  }
  return { seconds: (performance.now() - startedAtMs) / 1000, evaluations: evaluator.evaluations };
}

function buildSnapshot(pods: number, namespaces: readonly string[], seed: number): Snapshot {
  return buildObjectSnapshot({
    isWholeCluster: true,
    objects: {
      Namespace: namespaces.map((name) => project(kinds.Namespace.shape, { metadata: { name } })),
      ServiceAccount: namespaces.map((namespace) =>
        project(kinds.ServiceAccount.shape, { metadata: { namespace, name: 'default' } }),
      ),
      Pod: buildPods(pods, namespaces, seed).map((pod) => project(kinds.Pod.shape, pod)),
    },
  });
}
