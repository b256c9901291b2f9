/** Generated objects of every kind, made from the shapes: what rules read, fields that nobody reads, and slips. */
import fc from 'fast-check';

import { judgedKindNames, kinds } from '../../src/core/kinds.ts';
import {
  APPARMOR_ANNOTATION_PREFIX,
  SECCOMP_CONTAINER_ANNOTATION_PREFIX,
  SECCOMP_POD_ANNOTATION,
} from '../../src/core/pod-shape.ts';
import type { KindName } from '../../src/core/kinds.ts';
import { workloadKinds } from '../../src/core/owners.ts';
import type { ListShape, MessageShape, Shape } from '../../src/core/shape.ts';

type Json = Readonly<Record<string, unknown>>;

/** A few objects of each kind that rules are about, all in one namespace, that refer to each other by chance. */
export type GeneratedCluster = Readonly<Record<KindName, readonly Json[]>>;

export function clusterArbitrary(): fc.Arbitrary<GeneratedCluster> {
  return fc.record(
    Object.fromEntries(
      judgedKindNames.map((kind) => [kind, fc.array(objectArbitrary(kind), { maxLength: owners.has(kind) ? 1 : 2 })]),
    ),
  );
}

/** Their templates are what pods are, and cost most of the time. */
const owners: ReadonlySet<KindName> = new Set(workloadKinds.filter((kind) => kind !== 'Pod'));

const NAMESPACE = 'kube-public';

export function objectArbitrary(kind: KindName): fc.Arbitrary<Json> {
  const { shape, isNamespaced } = kinds[kind];
  return fc.tuple(valueArbitrary(shape, kind), fc.constantFrom('default', 'web')).map(([json, name]) => {
    const written = json as { readonly metadata: Json };
    // Whoever reads objects sees to their names, so that rules need not.
    const namespace = isNamespaced ? NAMESPACE : undefined;
    const identity = { namespace, name: kind === 'Namespace' ? NAMESPACE : name, uid: `${kind}-${name}` };
    return { ...written, kind, metadata: { ...written.metadata, ...identity } };
  });
}

/** Strings that rules tell apart, by the field that holds them. */
const telling: Readonly<Record<string, readonly string[]>> = {
  kind: ['User', 'Group', 'ServiceAccount', 'Role', 'ClusterRole', 'Deployment', 'ReplicaSet', 'Job', 'Node'],
  name: [
    'default',
    'web',
    'windows',
    'system:anonymous',
    'system:unauthenticated',
    'system:masters',
    'net.ipv4.tcp_rmem',
    'DB_PASSWORD',
  ],
  uid: ['Deployment-web', 'ReplicaSet-web', 'Job-web'],
  apiVersion: ['v1', 'apps/v1', 'batch/v1'],
  serviceAccountName: ['', 'default', 'web'],
  serviceAccount: ['', 'default', 'web'],
  verbs: ['*', 'get', 'impersonate'],
  apiGroups: ['*', ''],
  resources: ['*', 'users', 'groups', 'serviceaccounts', 'configmaps'],
  resourceNames: ['*', 'cluster-info'],
  nonResourceURLs: ['*', '/healthz', '/metrics'],
  path: ['/', '/etc', '/var/run/docker.sock', '/srv/web'],
  supplementalGroupsPolicy: ['Strict', 'Merge', ''],
  image: ['nginx', 'web:latest', 'registry.example/web:1', 'WEB'],
  reference: ['nginx', 'registry.example/web:1'],
  imagePullPolicy: ['', 'Always', 'Never'],
  pullPolicy: ['', 'Always', 'Never'],
  value: ['', 'hunter2', 'true', '/etc/web', 'redis://:hunter2@cache'],
  add: ['NET_BIND_SERVICE', 'CHOWN', 'NET_RAW', 'SYS_ADMIN', 'ALL'],
  drop: ['ALL', 'NET_RAW'],
  type: ['RuntimeDefault', 'Localhost', 'Unconfined', 'container_t', 'container_engine_t', 'spc_t', ''],
  user: ['', 'system_u'],
  role: ['', 'system_r'],
  procMount: ['Default', 'Unmasked', ''],
  host: ['', '10.0.0.1'],
  [SECCOMP_POD_ANNOTATION]: ['unconfined', 'docker/default', 'localhost/web.json', ''],
  [`${SECCOMP_CONTAINER_ANNOTATION_PREFIX}web`]: ['unconfined', 'runtime/default'],
  [`${APPARMOR_ANNOTATION_PREFIX}web`]: ['unconfined', 'runtime/default', 'localhost/web', ''],
  'pod-security.kubernetes.io/enforce': ['privileged', 'baseline', 'restricted', ''],
  'kubernetes.io/config.mirror': ['d0a3'],
};

