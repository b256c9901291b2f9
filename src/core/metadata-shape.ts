/** What is kept of an object's metadata. Source: k8s.io/apimachinery v0.37.2 (meta/v1). */
import { EXEC_LABEL } from '../api/v1alpha1/group.ts';
import { isExemptAnnotation, isReadPodAnnotation } from './pod-shape.ts';
import {
  boolean,
  integer,
  list,
  message,
  pointer,
  required,
  string,
  stringMap,
  stringMapOf,
  time,
  value,
} from './shape.ts';
import type { Infer } from './shape.ts';

/** Which revision of a StatefulSet or DaemonSet a pod is of. */
export const REVISION_LABEL = 'controller-revision-hash';

const ownerReference = message({
  kind: required(1, string),
  name: required(3, string),
  uid: required(4, string),
  apiVersion: required(5, string),
  controller: pointer(6, boolean),
});

const identity = {
  name: required(1, string),
  namespace: value(3, string),
  uid: value(5, string),
  resourceVersion: value(6, string),
} as const;

export const objectMeta = message({
  ...identity,
  generation: value(7, integer),
  deletionTimestamp: pointer(9, time),
  labels: value(11, stringMap),
  annotations: value(12, stringMapOf(isExemptAnnotation)),
  ownerReferences: value(13, list(ownerReference)),
});

/** Pods come by the hundred thousand: only what names them and their owner is kept of their metadata. */
export const podMeta = message({
  ...identity,
  labels: value(
    11,
    stringMapOf((key) => key === REVISION_LABEL || key === EXEC_LABEL),
  ),
  annotations: value(12, stringMapOf(isReadPodAnnotation)),
  ownerReferences: value(13, list(ownerReference)),
});

/** Of what rules only look at besides, and there may be much of, only the name. */
export const bareMeta = message({
  name: required(1, string),
  namespace: value(3, string),
  resourceVersion: value(6, string),
});

export type OwnerReference = Infer<typeof ownerReference>;
export type ObjectMeta = Infer<typeof objectMeta>;
