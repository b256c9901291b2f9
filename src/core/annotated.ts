/** Objects with annotations that are meant to exempt them, on themselves or on the pod template that they hold. */
import { isExemptAnnotation } from './pod-shape.ts';
import { readOr } from './shape.ts';
import type { SubjectRef } from './subject-ref.ts';
import { isOwnerUnread } from './workload.ts';
import type { Workload } from './workload.ts';

export interface AnnotatedObject {
  readonly ref: SubjectRef;
  /** Its own `metadata`. */
  readonly origin: Metadata;
  readonly places: readonly AnnotatedPlace[];
}

export interface AnnotatedPlace {
  /** `metadata`, or where that of the template stands: `spec.template.metadata`. */
  readonly path: string;
  /** @throws {MalformedField} */
  readonly annotations: () => Readonly<Record<string, string>>;
}

interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** @returns undefined where nothing is annotated so: nearly everywhere */
export function annotatedObject(origin: Metadata, refOf: () => SubjectRef): AnnotatedObject | undefined {
  return isAnnotated(() => origin) ? { ref: refOf(), origin, places: [placeAt('metadata', () => origin)] } : undefined;
}

/** The same of what runs pods: where its owner is not read, annotations count for nothing. */
export function annotatedWorkload(workload: Workload): AnnotatedObject | undefined {
  const { ref, origin, template, templatePath = '' } = workload;
  if (isOwnerUnread(workload)) return undefined;
  if (template === undefined) return annotatedObject(origin, () => ref);
  if (!isAnnotated(() => origin) && !isAnnotated(() => template.metadata)) return undefined;
  const ofTemplate = placeAt(`${templatePath}.metadata`, () => template.metadata);
  return { ref, origin, places: [placeAt('metadata', () => origin), ofTemplate] };
}

function placeAt(path: string, read: () => Metadata | undefined): AnnotatedPlace {
  return { path, annotations: () => read()?.annotations ?? {} };
}

/** What cannot be read may be. */
function isAnnotated(read: () => Metadata | undefined): boolean {
  return readOr(
    () => Object.keys(read()?.annotations ?? NOTHING).some(isExemptAnnotation),
    () => true,
  );
}

const NOTHING = {};
