import { expect } from 'chai';
import type { Infer } from '../../src/core/shape.ts';
import { shapeCodec } from '../../src/kube/codec.ts';
import type { Encoding } from '../../src/kube/codec.ts';
import { openListDecoder } from '../../src/kube/list-decoder.ts';
import type { ListPage } from '../../src/kube/list-decoder.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { WatchDecoder } from '../../src/kube/watch-decoder.ts';
import type { WatchEvent } from '../../src/kube/watch-decoder.ts';
import {
  delimitedField,
  encodeEnvelope,
  encodeList,
  encodeMessage,
  encodeWatchFrame,
  stringField,
} from '../support/fault-protobuf.ts';
import { thingShape } from '../support/fault-server.ts';
import { handReused } from '../support/reused-memory.ts';

type ThingObject = Infer<typeof thingShape>;

const web = { metadata: { name: 'web', uid: 'u1', resourceVersion: '7' }, data: 'häß' };
const db = { metadata: { name: 'db', uid: 'u2', resourceVersion: '8' }, data: 'x'.repeat(300) };
const bookmark = { metadata: { name: '', resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } };

const protobufStream = Buffer.concat([
  encodeWatchFrame('ADDED', encodeThing(web)),
  encodeWatchFrame('MODIFIED', encodeThing(db)),
  encodeWatchFrame('BOOKMARK', encodeThing(bookmark)),
]);
const jsonStream = Buffer.from(
  [
    JSON.stringify({ type: 'ADDED', object: web }),
    JSON.stringify({ type: 'MODIFIED', object: db }),
    '',
    JSON.stringify({ type: 'BOOKMARK', object: bookmark }),
    '',
  ].join('\n'),
);
const events: readonly WatchEvent<ThingObject>[] = [
  { type: 'added', object: web },
  { type: 'modified', object: db },
  { type: 'bookmark', resourceVersion: '9', endsInitialEvents: true },
];

const protobufList = encodeList({ resourceVersion: '9', continue: 'next' }, [
  encodeMessage(thingShape, web),
  encodeMessage(thingShape, db),
]);
const jsonList = Buffer.from(
  JSON.stringify({ kind: 'List', metadata: { resourceVersion: '9', continue: 'next' }, items: [web, db] }),
);

describe('WatchDecoder', () => {
  it('decodes protobuf whatever the pieces are', () => {
    for (let size = 1; size <= protobufStream.length; size += 1) {
      expect(decodeWatch('protobuf', protobufStream, size)).to.deep.equal(events);
    }
  });

  it('decodes JSON whatever the pieces are', () => {
    for (let size = 1; size <= jsonStream.length; size += 1) {
      expect(decodeWatch('json', jsonStream, size)).to.deep.equal(events);
    }
  });

  it('gives what came before a fault', () => {
    const seen: string[] = [];
    const decoder = new WatchDecoder('json', shapeCodec(thingShape), ({ type }) => seen.push(type));
    const push = (): void => {
      handReused(Buffer.concat([jsonStream, Buffer.from('oops\n')]), (...given) => {
        decoder.push(...given);
      });
    };
    expect(push).to.throw(ProtocolError);
    expect(seen).to.deep.equal(['added', 'modified', 'bookmark']);
  });

  it('tells a stream that ends within an event', () => {
    expect(() => decodeWatch('protobuf', protobufStream.subarray(0, -1), 50)).to.throw(ProtocolError);
    expect(() => decodeWatch('json', jsonStream.subarray(0, -1), 50)).to.throw(ProtocolError);
  });

  it('refuses a length that no event has', () => {
    expect(() => decodeWatch('protobuf', Buffer.from([0xff, 0xff, 0xff, 0xff, 1]), 5)).to.throw(ProtocolError);
  });

  it('refuses an event without type, of an unknown type, without object, and a bookmark without a version', () => {
    for (const line of [
      '{"object":{}}',
      '{"type":"RENAMED","object":{"metadata":{"name":"a"}}}',
      '{"type":"ADDED"}',
      '{"type":"BOOKMARK","object":{"metadata":{}}}',
      '7',
    ]) {
      expect(() => decodeWatch('json', Buffer.from(`${line}\n`), 99), line).to.throw(ProtocolError);
    }
  });

  it('decodes the status of an error from both encodings', () => {
    const status = { code: 410, reason: 'Expired', message: 'too old' };
    const object = encodeEnvelope(
      'v1',
      'Status',
      Buffer.concat([stringField(3, 'too old'), stringField(4, 'Expired')]),
    );
    const line = `${JSON.stringify({ type: 'ERROR', object: status })}\n`;
    expect(decodeWatch('json', Buffer.from(line), 99)[0]).to.deep.include({ type: 'error' });
    expect(decodeWatch('protobuf', encodeWatchFrame('ERROR', object), 99)).to.deep.equal([
      {
        type: 'error',
        status: { code: 0, reason: 'Expired', message: 'too old', details: undefined, retryAfterSeconds: undefined },
      },
    ]);
  });

  it('refuses an error that is no Status', () => {
    const frame = encodeWatchFrame('ERROR', encodeThing(web));
    expect(() => decodeWatch('protobuf', frame, 99)).to.throw(ProtocolError, 'Thing');
  });

  it('refuses an object without the magic number', () => {
    expect(() => decodeWatch('protobuf', encodeWatchFrame('ADDED', Buffer.from('json{}')), 99)).to.throw(ProtocolError);
  });
});

