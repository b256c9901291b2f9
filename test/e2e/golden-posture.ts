/**
 * The oracle: what the postures of a cluster must say now, from nothing but a fresh list of everything by the
 * administrator. It shares the rules and the evaluation with the operator, but no transport, watch, store or queue.
 */
import { isDeepStrictEqual } from 'node:util';
import { randomBytes } from 'node:crypto';
import { POLICY_KIND } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION, OPERATOR_NAMESPACE as ownNamespace } from '../../src/api/v1alpha1/group.ts';
import { countAdminPaths } from '../../src/rbac/admin-paths.ts';
import { OWN_POLICY_KIND } from '../../src/api/v1alpha1/hardening-policy.ts';
import type { HardeningPolicy } from '../../src/api/v1alpha1/hardening-policy.ts';
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { NOT_LOOKED } from '../../src/controller/enforced-condition.ts';
import { describeRepairs } from '../../src/controller/remediated-condition.ts';
import { namespaceKey } from '../../src/controller/enqueue.ts';
import { gatherCandidates } from '../../src/controller/repair-candidates.ts';
import { readTerms } from '../../src/controller/repair-terms.ts';
import { buildClusterStatus } from '../../src/core/cluster-status.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import type { Scope } from '../../src/core/scope.ts';
import { judgeExemption } from '../../src/core/exemption.ts';
import type { AnyExemption } from '../../src/core/exemption.ts';
import { ExemptionTable } from '../../src/core/exemption-table.ts';
import { factNames, isObserved, reasonUnobserved } from '../../src/core/evidence.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import { findPolicies, judgeScope, namespacesOf, remediationSayOf } from '../../src/core/judge.ts';
import type { Judge } from '../../src/core/judge.ts';
import { apiVersionOf, kindNames, kinds } from '../../src/core/kinds.ts';
import { dayOf } from '../../src/core/moment.ts';
import type { Kind } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../src/core/object-snapshot.ts';
import { judgeOwnPolicy } from '../../src/core/own-policy.ts';
import { judgePolicy } from '../../src/core/policy-status.ts';
import { project } from '../../src/core/project.ts';
import type { RemediationSay } from '../../src/core/remediation-terms.ts';
import type { Source } from '../../src/core/source.ts';
import type { Observation } from '../../src/core/snapshot.ts';
import { buildStatus } from '../../src/core/status.ts';
import type { Judged, UntimedCondition, UntimedStatus } from '../../src/core/status.ts';
import { collectClientAuthorities } from '../../src/evidence/client-authorities.ts';
import { collectServer } from '../../src/evidence/collect-server.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import type { Get } from '../../src/evidence/reading.ts';
import { openHandshake } from '../../src/kube/tls-handshake.ts';
import { adviseLevel } from '../../src/pod-security/level-advisor.ts';
import { NamespaceEnforcements } from '../../src/controller/namespace-enforcement.ts';
import { buildNamespaceStatus } from '../../src/pod-security/namespace-status.ts';
import { rules } from '../../src/rules/index.ts';
import { ApiClient, bodyOf } from '../support/api-client.ts';
import type { KubeObject } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';
import { waitUntil } from '../support/wait-until.ts';

interface SubjectAccessReviewStatus {
  readonly allowed: boolean;
  readonly reason?: string;
  readonly evaluationError?: string;
}

/** By namespace; the cluster's own under `cluster/`, which is no namespace's name. */
export type Postures = ReadonlyMap<string, object>;

export const CLUSTER_SCOPE = 'cluster/';

const exemptionInputs = (['ClusterHardeningExemption', 'HardeningExemption'] as const).map((source) => ({
  source,
  state: 'observed' as const,
  message: '',
}));

export interface GoldenOptions {
  /** Whether the operator was asked for one look, in which it enforces nothing. */
  readonly isOneLook?: boolean;
  /** What the operator cannot read, as it would say so. */
  readonly missing?: readonly Observation<Source>[];
  /** Postures that it may not write, by scope, with the API server's words. */
  readonly refusals?: readonly (readonly [string, string])[];
  /** Namespaces whose posture may not be there. */
  readonly without?: readonly string[];
}

