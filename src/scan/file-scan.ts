/**
 * Judges manifests from files and standard input with the operator's own evaluator, by policies from files or by the
 * built-in one.
 */
import { Evaluator } from '../core/evaluate.ts';
import type { EvaluatorObserver } from '../core/evaluate.ts';
import type { Finding } from '../core/finding.ts';
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import { mergeAuthorization } from '../core/expectation.ts';
import type { Expected } from '../core/expectation.ts';
import { expectationsOf } from '../core/own-policy.ts';
import type { AcceptedOwnPolicy, AcceptedPolicy } from '../core/accepted-policy.ts';
import { clusterExpectationsOf } from '../core/policy.ts';
import type { JudgedExemption } from '../core/exemption.ts';
import { matchExemptions } from '../core/exemption-matcher.ts';
import { FindingCollector } from '../core/finding-collector.ts';
import type { CollectedFindings, KeptFindings } from '../core/finding-collector.ts';
import { bindingKinds } from '../core/rbac-kinds.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Severity } from '../core/severity.ts';
import { MalformedField } from '../core/shape.ts';
import { isDecidedByFacts, readAttestedFacts } from './attested-facts.ts';
import { ExemptionAccount } from './exemption-account.ts';
import type { InputProblem } from './input-problem.ts';
import { findKindMistake, projectManifest } from './judged-object.ts';
import type { JudgedObject } from './judged-object.ts';
import { Keeper } from './keeper.ts';
import type { ManifestPlace } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';
import { choosePolicy } from './policy-choice.ts';
import type { Labels } from '../core/policy-scope.ts';
import { nameScopeOf, Thresholds } from './thresholds.ts';
import { UnjudgedKinds } from './unjudged-kinds.ts';
import type { UnjudgedKind } from './unjudged-kinds.ts';

/** What was found; of the API server only what is attested, since files say nothing of it. */
export interface FileScan extends CollectedFindings {
  /** Where a finding's subject was written; undefined for an owner that is named but not among the files. */
  readonly placeOf: (finding: Finding) => ManifestPlace | undefined;
  /** The same, as the number of that object among those of its file, counted from 0. */
  readonly indexOf: (finding: Finding) => number | undefined;
  /**
   * What a finding was judged from. Where several objects have one name only the one that it is about is in it, because
   * a remedy asks for it by its name.
   */
  readonly snapshotOf: (finding: Finding) => Snapshot;
  /** Of the policy that a finding was judged by. */
  readonly thresholdOf: (finding: Finding) => Severity;
  readonly problems: readonly InputProblem[];
  /** What a folder says is not to be read. */
  readonly leftOut: readonly LeftOut[];
  /** Where it is not certain which policies decide, or none of its rules is about files, in sentences. */
  readonly doubts: readonly string[];
  /** Exemptions that exempt nothing, and why, in sentences. */
  readonly idleExemptions: readonly string[];
  /** What counts of the API server, of which files say nothing, and by whom, in sentences. */
  readonly attested: readonly string[];
  /** Attestations that count for nothing, and why, in sentences. */
  readonly idleAttestations: readonly string[];
  /** How many objects were judged. */
  readonly judged: number;
  /** The objects that no rule is about. */
  readonly notJudged: readonly UnjudgedKind[];
}

export interface FileScanOptions {
  /** Files, folders and `-`. */
  readonly inputs: readonly string[];
  readonly rules: readonly AnyRule[];
  readonly observer: EvaluatorObserver;
  /** By default `open`. */
  readonly kept?: KeptFindings;
  /** By default none, and the built-in one decides. */
  readonly policies?: readonly AcceptedPolicy[];
  /** Those of namespaces; by default none. */
  readonly ownPolicies?: readonly AcceptedOwnPolicy[];
  /** By default none. */
  readonly exemptions?: readonly JudgedExemption[];
  /** Milliseconds since 1970: the moment at which exemptions and attestations are asked whether they have ended. */
  readonly nowMs: number;
  /** The minor of the Pod Security Standards' version; by default the latest. */
  readonly podSecurityVersion?: number;
}

