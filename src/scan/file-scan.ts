/**
 * Judges manifests from files and standard input with the operator's own evaluator and the built-in policy.
 */
import { Evaluator } from '../core/evaluate.ts';
import type { EvaluatorObserver } from '../core/evaluate.ts';
import type { Finding } from '../core/finding.ts';
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import type { EffectivePolicy } from '../core/policy.ts';
import { FindingCollector } from '../core/finding-collector.ts';
import type { CollectedFindings, KeptFindings } from '../core/finding-collector.ts';
import type { InputProblem } from './input-problem.ts';
import { findKindMistake, projectManifest } from './judged-object.ts';
import type { JudgedObject } from './judged-object.ts';
import { Keeper } from './keeper.ts';
import type { ManifestPlace } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';

/** What was found; nothing about the API server, of which files say nothing. */
export interface FileScan extends CollectedFindings {
  /** Where a finding's subject was written; undefined for an owner that is named but not among the files. */
  readonly placeOf: (finding: Finding) => ManifestPlace | undefined;
  readonly problems: readonly InputProblem[];
  /** What a folder says is not to be read. */
  readonly leftOut: readonly LeftOut[];
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
  kept: KeptFindings = 'open',
): Promise<FileScan> {
  const judged: JudgedObject[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  const notJudged = new Map<string, number>();
  const keeper = new Keeper();
  for await (const item of loadManifests(inputs, input)) {
    if (item.type === 'problem') {
      problems.push(item.problem);
      continue;
    }
    if (item.type === 'leftOut') {
      leftOut.push(item);
      continue;
    }
    const { manifest } = item;
    const object = projectManifest(manifest, keeper);
    const mistake = object === undefined ? findKindMistake(manifest) : undefined;
    if (object !== undefined) judged.push(object);
    else if (mistake === undefined) countKind(notJudged, manifest.kind);
    else problems.push({ path: manifest.place.path, line: manifest.place.line, reason: ownText(mistake) });
  }
  // By identity, not by name: the same object may be written twice.
  const places = new Map<object, ManifestPlace>(judged.map(({ object, place }) => [object.metadata, place]));
  const collector = new FindingCollector(kept);
  judgeAll(judged, policy, observer, collector);
  return {
    ...collector.finish(),
    placeOf: ({ origin }) => (origin === undefined ? undefined : places.get(origin)),
    problems,
    leftOut,
    judged: judged.length,
    notJudged,
  };
}

function countKind(counts: Map<string, number>, kind: string): void {
  const count = counts.get(kind);
  if (count === undefined) counts.set(ownText(kind), 1);
  else counts.set(kind, count + 1);
}

function judgeAll(
  judged: readonly JudgedObject[],
  policy: EffectivePolicy,
  observer: EvaluatorObserver,
  collector: FindingCollector,
): void {
  const objects: ObjectsByKind = Object.fromEntries(
    [...Map.groupBy(judged, ({ kind }) => kind)].map(([kind, some]) => [kind, some.map(({ object }) => object)]),
  );
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster: false });
  const rules = policy.rules.filter(({ rule }) => rule.subject !== 'APIServer');
  const evaluator = new Evaluator(observer, { remembersTemplates: false });
  evaluator.judge('cluster', rules, snapshot, collector);
  const namespaces = new Set(judged.map(namespaceOf).filter((namespace) => namespace !== ''));
  for (const namespace of namespaces) evaluator.judge({ namespace }, rules, snapshot, collector);
}

/** The namespace in whose posture an object is judged; empty for the cluster's. */
function namespaceOf({ kind, object }: JudgedObject): string {
  return kind === 'Namespace' ? object.metadata.name : (object.metadata.namespace ?? '');
}
