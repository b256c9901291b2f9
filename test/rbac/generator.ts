/**
 * Makes roles, bindings and requests that are dense in what the RBAC authorizer tells apart: few names, so that much
 * matches; wildcards where they count and where they are only letters; kinds, namespaces and spellings that nearly fit.
 */
import { createRandom, integerBetween, oneOf } from '../bench/random.ts';
import type { Random } from '../bench/random.ts';
import { ANONYMOUS_USER, AUTHENTICATED, MASTERS, serviceAccount, UNAUTHENTICATED } from '../../src/rbac/request.ts';
import type { AccessRequest, Requester } from '../../src/rbac/request.ts';

export interface World {
  /** Of every name in it that is not given. */
  readonly prefix: string;
  readonly namespaces: readonly string[];
  readonly objects: readonly RbacManifest[];
  readonly requesters: readonly Requester[];
  /** Of all roles. */
  readonly rules: readonly GeneratedRule[];
}

export interface GeneratedRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface RbacManifest {
  readonly kind: 'Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export interface GeneratedRequest {
  readonly requester: Requester;
  readonly request: AccessRequest;
}

const verbs = ['get', 'list', 'create', 'update', 'delete', 'impersonate', 'escalate', 'bind', '*', 'Get', 'get*'];
const groups = ['', 'apps', 'rbac.authorization.k8s.io', '*', 'v1', '*.k8s.io'];
const resources = ['pods', 'deployments', 'secrets', 'roles', 'clusterroles', 'namespaces', '*', 'Pods', 'pod'];
const subresources = ['', '', '', 'exec', 'scale', '*', 'status', 'exec/x'];
const ruleResources = [
  ...resources,
  ...['pods/exec', 'pods/*', '*/exec', '*/*', '*/scale', 'deployments/scale', '*/', 'pods/exec/x', '*/exec/x', '/exec'],
];
const names = ['', 'a', 'b', '*', 'A', 'reader'];
const urls = ['/healthz', '/healthz/*', '/logs*', '*', '/a*b', '/', '/logs/**', '/metrics'];
const paths = [
  '/healthz',
  '/healthz/',
  '/healthz/x',
  '/logs',
  '/logs/x',
  '/a',
  '/aXb',
  '/a*b',
  '/',
  '',
  '*',
  '/metrics/',
];
const accounts = ['app', 'job'];

/** @param index tells the names of worlds that are tried one after the other apart */
export function generateWorld(seed: number, index: number): World {
  const random = createRandom(Math.imul(index + 1, 0x9e3779b1) ^ seed);
  random();
  const prefix = `w${index}`;
  const namespaces = [`${prefix}-x`, `${prefix}-y`];
  const users = ['jane', 'joe', 'JANE'].map((name) => `${prefix}-${name}`);
  const teams = ['devs', 'ops'].map((name) => `${prefix}-${name}`);
  const scene: Scene = { random, prefix, namespaces, users, teams, roleNames: nameRoles(prefix) };
  const { roleNames } = scene;
  const objects = [
    ...roleNames.slice(0, -2).map((name) => buildRole(scene, 'ClusterRole', name)),
    ...namespaces.flatMap((namespace) =>
      roleNames.slice(2, -2).map((name) => buildRole(scene, 'Role', name, namespace)),
    ),
    ...Array.from({ length: 20 }, (_, number) => buildBinding(scene, number)),
    ...namespaces.flatMap((namespace) =>
      Array.from({ length: 25 }, (_, number) => buildBinding(scene, number, namespace)),
    ),
  ];
  const rules = objects.flatMap((object) => (object['rules'] as readonly GeneratedRule[] | undefined) ?? []);
  return { prefix, namespaces, objects, rules, requesters: buildRequesters(scene) };
}

