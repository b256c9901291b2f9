/**
 * How fast the rules judge, with everything that is not judging left out: the pods are decoded and projected before the
 * clock starts, and each has a template of its own, so that no verdict is remembered from another pod.
 */
import { Evaluator } from '../../src/core/evaluate.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import type { SelectedRule } from '../../src/core/policy.ts';
import { FindingCollector } from '../../src/core/finding-collector.ts';
import { kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { project } from '../../src/core/project.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { buildPods } from './population.ts';
import type { PopulationSize } from './population.ts';
import { say } from './progress.ts';
import { median } from './statistics.ts';

export interface EngineSpeed {
  readonly podsPerS: number;
  readonly ruleEvaluationsPerS: number;
}

const warmUpPasses = 3;
const countedPasses = 15;

/** @returns the median pass, on one core */
export function measureEngine({ pods, namespaces }: Pick<PopulationSize, 'pods' | 'namespaces'>, seed: number) {
  const names = Array.from({ length: namespaces }, (_, index) => `bench-${index}`);
  const snapshot = buildSnapshot(pods, names, seed);
  const selected = buildDefaultPolicy(rules).rules;
  for (let pass = 0; pass < warmUpPasses; pass += 1) judgeAll(snapshot, names, selected);
  const passes = Array.from({ length: countedPasses }, () => judgeAll(snapshot, names, selected));
  const speed: EngineSpeed = {
    podsPerS: Math.round(pods / median(passes.map(({ seconds }) => seconds))),
    ruleEvaluationsPerS: Math.round(median(passes.map(({ seconds, evaluations }) => evaluations / seconds))),
  };
  say(`engine: ${speed.podsPerS} pods/s, ${speed.ruleEvaluationsPerS} rule evaluations/s`);
  return speed;
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
