/** What names a subject, and the order of subjects that is the same on every machine. */

export interface SubjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for what has no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/**
 * A subject's identity. With lengths, so that no two are the same: whoever creates a pod chooses every character of the
 * kind and name of its owner.
 */
export function keyOf({ kind, apiVersion, namespace = '', name }: SubjectRef): string {
  return `${kind.length} ${apiVersion.length} ${namespace.length} ${kind}${apiVersion}${namespace}${name}`;
}

/** By kind, then by name. */
export function compareSubjects(a: SubjectRef, b: SubjectRef): number {
  // Mostly the same, which is told faster than the order.
  if (a.kind !== b.kind) return compareText(a.kind, b.kind);
  if (a.apiVersion !== b.apiVersion) return compareText(a.apiVersion, b.apiVersion);
  if (a.namespace !== b.namespace) return compareText(a.namespace ?? '', b.namespace ?? '');
  return compareText(a.name, b.name);
}

/** Code-unit order, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
