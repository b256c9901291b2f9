/** Looks for what people wrote on their own objects for Merlon: a courtesy, so that what may not be read is said and stops nothing. */
import { kindNames, kinds } from '../../core/kinds.ts';
import type { KindName } from '../../core/kinds.ts';
import { hasStatusCode } from '../../kube/request-error.ts';
import { noteAnnotations, noteLabels } from '../plan/marks.ts';
import type { Note } from '../plan/note.ts';
import type { ObjectReader } from './object-reader.ts';

/** Made by others by the thousand: only their own metadata is looked at, and that rarely. */
const byTheThousand: readonly KindName[] = ['Pod', 'ReplicaSet', 'Job', 'Service', 'Node'];

export async function readMarks(reader: ObjectReader): Promise<readonly Note[]> {
  const notes: Note[] = [];
  // One after the other, so that no more is held at once than one kind.
  for (const kind of kindNames) notes.push(...(await readMarksOf(kind, reader)));
  return notes;
}

async function readMarksOf(kind: KindName, reader: ObjectReader): Promise<readonly Note[]> {
  const { group, version, plural } = kinds[kind];
  const read = { group, version, plural, kind };
  try {
    const objects = byTheThousand.includes(kind) ? await reader.list(read) : await reader.listWhole(read);
    return [...(kind === 'Namespace' ? noteLabels(objects) : []), ...noteAnnotations(objects)];
  } catch (error) {
    if (!hasStatusCode(error, 403)) throw error;
    return [{ about: `every ${kind}`, message: `it was not looked at for annotations: ${error.status.message}` }];
  }
}
