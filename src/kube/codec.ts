/** How the objects of one kind are decoded, in each encoding that the API server has for it. */
import { project } from '../core/project.ts';
import type { Infer, MessageShape } from '../core/shape.ts';
import { compileDecoder } from './protobuf.ts';
import type { ProtobufDecoder } from './protobuf.ts';
import { ProtocolError } from './protocol-error.ts';

/** What says which object it is, and in which version. */
export interface Identified {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
}

export interface Codec<T> {
  /** @throws if the JSON is no such object */
  readonly json: (json: unknown) => T;
  /** Left out for custom resources, which the API server has as JSON only. */
  readonly protobuf?: ProtobufDecoder<T>;
}

export function shapeCodec<S extends MessageShape>(shape: S): Codec<Infer<S>> {
  return { json: (json) => project(shape, json), protobuf: compileDecoder(shape) };
}

/** A codec that makes something else of each object before anything is kept of it. */
export function mapCodec<T, U>({ json, protobuf }: Codec<T>, map: (object: T) => U): Codec<U> {
  return {
    json: (input) => map(json(input)),
    ...(protobuf === undefined ? {} : { protobuf: (bytes, start, end) => map(protobuf(bytes, start, end)) }),
  };
}

export type Encoding = 'json' | 'protobuf';

/** What is asked for: protobuf where the server has it. With `stream=watch` it frames each event but once. */
export const accepted = {
  protobuf: {
    watch: 'application/vnd.kubernetes.protobuf;stream=watch,application/json;q=0.9',
    list: 'application/vnd.kubernetes.protobuf,application/json;q=0.9',
  },
  json: { watch: 'application/json', list: 'application/json' },
} as const satisfies Record<Encoding, { readonly watch: string; readonly list: string }>;

/** @throws {ProtocolError} if it is neither: something other than an API server answered */
export function encodingOf(contentType: string | undefined): Encoding {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/vnd.kubernetes.protobuf') return 'protobuf';
  if (type === 'application/json') return 'json';
  throw new ProtocolError(
    `an answer of type "${contentType ?? ''}"; is there a proxy that answers for the API server?`,
  );
}
