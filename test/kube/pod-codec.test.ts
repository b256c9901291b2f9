import { expect } from 'chai';
import fc from 'fast-check';

import { EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { internObject, internPodMetadata } from '../../src/controller/compact.ts';
import { Interner } from '../../src/controller/interner.ts';
import { kinds } from '../../src/core/kinds.ts';
import { REVISION_LABEL } from '../../src/core/metadata-shape.ts';
import type { ObjectOf } from '../../src/core/kinds.ts';
import { shapeCodec } from '../../src/kube/codec.ts';
import { podCodec } from '../../src/kube/pod-codec.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { delimitedField, encodeMessage, stringField, varintField } from '../support/fault-protobuf.ts';

type Pod = ObjectOf<'Pod'>;

const interner = new Interner();
let decodedWhole = 0;
const codec = podCodec({
  internPod(pod) {
    decodedWhole += 1;
    return internObject('Pod', pod, interner);
  },
  internMetadata: (metadata) => internPodMetadata(metadata, interner),
  specs: new Interner(),
});

/** @param unread more bytes of the spec: fields that no rule reads */
function encode(pod: Pod, unread: Buffer = Buffer.alloc(0)): Buffer {
  const { metadata, spec } = kinds.Pod.shape.fields;
  return Buffer.concat([
    delimitedField(metadata.number, encodeMessage(metadata.shape, pod.metadata)),
    delimitedField(spec.number, Buffer.concat([encodeMessage(spec.shape, pod.spec), unread])),
  ]);
}

function decode(pod: Pod, unread: Buffer = Buffer.alloc(0)): Pod {
  const bytes = encode(pod, unread);
  const decoded = codec.protobuf?.(bytes, 0, bytes.length);
  if (decoded === undefined) throw new Error('the codec reads no protobuf');
  return decoded;
}

/** What the plain decoder makes of the same. */
function decodePlainly(pod: Pod): Pod {
  return decodeBytesPlainly(encode(pod));
}

function decodeBytesPlainly(bytes: Buffer): Pod {
  const decoded = shapeCodec(kinds.Pod.shape).protobuf?.(bytes, 0, bytes.length);
  if (decoded === undefined) throw new Error('the codec reads no protobuf');
  return internObject('Pod', decoded, new Interner());
}

function buildPod(name: string, { token = '', image = 'web:1' } = {}): Pod {
  const tokenVolume = token === '' ? [] : [{ name: `kube-api-access-${token}` }];
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-of-${name}`,
      resourceVersion: '7',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'u', controller: true }],
    },
    spec: {
      containers: [
        {
          name: 'web',
          image,
          ...(token === '' ? {} : { volumeMounts: [{ name: `kube-api-access-${token}`, mountPath: '/token' }] }),
        },
      ],
      ...(token === '' ? {} : { volumes: tokenVolume }),
    },
  };
}

/** Undefined where none of them is. */
function defined<T>(all: Readonly<Record<string, T | undefined>>): Record<string, T> | undefined {
  const some = Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return some.length === 0 ? undefined : Object.fromEntries(some);
}

describe('the decoder of pods', () => {
  beforeEach(() => {
    decodedWhole = 0;
  });

  it('gives what the plain decoder gives, the first time and when it knows the spec', () => {
    const pods = [buildPod('web-a', { token: 'aaaaa' }), buildPod('web-b', { token: 'bbbbb' })];
    expect(pods.map((pod) => decode(pod))).to.deep.equal(pods.map(decodePlainly));
  });

  it('decodes the specs of one template once, whatever their nodes and token volumes are called', () => {
    const image = 'once:1';
    const first = decode(buildPod('a', { token: 'q1w2e', image }), stringField(10, 'node-1'));
    const second = decode(buildPod('b', { token: 'zzzzz', image }), stringField(10, 'another-node'));
    expect(second.spec).to.equal(first.spec);
    expect(second.metadata.ownerReferences).to.equal(first.metadata.ownerReferences);
    expect(second.metadata.name).to.equal('b');
    expect(decodedWhole).to.equal(1);
  });

  it('tells specs apart that differ in a field that rules read', () => {
    const plain = decode(buildPod('a', { image: 'apart:1' }));
    const host = buildPod('b', { image: 'apart:1' });
    expect(decode({ ...host, spec: { ...host.spec, hostPID: true } }).spec).to.deep.equal({
      ...plain.spec,
      hostPID: true,
    });
  });

  // Whoever writes pods may call things so, to have one taken for another that was seen before.
  const volumes = [{ name: 'kube-api-access-aaaaa' }, { name: 'kube-api-access-bbbbb', projected: { sources: [] } }];
  for (const [what, specOf] of Object.entries({
    'mount one or the other of two such volumes': (name: string) => ({
      containers: [{ name: 'web', volumeMounts: [{ name, mountPath: '/x' }] }],
      volumes,
    }),
    'have a service account of such a name': (name: string) => ({
      containers: [{ name: 'web' }],
      serviceAccountName: name,
    }),
    'have a service account of the name of such a volume': (name: string) => ({
      containers: [{ name: 'web' }],
      serviceAccountName: name,
      volumes: [{ name }],
    }),
    'have an image of such a name': (name: string) => ({ containers: [{ name: 'web', image: name }] }),
    'have a container of such a name, beside a volume': (name: string) => ({
      containers: [{ name }],
      volumes: [{ name: 'kube-api-access-ccccc' }],
    }),
    'have a volume of such a name and mount another': (name: string) => ({
      containers: [{ name: 'web', volumeMounts: [{ name: 'kube-api-access-ccccc', mountPath: '/x' }] }],
      volumes: [{ name }],
    }),
    'mount such a volume in one container each': (name: string) => ({
      containers: [
        { name: 'a', volumeMounts: [{ name: 'kube-api-access-aaaaa', mountPath: '/x' }] },
        { name: 'b', volumeMounts: [{ name, mountPath: '/x' }] },
      ],
      volumes,
    }),
  } satisfies Record<string, (name: string) => Pod['spec']>)) {
    it(`tells pods apart that ${what}`, () => {
      const { metadata } = buildPod('a');
      for (const name of ['kube-api-access-aaaaa', 'kube-api-access-bbbbb', 'kube-api-access-aaaaa']) {
        const pod: Pod = { metadata, spec: specOf(name) };
        expect(decode(pod)).to.deep.equal(decodePlainly(pod));
      }
    });
  }

  it('tells images apart that end like a token volume', () => {
    const image = (tail: string): string => `registry.example/kube-api-access-${tail}`;
    decode(buildPod('a', { image: image('aaaaa') }));
    expect(decode(buildPod('b', { image: image('bbbbb') })).spec.containers[0]?.image).to.equal(image('bbbbb'));
  });

  it('tells a mirror pod from a pod with the same spec', () => {
    const pod = buildPod('a', { image: 'mirror:1' });
    decode(pod);
    const mirror = { ...pod, metadata: { ...pod.metadata, annotations: { 'kubernetes.io/config.mirror': 'hash' } } };
    expect(decode(mirror)).to.deep.equal(decodePlainly(mirror));
  });

  it('finds a field that Kubernetes never wrote twice where it comes twice', () => {
    const pod = buildPod('a', { image: 'twice:1' });
    const hostNetwork = encodeMessage(kinds.Pod.shape.fields.spec.shape, {
      containers: [{ name: 'b' }],
      hostNetwork: true,
    });
    expect(decode(pod, hostNetwork).spec).to.deep.include({ hostNetwork: true });
    expect(decode(pod).spec).to.not.have.property('hostNetwork');
  });

  it('gives each pod its own owner, label and name, whatever came before', () => {
    const owner = (name: string) => [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: `uid-of-${name}` }];
    const revision = (hash: string) => ({ labels: { [REVISION_LABEL]: hash } });
    const pods = [
      { ownerReferences: owner('web-1'), ...revision('a') },
      { ownerReferences: owner('web-1'), ...revision('b') },
      { ownerReferences: owner('web-2'), ...revision('b') },
      revision('b'),
      {},
      { ownerReferences: owner('web-1'), ...revision('a') },
    ].map((more, index) => {
      const { metadata, spec } = buildPod(`web-${index}`, { image: 'owned:1' });
      const { ownerReferences: _, ...own } = metadata;
      return { metadata: { ...own, ...more }, spec };
    });
    const decoded = pods.map((pod) => decode(pod));
    expect(decoded).to.deep.equal(pods.map(decodePlainly));
    expect(decoded.map(({ metadata }) => metadata.labels?.[REVISION_LABEL])).to.deep.equal([
      'a',
      'b',
      'b',
      'b',
      undefined,
      'a',
    ]);
    expect(decoded[0]?.metadata.ownerReferences).to.equal(decoded[5]?.metadata.ownerReferences);
  });

  it('gives what the plain decoder gives, of whatever comes one after the other', () => {
    const few = <T>(...all: readonly T[]) => fc.constantFrom(...all, undefined);
    const pod = fc.record({
      owner: few('web-1', 'web-2'),
      revision: few('a', 'b'),
      exec: few('open', 'guarded'),
      unread: few('x', 'y'),
      mirror: few('hash'),
      token: few('aaaaa', 'bbbbb'),
      image: fc.constantFrom('any:1', 'any:2'),
    });
    fc.assert(
      fc.property(fc.array(pod, { maxLength: 8 }), (said) => {
        const pods = said.map(({ owner, revision, exec, unread, mirror, token = '', image }, index): Pod => {
          const { metadata, spec } = buildPod(`any-${index}`, { token, image });
          const { ownerReferences: _, ...own } = metadata;
          const labels = defined({ [REVISION_LABEL]: revision, [EXEC_LABEL]: exec, unread });
          const annotations = defined({ 'kubernetes.io/config.mirror': mirror });
          const owners =
            owner === undefined ? undefined : [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner }];
          return { metadata: { ...own, ...defined({ labels, annotations, ownerReferences: owners }) }, spec };
        });
        expect(pods.map((one) => decode(one))).to.deep.equal(pods.map(decodePlainly));
      }),
      { numRuns: 300 },
    );
  });

  /** A pod whose metadata is these bytes. */
  function encodeWith(metadata: Buffer): Buffer {
    const { metadata: metadataField, spec: specField } = kinds.Pod.shape.fields;
    const { spec } = buildPod('', { image: 'odd:1' });
    return Buffer.concat([
      delimitedField(metadataField.number, metadata),
      delimitedField(specField.number, encodeMessage(specField.shape, spec)),
    ]);
  }

  const { metadata: metadataField } = kinds.Pod.shape.fields;
  const { metadata: one } = buildPod('one');
  const written = encodeMessage(metadataField.shape, one);
  const { ownerReferences, ...named } = one;
  /** With annotations where Kubernetes writes them. */
  const annotated = (...entries: readonly (readonly [string, string])[]): Buffer =>
    Buffer.concat([
      encodeMessage(metadataField.shape, named),
      ...entries.map(([key, text]) => delimitedField(12, Buffer.concat([stringField(1, key), stringField(2, text)]))),
      delimitedField(
        13,
        encodeMessage(metadataField.shape.fields.ownerReferences.shape.of, ownerReferences?.[0] ?? {}),
      ),
    ]);
  const other = { ...one, namespace: 'other', ownerReferences: [{ ...one.ownerReferences?.[0], uid: 'another' }] };
  for (const [what, metadata] of Object.entries({
    'its fields stand apart': Buffer.concat([written, encodeMessage(metadataField.shape, other)]),
    'it has neither name nor UID nor version': stringField(3, 'shop'),
    'all of them are empty': Buffer.concat([1, 3, 5, 6].map((number) => stringField(number, ''))),
    'a second UID is empty': Buffer.concat([written, stringField(5, '')]),
    'it is nothing': Buffer.alloc(0),
    'there is an annotation nobody reads': annotated(['note', 'x']),
    'annotations nobody reads stand beside one that is read': annotated(
      ['note', 'x'],
      ['kubernetes.io/config.mirror', 'hash'],
    ),
    'there are more labels than are remembered': Buffer.concat([
      encodeMessage(metadataField.shape, named),
      delimitedField(11, Buffer.concat([stringField(1, 'note'), stringField(2, 'x'.repeat(3000))])),
      delimitedField(11, Buffer.concat([stringField(1, REVISION_LABEL), stringField(2, 'a')])),
    ]),
  })) {
    it(`reads metadata as the plain decoder does where ${what}`, () => {
      const bytes = encodeWith(metadata);
      const { metadata: plain } = decodeBytesPlainly(bytes);
      // Between others, of which it must not be given anything, nor they of it.
      for (const pod of [buildPod('before'), buildPod('after')]) {
        expect(codec.protobuf?.(bytes, 0, bytes.length).metadata).to.deep.equal(plain);
        expect(decode(pod)).to.deep.equal(decodePlainly(pod));
      }
    });
  }

  it('refuses metadata with a field of another type, as the plain decoder does', () => {
    const bytes = encodeWith(Buffer.concat([stringField(1, 'web'), varintField(11, 7)]));
    expect(() => codec.protobuf?.(bytes, 0, bytes.length)).to.throw(ProtocolError, 'wire type 0');
  });
});
