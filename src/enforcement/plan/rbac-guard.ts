/**
 * Refuses what RBAC should not grant anew: anything to whoever has no credentials, to act as just anybody, and all there is.
 *
 * Two policies: Roles and RoleBindings go by the label of their namespace, and what is in no namespace is left alone unless
 * it is asked for by itself. Whoever makes the roles of Kubernetes is let through: an API server that may not create one
 * that is missing ends as it starts, every time. Of what exists only what is added is looked at, so that nothing is frozen.
 */
import type { ClusterAdmin } from '../../core/cluster-admin.ts';
import type { ObjectOf } from '../../core/kinds.ts';
import type { RbacSubject } from '../../core/rbac-shape.ts';
import { ANONYMOUS_USER, MASTERS, UNAUTHENTICATED } from '../../rbac/request.ts';
import { exceptBreakGlass } from './break-glass.ts';
import { celLiteral } from './cel.ts';
import { printUnnamedImpersonation } from './impersonation-cel.ts';
import { allModes, bindByNamespace, selectEnforced } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { actionsOf } from './planned-policy.ts';
import type {
  EnforcementMode,
  NamedExpression,
  PlannedValidatingPolicy,
  ValidatingPolicySpec,
} from './planned-policy.ts';

export const RBAC_GUARD_NAME = 'merlon-rbac';
export const CLUSTER_RBAC_GUARD_NAME = 'merlon-rbac-cluster';

export interface RbacGuardChoice {
  /** To whom cluster-admin may be granted, besides those to whom Kubernetes grants it; undefined where anybody may be. */
  readonly clusterAdmins: readonly ClusterAdmin[] | undefined;
  /** Whose members' own requests are let through. */
  readonly breakGlassGroups: readonly string[];
}

/** Of what is in a namespace. */
export function planRbacGuard(choice: RbacGuardChoice, modes: NamespaceModes): PlannedValidatingPolicy {
  const selector = selectEnforced(modes);
  return {
    kind: 'ValidatingAdmissionPolicy',
    name: RBAC_GUARD_NAME,
    ...tellAdmins(choice),
    what: describe('Roles', 'RoleBindings', choice),
    spec: buildSpec(choice, { scope: 'Namespaced', resources: ['roles', 'rolebindings'] }, selector),
    bindings: bindByNamespace(RBAC_GUARD_NAME, modes, allModes),
  };
}

/** Of what is in none. */
export function planClusterRbacGuard(choice: RbacGuardChoice, mode: EnforcementMode): PlannedValidatingPolicy {
  const spec = { policyName: CLUSTER_RBAC_GUARD_NAME, validationActions: actionsOf[mode] };
  return {
    kind: 'ValidatingAdmissionPolicy',
    name: CLUSTER_RBAC_GUARD_NAME,
    ...tellAdmins(choice),
    what: describe('ClusterRoles', 'ClusterRoleBindings', choice),
    spec: buildSpec(choice, { scope: 'Cluster', resources: ['clusterroles', 'clusterrolebindings'] }, {}),
    bindings: [{ mode, where: 'the whole cluster', spec }],
  };
}

/** For who looks at what is there. */
function tellAdmins({ clusterAdmins }: RbacGuardChoice): Pick<PlannedValidatingPolicy, 'clusterAdmins'> {
  return clusterAdmins === undefined ? {} : { clusterAdmins };
}

function describe(roles: string, bindings: string, { clusterAdmins }: RbacGuardChoice): string {
  const admins = clusterAdmins === undefined ? '' : ' or as cluster-admin to others than those named';
  return `${roles} that let act as just anybody, and ${bindings} to whoever has no credentials${admins}`;
}

type What = Pick<ValidatingPolicySpec['matchConstraints']['resourceRules'][number], 'scope' | 'resources'>;

function buildSpec(
  { clusterAdmins, breakGlassGroups }: RbacGuardChoice,
  what: What,
  namespaceSelector: ValidatingPolicySpec['matchConstraints']['namespaceSelector'],
): ValidatingPolicySpec {
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      matchPolicy: 'Equivalent',
      namespaceSelector,
      objectSelector: {},
      resourceRules: [
        { apiGroups: ['rbac.authorization.k8s.io'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], ...what },
      ],
    },
    matchConditions: [isNotOfControlPlane, ...exceptBreakGlass(breakGlassGroups), isAnotherList],
    variables: [
      isTooLong,
      wasTooLong,
      ...added('Anybody', 'rules', printUnnamedImpersonation('r', what.scope)),
      ...added('Everybody', 'subjects', isEverybody),
      ...(clusterAdmins === undefined ? [] : added('Admins', 'subjects', printIsUnnamedAdmin(clusterAdmins))),
      {
        name: 'grants',
        expression: [
          printTooLong,
          printImpersonation,
          printAnonymous,
          ...(clusterAdmins === undefined ? [] : [printAdmins]),
        ].join(' +\n'),
      },
    ],
    validations: [
      {
        expression: 'variables.grants.size() == 0',
        message: 'it grants what nobody should be granted: to act as anybody, something to everybody, or everything',
        messageExpression: `object.kind + ' "' + object.metadata.?name.orValue('') + '" ' + variables.grants.join(', ')`,
        reason: 'Forbidden',
      },
    ],
  };
}

