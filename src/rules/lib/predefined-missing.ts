/** How findings speak of what Kubernetes creates and is not there. */
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { MissingObject } from '../../rbac/predefined.ts';

export function toMissing({ kind, namespace, name }: MissingObject, minor: number): Violation {
  const what = `${kind} "${namespace === undefined ? name : `${namespace}/${name}`}"`;
  const message = `${what} does not exist, and Kubernetes 1.${minor} creates it; restart the API server, which does so when it starts`;
  return violation(`${kind}/${name}`, undefined, message);
}

export function explainNoBaseline(minor: number): string {
  return `there is no baseline of Kubernetes 1.${minor}, so what should be there is not known`;
}
