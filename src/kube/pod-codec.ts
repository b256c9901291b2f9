/**
 * Decodes pods, each distinct spec once: the pods of one template differ in their bytes only by fields that no rule
 * reads and by the random name of their token volume. So most pods of a cluster cost their name and a comparison with the
 * pod before, and those that come out of order a digest.
 */
import { hash } from 'node:crypto';
import type { Interner } from '../controller/interner.ts';
import { kinds } from '../core/kinds.ts';
import type { ObjectOf } from '../core/kinds.ts';
import type { PodSpec } from '../core/pod-shape.ts';
import { shapeCodec } from './codec.ts';
import type { Codec } from './codec.ts';
import { LatestSpec, maskTokenVolume } from './latest-spec.ts';
import { PodMetadataReader } from './pod-metadata.ts';
import { delimited } from './protobuf-envelope.ts';
import { findOnly } from './protobuf-fields.ts';
import { ProtobufReader } from './protobuf-reader.ts';

type Pod = ObjectOf<'Pod'>;

export interface PodInterning {
  /** Shares what equals other pods'. */
  readonly internPod: (pod: Pod) => Pod;
  readonly internMetadata: (metadata: Pod['metadata']) => Pod['metadata'];
  /** Specs by digest. */
  readonly specs: Interner;
}

const { metadata: metadataField, spec: specField } = kinds.Pod.shape.fields;
const metadataTag = delimited(metadataField.number);
const specTag = delimited(specField.number);
const readFields = new Set(Object.values(specField.shape.fields).map(({ number }) => number));

export function podCodec({ internPod, internMetadata, specs }: PodInterning): Codec<Pod> {
  const { json, protobuf } = shapeCodec(kinds.Pod.shape);
  if (protobuf === undefined) throw new TypeError('pods have a protobuf decoder');
  // They come in the order of their names: most have the template and the owner of the one before.
  const latestSpec = new LatestSpec();
  const metadataReader = new PodMetadataReader(internMetadata);

  return {
    json: (input) => internPod(json(input)),
    protobuf(bytes, start, end) {
      const at = findOnly(bytes, start, end, metadataTag);
      const metadata = at === undefined ? undefined : metadataReader.read(bytes, at);
      // What annotations say is a part of the template.
      if (metadata === undefined || metadata.annotations !== undefined) return internPod(protobuf(bytes, start, end));
      const kept = keepSpec(bytes, start, end);
      const latest = latestSpec.recall(kept);
      if (latest !== undefined) return { metadata, spec: latest };
      const randomNames = maskTokenVolume(kept);
      const digest = hash('sha256', kept, 'base64');
      const known = specs.get(digest) as PodSpec | undefined;
      if (known !== undefined) {
        latestSpec.remember(kept, randomNames, known);
        return { metadata, spec: known };
      }
      const pod = internPod(protobuf(bytes, start, end));
      specs.intern(pod.spec, digest);
      latestSpec.remember(kept, randomNames, pod.spec);
      return pod;
    },
  };
}

/** The same for specs that the shape decodes to the same, but for token volumes; of no spec at all too. */
function keepSpec(bytes: Buffer, start: number, end: number): Buffer {
  const reader = new ProtobufReader(bytes, start);
  if (scratch.length < end - start) scratch = Buffer.allocUnsafe(2 * (end - start));
  let length = 0;
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === specTag) length = copyFields(bytes, reader, reader.readLength(end), length);
    else reader.skip(tag & 7, end);
  }
  return scratch.subarray(0, length);
}

/** What of a spec is compared and digested; one for all of them. */
let scratch: Buffer = Buffer.allocUnsafe(16 * 1024);

/**
 * Copies each field that is read, with its tag and length, so that no two specs give the same bytes.
 * @returns up to where the scratch is filled
 */
function copyFields(bytes: Buffer, reader: ProtobufReader, end: number, from: number): number {
  let length = from;
  let keptFrom = reader.position;
  while (reader.position < end) {
    const fieldStart = reader.position;
    const tag = reader.readTag(end);
    reader.skip(tag & 7, end);
    if (readFields.has(tag >>> 3)) continue;
    length += bytes.copy(scratch, length, keptFrom, fieldStart);
    keptFrom = reader.position;
  }
  return length + bytes.copy(scratch, length, keptFrom, reader.position);
}