/** The API server, which makes what is missing as it starts, and the controller that fills in aggregated roles. */
const isNotOfControlPlane: NamedExpression = {
  name: 'not-the-control-plane',
  expression: `!(request.userInfo.username in ${celLiteral([
    'system:apiserver',
    'system:serviceaccount:kube-system:clusterrole-aggregation-controller',
    // Where controllers have no accounts of their own.
    'system:kube-controller-manager',
  ])})`,
};

/** So that to label what is large costs one comparison. */
const isAnotherList: NamedExpression = {
  name: 'another-list',
  expression: `request.operation == 'CREATE' ||
  ${printList('object', 'rules')} != ${printList('oldObject', 'rules')} ||
  ${printList('object', 'subjects')} != ${printList('oldObject', 'subjects')}`,
};

/** An object with more rules or subjects, or more words in one list of a rule, is not looked through. */
export const MOST_ENTRIES = 5_000;
export const MOST_WORDS = 1_000;

/** To look through a list takes an API server a time that grows with its square. */
function printIsTooLong(version: 'object' | 'oldObject'): string {
  const words = ['verbs', 'apiGroups', 'resources'].map((list) => `r.?${list}.orValue([]).size() > ${MOST_WORDS}`);
  const [rules, subjects] = [printList(version, 'rules'), printList(version, 'subjects')];
  return `(${subjects}.size() > ${MOST_ENTRIES} || ${rules}.size() > ${MOST_ENTRIES} ||
    ${rules}.exists(r, ${words.join(' || ')}))`;
}

const isTooLong: NamedExpression = { name: 'isTooLong', expression: printIsTooLong('object') };
const wasTooLong: NamedExpression = {
  name: 'wasTooLong',
  expression: `request.operation != 'CREATE' && ${printIsTooLong('oldObject')}`,
};

export const TOO_LONG = `has more than ${MOST_ENTRIES} entries, or more than ${MOST_WORDS} words in one list of a rule: too many to be looked through; make several of it`;
const printTooLong = `(variables.isTooLong ? [${celLiteral(TOO_LONG)}] : [])`;

/** Of no more pairs is one held against the other: of some 500 entries that stand, and should not, each against all. */
const mostCompared = 250_000;

/**
 * What of a list should not be granted and was not there before. What is harmless is sorted out first: an object may hold
 * thousands of entries, and to hold each against each would keep an API server busy for minutes. Where too many are left for
 * that, and they are not the same as before, each counts as added.
 *
 * Untyped: of the kinds that are asked about none has both lists.
 *
 * @param condition of `r`, a rule, or `s`, a subject
 */
function added(name: string, list: 'rules' | 'subjects', condition: string): readonly NamedExpression[] {
  const one = list === 'rules' ? 'r' : 's';
  const [now, before] = [`variables.now${name}`, `variables.before${name}`];
  return [
    {
      name: `now${name}`,
      expression: `variables.isTooLong ? [] :\n  ${printList('object', list)}\n  .filter(${one}, ${condition})`,
    },
    {
      name: `before${name}`,
      expression: `request.operation == 'CREATE' || variables.wasTooLong ? [] :
  ${printList('oldObject', list)}\n  .filter(${one}, ${condition})`,
    },
    {
      name: `added${name}`,
      expression: `${now} == ${before} ? [] :
  ${printIsTooMuch(name)} ? ${now} :
  ${now}.filter(one, !(one in ${before}))`,
    },
  ];
}

function printIsTooMuch(name: string): string {
  return `variables.now${name}.size() * variables.before${name}.size() > ${mostCompared}`;
}

/** The rules of a role that has none, as one that is filled in later, are there, and null. */
function printList(version: 'object' | 'oldObject', list: 'rules' | 'subjects'): string {
  return `(dyn(${version}).?${list}.orValue(null) == null ? [] : dyn(${version}).${list})`;
}

