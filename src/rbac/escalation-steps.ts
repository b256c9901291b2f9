/**
 * What holding permissions leads to: the steps from somebody to whom they can act as next. A step is taken by one request,
 * or by a few that the same rights allow.
 *
 * What a step takes for granted beside the rights is said in `assumes`; what can be known is not assumed.
 *
 * Sources: Kubernetes "Role Based Access Control Good Practices"; k8s.io/kubernetes v1.37.2, pkg/registry/rbac (bind),
 * plugin/pkg/admission/certificates, pkg/controller/serviceaccount/tokens_controller.go,
 * plugin/pkg/auth/authenticator/token/bootstrap.
 */
import { absentAccountSteps } from './absent-account-steps.ts';
import { MASTERS } from './request.ts';
import {
  accountNode,
  ADMIN,
  allOfNode,
  BOOTSTRAP_TOKENS,
  EVERYWHERE,
  movedPodsNode,
  namespaceNode,
  newPodsNode,
  NODES,
  podsNode,
  roleNode,
  rolesNode,
  USERS,
} from './escalation-node.ts';
import { commonNames, holdingsByNamespace, listNames } from './held-in.ts';
import type { HeldIn } from './held-in.ts';
import { nodeImpersonationSteps, tokensAsNodeSteps } from './node-identity-steps.ts';
import type { Accounts, Held, Step } from './step.ts';

/**
 * A permission that is held everywhere counts in each namespace, and makes its own steps once, for all of them. What
 * `escalate` leads to is told by `findRoleSteps`.
 */
export function* findSteps<H extends Held>(held: readonly H[], accounts: Accounts): Generator<Step<H>> {
  for (const [namespace, here] of holdingsByNamespace(held)) {
    if (namespace === '') yield* clusterSteps(here);
    yield* accountSteps(namespace, here, accounts);
    if (namespace === '' || namespace === 'kube-system') yield* bootstrapSteps(here);
    yield* absentAccountSteps(namespace, here);
    yield* tokensAsNodeSteps(namespace, here, accounts);
    yield* podSteps(namespace, here);
    yield* bindSteps(namespace, here);
  }
  yield* impersonationSteps(held);
}

/** What is of no use in a single namespace. */
function* clusterSteps<H extends Held>(here: HeldIn<H>): Generator<Step<H>> {
  for (const held of here.own('everything')) yield { to: ADMIN, held, by: 'do everything', effort: 0 };
  for (const permission of ['mutating-webhooks-write', 'mutating-policies-write', 'api-services-write'] as const) {
    for (const held of here.own(permission)) {
      yield { to: ADMIN, held, by: held.example, assumes: 'an administrator writes something meanwhile', effort: 1 };
    }
  }
  for (const held of here.own('nodes-proxy')) {
    if (held.names === undefined) yield { to: NODES, held, by: held.example, effort: 1 };
    else
      yield {
        to: NODES,
        held,
        by: held.example,
        assumes: `a pod that matters runs on ${listNames(held.names)}`,
        effort: 1,
      };
  }
  for (const held of here.own('persistent-volumes-create')) {
    yield { to: NODES, held, by: held.example, assumes: 'a pod mounts the volume', effort: 1 };
  }
  const [request] = here.own('certificates-request');
  if (request === undefined) return;
  for (const held of here.own('node-certificates')) yield { to: NODES, held, by: held.example, effort: 1 };
  const isOfAnybody = here.own('signers-approve').length > 0;
  const isOfNodes = here.own('node-signers-approve').length > 0;
  for (const held of here.own('certificates-approve')) {
    // But for members of system:masters; so also for the controller manager, which no binding need name.
    for (const to of isOfAnybody ? ([USERS, 'user:system:kube-controller-manager'] as const) : []) {
      yield { to, held, by: 'request and approve certificates of anybody', effort: 1 };
    }
    // Whoever may be any user need not pass for a node, which takes for granted what runs there.
    if (isOfNodes && !isOfAnybody) {
      yield { to: NODES, held, by: 'request and approve certificates of nodes', effort: 1 };
    }
  }
}

/** Becoming service accounts of a namespace. */
function* accountSteps<H extends Held>(namespace: string, here: HeldIn<H>, accounts: Accounts): Generator<Step<H>> {
  const all = namespaceNode(namespace);
  for (const permission of ['tokens-create', 'impersonate-service-accounts'] as const) {
    for (const held of here.own(permission)) {
      if (held.names === undefined) yield { to: all, held, by: held.example, effort: 1 };
      else yield* namedAccounts(namespace, held, held.names, accounts);
    }
  }
  for (const [held, read] of here.both('secrets-create', 'secrets-read')) {
    const names = commonNames(held, read);
    const step = { to: all, held, by: 'create and read secrets', effort: 1 } as const;
    if (names === undefined) yield step;
    // A token of any account may lie in a Secret of any name.
    else if (names.length > 0) yield { ...step, assumes: `there is no Secret ${listNames(names)} yet` };
  }
  for (const held of here.own('secrets-read')) {
    const step = { held, effort: 1 } as const;
    if (held.names === undefined) {
      yield { ...step, to: all, by: held.example, assumes: 'a Secret holds a token of the account' };
      continue;
    }
    const assumes = 'the Secret, which the account lists, holds a token of it';
    for (const name of held.names) {
      for (const to of accounts.accountsListing(name, namespace)) {
        yield { ...step, to, by: `${held.example} ${JSON.stringify(name)}`, assumes };
      }
    }
  }
}