/** The same for the same world and number. */
export function generateRequest(world: World, seed: number, number: number): GeneratedRequest {
  const random = createRandom(Math.imul(number + 1, 0x85ebca6b) ^ seed);
  random();
  const requester = oneOf(random, world.requesters);
  const request = buildRequest(random, world.namespaces);
  return { requester, request: random() < 0.75 ? bendTo(oneOf(random, world.rules), request, random) : request };
}

/** What the rule seems to grant, but for a part now and then that stays as it came. */
function bendTo(rule: GeneratedRule, request: AccessRequest, random: Random): AccessRequest {
  const choose = (choices: readonly string[] | undefined, otherwise: string): string => {
    const choice = choices === undefined || random() < 0.1 ? otherwise : oneOf(random, choices);
    return choice === '*' && random() < 0.9 ? otherwise : choice;
  };
  const verb = choose(rule.verbs, request.verb);
  if (rule.nonResourceURLs !== undefined) {
    const url = oneOf(random, rule.nonResourceURLs);
    return { verb, path: random() < 0.5 ? url.replace(/\*+$/, 'x') : oneOf(random, paths) };
  }
  if ('path' in request) return request;
  const [resource = '', subresource = ''] = choose(rule.resources, request.resource).split(/\/(.*)/);
  return {
    ...request,
    verb,
    group: choose(rule.apiGroups, request.group),
    resource: resource === '*' ? request.resource : resource,
    subresource: subresource === '*' ? request.subresource : subresource,
    name: choose(rule.resourceNames, request.name),
  };
}

/** A role that somebody tries to write, or a binding, with nothing in it that the API server would refuse otherwise. */
export function generateWrite(world: World, seed: number, number: number): RbacManifest {
  const random = createRandom(Math.imul(number + 1, 0xc2b2ae35) ^ seed);
  random();
  const { prefix, namespaces } = world;
  const scene: Scene = { random, prefix, namespaces, users: ['jane'], teams: ['devs'], roleNames: nameRoles(prefix) };
  const namespace = random() < 0.6 ? oneOf(random, namespaces) : undefined;
  if (random() < 0.5) return buildBinding(scene, number, namespace, 'try');
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const role = buildRole(scene, kind, `${prefix}-try-${number}`, namespace);
  if (random() < 0.2) return role;
  // One rule, which somebody holds, or nearly.
  const held = oneOf(
    random,
    world.rules.filter((rule) => kind === 'ClusterRole' || isOfResources(rule)),
  );
  return { ...role, rules: [changeRule(held, random)] };
}

function changeRule(rule: GeneratedRule, random: Random): GeneratedRule {
  const { resourceNames, ...unnamed } = rule;
  switch (integerBetween(random, 0, 6)) {
    case 0:
      return unnamed;
    case 1:
      return isOfResources(rule) ? { ...rule, resourceNames: some(random, names.slice(1), 2) } : rule;
    case 2:
      return isOfResources(rule) ? { ...rule, resources: some(random, ruleResources, 2) } : rule;
    case 3:
      return { ...rule, verbs: some(random, verbs, 2) };
    case 4:
      return isOfResources(rule)
        ? rule
        : { ...rule, nonResourceURLs: some(random, [...urls, ...paths.slice(0, 4)], 2) };
    default:
      return rule;
  }
}

function isOfResources({ nonResourceURLs }: GeneratedRule): boolean {
  return nonResourceURLs === undefined;
}

function nameRoles(prefix: string): readonly string[] {
  return Array.from({ length: 30 }, (_, number) => `${prefix}-role-${number}`);
}

interface Scene {
  readonly random: Random;
  readonly prefix: string;
  readonly namespaces: readonly string[];
  readonly users: readonly string[];
  readonly teams: readonly string[];
  /** The last two are of no role. */
  readonly roleNames: readonly string[];
}

function some<T>(random: Random, choices: readonly T[], most: number, least = 1): T[] {
  return Array.from({ length: integerBetween(random, least, most) }, () => oneOf(random, choices));
}