export async function recomputePostures(cluster: Cluster, options: GoldenOptions = {}): Promise<Postures> {
  const { missing = [], refusals = [], without = [], isOneLook = false } = options;
  const { client } = cluster;
  const [objects, evidence, policies, ownPolicies, records, ...exemptions] = await Promise.all([
    readObjects(client),
    readEvidence(cluster),
    client.resource<ClusterHardeningPolicy>(API_VERSION, 'clusterhardeningpolicies').list(),
    client.resource<HardeningPolicy>(API_VERSION, 'hardeningpolicies').list(),
    client.resource<HardeningRemediation>(API_VERSION, 'hardeningremediations').list(),
    client.resource<AnyExemption>(API_VERSION, 'clusterhardeningexemptions').list(),
    client.resource<AnyExemption>(API_VERSION, 'hardeningexemptions').list(),
  ]);
  const table = new ExemptionTable();
  for (const object of exemptions.flatMap((listed) => bodyOf('list exemptions', listed).items)) {
    const { exemption } = judgeExemption(object, rules);
    if (exemption !== undefined) table.set(exemption);
  }
  const remediated = (scope: Scope, { findings }: Judged): UntimedCondition => {
    const terms = readTerms({ rules, ownNamespace, snapshot: () => snapshot, policySay: sayOf }, scope);
    if (terms === undefined) throw new Error('a namespace that was listed is gone');
    const { items } = bodyOf('list records', records);
    const homes = scope === 'cluster' ? [ownNamespace] : [scope.namespace, ownNamespace];
    const known = items.filter((record) => homes.includes(record.metadata.namespace ?? ''));
    const key = scope === 'cluster' ? scope : namespaceKey(scope.namespace);
    const candidates = gatherCandidates({ scope: key, ownNamespace, rules, findings, records: known });
    return describeRepairs(terms, candidates, snapshot);
  };
  const sayOf = (scope: Scope): RemediationSay | undefined => {
    const found = findPolicies(scope, judge);
    return found === undefined ? undefined : remediationSayOf(found, scope);
  };
  const { minorVersion } = evidence;
  if (!isObserved(minorVersion)) throw new Error(reasonUnobserved(minorVersion));
  const podSecurityVersion = minorVersion.value;
  const snapshot = buildObjectSnapshot({
    objects,
    isWholeCluster: true,
    evidence,
    missing,
    podSecurityVersion,
    today: dayOf(Date.now()),
  });
  const judge: Judge = {
    rules,
    evaluator: new Evaluator({
      ruleThrew: (rule, error) => {
        throw new Error(`rule ${rule} failed`, { cause: error });
      },
    }),
    snapshot,
    policies: bodyOf('list policies', policies).items.map((policy) => judgePolicy(policy, rules)),
    policyInput: { source: POLICY_KIND, state: 'observed', message: '' },
    ownPolicies: bodyOf('list policies of namespaces', ownPolicies).items.map((policy) =>
      judgeOwnPolicy(policy, rules),
    ),
    ownPolicyInput: { source: OWN_POLICY_KIND, state: 'observed', message: '' },
    exemptions: { table, inputs: exemptionInputs, nowMs: Date.now() },
  };
  const postures = new Map<string, UntimedStatus>();
  const enforcements = new NamespaceEnforcements(rules);
  for (const namespace of namespacesOf(snapshot)) {
    const judged = judgeOrThrow({ namespace }, judge);
    const { inShort, ofFinding } = enforcements.of(namespace, {
      snapshot,
      evaluator: judge.evaluator,
      planned: undefined,
      judgedBy: judged.policy.rules,
    });
    const status = buildStatus(judged, remediated({ namespace }, judged), ofFinding);
    postures.set(namespace, buildNamespaceStatus(status, namespace, adviseLevel(snapshot, namespace), inShort));
  }
  const verdicts = [...postures.values()].map(({ compliant }) => compliant);
  const view = {
    snapshot,
    serverDoubt: 'the API server of a test enters itself nowhere',
    verdicts,
    refusals,
    policyInput: judge.policyInput,
    ownPolicyInput: judge.ownPolicyInput,
    exemptionInputs,
    adminPaths: countAdminPaths(snapshot),
    ...(isOneLook ? { enforced: NOT_LOOKED } : {}),
  };
  const judged = judgeOrThrow('cluster', judge);
  postures.set(CLUSTER_SCOPE, buildClusterStatus(buildStatus(judged, remediated('cluster', judged)), view));
  for (const namespace of without) postures.delete(namespace);
  return new Map([...postures].map(([scope, status]) => [scope, withoutWitnesses(withoutPods(status))]));
}

