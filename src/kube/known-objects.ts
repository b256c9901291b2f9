/**
 * Which objects of a kind are known, by name and UID, so that a new list or a repeated event becomes what really
 * happened: an object whose UID is another one was deleted and made anew.
 */
import type { Identified } from './codec.ts';
import { ProtocolError } from './protocol-error.ts';
import type { ObjectEventType } from './watch-decoder.ts';

/** What happened to an object. Of a deleted one only its metadata is certain to be there. */
export type ObjectEvent<T> =
  | { readonly type: 'added' | 'modified'; readonly object: T }
  | { readonly type: 'deleted'; readonly object: Identified };

export class KnownObjects<T extends Identified> {
  /** UIDs by name, by namespace: the strings are those of the objects, so they cost little. */
  #uids = new Map<string, Map<string, string>>();

  /** Takes one event. @returns what happened, seen from what was known: nothing, one event, or a deletion and an addition */
  take(type: ObjectEventType, object: T): readonly ObjectEvent<T>[] {
    const { name, namespace = '', uid = '' } = object.metadata;
    const known = this.#uids.get(namespace)?.get(name);
    if (type === 'deleted') {
      if (known === undefined || known !== uid) return [];
      this.#forget(namespace, name);
      return [{ type, object }];
    }
    this.#remember(this.#uids, namespace, name, uid);
    if (known === undefined) return [{ type: 'added', object }];
    if (known === uid) return [{ type: 'modified', object }];
    return [
      { type: 'deleted', object: identify(namespace, name, known) },
      { type: 'added', object },
    ];
  }

  /** Takes a complete new state. @param tell is told what happened, deletions first */
  replace(objects: readonly T[], tell: (event: ObjectEvent<T>) => void): void {
    const before = this.#uids;
    const after = new Map<string, Map<string, string>>();
    for (const { metadata } of objects) {
      this.#remember(after, metadata.namespace ?? '', metadata.name, metadata.uid ?? '');
    }
    this.#uids = after;
    for (const [namespace, uids] of before) {
      for (const [name, uid] of uids) {
        if (after.get(namespace)?.get(name) !== uid) tell({ type: 'deleted', object: identify(namespace, name, uid) });
      }
    }
    for (const object of objects) {
      const { name, namespace = '', uid = '' } = object.metadata;
      tell({ type: before.get(namespace)?.get(name) === uid ? 'modified' : 'added', object });
    }
  }

  get size(): number {
    let size = 0;
    for (const uids of this.#uids.values()) size += uids.size;
    return size;
  }

  #remember(uids: Map<string, Map<string, string>>, namespace: string, name: string, uid: string): void {
    const byName = uids.get(namespace);
    if (byName === undefined) uids.set(namespace, new Map([[name, uid]]));
    else byName.set(name, uid);
  }

  #forget(namespace: string, name: string): void {
    const byName = this.#uids.get(namespace);
    byName?.delete(name);
    if (byName?.size === 0) this.#uids.delete(namespace);
  }
}

export interface Identity {
  /** Empty for what has none. */
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
}

/**
 * What an object must say of itself to be tracked.
 * @throws {ProtocolError} if its metadata does not
 */
export function readIdentity(object: Identified): Identity {
  let identity: Identity;
  try {
    const { metadata } = object;
    identity = {
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      resourceVersion: metadata.resourceVersion ?? '',
    };
  } catch (cause) {
    throw new ProtocolError('an object whose metadata is malformed', { cause });
  }
  if (identity.name === '' || identity.resourceVersion === '') {
    throw new ProtocolError('an object without name or resourceVersion');
  }
  return identity;
}

function identify(namespace: string, name: string, uid: string): Identified {
  return { metadata: namespace === '' ? { name, uid } : { name, namespace, uid } };
}
