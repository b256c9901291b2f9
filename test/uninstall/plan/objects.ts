/** Objects as the API server would show them, no more of them than a row needs. */
import type { PresentObject } from '../../../src/uninstall/plan/present-object.ts';

export const shippedLabels = { 'app.kubernetes.io/part-of': 'merlon' };
export const writtenLabels = { 'app.kubernetes.io/managed-by': 'merlon' };

/** @param name as `shop/web`, or `web` for what has no namespace */
export function present(
  apiVersion: string,
  kind: string,
  name: string,
  metadata: Partial<PresentObject['metadata']> = {},
): PresentObject {
  const [first = '', second] = name.split('/');
  const address = second === undefined ? { name: first } : { namespace: first, name: second };
  return { apiVersion, kind, metadata: { ...address, uid: `uid of ${kind} ${name}`, ...metadata } };
}
