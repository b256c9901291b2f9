/** Roles and bindings as they are made and changed, dense in what the guard of RBAC refuses and in what nearly is that. */
import { chance, createDice, pick, pickSome } from '../../pod-security/generator-dice.ts';
import type { Dice } from '../../pod-security/generator-dice.ts';
import type { Json } from '../../pod-security/generator.ts';
import { generateRules } from './impersonating-rules.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

export type GrantKind = 'Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding';

export interface GrantCase {
  readonly kind: GrantKind;
  /** Undefined for what is in none. */
  readonly namespace: string | undefined;
  /** The number of the object that is there and is changed; undefined for a new one. */
  readonly changes: number | undefined;
  /** Rules of a role, role and subjects of a binding. */
  readonly content: Json;
}

/** How many objects of each kind are there to be changed. */
export const existing = 12;

/** Where a Role of kubeadm is. */
const KUBEADM_NAMESPACE = 'kube-public';

/** @param namespace that refuses */
export function generateGrant(seed: number, index: number, namespace: string): GrantCase {
  const dice = createDice(~seed, index);
  const kind = pick<GrantKind>(dice, ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);
  const changes = chance(dice, 0.4) ? Math.floor(dice.random() * existing) : undefined;
  if (kind === 'Role' || kind === 'ClusterRole') {
    const rules = generateRoleRules(dice, seed, index, kind);
    const kept = changes === undefined || chance(dice, 0.3) ? [] : rulesOfExisting(changes);
    const content = { rules: rules === null ? null : [...rules, ...kept] };
    return { kind, namespace: kind === 'Role' ? namespace : undefined, changes, content };
  }
  const isCluster = kind === 'ClusterRoleBinding';
  const roleRef = changes === undefined ? pickRole(dice, isCluster) : roleOfExisting(changes);
  const kept = changes === undefined || chance(dice, 0.3) ? [] : subjectsOfExisting(changes);
  const added = pickSome(dice, subjects, 3).filter((subject) => !kept.includes(subject));
  const where = changes === undefined && chance(dice, 0.15) ? KUBEADM_NAMESPACE : namespace;
  return {
    kind,
    namespace: isCluster ? undefined : where,
    changes,
    content: { roleRef, subjects: [...kept, ...added] },
  };
}

/** Of a role that exists: what stands in it is not asked about again. */
export function contentOfExisting(kind: GrantKind, number: number): Json {
  return kind === 'Role' || kind === 'ClusterRole'
    ? { rules: rulesOfExisting(number) }
    : { roleRef: roleOfExisting(number), subjects: subjectsOfExisting(number) };
}

function generateRoleRules(dice: Dice, seed: number, index: number, kind: GrantKind): readonly object[] | null {
  if (chance(dice, 0.05)) return null;
  if (kind === 'ClusterRole' && chance(dice, 0.1)) return [{ nonResourceURLs: ['/metrics', '*'], verbs: ['*'] }];
  const rules = generateRules((seed ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  return chance(dice, 0.25) ? [...rules, generateImpersonation(dice)] : rules;
}

/** What is impersonated by what is in a namespace, if no name limits it. */
function generateImpersonation(dice: Dice): object {
  return {
    apiGroups: [''],
    resources: [pick(dice, ['serviceaccounts', '*'])],
    verbs: [pick(dice, ['impersonate', 'impersonate', '*'])],
    ...(chance(dice, 0.3) ? { resourceNames: ['web'] } : {}),
  };
}

function rulesOfExisting(number: number): readonly object[] {
  return number === 0 ? [] : generateRules(number);
}

const clusterRole = (name: string) => ({ apiGroup: RBAC_GROUP, kind: 'ClusterRole', name });
const role = (name: string) => ({ apiGroup: RBAC_GROUP, kind: 'Role', name });

const clusterRoles = [
  'system:aggregate-to-view',
  'cluster-admin',
  'cluster-admin',
  'system:public-info-viewer',
  'nobody-made-it',
];
/** Where kubeadm lets everybody read how to join. */
export const KUBEADM_ROLE = { namespace: KUBEADM_NAMESPACE, name: 'kubeadm:bootstrap-signer-clusterinfo' };
const roles = [KUBEADM_ROLE.name, KUBEADM_ROLE.name, 'cluster-admin', 'system:public-info-viewer'];

function pickRole(dice: Dice, isCluster: boolean): Json {
  if (isCluster || chance(dice, 0.6)) return clusterRole(pick(dice, clusterRoles));
  return role(pick(dice, roles));
}

function roleOfExisting(number: number): Json {
  return clusterRole(clusterRoles[number % clusterRoles.length] ?? '');
}

const named = (kind: 'User' | 'Group', name: string) => ({ apiGroup: RBAC_GROUP, kind, name });
const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name });

/** To whom cluster-admin may be granted. */
export const admins = [
  { kind: 'User', name: 'jane' },
  { kind: 'Group', name: "o'ps team" },
  { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
] as const;

const subjects: readonly Json[] = [
  named('User', 'system:anonymous'),
  named('Group', 'system:unauthenticated'),
  named('Group', 'system:anonymous'),
  named('User', 'system:unauthenticated'),
  named('Group', 'system:authenticated'),
  named('Group', 'system:masters'),
  named('User', 'system:masters'),
  named('Group', 'kubeadm:cluster-admins'),
  named('User', 'jane'),
  named('Group', 'jane'),
  named('User', 'joe'),
  named('Group', "o'ps team"),
  named('User', 'ci/deployer'),
  account('ci', 'deployer'),
  account('shop', 'deployer'),
];

function subjectsOfExisting(number: number): readonly Json[] {
  return subjects.filter((_, place) => (place + number) % 4 === 0);
}