export async function scanFiles(options: FileScanOptions, input: ManifestInput): Promise<FileScan> {
  const judged: JudgedObject[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  const unjudged = new UnjudgedKinds();
  const keeper = new Keeper();
  const indexes = new Map<object, number>();
  const counts = new Map<string, number>();
  for await (const item of loadManifests(options.inputs, input)) {
    if (item.type === 'problem') {
      problems.push(item.problem);
      continue;
    }
    if (item.type === 'leftOut') {
      leftOut.push(item);
      continue;
    }
    const { manifest } = item;
    const index = counts.get(manifest.place.path) ?? 0;
    counts.set(manifest.place.path, index + 1);
    const object = projectManifest(manifest, keeper);
    const mistake = object === undefined ? findKindMistake(manifest) : undefined;
    if (object !== undefined) {
      judged.push(object);
      indexes.set(object.object.metadata, index);
    } else if (mistake === undefined) unjudged.add(manifest);
    else problems.push({ path: manifest.place.path, line: manifest.place.line, reason: ownText(mistake) });
  }
  // By identity, not by name: the same object may be written twice.
  const places = new Map<object, ManifestPlace>(judged.map(({ object, place }) => [object.metadata, place]));
  return {
    ...judgeAll(judged, options, keeper),
    placeOf: ({ origin }) => (origin === undefined ? undefined : places.get(origin)),
    indexOf: ({ origin }) => (origin === undefined ? undefined : indexes.get(origin)),
    problems,
    leftOut,
    judged: judged.length,
    notJudged: unjudged.list(),
  };
}

function judgeAll(
  judged: readonly JudgedObject[],
  options: FileScanOptions,
  keeper: Keeper,
): CollectedFindings & Omit<FileScan, 'placeOf' | 'indexOf' | 'problems' | 'leftOut' | 'judged' | 'notJudged'> {
  const { rules, observer, kept = 'open', policies = [], ownPolicies = [], podSecurityVersion, nowMs } = options;
  const facts = readAttestedFacts(policies, nowMs);
  const isAttested = facts.evidence !== undefined;
  const objects = byKind(judged);
  const snapshotFrom = (some: ObjectsByKind): Snapshot =>
    buildObjectSnapshot({
      objects: some,
      isWholeCluster: false,
      ...(facts.evidence === undefined ? {} : { evidence: facts.evidence }),
      ...(podSecurityVersion === undefined ? {} : { podSecurityVersion }),
    });
  const snapshot = snapshotFrom(objects);
  let byName: ReturnType<typeof groupByName> | undefined;
  const namespaces = Map.groupBy(objects.Namespace ?? [], ({ metadata }) => metadata.name);
  const labelsOf = (namespace: string) => (namespaces.get(namespace) ?? []).map(readLabels);
  const evaluator = new Evaluator(observer, { remembersTemplates: false });
  const collector = new FindingCollector(kept, (finding) => keeper.keepFinding(finding));
  const thresholds = new Thresholds();
  const doubts: string[] = [];
  const account = new ExemptionAccount(options.exemptions ?? [], rules, nowMs);
  const expected: Expected = {
    expectations: [...policies.flatMap(clusterExpectationsOf), ...ownPolicies.flatMap(expectationsOf)],
    authorization: mergeAuthorization(policies),
  };
  const isOfWholeCluster = isAttested || bindingKinds.some((kind) => (objects[kind] ?? []).length > 0);
  const scopes = new Set([...judged.map(scopeNameOf), ...expectedScopes(expected), ...(isOfWholeCluster ? [''] : [])]);
  for (const name of scopes) {
    const scope = name === '' ? 'cluster' : { namespace: name };
    const { policy, doubt } = choosePolicy(scope, { policies, ownPolicies, rules, labelsOf });
    if (doubt !== undefined) doubts.push(doubt);
    thresholds.set(scope, policy.threshold);
    // Files say nothing about the API server, so that nothing of it is judged but what is attested.
    const about = policy.rules.filter(
      (selected) =>
        selected.rule.subject !== 'APIServer' || (isAttested && isDecidedByFacts(selected, evaluator, snapshot)),
    );
    const exemptions = matchExemptions(account.given, policy.exemptions, scope);
    collector.exemptBy(exemptions);
    evaluator.judge(scope, about, snapshot, collector, expected);
    account.note(scope, exemptions?.uses ?? new Map(), policy.exemptions);
  }
  const idleExemptions = account.idle();
  return {
    ...collector.finish(),
    doubts,
    idleExemptions,
    attested: facts.counting,
    idleAttestations: facts.idle,
    thresholdOf: (finding) => thresholds.of(finding),
    snapshotOf({ origin, subject }) {
      byName ??= groupByName(judged);
      const named = byName.get(printName(subject.kind, subject.namespace ?? '', subject.name)) ?? [];
      if (named.length < 2) return snapshot;
      const others = new Set(named.filter(({ object }) => object.metadata !== origin));
      return snapshotFrom(byKind(judged.filter((one) => !others.has(one))));
    },
  };
}

function byKind(judged: readonly JudgedObject[]): ObjectsByKind {
  return Object.fromEntries(
    [...Map.groupBy(judged, ({ kind }) => kind)].map(([kind, some]) => [kind, some.map(({ object }) => object)]),
  );
}

/** All that have one kind and name. */
function groupByName(judged: readonly JudgedObject[]): ReadonlyMap<string, readonly JudgedObject[]> {
  return Map.groupBy(judged, ({ kind, object: { metadata } }) =>
    printName(kind, metadata.namespace ?? '', metadata.name),
  );
}

function printName(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** Where something is expected there is something to judge, whatever the files hold. */
function expectedScopes({ expectations }: Expected): readonly string[] {
  return expectations.flatMap(({ policy, subject }) => [
    ...(subject.namespace === undefined ? [] : [subject.namespace]),
    ...(policy.kind === 'ClusterHardeningPolicy' ? [''] : []),
  ]);
}

/** Field by field: another one may be malformed. */
function scopeNameOf({ kind, object: { metadata } }: JudgedObject): string {
  return nameScopeOf({ kind, name: metadata.name, namespace: metadata.namespace });
}

function readLabels({ metadata }: { readonly metadata: { readonly labels?: Labels } }): Labels | undefined {
  try {
    return { ...metadata.labels };
  } catch (error) {
    if (error instanceof MalformedField) return undefined;
    throw error;
  }
}
