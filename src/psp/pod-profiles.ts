/**
 * The seccomp and AppArmor profiles of a pod, whichever way they are written: as annotations, as all clusters with
 * PodSecurityPolicy had them, or as fields. Where both are there and differ, both count: the API server refuses that.
 */
import {
  APPARMOR_ANNOTATION_PREFIX,
  SECCOMP_CONTAINER_ANNOTATION_PREFIX,
  SECCOMP_POD_ANNOTATION,
} from '../core/pod-shape.ts';
import { annotationPath } from './pod.ts';
import type { PlacedContainer, Pod } from './pod.ts';
import { canonicalSeccomp, profileOfField } from './profile-rule.ts';
import type { ProfileField } from './profile-rule.ts';

export interface PlacedProfile {
  readonly path: string;
  /** In the annotation's form; empty where none is set. */
  readonly name: string;
}

/** @returns at least one */
export function seccompOfPod(pod: Pod): readonly PlacedProfile[] {
  const path = 'spec.securityContext.seccompProfile';
  const set = [
    ...ofAnnotation(pod, SECCOMP_POD_ANNOTATION).map(canonical),
    ...ofField(path, pod.spec.securityContext?.seccompProfile),
  ].filter(isSet);
  return set.length > 0 ? distinct(set) : [{ path, name: '' }];
}

/** @returns nothing where the container has what its pod has */
export function seccompOfContainer(pod: Pod, { path, container }: PlacedContainer): readonly PlacedProfile[] {
  const own = [
    ...ofAnnotation(pod, SECCOMP_CONTAINER_ANNOTATION_PREFIX + container.name).map(canonical),
    ...ofField(`${path}.securityContext.seccompProfile`, container.securityContext?.seccompProfile),
  ];
  const set = own.filter(isSet);
  // An empty annotation of its own is none, and not its pod's.
  return distinct(set.length > 0 ? set : own);
}

/** @returns at least one */
export function appArmorOfContainer(pod: Pod, { path, container }: PlacedContainer): readonly PlacedProfile[] {
  const field = `${path}.securityContext.appArmorProfile`;
  const own = [
    ...ofAnnotation(pod, APPARMOR_ANNOTATION_PREFIX + container.name),
    ...ofField(field, container.securityContext?.appArmorProfile),
  ].filter(isSet);
  if (own.length > 0) return distinct(own);
  const ofPod = ofField('spec.securityContext.appArmorProfile', pod.spec.securityContext?.appArmorProfile);
  return ofPod.length > 0 ? ofPod : [{ path: field, name: '' }];
}

/** Written twice, it is one profile. */
function distinct(profiles: readonly PlacedProfile[]): readonly PlacedProfile[] {
  return profiles.filter(({ name }, index) => profiles.findIndex((other) => other.name === name) === index);
}

function canonical({ path, name }: PlacedProfile): PlacedProfile {
  return { path, name: canonicalSeccomp(name) };
}

function isSet({ name }: PlacedProfile): boolean {
  return name !== '';
}

function ofAnnotation(pod: Pod, key: string): readonly PlacedProfile[] {
  const written = pod.metadata?.annotations?.[key];
  return written === undefined ? [] : [{ path: annotationPath(key), name: written }];
}

function ofField(path: string, field: ProfileField | undefined): readonly PlacedProfile[] {
  return field === undefined ? [] : [{ path, name: profileOfField(field) }];
}
