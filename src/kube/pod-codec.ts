/**
 * Decodes pods, each distinct spec once: the pods of one template differ in their bytes only by fields that no rule
 * reads and by the random name of their token volume. So most pods of a cluster cost their metadata and a digest.
 */
import { hash } from 'node:crypto';
import type { Interner } from '../controller/interner.ts';
import { kinds } from '../core/kinds.ts';
import type { ObjectOf } from '../core/kinds.ts';
import type { PodSpec } from '../core/pod-shape.ts';
import { message } from '../core/shape.ts';
import { shapeCodec } from './codec.ts';
import type { Codec } from './codec.ts';
import { compileDecoder } from './protobuf.ts';
import { DELIMITED, ProtobufReader } from './protobuf-reader.ts';

type Pod = ObjectOf<'Pod'>;

export interface PodInterning {
  /** Shares what equals other pods'. */
  readonly internPod: (pod: Pod) => Pod;
  readonly internMetadata: (metadata: Pod['metadata']) => Pod['metadata'];
  /** Specs by digest. */
  readonly specs: Interner;
}

const { metadata: metadataField, spec: specField } = kinds.Pod.shape.fields;
const decodeMetadata = compileDecoder(message({ metadata: metadataField }));
const specTag = (specField.number << 3) | DELIMITED;
const readFields = new Set(Object.values(specField.shape.fields).map(({ number }) => number));

export function podCodec({ internPod, internMetadata, specs }: PodInterning): Codec<Pod> {
  const { json, protobuf } = shapeCodec(kinds.Pod.shape);
  if (protobuf === undefined) throw new TypeError('pods have a protobuf decoder');
  return {
    json: (input) => internPod(json(input)),
    protobuf(bytes, start, end) {
      const { metadata } = decodeMetadata(bytes, start, end);
      // What annotations say is a part of the template.
      if (metadata.annotations !== undefined) return internPod(protobuf(bytes, start, end));
      const digest = digestSpec(bytes, start, end);
      const known = specs.get(digest) as PodSpec | undefined;
      if (known !== undefined) return { metadata: internMetadata(metadata), spec: known };
      const pod = internPod(protobuf(bytes, start, end));
      specs.intern(pod.spec, digest);
      return pod;
    },
  };
}

/** The API server makes up a name for the token volume of each pod. */
const tokenVolume = /kube-api-access-[a-z0-9]{5}/g;
const tokenVolumeLength = 'kube-api-access-xxxxx'.length;

/** The same for specs that the shape decodes to the same, but for token volumes; of no spec at all too. */
function digestSpec(bytes: Buffer, start: number, end: number): string {
  const reader = new ProtobufReader(bytes, start);
  const parts: string[] = [];
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === specTag) collectFields(bytes, reader, reader.readLength(end), parts);
    else reader.skip(tag & 7, end);
  }
  const text = parts.join('');
  // Only where it is all of a string, whose length stands before it: not as the tail of an image's name.
  const same = text.replace(tokenVolume, (name, offset: number) =>
    text.charCodeAt(offset - 1) === tokenVolumeLength ? 'kube-api-access' : name,
  );
  return hash('sha256', same, 'base64');
}

/** Field by field with its tag and length, so that no two specs give the same text. */
function collectFields(bytes: Buffer, reader: ProtobufReader, end: number, parts: string[]): void {
  while (reader.position < end) {
    const fieldStart = reader.position;
    const tag = reader.readTag(end);
    reader.skip(tag & 7, end);
    if (readFields.has(tag >>> 3)) parts.push(bytes.toString('latin1', fieldStart, reader.position));
  }
}
