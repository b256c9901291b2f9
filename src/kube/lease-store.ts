/** Reads and writes one Lease object, so that two who write at once never both succeed. */
import { project } from '../core/project.ts';
import { integer, message, required, string, value } from '../core/shape.ts';
import { ApiClient } from './api-client.ts';
import type { TypedResource } from './api-client.ts';
import type { LeaseRecord } from './lease-record.ts';
import { ProtocolError } from './protocol-error.ts';
import { hasStatusCode } from './request-error.ts';
import type { Transport } from './transport.ts';

export interface StoredLease {
  readonly record: LeaseRecord;
  /** Equal as long as the Lease is unchanged. */
  readonly version: string;
  /** The whole object, so that labels and fields of others survive a write. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** Every method throws {RequestError}. */
export interface LeaseStore {
  /** For messages. */
  readonly name: string;
  /** @returns undefined where there is none */
  read(signal: AbortSignal): Promise<StoredLease | undefined>;
  create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease>;
  /** @throws {StatusError} 409 if it has changed since it was read */
  replace(before: StoredLease, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease>;
}

const leaseShape = message({
  metadata: required(1, message({ name: required(1, string), resourceVersion: required(6, string) })),
  spec: value(
    2,
    message({
      holderIdentity: value(1, string),
      leaseDurationSeconds: value(2, integer),
      acquireTime: value(3, string),
      renewTime: value(4, string),
      leaseTransitions: value(5, integer),
    }),
  ),
});

const leases: TypedResource<StoredLease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  decode: decodeLease,
};

/** @param annotations what else the holder says of itself, with each write */
export function openLeaseStore(
  transport: Transport,
  namespace: string,
  name: string,
  annotations: () => Readonly<Record<string, string>> = () => ({}),
): LeaseStore {
  const client = new ApiClient(transport);
  const address = { namespace, name };
  return {
    name: `${namespace}/${name}`,
    async read(signal) {
      try {
        return await client.get(leases, address, { signal });
      } catch (error) {
        if (hasStatusCode(error, 404)) return undefined;
        throw error;
      }
    },
    create(record, signal) {
      const object = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { ...address, annotations: annotations() },
        spec: buildSpec(record),
      };
      return client.create(leases, namespace, object, { signal });
    },
    replace({ object }, record, signal) {
      const spec = { ...(object['spec'] as object | undefined), ...buildSpec(record) };
      const metadata = object['metadata'] as { readonly annotations?: Readonly<Record<string, string>> };
      const annotated = { ...metadata, annotations: { ...metadata.annotations, ...annotations() } };
      return client.replace(leases, address, { ...object, metadata: annotated, spec }, { signal });
    },
  };
}

function decodeLease(json: unknown): StoredLease {
  const { metadata, spec = {} } = project(leaseShape, json);
  return {
    record: {
      holder: spec.holderIdentity ?? '',
      durationMs: (spec.leaseDurationSeconds ?? 0) * 1000,
      acquiredAtMs: parseTime(spec.acquireTime),
      renewedAtMs: parseTime(spec.renewTime),
      transitions: spec.leaseTransitions ?? 0,
    },
    version: metadata.resourceVersion,
    object: json as Readonly<Record<string, unknown>>,
  };
}

function buildSpec({ holder, durationMs, acquiredAtMs, renewedAtMs, transitions }: LeaseRecord): object {
  return {
    holderIdentity: holder,
    leaseDurationSeconds: Math.max(1, Math.round(durationMs / 1000)),
    acquireTime: formatTime(acquiredAtMs),
    renewTime: formatTime(renewedAtMs),
    leaseTransitions: transitions,
  };
}

/** `MicroTime` has six digits, no fewer. */
function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '000Z');
}

function parseTime(text: string | undefined): number {
  const timeMs = text === undefined ? 0 : Date.parse(text);
  if (Number.isNaN(timeMs)) throw new ProtocolError('a Lease with a time that is none');
  return timeMs;
}
