/**
 * Becoming service accounts that bindings name and that do not exist. Whoever impersonates one is not asked whether it
 * exists; whoever creates it is what it is bound to, once they have a token of it.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation; k8s.io/kubernetes v1.37.2,
 * pkg/registry/core/serviceaccount/storage/token.go and plugin/pkg/admission/serviceaccount (both want the account).
 */
import { absentNode, newAccountsNode, newNamespacesNode } from './escalation-node.ts';
import type { Held, Step } from './step.ts';
import { commonNames } from './held-in.ts';
import type { HeldIn } from './held-in.ts';

/** @param namespace where; empty for everywhere */
export function* absentAccountSteps<H extends Held>(namespace: string, here: HeldIn<H>): Generator<Step<H>> {
  for (const held of here.own('impersonate-service-accounts')) {
    for (const name of held.names ?? [undefined]) {
      yield { to: absentNode(namespace, name), held, by: held.example, effort: 1 };
    }
  }
  // Whoever may be any of them need not create one.
  if (here.any('impersonate-service-accounts').some(({ names }) => names === undefined)) return;
  for (const { parts, names, by, assumes } of essential([...creations(here)])) {
    const held = parts.find((one) => one.namespace === namespace);
    if (held === undefined) continue;
    const step = { held, by, ...(assumes === undefined ? {} : { assumes }), effort: 1 } as const;
    for (const name of names ?? [undefined]) yield { ...step, to: newAccountsNode(namespace, name) };
    for (const made of namespace === '' ? here.own('namespaces-create') : []) {
      for (const place of made.names ?? ['']) {
        for (const name of names ?? [undefined]) {
          yield { ...step, to: newNamespacesNode(place, name), by: `${made.example}, ${by}` };
        }
      }
    }
  }
}

/** To create accounts, and to get tokens of them. */
interface Creation<H> {
  readonly parts: readonly H[];
  /** Of the accounts; undefined for any. */
  readonly names: readonly string[] | undefined;
  readonly by: string;
  readonly assumes?: string;
}

function* creations<H extends Held>(here: HeldIn<H>): Generator<Creation<H>> {
  for (const account of here.any('accounts-create')) {
    for (const token of here.any('tokens-create')) {
      yield {
        parts: [account, token],
        names: commonNames(account, token),
        by: `${account.example}, ${token.example}`,
      };
    }
    for (const permission of ['pods-create', 'workloads-write'] as const) {
      for (const pod of here.any(permission)) {
        yield { parts: [account, pod], names: account.names, by: `${account.example}, ${pod.example}` };
      }
    }
    for (const secret of here.any('secrets-create')) {
      for (const read of here.any('secrets-read')) {
        const names = commonNames(secret, read);
        if (names?.length === 0) continue;
        yield {
          parts: [account, secret, read],
          names: account.names,
          by: `${account.example}, create and read secrets`,
          ...(names === undefined ? {} : { assumes: 'there is no Secret of that name yet' }),
        };
      }
    }
  }
}

/** Without those that lead no further than another does: most may create any account, and get its token in several ways. */
function essential<H>(all: readonly Creation<H>[]): readonly Creation<H>[] {
  const whole = all.find(({ names, assumes }) => names === undefined && assumes === undefined);
  return whole === undefined ? all : [whole];
}
