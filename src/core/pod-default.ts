/**
 * What PodSecurityPolicy would have set in a pod that says nothing about it. Said once, in the rule that passes by it: it
 * is printed in CEL for the API server (enforcement/plan/pod-defaults.ts), and worked out in enforcement/plan/predicted-pod.ts
 * to tell what the API server will give back.
 */
import type { Container } from './pod-shape.ts';
import type { PodTemplate } from './pod-template.ts';

export type PodDefault = PodContextDefault | ContainerContextDefault;

interface Default<Subject> {
  /** Of the security context; of capabilities, the list. */
  readonly field: string;
  /** What it is set to where nothing is; what is set stays, and nothing is added to a list. */
  readonly value: DefaultValue;
  /** Where it stays unset all the same: the API server would refuse it, or it would undo what is said elsewhere. */
  readonly unless?: Condition<Subject>;
}

/** In CEL it is of the pod `object`, or of its container `c`; the same twice, held against each other by a real API server. */
export interface Condition<Subject> {
  readonly cel: string;
  readonly holds: (subject: Subject) => boolean;
}

/** A kind of profile, or a list of names. */
export type DefaultValue = boolean | string | { readonly type: string } | readonly string[];

/** Set in the security context of the pod, where all of its containers find it. */
export interface PodContextDefault extends Default<PodTemplate> {
  readonly of: 'pod';
  readonly value: Exclude<DefaultValue, readonly string[]>;
}

/** Set in the security context of each container and init container. */
export interface ContainerContextDefault extends Default<Container> {
  readonly of: 'container';
}