describe('A list decoder', () => {
  const page: ListPage = { resourceVersion: '9', continueToken: 'next' };

  it('decodes protobuf whatever the pieces are', () => {
    for (let size = 1; size <= protobufList.length; size += 1) {
      expect(decodeList('protobuf', protobufList, size)).to.deep.equal({ page, objects: [web, db] });
    }
  });

  it('decodes JSON whatever the pieces are', () => {
    for (let size = 1; size <= jsonList.length; size += 7) {
      expect(decodeList('json', jsonList, size)).to.deep.equal({ page, objects: [web, db] });
    }
  });

  it('refuses a protobuf list that is cut off anywhere', () => {
    // The last four bytes are empty fields of the envelope.
    for (let length = 0; length < protobufList.length - 4; length += 1) {
      expect(() => decodeList('protobuf', protobufList.subarray(0, length), 64), String(length)).to.throw(
        ProtocolError,
      );
    }
  });

  it('refuses a JSON list that is cut off', () => {
    expect(() => decodeList('json', jsonList.subarray(0, -1), 64)).to.throw(ProtocolError);
  });

  it('refuses an item that is longer than its list', () => {
    const list = encodeEnvelope(
      'v1',
      'List',
      Buffer.concat([delimitedField(1, stringField(2, '9')), Buffer.from([0x12, 99])]),
    );
    expect(() => decodeList('protobuf', list, 64)).to.throw(ProtocolError);
  });

  it('refuses a list without a version: nothing could follow it', () => {
    expect(() => decodeList('protobuf', encodeList({ resourceVersion: '', continue: '' }, []), 64)).to.throw(
      ProtocolError,
    );
    expect(() => decodeList('json', Buffer.from('{"metadata":{},"items":[]}'), 64)).to.throw(ProtocolError);
  });

  it('takes a list whose items are null for an empty one', () => {
    expect(decodeList('json', Buffer.from('{"metadata":{"resourceVersion":"9"},"items":null}'), 64)).to.deep.equal({
      page: { resourceVersion: '9', continueToken: '' },
      objects: [],
    });
  });
});

function encodeThing(thing: object): Buffer {
  return encodeEnvelope('v1', 'Thing', encodeMessage(thingShape, thing));
}

function decodeWatch(encoding: Encoding, bytes: Buffer, size: number): readonly WatchEvent<ThingObject>[] {
  const seen: WatchEvent<ThingObject>[] = [];
  const decoder = new WatchDecoder(encoding, shapeCodec(thingShape), (event) => seen.push(event));
  for (let start = 0; start < bytes.length; start += size) {
    handReused(bytes.subarray(start, start + size), (...given) => {
      decoder.push(...given);
    });
  }
  decoder.end();
  return seen;
}

function decodeList(
  encoding: Encoding,
  bytes: Buffer,
  size: number,
): { readonly page: ListPage; readonly objects: readonly ThingObject[] } {
  const objects: ThingObject[] = [];
  const decoder = openListDecoder(encoding, shapeCodec(thingShape), (object) => objects.push(object));
  for (let start = 0; start < bytes.length; start += size) {
    handReused(bytes.subarray(start, start + size), (...given) => {
      decoder.push(...given);
    });
  }
  return { page: decoder.end(), objects };
}