/** What stands in the cluster, without its times. */
export async function readPostures({ client }: Cluster): Promise<Postures> {
  const [namespaces, cluster] = await Promise.all([
    client.resource(API_VERSION, 'securitypostures').list(),
    client.resource(API_VERSION, 'clustersecuritypostures').list(),
  ]);
  return new Map([
    ...bodyOf('list postures', namespaces).items.map(scopeAndStatus),
    ...bodyOf('list cluster postures', cluster).items.map(scopeAndStatus),
  ]);
}

/** Waits until every posture says what it must, and no other exists. @throws {Error} that names what differs */
export async function untilGolden(cluster: Cluster, options: GoldenOptions & { readonly timeoutMs?: number } = {}) {
  await waitUntil(
    async () => {
      const golden = await recomputePostures(cluster, options);
      const difference = describeDifference(golden, await readPostures(cluster));
      if (difference !== undefined) throw new Error(difference);
      return true;
    },
    {
      what: 'the postures to be what a recompute from a fresh list says',
      timeoutMs: options.timeoutMs ?? 20_000,
      isCostly: true,
    },
  );
}

/** @returns undefined where both say the same */
export function describeDifference(expected: Postures, found: Postures): string | undefined {
  const scopes = new Set([...expected.keys(), ...found.keys()]);
  const differences = [...scopes].flatMap((scope) => {
    const [should, is] = [expected.get(scope), found.get(scope)];
    if (isDeepStrictEqual(should, is)) return [];
    if (is === undefined) return `"${scope}" has no posture`;
    if (should === undefined) return `"${scope}" has a posture`;
    return `"${scope}" differs in ${describeFields(should, is)}`;
  });
  return differences.length === 0 ? undefined : differences.join('; ');
}

/** Each field that differs, with the first of its entries that does where it is a list. */
function describeFields(expected: object, found: object): string {
  const [should, is] = [new Map(Object.entries(expected)), new Map(Object.entries(found))];
  return [...new Set([...should.keys(), ...is.keys()])]
    .filter((field) => !isDeepStrictEqual(should.get(field), is.get(field)))
    .map((field) => `${field}: ${describeValues(should.get(field), is.get(field))}`)
    .join(', ');
}

function describeValues(expected: unknown, found: unknown): string {
  if (!Array.isArray(expected) || !Array.isArray(found)) return `${print(found)} instead of ${print(expected)}`;
  const index = Array.from({ length: Math.max(expected.length, found.length) }).findIndex(
    (_, at) => !isDeepStrictEqual(expected[at], found[at]),
  );
  return `[${index}] ${print(found[index])} instead of ${print(expected[index])}`;
}

function print(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 400);
}

function judgeOrThrow(scope: Scope, judge: Judge): Judged {
  const judged = judgeScope(scope, judge);
  if (judged === undefined) throw new Error('a namespace that was listed is gone');
  return judged;
}