/** Keys of maps that rules read. */
const tellingKeys = [
  'pod-security.kubernetes.io/enforce',
  'kubernetes.io/config.mirror',
  SECCOMP_POD_ANNOTATION,
  `${SECCOMP_CONTAINER_ANNOTATION_PREFIX}web`,
  `${APPARMOR_ANNOTATION_PREFIX}web`,
];

/** Names of fields that no shape has, real ones of Kubernetes among them. */
const unread = ['nodeName', 'command', 'secrets', 'tolerations', 'affinity', 'data', 'status', '__proto__'];

function valueArbitrary(shape: Shape, field: string): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return stringArbitrary(field);
    case 'time':
      return fc.constant('2026-11-24T16:50:00Z');
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: 0, max: 70_000 });
    case 'map':
      return shape.ofQuantities === true ? amountsArbitrary() : mapArbitrary();
    case 'list':
      return listArbitrary(shape, field, 0);
    case 'message':
      return messageArbitrary(shape);
  }
}

function listArbitrary({ of }: ListShape, field: string, minLength: number): fc.Arbitrary<readonly unknown[]> {
  return fc.array(valueArbitrary(of, field), { minLength, maxLength: 3 });
}

function stringArbitrary(field: string): fc.Arbitrary<string> {
  const known = telling[field];
  return known === undefined
    ? fc.string()
    : fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: fc.string() });
}

function mapArbitrary(): fc.Arbitrary<Json> {
  const entry = (key: string): fc.Arbitrary<string> => withSlips(stringArbitrary(key)) as fc.Arbitrary<string>;
  return fc
    .tuple(
      fc.record(Object.fromEntries(tellingKeys.map((key) => [key, entry(key)])), { requiredKeys: [] }),
      fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
    )
    .map(([some, others]) => ({ ...others, ...some }));
}

function amountsArbitrary(): fc.Arbitrary<Json> {
  const amount = withSlips(fc.constantFrom('64Mi', '0', 1));
  return fc.dictionary(fc.constantFrom('memory', 'cpu'), amount, { maxKeys: 2 });
}

function messageArbitrary(shape: MessageShape): fc.Arbitrary<Json> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  const requiredKeys: string[] = [];
  const embedded: fc.Arbitrary<Json>[] = [];
  for (const [name, { presence, shape: of }] of Object.entries(shape.fields)) {
    if (presence === 'inline') {
      embedded.push(messageArbitrary(of as MessageShape));
    } else if (presence === 'required') {
      const some = of.kind === 'list' ? listArbitrary(of, name, 1) : valueArbitrary(of, name);
      fields[name] = of.kind === 'message' ? some : withSlips(some);
      requiredKeys.push(name);
    } else {
      fields[name] = withSlips(valueArbitrary(of, name));
    }
  }
  const strangers = fc.dictionary(fc.constantFrom(...unread), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 2 });
  return fc
    .tuple(strangers, fc.record(fields, { requiredKeys }), ...embedded)
    .map((parts) => Object.fromEntries(parts.flatMap((part) => Object.entries(part))));
}

/** Now and then null, or whatever people write by mistake. */
function withSlips(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 80, arbitrary },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
}
