/**
 * What an API server answers whose authorizers are known: each is asked in turn, the first that has an opinion decides,
 * and who is in `system:masters` is asked nothing.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/kubeapiserver/authorizer/reload.go; k8s.io/apiserver v0.37.2,
 * pkg/authorization/union and pkg/authorization/authorizerfactory (AlwaysDeny has no opinion, it denies nothing).
 */
import type { Decision } from './authorizer.ts';
import { isNode, MASTERS } from './request.ts';
import type { Requester } from './request.ts';

const authorizationModes = ['Node', 'RBAC', 'Webhook', 'ABAC', 'AlwaysAllow', 'AlwaysDeny'] as const;
export type AuthorizationMode = (typeof authorizationModes)[number];

/** What kubeadm sets, and nearly everybody has. */
export const usualModes: readonly AuthorizationMode[] = ['Node', 'RBAC'];

export interface Verdict {
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Who decides where RBAC does not, or why it is not known; in sentences. */
  readonly notes: readonly string[];
}

/** @param decision of RBAC */
export function judgeByChain(
  { allowed, doubts = [] }: Decision,
  requester: Requester,
  modes: readonly AuthorizationMode[],
): Verdict {
  if (requester.groups.includes(MASTERS)) return { answer: 'yes', notes: [] };
  const notes: string[] = [];
  for (const mode of modes) {
    if (mode === 'RBAC') {
      if (allowed) return { answer: notes.some(isDenial) ? 'unknown' : 'yes', notes: notes.filter(isDenial) };
      notes.push(...doubts);
    } else if (mode === 'AlwaysAllow') {
      const denials = notes.filter(isDenial);
      return denials.length === 0
        ? { answer: 'yes', notes: ['the authorizer AlwaysAllow allows everything'] }
        : { answer: 'unknown', notes: denials };
    } else if (mode === 'Webhook') {
      notes.push(WEBHOOK);
    } else if (mode === 'ABAC') {
      notes.push('the authorizer ABAC may allow it, by a file that is not seen from here');
    } else if (mode === 'Node' && isNode(requester)) {
      notes.push('the authorizer Node may allow it, by what runs on the node');
    }
  }
  return { answer: notes.length === 0 ? 'no' : 'unknown', notes };
}

const WEBHOOK = 'a webhook authorizer may allow or deny it';

function isDenial(note: string): boolean {
  return note === WEBHOOK;
}

/** @returns the modes, or the word that is none */
export function parseModes(text: string): readonly AuthorizationMode[] | { readonly unknown: string } {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !isMode(word));
  return unknown === undefined ? words.filter(isMode) : { unknown };
}

function isMode(word: string): word is AuthorizationMode {
  return authorizationModes.some((mode) => mode === word);
}
