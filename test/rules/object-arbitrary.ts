/** Generated objects of every kind, made from the shapes: what rules read, fields that nobody reads, and slips. */
import fc from 'fast-check';

import { kindNames, kinds } from '../../src/core/kinds.ts';
import type { KindName } from '../../src/core/kinds.ts';
import type { ListShape, MessageShape, Shape } from '../../src/core/shape.ts';

type Json = Readonly<Record<string, unknown>>;

/** A few objects of each kind, all in one namespace, that refer to each other by chance. */
export type GeneratedCluster = Readonly<Record<KindName, readonly Json[]>>;

export function clusterArbitrary(): fc.Arbitrary<GeneratedCluster> {
  return fc.record(
    Object.fromEntries(kindNames.map((kind) => [kind, fc.array(objectArbitrary(kind), { maxLength: 3 })])),
  );
}

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
  name: ['default', 'web', 'windows', 'system:anonymous', 'system:unauthenticated', 'system:masters'],
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
  image: ['nginx', 'web:latest', 'registry.example/web:1', 'WEB'],
  reference: ['nginx', 'registry.example/web:1'],
  imagePullPolicy: ['', 'Always', 'Never'],
  pullPolicy: ['', 'Always', 'Never'],
  'pod-security.kubernetes.io/enforce': ['privileged', 'baseline', 'restricted', ''],
  'kubernetes.io/config.mirror': ['d0a3'],
};

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
      return mapArbitrary();
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
      fc.record(
        {
          'pod-security.kubernetes.io/enforce': entry('pod-security.kubernetes.io/enforce'),
          'kubernetes.io/config.mirror': entry('kubernetes.io/config.mirror'),
        },
        { requiredKeys: [] },
      ),
      fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
    )
    .map(([some, others]) => ({ ...others, ...some }));
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