function buildRole(scene: Scene, kind: 'Role' | 'ClusterRole', name: string, namespace?: string): RbacManifest {
  const rules = Array.from({ length: integerBetween(scene.random, 0, 3) }, () => buildRule(scene, kind));
  return { kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, rules };
}

function buildRule({ random, roleNames }: Scene, kind: 'Role' | 'ClusterRole'): GeneratedRule {
  if (kind === 'ClusterRole' && random() < 0.25) {
    return { verbs: some(random, verbs, 2), nonResourceURLs: some(random, urls, 2) };
  }
  const isNamed = random() < 0.4;
  if (random() < 0.15) {
    // May hand out more than it holds.
    return {
      verbs: some(random, ['escalate', 'bind', '*'], 2),
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: some(random, ['roles', 'clusterroles'], 2),
      ...(isNamed ? { resourceNames: some(random, roleNames, 6) } : {}),
    };
  }
  return {
    verbs: some(random, verbs, 3),
    apiGroups: some(random, groups, 2),
    resources: some(random, ruleResources, 3),
    ...(isNamed ? { resourceNames: some(random, names.slice(1), 2) } : {}),
  };
}

function buildBinding(scene: Scene, number: number, namespace?: string, word = 'binding'): RbacManifest {
  const { random, prefix, roleNames } = scene;
  const kind = namespace !== undefined && random() < 0.6 ? 'Role' : 'ClusterRole';
  return {
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: `${prefix}-${word}-${number}`, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: oneOf(random, roleNames) },
    subjects: Array.from({ length: integerBetween(random, 0, 5) }, () => buildSubject(scene, namespace)),
  };
}

function buildSubject({ random, namespaces, users, teams }: Scene, namespace: string | undefined): object {
  const apiGroup = 'rbac.authorization.k8s.io';
  switch (integerBetween(random, 0, 3)) {
    case 0: {
      const own = oneOf(random, namespaces);
      const isDefaulted = namespace !== undefined && random() < 0.4;
      return { kind: 'ServiceAccount', name: oneOf(random, accounts), ...(isDefaulted ? {} : { namespace: own }) };
    }
    case 1: {
      const account = `system:serviceaccount:${oneOf(random, namespaces)}:${oneOf(random, accounts)}`;
      return { kind: 'User', apiGroup, name: oneOf(random, [...users, ...teams, account]) };
    }
    default: {
      const implied = [`system:serviceaccounts:${oneOf(random, namespaces)}`];
      return { kind: 'Group', apiGroup, name: oneOf(random, [...teams, ...teams, ...users, ...implied]) };
    }
  }
}

function buildRequesters({ random, namespaces, users, teams }: Scene): readonly Requester[] {
  const people = users.map((user) => ({ user, groups: [...some(random, teams, 2, 0), AUTHENTICATED] }));
  const pods = namespaces.flatMap((namespace) => accounts.map((name) => serviceAccount(namespace, name)));
  // Who says that it is a service account, without its groups; and who has a group alone.
  const strange = [
    { user: `system:serviceaccount:${namespaces[0] ?? ''}:app`, groups: [] },
    { user: 'nobody', groups: [...teams] },
    { user: 'nobody', groups: [...teams, MASTERS] },
    { user: '', groups: [oneOf(random, teams)] },
    { user: ANONYMOUS_USER, groups: [UNAUTHENTICATED] },
  ];
  return [...people, ...people, ...pods, ...pods, ...strange];
}

function buildRequest(random: Random, namespaces: readonly string[]): AccessRequest {
  const verb = oneOf(random, verbs);
  if (random() < 0.15) return { verb, path: oneOf(random, paths) };
  return {
    verb,
    group: oneOf(random, groups),
    resource: oneOf(random, resources),
    subresource: oneOf(random, subresources),
    name: oneOf(random, names),
    namespace: oneOf(random, ['', ...namespaces, ...namespaces, 'elsewhere']),
  };
}
