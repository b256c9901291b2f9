/**
 * What is kept of whatever makes pods: the template, by what it knows its pods, and how far it has come.
 *
 * Source: k8s.io/api v0.37.2 (core/v1, apps/v1, batch/v1).
 */
import { EXEC_LABEL } from '../api/v1alpha1/group.ts';
import { labelSelector } from './admission-shape.ts';
import { objectMeta } from './metadata-shape.ts';
import { isReadPodAnnotation, podSpec } from './pod-shape.ts';
import { integer, integer32, message, pointer, required, stringMap, stringMapOf, value } from './shape.ts';

/** Of a template's metadata only what would be a pod's. */
const templateMeta = message({ annotations: value(12, stringMapOf(isReadPodAnnotation)) });

/** Whoever changes pods on their way in may choose them by their labels. */
const labelledTemplateMeta = message({ ...templateMeta.fields, labels: value(11, stringMap) });

/** What looks at pods by the label of the exec guard asks whether they have it from their template. */
const execLabelledTemplateMeta = message({
  ...templateMeta.fields,
  labels: value(
    11,
    stringMapOf((key) => key === EXEC_LABEL),
  ),
});

/** By what a workload knows its pods, but for equality: the template has that, too, or nobody takes it. */
const podSelector = message({ matchExpressions: labelSelector.fields.matchExpressions });

const execLabelledTemplateSpec = message({
  metadata: value(1, execLabelledTemplateMeta),
  spec: required(2, podSpec),
});
const podTemplateSpec = message({ metadata: value(1, labelledTemplateMeta), spec: required(2, podSpec) });

/** A kind whose spec holds a pod template in the field of that number. */
export function templated(templateNumber: number) {
  return message({
    metadata: required(1, objectMeta),
    spec: required(2, message({ template: required(templateNumber, podTemplateSpec) })),
  });
}

/** The same, with a selector. */
export function selecting(selectorNumber: number, templateNumber: number) {
  const template = required(templateNumber, podTemplateSpec);
  return message({
    metadata: required(1, objectMeta),
    spec: required(2, message({ selector: pointer(selectorNumber, podSelector), template })),
  });
}

/** ReplicaSets come by the ten of each Deployment, and what chooses pods by labels is asked for the Deployment. */
export const replicaSet = message({
  metadata: required(1, objectMeta),
  spec: required(2, message({ selector: pointer(2, podSelector), template: required(3, execLabelledTemplateSpec) })),
});

// How far a controller has come with the template that stands there now.
export const deployment = message({
  ...selecting(2, 3).fields,
  status: value(3, message({ observedGeneration: value(1, integer), updatedReplicas: value(3, integer32) })),
});
export const statefulSet = message({
  ...selecting(2, 3).fields,
  status: value(3, message({ observedGeneration: value(1, integer), updatedReplicas: value(5, integer32) })),
});
export const daemonSet = message({
  ...selecting(1, 2).fields,
  status: value(3, message({ observedGeneration: value(5, integer), updatedNumberScheduled: value(6, integer32) })),
});

export const cronJob = message({
  metadata: required(1, objectMeta),
  spec: required(
    2,
    message({
      jobTemplate: required(5, message({ spec: required(2, message({ template: required(6, podTemplateSpec) })) })),
    }),
  ),
});
