import { expect } from 'chai';
import { KnownObjects, readIdentity } from '../../src/kube/known-objects.ts';
import type { ObjectEvent } from '../../src/kube/known-objects.ts';
import { project } from '../../src/core/project.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { thingShape } from '../support/fault-server.ts';

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string };
}

describe('KnownObjects', () => {
  let known: KnownObjects<Named>;
  beforeEach(() => {
    known = new KnownObjects();
    known.take('added', named('web', '1'));
  });

  it('tells an object that is new, and one that is not, whatever the event says', () => {
    expect(show(known.take('modified', named('db', '2')))).to.deep.equal(['added db 2']);
    expect(show(known.take('added', named('web', '1')))).to.deep.equal(['modified web 1']);
  });

  it('tells another UID as a deletion and an addition', () => {
    expect(show(known.take('modified', named('web', '9')))).to.deep.equal(['deleted web 1', 'added web 9']);
  });

  it('forgets a deleted object, once', () => {
    expect(show(known.take('deleted', named('web', '1')))).to.deep.equal(['deleted web 1']);
    expect(known.take('deleted', named('web', '1'))).to.deep.equal([]);
    expect(known.size).to.equal(0);
  });

  it('steps over a deletion that comes late, after the name was taken again', () => {
    known.take('added', named('web', '9'));
    expect(known.take('deleted', named('web', '1'))).to.deep.equal([]);
    expect(known.size).to.equal(1);
  });

  it('keeps namespaces apart', () => {
    expect(show(known.take('added', named('web', '3', 'bank')))).to.deep.equal(['added bank/web 3']);
    expect(show(known.take('deleted', named('web', '3', 'bank')))).to.deep.equal(['deleted bank/web 3']);
    expect(known.size).to.equal(1);
  });

  it('makes of a new state the changes, deletions first', () => {
    known.take('added', named('db', '2'));
    known.take('added', named('gone', '3', 'bank'));
    expect(show(replace(known, [named('db', '2'), named('web', '9'), named('new', '4')]))).to.deep.equal([
      'deleted web 1',
      'deleted bank/gone 3',
      'modified db 2',
      'added web 9',
      'added new 4',
    ]);
    expect(known.size).to.equal(3);
  });
});

describe('readIdentity', () => {
  it('gives namespace, name and version', () => {
    const metadata = { name: 'web', namespace: 'shop', resourceVersion: '7' };
    expect(readIdentity({ metadata })).to.deep.equal(metadata);
    expect(readIdentity({ metadata: { name: 'shop', resourceVersion: '7' } })).to.have.property('namespace', '');
  });

  it('refuses an object without name, without version, or whose metadata is malformed', () => {
    expect(() => readIdentity({ metadata: { name: '', resourceVersion: '7' } })).to.throw(ProtocolError);
    expect(() => readIdentity({ metadata: { name: 'web' } })).to.throw(ProtocolError);
    expect(() => readIdentity(project(thingShape, { metadata: { name: 7 } }))).to.throw(ProtocolError);
    expect(() => readIdentity(project(thingShape, {}))).to.throw(ProtocolError);
  });
});

function named(name: string, uid: string, namespace?: string): Named {
  return { metadata: namespace === undefined ? { name, uid } : { name, namespace, uid } };
}

function replace(known: KnownObjects<Named>, objects: readonly Named[]): readonly ObjectEvent<Named>[] {
  const events: ObjectEvent<Named>[] = [];
  known.replace(objects, (event) => events.push(event));
  return events;
}

function show(events: readonly ObjectEvent<Named>[]): readonly string[] {
  return events.map(({ type, object: { metadata } }) => {
    const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    return `${type} ${name} ${metadata.uid ?? ''}`;
  });
}
