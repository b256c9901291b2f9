/**
 * Judges a live cluster with the caller's own rights and writes nothing: every kind is listed once into the operator's
 * own store and judged by the operator's own function.
 */
import { randomBytes } from 'node:crypto';

import { clusterHardeningExemption, EXEMPTION_KIND } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { clusterHardeningPolicy, POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { hardeningExemption, OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import { hardeningPolicy, OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import type { HardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import { dayOf } from '../core/moment.ts';
import { ClusterStore } from '../controller/store.ts';
import { accountForAttestations, listAttestations } from '../core/attestation.ts';
import { judgeExemption } from '../core/exemption.ts';
import type { AnyExemption } from '../core/exemption.ts';
import type { GivenExemptions } from '../core/exemption-matcher.ts';
import { Evaluator } from '../core/evaluate.ts';
import type { EvaluatorObserver } from '../core/evaluate.ts';
import type { Scope } from '../core/scope.ts';
import { judgeScope, labelsOf, namespacesOf, sourcesOf } from '../core/judge.ts';
import type { Judge } from '../core/judge.ts';
import { allKindNames, judgedKindNames, kindNames, kinds } from '../core/kinds.ts';
import type { Kind, KindName } from '../core/kinds.ts';
import { judgeOwnPolicy } from '../core/own-policy.ts';
import type { SelectedRule } from '../core/policy.ts';
import { judgePolicy } from '../core/policy-status.ts';
import { factNames } from '../core/evidence.ts';
import type { FactName, ServerEvidence } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import { FindingCollector } from '../core/finding-collector.ts';
import type { CollectedFindings, KeptFindings } from '../core/finding-collector.ts';
import { inputsOf } from '../core/source.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Severity } from '../core/severity.ts';
import { mergeServers } from '../core/server-evidence.ts';
import { isMissing } from '../core/snapshot.ts';
import type { Input, Observation, Snapshot } from '../core/snapshot.ts';
import { collectInstance, collectInstances, concludeInstances } from '../evidence/collect-instance.ts';
import type { ProbeReviewers } from '../evidence/dry-run-probes.ts';
import { concludeVersion } from '../evidence/facts/index.ts';
import { isRead } from '../evidence/reading.ts';
import type { Reading } from '../evidence/reading.ts';
import type { ServerAccess } from '../evidence/server-access.ts';
import type { ServerSet } from '../evidence/server-set.ts';
import { collectVersion } from '../evidence/version.ts';
import { ownResource } from '../kube/posture-writer.ts';
import { nameResource } from '../kube/resource-path.ts';
import type { Transport } from '../kube/transport.ts';
import { readAll, readKind } from './cluster-objects.ts';
import type { ReadScope } from './cluster-objects.ts';
import { readDeclaredObjects } from './declared-objects.ts';
import { tableOf } from './exemption-account.ts';
import { Thresholds } from './thresholds.ts';

export interface ClusterScanOptions {
  readonly transport: Transport;
  /** The same API server, for what is asked of itself. */
  readonly server: ServerAccess;
  /** The API servers of the cluster, each of them asked; by default that one alone. */
  readonly servers?: ServerSet;
  readonly rules: readonly AnyRule[];
  readonly observer: EvaluatorObserver;
  readonly scope: ReadScope;
  /** Whether nothing but the cluster itself is judged, and nothing read that its rules do without. */
  readonly isClusterAlone?: boolean;
  /** Who else has a say about a pod that is tried. */
  readonly reviewers?: (snapshot: Snapshot) => Reading<ProbeReviewers>;
  /** Told what is being read. */
  readonly onProgress: (what: string) => void;
  /** By default `open`. */
  readonly kept?: KeptFindings;
  /** Milliseconds since 1970: the moment at which exemptions and attestations are asked whether they have ended. */
  readonly nowMs: number;
}

export interface ClusterScan extends CollectedFindings {
  /** Of the policy that a finding was judged by. */
  readonly thresholdOf: (finding: Finding) => Severity;
  /** By namespace, the rules that it was judged by. */
  readonly judgedBy: ReadonlyMap<string, readonly SelectedRule[]>;
  /** Where nothing was judged although it could be read, in sentences. */
  readonly doubts: readonly string[];
  /** What could not be read, in sentences; empty when the findings are complete. */
  readonly missing: readonly string[];
  /** What counts although nobody observed it, and by whom, in sentences. */
  readonly attested: readonly string[];
  /** Attestations that count for nothing, and why, in sentences. */
  readonly idleAttestations: readonly string[];
  /** Set where there was nothing to judge; says why. */
  readonly nothing?: string;
  /** Why there may be API servers that were not asked; undefined where there are none, or nobody looked for them. */
  readonly serverDoubt: string | undefined;
  /** What it was judged from. */
  readonly snapshot: Snapshot;
}

/** @throws {RequestError} if the API server does not answer at all */
export async function scanCluster(options: ClusterScanOptions): Promise<ClusterScan> {
  const { rules, scope, observer, kept = 'open' } = options;
  const begun = performance.now();
  const nowMs = (): number => options.nowMs + performance.now() - begun;
  const store = new ClusterStore(() => undefined);
  store.setToday(dayOf(options.nowMs));
  const wanted = scope === 'everything' ? await selectServedKinds(options) : selectNamespaceKinds(rules);
  for (const kind of wanted) {
    options.onProgress(nameResource(kinds[kind]));
    await readKind(kind, store, options);
  }
  if (scope !== 'everything') store.observe(pathsOfOneNamespace);
  const policies = await readPolicies(options);
  const exemptions = await readExemptions(options);
  options.onProgress('the API server');
  const { servers: evidence, doubt: serverDoubt } = await collectEvidence(options, store, nowMs);
  const accepted = policies.policies.flatMap((policy) => policy.accepted ?? []);
  store.setEvidence(evidence);
  store.setAttestations(listAttestations(accepted), options.nowMs);
  const attestations = accountForAttestations(
    accepted,
    mergeServers(evidence),
    options.nowMs,
    scope === 'everything' ? factNames : namespaceFacts,
  );
  const collector = new FindingCollector(kept);
  const judge: Judge = {
    rules,
    evaluator: new Evaluator(observer),
    snapshot: store,
    exemptions,
    ...policies,
  };
  const inputs: Observation[] = wanted.map((kind) => store.observation(kind));
  const thresholds = new Thresholds();
  const judgedBy = new Map<string, readonly SelectedRule[]>();
  const doubts: string[] = [];
  for (const one of options.isClusterAlone === true ? ['cluster' as const] : selectScopes(scope, store)) {
    const judged = judgeScope(one, judge, { collector });
    if (judged === undefined) continue;
    inputs.push(...judged.inputs);
    thresholds.set(one, judged.policy.threshold);
    if (one !== 'cluster') judgedBy.set(one.namespace, judged.policy.rules);
    // What else is in doubt is so for want of an input, which is missing.
    if (judged.doubt?.reason === 'NothingSelected') doubts.push(`${nameScope(one)}: ${judged.doubt.message}`);
  }
  const missing = inputs.filter(isMissing).map(({ message }) => message);
  const nothing = scope === 'everything' ? undefined : explainNothing(scope.namespace, store);
  return {
    ...collector.finish(),
    thresholdOf: (finding) => thresholds.of(finding),
    judgedBy,
    doubts,
    missing: [...new Set(missing)],
    serverDoubt,
    snapshot: store,
    attested: attestations.counting,
    idleAttestations: attestations.idle,
    ...(nothing === undefined ? {} : { nothing }),
  };
}

/** Paths lead through other namespaces. */
const pathsOfOneNamespace: Observation<'EscalationPaths'> = {
  source: 'EscalationPaths',
  state: 'absent',
  message: 'paths to cluster-admin lead through other namespaces; scan all of them with -A',
};

/** What pods are judged by. */
const namespaceFacts: readonly FactName[] = ['minorVersion'];

/** Whoever scans one namespace learns nothing of the API server but what its pods are judged by. */
async function collectEvidence(
  options: ClusterScanOptions,
  snapshot: Snapshot,
  nowMs: () => number,
): Promise<GatheredEvidence> {
  const { scope, server, servers, reviewers, transport } = options;
  const { instance } = server;
  if (scope !== 'everything') {
    const evidence = concludeVersion(await collectVersion(server.get));
    return { servers: [{ instance, evidence }], doubt: undefined };
  }
  const round = {
    nonce: randomBytes(8).toString('hex'),
    nowMs,
    ...(reviewers === undefined ? {} : { reviewers: () => reviewers(snapshot) }),
  };
  const { heard, doubt } =
    servers === undefined
      ? { heard: [{ instance, reading: await collectInstance(server, round) }], doubt: undefined }
      : await collectInstances(servers, round);
  return { servers: concludeInstances(heard, await readDeclaredObjects(transport, server.get, nowMs)), doubt };
}

interface GatheredEvidence {
  readonly servers: readonly ServerEvidence[];
  /** Why there may be others. */
  readonly doubt: string | undefined;
}

function selectScopes(scope: ReadScope, store: ClusterStore): readonly Scope[] {
  return scope === 'everything' ? ['cluster', ...namespacesOf(store).map((namespace) => ({ namespace }))] : [scope];
}

function nameScope(scope: Scope): string {
  return scope === 'cluster' ? 'the cluster itself' : `namespace "${scope.namespace}"`;
}

/**
 * What is judged, and what rules look at besides. Without what the API server is too new for: who may not list that would
 * be told that something is missing.
 */
async function selectServedKinds({ server, rules, isClusterAlone }: ClusterScanOptions): Promise<readonly KindName[]> {
  const version = await collectVersion(server.get);
  const minor = isRead(version) ? version.read.minor : 0;
  const besides = new Set(rules.flatMap(({ reads = [] }) => reads.flatMap(inputsOf)));
  return allKindNames.filter((name) => {
    const { lastMinor = Infinity }: Kind = kinds[name];
    const isJudged = isClusterAlone !== true && judgedKindNames.includes(name);
    return lastMinor >= minor && (isJudged || besides.has(name));
  });
}

/** What the verdict on a namespace is made from: nobody needs more rights than that. */
function selectNamespaceKinds(rules: readonly AnyRule[]): readonly KindName[] {
  const sources = sourcesOf(rules, 'namespace');
  return kindNames.filter((kind) => sources.includes(kind));
}

/** Why a namespace is not judged; undefined if it is. */
function explainNothing(namespace: string, store: ClusterStore): string | undefined {
  if (labelsOf(store, namespace) !== undefined) return undefined;
  const exists = store.get('Namespace', '', namespace) !== undefined;
  return `namespace "${namespace}" ${exists ? 'is being deleted' : 'does not exist'}`;
}

type Policies = Pick<Judge, 'policies' | 'policyInput' | 'ownPolicies' | 'ownPolicyInput'>;

/** As they stand in the cluster. @throws {RequestError} if the API server does not answer */
export async function readPolicies({
  transport,
  rules,
  scope,
}: Pick<ClusterScanOptions, 'transport' | 'rules' | 'scope'>): Promise<Policies> {
  const selection = { resource: ownResource(clusterHardeningPolicy) };
  const read = await readAll(POLICY_KIND, transport, selection, { json: (json) => json as ClusterHardeningPolicy });
  const ownSelection = {
    resource: ownResource(hardeningPolicy),
    ...(scope === 'everything' ? {} : { namespace: scope.namespace }),
  };
  const own = await readAll(OWN_POLICY_KIND, transport, ownSelection, { json: (json) => json as HardeningPolicy });
  return {
    policies: read.objects.map((object) => judgePolicy(object, rules)),
    policyInput: orNone(read.observation),
    ownPolicies: own.objects.map((object) => judgeOwnPolicy(object, rules)),
    ownPolicyInput: orNone(own.observation),
  };
}

async function readExemptions({ transport, rules, scope, nowMs }: ClusterScanOptions): Promise<GivenExemptions> {
  const codec = { json: (json: unknown) => json as AnyExemption };
  const ofCluster = await readAll(
    EXEMPTION_KIND,
    transport,
    { resource: ownResource(clusterHardeningExemption) },
    codec,
  );
  const selection = {
    resource: ownResource(hardeningExemption),
    ...(scope === 'everything' ? {} : { namespace: scope.namespace }),
  };
  const own = await readAll(OWN_EXEMPTION_KIND, transport, selection, codec);
  return {
    table: tableOf([...ofCluster.objects, ...own.objects].map((object) => judgeExemption(object, rules))),
    inputs: [orNone(ofCluster.observation), orNone(own.observation)],
    nowMs,
  };
}

/** Where Merlon is not installed there are no policies, which is all there is to know. */
function orNone<I extends Input>(observation: Observation<I>): Observation<I> {
  return observation.state === 'absent' ? { ...observation, state: 'observed', message: '' } : observation;
}
