/** What people wrote on their own objects for Merlon to read: it stays, and is named, because it means something again wherever Merlon comes back. */
import { EXEMPT_ANNOTATION_PREFIX, GROUP } from '../../api/v1alpha1/group.ts';
import { printObject } from './present-object.ts';
import type { PresentObject } from './present-object.ts';
import type { Note } from './note.ts';

/** An object whole, as far as annotations may stand in it: of itself, or of the pods that it makes. */
export interface AnnotatedObject extends PresentObject {
  readonly spec?: {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec?: { readonly template?: Template } };
  };
}
interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
}

export function noteLabels(namespaces: readonly PresentObject[]): readonly Note[] {
  return namespaces.flatMap((namespace) => {
    const labels = Object.entries(namespace.metadata.labels ?? {}).filter(([key]) => key.startsWith(`${GROUP}/`));
    return labels.map(([key, value]) => ({
      about: printObject(namespace),
      message: `people set the label ${key}=${value}`,
    }));
  });
}

/** What another object makes has its annotations from there. */
export function noteAnnotations(objects: readonly AnnotatedObject[]): readonly Note[] {
  return objects.flatMap((object) => {
    const { metadata, spec } = object;
    if ((metadata.ownerReferences ?? []).some(({ controller }) => controller === true)) return [];
    const places = [metadata, spec?.template?.metadata, spec?.jobTemplate?.spec?.template?.metadata];
    const keys = places
      .flatMap((place) => Object.keys(place?.annotations ?? {}))
      .filter((key) => key.startsWith(EXEMPT_ANNOTATION_PREFIX));
    if (keys.length === 0) return [];
    return [{ about: printObject(object), message: `people set the annotation ${[...new Set(keys)].join(', ')}` }];
  });
}
