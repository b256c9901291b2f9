/**
 * How long it takes to judge the RBAC of a large cluster, from cold and after one binding has changed, without what reading
 * it from an API server takes: everything that the operator does between an event and a status to write.
 */
import { performance } from 'node:perf_hooks';

import { ChangeRouter, namespaceKey } from '../../src/controller/enqueue.ts';
import type { Key } from '../../src/controller/enqueue.ts';
import { PathChanges } from '../../src/controller/path-changes.ts';
import { ClusterStore } from '../../src/controller/store.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import { judgeScope, namespacesOf } from '../../src/core/judge.ts';
import type { Judge } from '../../src/core/judge.ts';
import { kindNames } from '../../src/core/kinds.ts';
import type { KindName, ObjectOf } from '../../src/core/kinds.ts';
import { buildStatus } from '../../src/core/status.ts';
import { escalationGraphOf } from '../../src/rbac/escalation-graph.ts';
import { rules } from '../../src/rules/index.ts';
import { createRandom, oneOf } from './random.ts';
import { generateRbac, largeRbac, namespaceNames } from './rbac-population.ts';
import { percentile } from './statistics.ts';
import { oneServer } from '../../src/core/server-evidence.ts';

export interface RbacJudging {
  readonly roles: number;
  readonly bindings: number;
  readonly coldMs: number;
  /** Who can become cluster-admin, from cold. */
  readonly pathsMs: number;
  readonly changeP50Ms: number;
  readonly changeP99Ms: number;
  /** How many rules ran for one changed binding, on average. */
  readonly evaluationsPerChange: number;
}

const accountsPerNamespace = 10;
/** Service accounts that are cluster-admin: a cluster has a few. */
const admins = 5;
/** Where a pod is as good as its node. */
const privilegedNamespaces = 10;
const changes = 300;

/** @param seed of the cluster that is made up */
export function measureRbacJudging(seed: number): RbacJudging {
  const keys = new Set<Key>();
  const router = new ChangeRouter(rules);
  const store = new ClusterStore((change) => {
    for (const key of router.keysOf(change, () => namespacesOf(store))) keys.add(key);
  });
  const { items } = JSON.parse(generateRbac(largeRbac, seed)) as { readonly items: readonly ListedObject[] };
  fill(store, items);
  const evaluator = new Evaluator({
    ruleThrew: (rule, error) => {
      throw new Error(`rule ${rule} failed`, { cause: error });
    },
  });
  const policyInput = { source: 'ClusterHardeningPolicy', state: 'observed', message: '' } as const;
  const judge: Judge = {
    rules,
    evaluator,
    snapshot: store,
    policies: [],
    policyInput,
    ownPolicies: [],
    ownPolicyInput: { ...policyInput, source: 'HardeningPolicy' },
  };

  const pathsMs = timeOf(() => escalationGraphOf(store).toAdmin());
  const pathChanges = new PathChanges();
  pathChanges.take(store);
  const coldMs = timeOf(() => {
    judgeKey('cluster', judge);
    for (const namespace of namespacesOf(store)) judgeKey(`namespace/${namespace}`, judge);
  });

  const bindings = items.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  const random = createRandom(seed + 2);
  const before = evaluator.evaluations;
  const times = Array.from({ length: changes }, () => {
    const binding = oneOf(random, bindings);
    const other = oneOf(random, bindings);
    keys.clear();
    return timeOf(() => {
      upsert(store, { ...binding, subjects: other.subjects });
      if (keys.delete('paths')) {
        for (const namespace of pathChanges.take(store)) keys.add(namespaceKey(namespace));
        keys.add('cluster');
      }
      for (const key of keys) judgeKey(key, judge);
    });
  }).sort((a, b) => a - b);
  return {
    roles: largeRbac.roles,
    bindings: largeRbac.bindings,
    coldMs: coldMs + pathsMs,
    pathsMs,
    changeP50Ms: percentile(times, 50),
    changeP99Ms: percentile(times, 99),
    evaluationsPerChange: (evaluator.evaluations - before) / changes,
  };
}

interface ListedObject {
  readonly kind: KindName;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly subjects?: unknown;
  readonly roleRef?: unknown;
  readonly rules?: unknown;
  readonly spec?: unknown;
}

function fill(store: ClusterStore, items: readonly ListedObject[]): void {
  for (const source of kindNames) store.observe({ source, state: 'observed', message: '' });
  const seen = { source: '', confidence: 'high', detail: '' } as const;
  store.setEvidence(
    oneServer({
      anonymousRequests: { value: [], ...seen },
      unknownUserAllowed: { value: false, ...seen },
      minorVersion: { value: 37, ...seen },
    }),
  );
  for (const name of namespaceNames()) {
    upsert(store, { kind: 'Namespace', metadata: { name } });
    for (let index = 0; index < accountsPerNamespace; index += 1) {
      upsert(store, { kind: 'ServiceAccount', metadata: { name: `app-${index}`, namespace: name } });
    }
  }
  for (const item of items) upsert(store, item);
  addDebuggers(store);
  // Otherwise nobody could become anything.
  upsert(store, { kind: 'ClusterRole', metadata: { name: 'cluster-admin' }, rules: [everything] });
  upsert(store, {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'deployers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: namespaceNames()
      .slice(0, admins)
      .map((namespace) => ({ kind: 'ServiceAccount', namespace, name: 'app-0' })),
  });
}

/** In each namespace somebody gets into the pods, and in some of them a pod is as good as its node. */
function addDebuggers(store: ClusterStore): void {
  const rule = { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] };
  upsert(store, { kind: 'ClusterRole', metadata: { name: 'debugger' }, rules: [rule] });
  for (const [index, namespace] of namespaceNames().entries()) {
    upsert(store, {
      kind: 'RoleBinding',
      metadata: { name: 'debuggers', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'debugger' },
      subjects: [
        { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: `user-${index}` },
        { kind: 'ServiceAccount', namespace, name: 'app-1' },
      ],
    });
    if (index >= privilegedNamespaces) continue;
    const containers = [{ name: 'agent', image: 'registry.example/agent:1' }];
    upsert(store, { kind: 'Pod', metadata: { name: 'agent', namespace }, spec: { hostPID: true, containers } });
  }
}

const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

function upsert(store: ClusterStore, { kind, ...object }: ListedObject): void {
  store.upsert(kind, store.intern(kind, object as unknown as ObjectOf<KindName>));
}

function judgeKey(key: Key, judge: Judge): void {
  const judged = judgeScope(key === 'cluster' ? key : { namespace: key.slice('namespace/'.length) }, judge);
  if (judged !== undefined) buildStatus(judged);
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
