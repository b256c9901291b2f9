/** Whether a selector takes a namespace, as far as its labels are known: of a file's namespace only the name is certain. */
import { matchesSelector } from '../../core/label-selector.ts';
import type { LabelSelector } from '../../core/label-selector.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** The API server gives it to every namespace, with its name, from Kubernetes 1.21 on. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * @param selector absent takes every namespace
 * @returns undefined where it depends on labels that files do not show
 * @throws {NotObserved}
 */
export function selectsNamespace(
  selector: LabelSelector | undefined,
  name: string,
  snapshot: Snapshot,
): boolean | undefined {
  if (selector === undefined) return true;
  const namespace = snapshot.get('Namespace', '', name);
  if (namespace !== undefined) return matchesSelector(selector, { [NAME_LABEL]: name, ...namespace.metadata.labels });
  // Nobody asks for anything in a namespace that is not there.
  if (snapshot.isWholeCluster) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const known = { [NAME_LABEL]: name };
  const ofName = {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => key === NAME_LABEL)),
    matchExpressions: matchExpressions.filter(({ key }) => key === NAME_LABEL),
  };
  // All of it has to hold.
  if (!matchesSelector(ofName, known)) return false;
  const isAll =
    matchExpressions.length === ofName.matchExpressions.length &&
    Object.keys(matchLabels).length === Object.keys(ofName.matchLabels).length;
  return isAll ? true : undefined;
}
