/**
 * Which workloads that are there what keeps the label of the exec guard would refuse, or their pods, were they made anew:
 * whose template would have pods spared that are not to be, and whose selector fits no pod with the label. What it looks for
 * is said twice, here and in CEL by `exec-label.ts`; that both say the same is held against a real API server by
 * test/enforcement/preview-guards.integration.test.ts.
 */
import { EXEC_LABEL, EXEC_SPARED } from '../../api/v1alpha1/group.ts';
import { apiVersionOf, kinds } from '../../core/kinds.ts';
import type { ObjectOf } from '../../core/kinds.ts';
import { workloadKinds } from '../../core/owners.ts';
import { isEscalating } from '../../core/pod-access.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { MalformedField } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { undecidedKind } from './previewed-finding.ts';
import type { GuardFindings, PreviewedFinding } from './previewed-finding.ts';
import { selectsUnlabelled, selectingKinds } from './unlabelled-selections.ts';
import type { SelectingKind } from './unlabelled-selections.ts';

const FAMILY = 'exec';

type WorkloadKind = (typeof workloadKinds)[number];

export function previewExecLabel(namespace: string, snapshot: Snapshot): GuardFindings {
  const refused: PreviewedFinding[] = [];
  const undecided: PreviewedFinding[] = [];
  for (const kind of workloadKinds) {
    if (!isReadable(snapshot.observation(kind))) {
      undecided.push(undecidedKind(FAMILY, kind, namespace, snapshot));
      continue;
    }
    for (const object of snapshot.list(kind, namespace)) {
      const { name } = object.metadata;
      const subject = { apiVersion: apiVersionOf(kinds[kind]), kind, namespace, name };
      const note = (message: string, violations: readonly Violation[]): PreviewedFinding => ({
        finding: { rule: { id: FAMILY }, subject, message, violations },
      });
      try {
        if (isOfOther(object, namespace, snapshot)) continue;
        const violations = look(kind, object);
        const [first] = violations;
        if (first !== undefined) refused.push(note(first.message, violations));
      } catch (error) {
        if (!(error instanceof MalformedField)) throw error;
        undecided.push(note(error.message, []));
      }
    }
  }
  return { refused, undecided };
}

/** Whoever made it is told of instead. */
function isOfOther({ metadata }: ObjectOf<WorkloadKind>, namespace: string, snapshot: Snapshot): boolean {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const kind = workloadKinds.find((one) => one === owner?.kind);
  if (owner === undefined || kind === undefined || !isReadable(snapshot.observation(kind))) return false;
  return snapshot.get(kind, namespace, owner.name) !== undefined;
}

function look(kind: WorkloadKind, object: ObjectOf<WorkloadKind>): readonly Violation[] {
  const [path, { metadata, spec }] = podOf(object);
  const label = metadata?.labels?.[EXEC_LABEL];
  const violations: Violation[] = [];
  // Debug containers are no part of what is made.
  if (label === EXEC_SPARED && isEscalating({ ...spec, ephemeralContainers: [] }, true)) {
    const where = `${path}metadata.labels[${JSON.stringify(EXEC_LABEL)}]`;
    const why = `the label has the exec guard spare it, and it is privileged or shares namespaces of its node; leave it out`;
    violations.push(violation(where, label, why));
  }
  const selecting = selectingKinds.find((one) => one === kind);
  if (
    selecting !== undefined &&
    !isMadeByDeployment(kind, object) &&
    selectsUnlabelled(object as ObjectOf<SelectingKind>)
  ) {
    const why = `its selector asks for pods without the label ${EXEC_LABEL}, or with another; leave it out there`;
    violations.push(violation('spec.selector', EXEC_LABEL, why));
  }
  return violations;
}

/** Its selector is that of the Deployment, which was asked about. */
function isMadeByDeployment(kind: WorkloadKind, { metadata }: ObjectOf<WorkloadKind>): boolean {
  return (
    kind === 'ReplicaSet' &&
    metadata.ownerReferences?.some(
      (owner) => owner.controller === true && owner.kind === 'Deployment' && owner.apiVersion === 'apps/v1',
    ) === true
  );
}

function podOf(
  object: ObjectOf<WorkloadKind>,
): readonly [path: string, pod: Pick<ObjectOf<'Pod'>, 'spec'> & { readonly metadata?: Labelled }] {
  const { spec } = object;
  if ('containers' in spec) return ['', object as ObjectOf<'Pod'>];
  if ('jobTemplate' in spec) return ['spec.jobTemplate.spec.template.', spec.jobTemplate.spec.template];
  return ['spec.template.', spec.template];
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
}
