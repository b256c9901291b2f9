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

/** The same for specs that the shape decodes to the same, but for token volumes; of no spec at all too. */
function digestSpec(bytes: Buffer, start: number, end: number): string {
  const reader = new ProtobufReader(bytes, start);
  if (scratch.length < end - start) scratch = Buffer.allocUnsafe(2 * (end - start));
  let length = 0;
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === specTag) length = copyFields(bytes, reader, reader.readLength(end), length);
    else reader.skip(tag & 7, end);
  }
  const kept = scratch.subarray(0, length);
  maskTokenVolumes(kept);
  return hash('sha256', kept, 'base64');
}

/** What of a spec is digested; one for all of them. */
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

/** The API server makes up a name for the token volume of each pod. */
const tokenVolume = Buffer.from('kube-api-access-', 'latin1');
const randomLength = 5;

/** Only where it is all of a string, whose length stands before it: not as the tail of an image's name. */
function maskTokenVolumes(bytes: Buffer): void {
  for (let at = bytes.indexOf(tokenVolume); at !== -1; at = bytes.indexOf(tokenVolume, at + 1)) {
    const random = at + tokenVolume.length;
    if (bytes[at - 1] === tokenVolume.length + randomLength && isRandomName(bytes, random)) {
      bytes.fill(0, random, random + randomLength);
    }
  }
}

function isRandomName(bytes: Buffer, from: number): boolean {
  return /^[a-z0-9]{5}$/.test(bytes.toString('latin1', from, from + randomLength));
}
