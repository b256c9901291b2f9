/**
 * Reads the metadata of pods in one pass over its bytes: what names a pod is decoded, and what it has in common with the
 * pod before is taken from there. Gives what the plain decoder of the same shape gives.
 */
import { kinds } from '../core/kinds.ts';
import type { ObjectOf } from '../core/kinds.ts';
import { message } from '../core/shape.ts';
import { LatestBytes } from './latest-bytes.ts';
import { compileDecoder } from './protobuf.ts';
import { delimited } from './protobuf-envelope.ts';
import type { Span } from './protobuf-envelope.ts';
import { DELIMITED, ProtobufReader } from './protobuf-reader.ts';

type PodMetadata = ObjectOf<'Pod'>['metadata'];
type Common = Omit<PodMetadata, 'name'>;
type Written = { -readonly [Key in keyof PodMetadata]: PodMetadata[Key] };

const { fields } = kinds.Pod.shape.fields.metadata.shape;
const { name: nameField, uid: uidField, resourceVersion: versionField, ...commonFields } = fields;
const nameTag = delimited(nameField.number);
const uidTag = delimited(uidField.number);
const versionTag = delimited(versionField.number);
/** Of annotations hardly any is read, and others may be long: to compare them would take longer than to step over them. */
const { annotations, ...comparedFields } = commonFields;
const comparedTags = Object.values(comparedFields).map(({ number }) => delimited(number));
const commonTags: ReadonlySet<number> = new Set([...comparedTags, delimited(annotations.number)]);
const readNumbers: ReadonlySet<number> = new Set(Object.values(fields).map(({ number }) => number));
const decodeCommon = compileDecoder(message(commonFields));

export class PodMetadataReader {
  readonly #latest = new Map(comparedTags.map((tag) => [tag, new LatestBytes<Common>()]));
  readonly #intern: (metadata: PodMetadata) => PodMetadata;

  /** @param intern shares what equals other pods' */
  constructor(intern: (metadata: PodMetadata) => PodMetadata) {
    this.#intern = intern;
  }

  /** @returns undefined where it is not written as Kubernetes writes it @throws {ProtocolError} */
  read(bytes: Buffer, { start, end }: Span): PodMetadata | undefined {
    const reader = new ProtobufReader(bytes, start);
    const metadata: Written = { name: '' };
    // Where they come in the order of their numbers, all entries of each field stand together.
    let lastCommon = 0;
    while (reader.position < end) {
      const fieldStart = reader.position;
      const tag = reader.readTag(end);
      if (tag === nameTag) metadata.name = reader.readString(end);
      else if (tag === uidTag) metadata.uid = reader.readString(end);
      else if (tag === versionTag) metadata.resourceVersion = reader.readString(end);
      else if (commonTags.has(tag)) {
        if (tag <= lastCommon) return undefined;
        lastCommon = tag;
        skipRun(reader, tag, end);
        Object.assign(metadata, this.#readCommon(tag, bytes, { start: fieldStart, end: reader.position }));
      } else if (readNumbers.has(tag >>> 3)) return undefined;
      else reader.skip(tag & 7, end);
    }
    // The plain decoder leaves out what is empty.
    return metadata.uid === '' || metadata.resourceVersion === '' ? undefined : metadata;
  }

  #readCommon(tag: number, bytes: Buffer, run: Span): Common {
    const latest = this.#latest.get(tag);
    const known = latest?.recall(bytes, run);
    if (known !== undefined) return known;
    // Of this run alone: what is remembered is given to other pods.
    const { name, ...common } = this.#intern({ name: '', ...decodeCommon(bytes, run.start, run.end) });
    return latest?.remember(bytes, run, common) ?? common;
  }
}

/** Steps over a field whose tag was read, and over those of the same tag that follow it. */
function skipRun(reader: ProtobufReader, tag: number, end: number): void {
  let position: number;
  do {
    reader.skip(DELIMITED, end);
    ({ position } = reader);
  } while (position < end && reader.readTag(end) === tag);
  reader.position = position;
}
