/**
 * Passing for a node: the Node authorizer gives whoever does that what the pods there need, their tokens among it.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation; k8s.io/kubernetes v1.37.2,
 * plugin/pkg/auth/authorizer/node.
 */
import { accountNode, movedPodsNode, NODES } from './escalation-node.ts';
import type { Accounts, Held, Step } from './step.ts';
import { listNames } from './held-in.ts';
import type { HeldIn } from './held-in.ts';
import { isNodeName, NODES as NODES_GROUP } from './request.ts';

/**
 * By the older verb, with the group of nodes, which the API server does not add.
 * @param everywhere what is held there
 */
export function* nodeImpersonationSteps<H extends Held>(everywhere: readonly H[]): Generator<Step<H>> {
  const mayClaim = everywhere.some(
    ({ permission, names }) => permission === 'impersonate-groups' && names?.includes(NODES_GROUP) !== false,
  );
  if (!mayClaim) return;
  for (const held of everywhere) {
    const nodes = held.permission === 'impersonate-users' ? held.names?.filter(isNodeName) : undefined;
    if (nodes === undefined || nodes.length === 0) continue;
    const by = `${held.example} ${listNames(nodes)} in group ${NODES_GROUP}`;
    yield { to: NODES, held, by, assumes: 'a pod that matters runs on that node', effort: 1 };
  }
}

/** By constrained impersonation, which adds the group: of what nodes may do, to make tokens for the pods that they run. */
export function* tokensAsNodeSteps<H extends Held>(
  namespace: string,
  here: HeldIn<H>,
  accounts: Accounts,
): Generator<Step<H>> {
  for (const [node, token] of here.both('nodes-impersonate', 'tokens-create-as-nodes')) {
    const by = `${node.example}, ${token.example}${namespace === '' ? '' : ` in ${namespace}`}`;
    const step = { held: node, by, effort: 1 } as const;
    if (token.names === undefined) {
      const assumes =
        node.names === undefined ? {} : { assumes: `a pod that matters runs on ${listNames(node.names)}` };
      yield { ...step, to: movedPodsNode(namespace), ...assumes };
      continue;
    }
    const assumes = `a pod of it runs on ${node.names === undefined ? 'a node' : listNames(node.names)}`;
    for (const name of token.names) {
      for (const place of accounts.namespacesWithAccount(name)) {
        if (namespace === '' || namespace === place) yield { ...step, to: accountNode(place, name), assumes };
      }
    }
  }
}
