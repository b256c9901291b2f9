/**
 * Where every pull needs credentials, who has none may not start any more: neither the pod nor its account names a Secret
 * with some. What credential providers of nodes give, and which images anybody may pull, nobody can see from here.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/serviceaccount (a pod that names none gets those of its account).
 */
import { accountOf } from '../../core/pod-access.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { readOr } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';
import { workloadsOf } from '../../core/workload.ts';
import { IMAGE_PULLS_NAME } from './image-pulls.ts';
import type { PlannedPolicy } from './planned-policy.ts';

/** @returns undefined where pulls are left as they are, or accounts are not known */
export function findPullsWithoutSecrets(
  policies: readonly PlannedPolicy[],
  namespace: string,
  snapshot: Snapshot,
): readonly SubjectRef[] | undefined {
  if (!policies.some(({ name }) => name === IMAGE_PULLS_NAME)) return undefined;
  if (!isReadable(snapshot.observation('ServiceAccount'))) return undefined;
  const lacksSecrets = (template: PodTemplate): boolean =>
    readOr(
      () => {
        const { spec } = template;
        if ((spec.imagePullSecrets ?? []).length > 0) return false;
        const account = snapshot.get('ServiceAccount', namespace, accountOf(spec));
        return (account?.imagePullSecrets ?? []).length === 0;
      },
      // Who cannot be read is named, too.
      () => true,
    );
  return workloadsOf(snapshot, namespace)
    .filter(({ template, running }) =>
      [...(template === undefined ? [] : [template]), ...running.map((one) => one.template)].some(lacksSecrets),
    )
    .map(({ ref }) => ref);
}