/** More are counted: to say in which rules takes a look through all of them. */
const mostNamed = 20;

/**
 * @param one of those added as expressions know it
 * @param each says of one what it grants, an expression
 * @param all says it of as many as the expression `count` tells
 */
function printGrants(name: string, one: 'r' | 's', each: string, all: (count: string) => string): string {
  const added = `variables.added${name}`;
  return `(${added}.size() > ${mostNamed} ?
    [${all(`string(${added}.size())`)} + (${printIsTooMuch(name)} ?
      '; too many to be compared one by one with what was there: delete it, and make anew what is meant' : '')] :
    ${added}
      .map(${one}, ${each}))`;
}

const inRules = "'lets act as just anybody in '";
const nameThem = "': list in resourceNames who is meant'";
const printImpersonation = printGrants(
  'Anybody',
  'r',
  `${inRules} + 'rules[' + string(dyn(object).rules.indexOf(r)) + '] (' +
        r.verbs.join(', ') + ' on ' + r.resources.join(', ') + ')' + ${nameThem}`,
  (count) => `${inRules} + ${count} + ' rules' + ${nameThem}`,
);

const PUBLIC_INFO = 'system:public-info-viewer';
const JOIN_INFO = 'kubeadm:bootstrap-signer-clusterinfo';

/** Whether it is everybody who has no credentials. */
export function isWithoutCredentials({ kind, name }: Pick<RbacSubject, 'kind' | 'name'>): boolean {
  return (kind === 'User' && name === ANONYMOUS_USER) || (kind === 'Group' && name === UNAUTHENTICATED);
}

/**
 * Whether it is what Kubernetes itself opens to everybody: health and version, and what kubeadm join reads. Both tools write
 * them again where they are there already.
 */
export function isOpenedByKubernetes({
  metadata,
  roleRef,
}: Pick<ObjectOf<'RoleBinding'>, 'metadata' | 'roleRef'>): boolean {
  return roleRef.kind === 'ClusterRole'
    ? roleRef.name === PUBLIC_INFO
    : roleRef.kind === 'Role' && roleRef.name === JOIN_INFO && metadata.namespace === 'kube-public';
}

/** The same two, in CEL. */
const isEverybody = `(s.kind == 'User' && s.name == ${celLiteral(ANONYMOUS_USER)} ||
    s.kind == 'Group' && s.name == ${celLiteral(UNAUTHENTICATED)}) &&
    !(object.roleRef.kind == 'ClusterRole' && object.roleRef.name == ${celLiteral(PUBLIC_INFO)}) &&
    !(object.roleRef.kind == 'Role' && object.roleRef.name == ${celLiteral(JOIN_INFO)} &&
      object.metadata.?namespace.orValue('') == 'kube-public')`;

const grantsRole = `'grants ' + object.roleRef.kind + ' "' + object.roleRef.name + '" to '`;
const toEverybody = "', that is to everybody without credentials'";
const printAnonymous = printGrants(
  'Everybody',
  's',
  `${grantsRole} + s.kind + ' "' + s.name + '"' + ${toEverybody}`,
  (count) => `${grantsRole} + ${count} + ' subjects' + ${toEverybody}`,
);

/** Those to whom the API server and kubeadm grant it. */
const ownAdmins: readonly ClusterAdmin[] = [
  { kind: 'Group', name: MASTERS },
  { kind: 'Group', name: 'kubeadm:cluster-admins' },
];

/** As the policy writes whomever it compares: `User jane`, `ServiceAccount ci/deployer`. */
export function nameAdmin({ kind, namespace = '', name }: Pick<RbacSubject, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** Of all to whom it may be granted. */
export function nameAdmins(clusterAdmins: readonly ClusterAdmin[]): readonly string[] {
  return [...new Set([...ownAdmins, ...clusterAdmins].map(nameAdmin))];
}

const named = "s.kind + ' ' + (s.?namespace.orValue('') == '' ? '' : s.namespace + '/') + s.name";

function printIsUnnamedAdmin(clusterAdmins: readonly ClusterAdmin[]): string {
  return `object.roleRef.kind == 'ClusterRole' && object.roleRef.name == 'cluster-admin' &&
    !(${named} in ${celLiteral(nameAdmins(clusterAdmins))})`;
}

const printAdmins = printGrants(
  'Admins',
  's',
  `'grants cluster-admin to ' + ${named} + ', whom nobody named'`,
  (count) => `'grants cluster-admin to ' + ${count} + ' subjects whom nobody named'`,
);
