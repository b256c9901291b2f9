/** The `Status` object with which the API server explains an error, from JSON and from protobuf alike. */
import { hasMalformedField, project } from '../core/project.ts';
import { integer, list, message, string, value } from '../core/shape.ts';
import type { Infer } from '../core/shape.ts';

/** Field numbers: k8s.io/apimachinery v0.37.2, pkg/apis/meta/v1/generated.proto. */
export const statusShape = message({
  message: value(3, string),
  reason: value(4, string),
  details: value(
    5,
    message({
      name: value(1, string),
      group: value(2, string),
      kind: value(3, string),
      causes: value(4, list(message({ reason: value(1, string), message: value(2, string), field: value(3, string) }))),
      retryAfterSeconds: value(5, integer),
    }),
  ),
  code: value(6, integer),
});

type StatusObject = Infer<typeof statusShape>;

export interface ApiStatus {
  /** The HTTP status code. */
  readonly code: number;
  /** The machine-readable reason, as `NotFound` or `AlreadyExists`; empty when the server gave none. */
  readonly reason: string;
  readonly message: string;
  readonly details: StatusObject['details'];
  /** What the server asked for, in its `Status` or its `Retry-After` header. */
  readonly retryAfterSeconds: number | undefined;
}

/** @param httpCode of the answer that carried it, where there is one */
export function buildApiStatus(status: StatusObject, httpCode = 0): ApiStatus {
  return {
    code: status.code ?? httpCode,
    reason: status.reason ?? '',
    message: status.message ?? '',
    details: status.details,
    retryAfterSeconds: status.details?.retryAfterSeconds,
  };
}

/** @param json of unknown origin; what is no `Status` gives one without reason and message */
export function readJsonStatus(json: unknown, httpCode = 0): ApiStatus {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return buildApiStatus({}, httpCode);
  const status = project(statusShape, json);
  return buildApiStatus(hasMalformedField(status) ? {} : status, httpCode);
}

/** The resource version is older than what the server still knows: list again. */
export function isExpired({ code, reason }: ApiStatus): boolean {
  return code === 410 || reason === 'Expired' || reason === 'Gone';
}

/** The resource version is newer than what this server knows: it may lag behind, or it was restored from a backup. */
export function isTooLargeResourceVersion({ details }: ApiStatus): boolean {
  return details?.causes?.some(({ reason }) => reason === 'ResourceVersionTooLarge') === true;
}
