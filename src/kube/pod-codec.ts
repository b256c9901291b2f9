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
import { message } from '../core/shape.ts';
import { shapeCodec } from './codec.ts';
import type { Codec } from './codec.ts';
import { LatestBytes } from './latest-bytes.ts';
import { compileDecoder } from './protobuf.ts';
import { delimited } from './protobuf-envelope.ts';
import type { Span } from './protobuf-envelope.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { findFields, findOnly, findRuns } from './protobuf-runs.ts';

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
const { labels, ownerReferences, ...ownFields } = metadataField.shape.fields;
/** Of metadata what differs from pod to pod. */
const decodeOwn = compileDecoder(message(ownFields));
/** What the pods of one owner have in common. */
const decodeCommon = compileDecoder(message({ labels, ownerReferences }));
const commonTags = [delimited(labels.number), delimited(ownerReferences.number)] as const;

type Common = Pick<Pod['metadata'], 'labels' | 'ownerReferences'>;

export function podCodec({ internPod, internMetadata, specs }: PodInterning): Codec<Pod> {
  const { json, protobuf } = shapeCodec(kinds.Pod.shape);
  if (protobuf === undefined) throw new TypeError('pods have a protobuf decoder');
  // They come in the order of their names: most have the template and the owner of the one before.
  const latestSpec = new LatestSpec();
  const latestCommon = commonTags.map(() => new LatestBytes<Common>());
  let latestNamespace: string | undefined;

  /** @returns undefined where it is not written as Kubernetes writes it */
  function readMetadata(bytes: Buffer, { start, end }: Span): Pod['metadata'] | undefined {
    const runs = findRuns(bytes, start, end, commonTags);
    if (runs === undefined) return undefined;
    const own: Pod['metadata'] = decodeOwn(bytes, start, end);
    // One text for all pods of a namespace, not one for each.
    if (own.namespace !== undefined && own.namespace === latestNamespace)
      Object.assign(own, { namespace: latestNamespace });
    latestNamespace = own.namespace;
    for (const [index, latest] of latestCommon.entries()) {
      const run = runs[index];
      if (run === undefined) continue;
      Object.assign(own, latest.recall(bytes, run) ?? latest.remember(bytes, run, readCommon(bytes, run)));
    }
    return own;
  }

  /** Of one run alone: what is remembered of it is given to other pods. */
  function readCommon(bytes: Buffer, { start, end }: Span): Common {
    const { labels: some, ownerReferences: owners } = internMetadata({ name: '', ...decodeCommon(bytes, start, end) });
    return { ...(some !== undefined && { labels: some }), ...(owners !== undefined && { ownerReferences: owners }) };
  }

  return {
    json: (input) => internPod(json(input)),
    protobuf(bytes, start, end) {
      const at = findOnly(bytes, start, end, metadataTag);
      const metadata = at === undefined ? undefined : readMetadata(bytes, at);
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

/** The API server makes up a name for the token volume of each pod. */
const tokenVolume = Buffer.from('kube-api-access-', 'latin1');
const randomLength = 5;
const nameLength = tokenVolume.length + randomLength;

/** From a spec to the names of its volumes, and to those of what its containers mount. Source: k8s.io/api v0.37.2, core/v1. */
const volumeName = [1, 1] as const;
const mountNames = [
  [2, 9, 1],
  [20, 9, 1],
  [34, 1, 9, 1],
] as const;

/**
 * Masks the random part of the token volume's name, there and where it is mounted. Whoever writes a pod may give such names
 * to other things, too: where one stands anywhere else, or there are two of them, which is which must be seen, and nothing is
 * masked.
 * @returns where the random parts were, in order
 */
function maskTokenVolume(kept: Buffer): readonly number[] {
  const whole = { start: 0, end: kept.length };
  const volumes = findRandomParts(kept, findFields(kept, whole, volumeName));
  const mounts = mountNames.flatMap((path) => findRandomParts(kept, findFields(kept, whole, path)));
  const all = [...volumes, ...mounts].sort((one, other) => one - other);
  if (volumes.length !== 1 || all.length !== countNames(kept) || !isOneName(kept, all)) return [];
  for (const at of all) kept.fill(0, at, at + randomLength);
  return all;
}

/** @returns of those that are whole names of token volumes where their random parts begin */
function findRandomParts(bytes: Buffer, names: readonly Span[]): readonly number[] {
  return names
    .filter(({ start, end }) => end - start === nameLength && startsAt(bytes, start, tokenVolume))
    .map(({ start }) => start + tokenVolume.length)
    .filter((at) => isRandomName(bytes, at));
}

function startsAt(bytes: Buffer, at: number, beginning: Buffer): boolean {
  return bytes.compare(beginning, 0, beginning.length, at, at + beginning.length) === 0;
}

/** How many strings of any field could be the name of a token volume. */
function countNames(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(tokenVolume); at !== -1; at = bytes.indexOf(tokenVolume, at + 1)) {
    if (bytes[at - 1] === nameLength && isRandomName(bytes, at + tokenVolume.length)) count += 1;
  }
  return count;
}

function isOneName(bytes: Buffer, randomParts: readonly number[]): boolean {
  const [first = 0, ...others] = randomParts;
  return others.every((at) => bytes.compare(bytes, first, first + randomLength, at, at + randomLength) === 0);
}

/** Of lower-case letters and digits. */
function isRandomName(bytes: Buffer, from: number): boolean {
  if (from + randomLength > bytes.length) return false;
  for (let at = from; at < from + randomLength; at += 1) {
    const byte = bytes[at] ?? 0;
    if (!((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39))) return false;
  }
  return true;
}

/** Finds out, without a search for token volumes, whether a spec is the one before but for their names. */
class LatestSpec {
  #masked: Buffer = Buffer.alloc(0);
  #length = -1;
  #randomNames: readonly number[] = [];
  #spec: PodSpec | undefined;

  recall(kept: Buffer): PodSpec | undefined {
    if (kept.length !== this.#length) return undefined;
    let from = 0;
    // A random name has nothing in it by which a token volume could begin: what is the same around them has them there alone.
    for (const random of this.#randomNames) {
      if (!isRandomName(kept, random) || !this.#isSame(kept, from, random)) return undefined;
      from = random + randomLength;
    }
    return this.#isSame(kept, from, kept.length) && isOneName(kept, this.#randomNames) ? this.#spec : undefined;
  }

  remember(masked: Buffer, randomNames: readonly number[], spec: PodSpec): void {
    if (this.#masked.length < masked.length) this.#masked = Buffer.allocUnsafeSlow(2 * masked.length);
    masked.copy(this.#masked);
    this.#length = masked.length;
    this.#randomNames = randomNames;
    this.#spec = spec;
  }

  #isSame(kept: Buffer, from: number, to: number): boolean {
    return kept.compare(this.#masked, from, to, from, to) === 0;
  }
}
