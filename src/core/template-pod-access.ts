/** What pods give whoever gets into them, of a snapshot: of files what their templates will be. */
import { templatesOf } from './owners.ts';
import { accountOf, carriesToken, PodAccess } from './pod-access.ts';
import type { PodSpec } from './pod-shape.ts';
import { readOr } from './shape.ts';
import type { Snapshot } from './snapshot.ts';

/** Of files: what their templates will be. @throws {NotObserved} */
export function buildPodAccess(snapshot: Snapshot): PodAccess {
  const access = new PodAccess();
  if (snapshot.isWholeCluster) {
    for (const pod of snapshot.list('Pod')) access.add(pod);
    return access;
  }
  for (const [namespace, template] of templatesOf(snapshot)) {
    readOr(
      () => {
        const { spec } = template();
        access.addTemplate(namespace, spec, willCarryToken(spec, namespace, snapshot));
      },
      () => {
        access.unreadable += 1;
      },
    );
  }
  return access;
}

/** Of a template: what the ServiceAccount admission plugin will do. */
function willCarryToken(spec: PodSpec, namespace: string, snapshot: Snapshot): boolean {
  if (carriesToken(spec)) return true;
  const account = snapshot.get('ServiceAccount', namespace, accountOf(spec));
  return spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
}