/** A bootstrap token is a Secret of kube-system that says itself of which groups it is, so that nobody need read it. */
function* bootstrapSteps<H extends Held>(here: HeldIn<H>): Generator<Step<H>> {
  for (const held of here.own('secrets-create')) {
    if (held.names?.some((name) => bootstrapToken.test(name)) === false) continue;
    const assumes = 'the API server takes bootstrap tokens';
    yield { to: BOOTSTRAP_TOKENS, held, by: held.example, assumes, effort: 1 };
  }
}

const bootstrapToken = /^bootstrap-token-[a-z0-9]{6}$/;

function* namedAccounts<H extends Held>(
  namespace: string,
  held: H,
  names: readonly string[],
  accounts: Accounts,
): Generator<Step<H>> {
  for (const name of names) {
    for (const place of accounts.namespacesWithAccount(name)) {
      if (namespace === '' || namespace === place)
        yield { to: accountNode(place, name), held, by: held.example, effort: 1 };
    }
  }
}

/** What running pods, and those that are to run, give. */
function* podSteps<H extends Held>(namespace: string, here: HeldIn<H>): Generator<Step<H>> {
  for (const permission of ['pods-create', 'workloads-write'] as const) {
    for (const held of here.own(permission)) {
      // Names limit which workload is changed, not what it becomes.
      yield { to: newPodsNode(namespace), held, by: held.example, effort: 1 };
    }
    for (const [held, created] of here.both('namespaces-change', permission)) {
      yield { to: NODES, held, by: `${held.example} to admit privileged pods, ${created.example}`, effort: 1 };
    }
  }
  yield* movingSteps(namespace, here);
  for (const permission of ['pods-exec', 'pods-change', 'ephemeral-containers'] as const) {
    for (const held of here.own(permission)) {
      const step: Step<H> = { to: podsNode(namespace), held, by: held.example, effort: 1 };
      yield held.names === undefined ? step : { ...step, assumes: `it is a pod named ${listNames(held.names)}` };
    }
  }
}

/** Pods that are deleted are made anew where nodes still take them: on the only one that is left, if all others are tainted. */
function* movingSteps<H extends Held>(namespace: string, here: HeldIn<H>): Generator<Step<H>> {
  for (const [held, removed] of here.both('nodes-write', 'pods-delete')) {
    const isNamed = removed.names !== undefined;
    yield {
      to: movedPodsNode(namespace),
      held,
      by: `${held.example}, ${removed.example}${namespace === '' ? '' : ` in ${namespace}`}`,
      assumes: `a node is theirs that pods can be moved to${isNamed ? `, and one is named ${listNames(removed.names)}` : ''}`,
      effort: 1,
    };
  }
}

/** Binding roles that grant more than one holds. */
function* bindSteps<H extends Held>(namespace: string, here: HeldIn<H>): Generator<Step<H>> {
  for (const [held, written] of here.both('bind-cluster-roles', 'cluster-role-bindings-write')) {
    const by = `${held.example}, ${written.example}`;
    if (held.names === undefined) yield { to: ADMIN, held, by, effort: 1 };
    else for (const name of held.names) yield { to: roleNode('ClusterRole', '', name), held, by, effort: 1 };
  }
  for (const [held, written] of here.both('bind-cluster-roles', 'role-bindings-write')) {
    const by = `${held.example}, ${written.example}`;
    if (held.names === undefined) yield { to: allOfNode(namespace), held, by, effort: 1 };
    // Everywhere, one namespace after the other: as good as everywhere at once for what is in namespaces.
    else
      for (const name of held.names)
        yield { to: roleNode('ClusterRole', namespace || EVERYWHERE, name), held, by, effort: 1 };
  }
  for (const [held, written] of here.both('bind-roles', 'role-bindings-write')) {
    const by = `${held.example}, ${written.example}`;
    if (held.names === undefined) yield { to: rolesNode(namespace), held, by, effort: 1 };
    else
      for (const name of held.names) yield { to: roleNode('Role', namespace || EVERYWHERE, name), held, by, effort: 1 };
  }
}

/** Acting as users and groups: asked for without a namespace, so that only what is held everywhere counts. */
function* impersonationSteps<H extends Held>(all: readonly H[]): Generator<Step<H>> {
  const everywhere = all.filter(({ namespace }) => namespace === '');
  const ofUsers = everywhere.filter(({ permission }) => permission === 'impersonate-users');
  for (const held of ofUsers) {
    if (held.names === undefined) yield { to: USERS, held, by: held.example, effort: 1 };
    else for (const user of held.names) yield { to: `user:${user}`, held, by: held.example, effort: 1 };
  }
  yield* nodeImpersonationSteps(everywhere);
  // A group can only be claimed beside a user or a service account.
  const hasCompanion =
    ofUsers.length > 0 || all.some(({ permission }) => permission === 'impersonate-service-accounts');
  if (!hasCompanion) return;
  for (const held of everywhere) {
    if (held.permission !== 'impersonate-groups') continue;
    if (held.names === undefined || held.names.includes(MASTERS)) {
      yield { to: ADMIN, held, by: `${held.example} ${MASTERS}`, effort: 1 };
    }
    for (const group of held.names ?? []) yield { to: `group:${group}`, held, by: held.example, effort: 1 };
  }
}
