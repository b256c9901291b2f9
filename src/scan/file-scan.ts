/**
 * Judges manifests from files and standard input with the operator's own evaluator and the built-in policy.
 */
import { Evaluator } from '../core/evaluate.ts';
import type { EvaluatorObserver } from '../core/evaluate.ts';
import { compareFindings } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import type { EffectivePolicy } from '../core/policy.ts';
import type { InputProblem } from './input-problem.ts';
import { projectManifest } from './judged-object.ts';
import type { JudgedObject } from './judged-object.ts';
import type { Manifest } from './manifest.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';

export interface FileScan {
  /** Worst first; nothing about the API server, of which files say nothing. */
  readonly findings: readonly Finding[];
  /** Where a finding's subject stands; absent for an owner that is named but not among the files. */
  readonly manifestOf: ReadonlyMap<Finding, Manifest>;
  readonly problems: readonly InputProblem[];
  /** How many objects were judged. */
  readonly judged: number;
  /** How many objects no rule is about, by kind. */
  readonly notJudged: ReadonlyMap<string, number>;
}

/** @param inputs files, folders and `-` */
export async function scanFiles(
  inputs: readonly string[],
  input: ManifestInput,
  policy: EffectivePolicy,
  observer: EvaluatorObserver,
): Promise<FileScan> {
  const judged: JudgedObject[] = [];
  const problems: InputProblem[] = [];
  const notJudged = new Map<string, number>();
  for await (const item of loadManifests(inputs, input)) {
    if (item.type === 'problem') {
      problems.push(item.problem);
      continue;
    }
    const object = projectManifest(item.manifest);
    if (object === undefined) notJudged.set(item.manifest.kind, (notJudged.get(item.manifest.kind) ?? 0) + 1);
    else judged.push(object);
  }
  const findings = evaluateAll(judged, policy, observer);
  return { findings, manifestOf: placeFindings(findings, judged), problems, judged: judged.length, notJudged };
}

function evaluateAll(
  judged: readonly JudgedObject[],
  policy: EffectivePolicy,
  observer: EvaluatorObserver,
): readonly Finding[] {
  const objects: ObjectsByKind = Object.fromEntries(
    [...Map.groupBy(judged, ({ kind }) => kind)].map(([kind, some]) => [kind, some.map(({ object }) => object)]),
  );
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster: false });
  const rules = policy.rules.filter(({ rule }) => rule.subject !== 'APIServer');
  const evaluator = new Evaluator(observer);
  const namespaces = new Set(judged.map(namespaceOf).filter((namespace) => namespace !== ''));
  return [
    ...evaluator.evaluate('cluster', rules, snapshot),
    ...[...namespaces].flatMap((namespace) => evaluator.evaluate({ namespace }, rules, snapshot)),
  ].sort(compareFindings);
}

/** The namespace in whose posture an object is judged; empty for the cluster's. */
function namespaceOf({ kind, object }: JudgedObject): string {
  return kind === 'Namespace' ? object.metadata.name : (object.metadata.namespace ?? '');
}

function placeFindings(findings: readonly Finding[], judged: readonly JudgedObject[]): ReadonlyMap<Finding, Manifest> {
  // By identity, not by name: the same object may be written twice.
  const manifests = new Map<object, Manifest>(judged.map(({ object, manifest }) => [object.metadata, manifest]));
  const places = new Map<Finding, Manifest>();
  for (const finding of findings) {
    const manifest = finding.origin === undefined ? undefined : manifests.get(finding.origin);
    if (manifest !== undefined) places.set(finding, manifest);
  }
  return places;
}