function scopeAndStatus({ metadata, ...object }: KubeObject): [string, object] {
  const status = (object['status'] ?? {}) as { conditions?: { lastTransitionTime?: string }[]; changedTime?: string };
  const { changedTime, conditions = [], ...rest } = status;
  const untimed: object = {
    ...rest,
    conditions: conditions.map(({ lastTransitionTime, ...condition }) => condition),
  };
  return [metadata.namespace ?? CLUSTER_SCOPE, withoutWitnesses(withoutPods(untimed))];
}

/** How many pods a finding concerns is as of the last time that something else changed: nothing is written for it. */
export function withoutPods(status: { readonly findings?: readonly { readonly pods?: unknown }[] }): object {
  const { findings, ...rest } = status;
  return findings === undefined ? rest : { ...rest, findings: findings.map(({ pods, ...finding }) => finding) };
}

/** Who it was that told a fact: one source is asked before another has anything to say. */
function withoutWitnesses(status: object): object {
  const { inputs, ...rest } = status as {
    readonly inputs?: readonly { readonly source: string; readonly state: string }[];
  };
  const facts: readonly string[] = factNames;
  // It names the address that the operator was told.
  const isMasked = ({ source, state }: { readonly source: string; readonly state: string }): boolean =>
    source === 'APIServer' || (facts.includes(source) && state === 'observed');
  return inputs === undefined
    ? rest
    : {
        ...rest,
        inputs: inputs.map((input) => (isMasked(input) ? { ...input, message: '' } : input)),
      };
}

async function readObjects(client: ApiClient): Promise<ObjectsByKind> {
  const lists = kindNames.map(async (name) => {
    const items = await listKind(client, kinds[name]);
    return [name, items.map((item) => project(kinds[name].shape, item))] as const;
  });
  return Object.fromEntries(await Promise.all(lists));
}

async function listKind(client: ApiClient, kind: Kind): Promise<readonly KubeObject[]> {
  const { plural, fieldSelector, version, olderVersions = [], isOptional = false } = kind;
  for (const served of [version, ...olderVersions]) {
    const listed = await client
      .resource(apiVersionOf({ ...kind, version: served }), plural)
      .list(fieldSelector === undefined ? {} : { fieldSelector });
    if (listed.status !== 404 || !isOptional) return bodyOf(`list ${plural}`, listed).items;
  }
  return [];
}

/** What an administrator is told, who sees what the operator sees. */
async function readEvidence({ url, caPem, client }: Cluster): Promise<Evidence> {
  const nobody = new ApiClient({ url, caPem, credentials: { kind: 'none' } });
  const config = {
    origin: 'the test',
    server: url,
    certificateAuthority: { text: caPem },
    isInsecure: false,
    credentials: [],
    namespace: 'default',
  };
  const get = textGet(client);
  const readings = await collectServer(
    {
      instance: new URL(url).host,
      get,
      anonymousGet: textGet(nobody),
      stream: async (path, { headers = {} }, take) => {
        const { status, body } = await client.request<unknown>('GET', path, { headers });
        const text = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
        take(text, 0, text.length);
        return status;
      },
      review: async (spec) => {
        const kind = spec.user === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview';
        const answer = await client.create({
          apiVersion: 'authorization.k8s.io/v1',
          kind,
          metadata: { name: '' },
          spec,
        });
        const { allowed, reason = '', evaluationError = '' } = answer['status'] as SubjectAccessReviewStatus;
        return { outcome: 'answered', allowed, reason, evaluationError };
      },
      whoAmI: () => Promise.resolve({ outcome: 'notServed' }),
      handshake: openHandshake(config),
      close: () => undefined,
    },
    { nonce: randomBytes(8).toString('hex'), nowMs: () => Date.now() },
  );
  nobody.close();
  return concludeEvidence({ ...readings, clientAuthorities: await collectClientAuthorities(get) });
}

function textGet(client: ApiClient): Get {
  return async (path, headers = {}) => {
    const { status, body } = await client.request<unknown>('GET', path, { headers });
    return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  };
}
