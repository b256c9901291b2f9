/** Roles, bindings and questions of a large cluster, as text: what `merlon can-i --batch` is measured on. */
import { createRandom, hexDigits, integerBetween, oneOf } from './random.ts';
import type { Random } from './random.ts';

export interface RbacSize {
  readonly roles: number;
  readonly bindings: number;
  readonly questions: number;
}

/** 2,000 roles, 10,000 bindings, half a million questions. */
export const largeRbac: RbacSize = { roles: 2000, bindings: 10_000, questions: 500_000 };

const namespaces = 200;
const accountsPerNamespace = 10;
const groups = 100;
const users = 500;
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const resources = [
  ['', 'pods'],
  ['', 'pods/log'],
  ['', 'configmaps'],
  ['', 'secrets'],
  ['', 'services'],
  ['', 'serviceaccounts'],
  ['apps', 'deployments'],
  ['apps', 'statefulsets'],
  ['batch', 'jobs'],
  ['networking.k8s.io', 'ingresses'],
  ['rbac.authorization.k8s.io', 'roles'],
] as const;

const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

/** A List in JSON. Half of the roles are ClusterRoles, a tenth of the bindings ClusterRoleBindings. */
export function generateRbac({ roles, bindings }: RbacSize, seed: number): string {
  const random = createRandom(seed);
  const clusterRoles = Array.from({ length: roles / 2 }, (_, index) => ({
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name: `cluster-role-${index}` },
    rules: generateRules(random),
  }));
  const ownRoles = Array.from({ length: roles / 2 }, (_, index) => ({
    apiVersion,
    kind: 'Role',
    metadata: { name: `role-${index}`, namespace: namespaceName(index % namespaces) },
    rules: generateRules(random),
  }));
  const bound = Array.from({ length: bindings }, (_, index) => {
    const subjects = Array.from({ length: integerBetween(random, 1, 3) }, () => generateSubject(random));
    const clusterRole = { apiGroup, kind: 'ClusterRole', name: oneOf(random, clusterRoles).metadata.name };
    if (index % 10 === 0) {
      return {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name: `b-${index}` },
        roleRef: clusterRole,
        subjects,
      };
    }
    const role = oneOf(random, ownRoles).metadata;
    const isOwn = random() < 0.5;
    const namespace = isOwn ? role.namespace : namespaceName(integerBetween(random, 0, namespaces - 1));
    const roleRef = isOwn ? { apiGroup, kind: 'Role', name: role.name } : clusterRole;
    return { apiVersion, kind: 'RoleBinding', metadata: { name: `b-${index}`, namespace }, roleRef, subjects };
  });
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...clusterRoles, ...ownRoles, ...bound] });
}

/** Lines of JSON; hardly one of them comes twice. */
export function* generateQuestions({ questions }: RbacSize, seed: number): Generator<string> {
  const random = createRandom(seed + 1);
  for (let index = 0; index < questions; index += 1) {
    const namespace = namespaceName(integerBetween(random, 0, namespaces - 1));
    const [group, full] = oneOf(random, resources);
    const [resource, subresource] = full.split('/');
    yield `${JSON.stringify({
      ...generateRequester(random),
      verb: oneOf(random, verbs),
      group,
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      name: `object-${hexDigits(random, 4)}`,
      namespace,
    })}\n`;
  }
}

function generateRules(random: Random): readonly object[] {
  return Array.from({ length: integerBetween(random, 1, 8) }, () => {
    const [group, resource] = oneOf(random, resources);
    return {
      apiGroups: [group],
      resources: [resource],
      verbs: Array.from({ length: integerBetween(random, 1, 3) }, () => oneOf(random, verbs)),
      ...(random() < 0.1 ? { resourceNames: [`object-${hexDigits(random, 4)}`] } : {}),
    };
  });
}

function generateSubject(random: Random): object {
  const kind = random();
  if (kind < 0.7) return { kind: 'ServiceAccount', ...randomAccount(random) };
  return kind < 0.9
    ? { kind: 'Group', apiGroup, name: `group-${integerBetween(random, 0, groups - 1)}` }
    : { kind: 'User', apiGroup, name: `user-${integerBetween(random, 0, users - 1)}` };
}

function generateRequester(random: Random): object {
  if (random() < 0.7) {
    const { namespace, name } = randomAccount(random);
    const all = 'system:serviceaccounts';
    return {
      user: `system:serviceaccount:${namespace}:${name}`,
      groups: [all, `${all}:${namespace}`, 'system:authenticated'],
    };
  }
  return {
    user: `user-${integerBetween(random, 0, users - 1)}`,
    groups: [`group-${integerBetween(random, 0, groups - 1)}`, 'system:authenticated'],
  };
}

function randomAccount(random: Random): { readonly namespace: string; readonly name: string } {
  return {
    namespace: namespaceName(integerBetween(random, 0, namespaces - 1)),
    name: `app-${integerBetween(random, 0, accountsPerNamespace - 1)}`,
  };
}

export function namespaceNames(): readonly string[] {
  return Array.from({ length: namespaces }, (_, index) => namespaceName(index));
}

function namespaceName(index: number): string {
  return `team-${index}`;
}
