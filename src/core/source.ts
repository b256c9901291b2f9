/** What rules read. */
import type { KindName } from './kinds.ts';

/**
 * A kind, evidence about the API server, its version, which day it is, or what is made of other sources, that a rule reads
 * besides its subject.
 */
export type Source = KindName | 'Evidence' | 'ServerVersion' | 'Today' | MadeSource;

/**
 * What is made of whole kinds, and stays the same through most of their changes: what running pods give whoever gets into
 * them, and who can become what.
 */
export type MadeSource = 'PodAccess' | 'EscalationPaths';

export const madeFrom: { readonly [S in MadeSource]: readonly Source[] } = {
  PodAccess: ['Pod'],
  EscalationPaths: [
    'Role',
    'ClusterRole',
    'RoleBinding',
    'ClusterRoleBinding',
    'ServiceAccount',
    'Namespace',
    'PodAccess',
    'ServerVersion',
  ],
};

export function isMade(source: Source): source is MadeSource {
  return Object.hasOwn(madeFrom, source);
}

/** What has to be read for it in the end. */
export function inputsOf(source: Source): readonly Exclude<Source, MadeSource>[] {
  return isMade(source) ? madeFrom[source].flatMap(inputsOf) : [source];
}
