/** What the sources of evidence about one API server say, before any of it is made into facts. */
import type { ReleaseEnd } from '../core/kubernetes-releases.ts';
import type { CertificateRequest } from './certificate-request.ts';

/** What a source says, or why it says nothing and what would help. */
export type Reading<T> = Read<T> | Missing;

export interface Missing {
  readonly missing: string;
  /** The right that would help, as `get on the URL /flagz`; absent where it is not for want of one. */
  readonly permission?: string;
  /** Whether it was answered with what nobody can use, or not to the end; absent where it is off, or not there. */
  readonly isUnusable?: boolean;
}

export interface Read<T> {
  readonly read: T;
  /** When that was, in milliseconds since 1970; absent where nobody took note. */
  readonly atMs?: number;
}

/** Why one API server was asked nothing, and what it showed all the same. */
export interface Unreached {
  readonly missing: string;
  readonly certificate?: Read<CertificateReading>;
}

export interface TextAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a GET, with or without credentials, as its maker decides. @throws where no answer came */
export type Get = (path: string, headers?: Readonly<Record<string, string>>) => Promise<TextAnswer>;

/** What one API server's own authorizers answered. */
export interface ReviewReading {
  readonly allowed: boolean;
  readonly reason: string;
}

export interface VersionReading {
  /** That which it emulates where it emulates one. */
  readonly minor: number;
  /** As `v1.37.2+k3s1`. */
  readonly gitVersion: string;
  /** Of the program, whichever version it emulates; absent where nobody asked when it ends, or nobody knows. */
  readonly end?: ReleaseEnd;
  /** Who says it where it is not /version. */
  readonly source?: '/statusz';
}

export interface CertificateReading {
  /** RFC 3339. */
  readonly notAfter: string;
  readonly state: 'valid' | 'endsSoon' | 'expired';
  /** Whether the API server made it itself, as it does where it is given none; absent where nobody looked. */
  readonly isSelfMade?: boolean;
}

export interface TlsReading {
  /** Of what it shows to whoever connects. */
  readonly certificate: Reading<CertificateReading>;
  /** Whether it shook hands where nothing but old versions, or weak cipher suites, was offered. */
  readonly acceptsOldVersions: Reading<boolean>;
  readonly acceptsWeakCiphers: Reading<boolean>;
  readonly certificateRequest: Reading<CertificateRequest>;
}

/** The ConfigMap that the API servers publish for those that they delegate to. */
export interface ClientAuthorities {
  readonly hasClientAuthority: boolean;
  readonly hasFrontProxyAuthority: boolean;
  /** Whether one key is of both: of an authority of client certificates and of one of the front proxy. */
  readonly sharesAuthority: boolean;
  /** The names of authorities of client certificates, and of those of the front proxy: DER in hexadecimal. */
  readonly clientSubjects: readonly string[];
  readonly frontProxySubjects: readonly string[];
  /** Names that the front proxy's certificate may have; empty for any. */
  readonly frontProxyNames: readonly string[];
}

/** The authorizer RBAC names the binding by which it allows; from 1.37 on the name of the authorizer may stand before. */
export function isAllowedByRbac({ allowed, reason }: ReviewReading): boolean {
  return allowed && /\bRBAC: allowed by /.test(reason);
}

export function isRead<T>(reading: Reading<T>): reading is Read<T> {
  return 'read' in reading;
}

/** Takes note of when it was read. */
export function dated<T>(reading: Reading<T>, atMs: number | undefined): Reading<T> {
  return isRead(reading) && atMs !== undefined ? { ...reading, atMs } : reading;
}

/** Of a source that may be asked and tells nothing all the same. */
export function unusable(missing: string): Missing {
  return { missing, isUnusable: true };
}

/** Of a URL that was not answered as it should be. */
export function missingUrl(path: string, status: number): Missing {
  const missing = `GET ${path} was answered ${status}`;
  if (status !== 401 && status !== 403) return { missing };
  const permission = `get on the URL ${path}`;
  return withPermission(`${missing}; grant ${permission}`, permission, status);
}

/** Of an object that was not. @param name as `ConfigMap kube-system/kubeadm-config` */
export function missingObject(name: string, status: number): Missing {
  return status === 401 || status === 403
    ? withPermission(`reading ${name} is forbidden; grant get on it`, `get on ${name}`, status)
    : { missing: `reading ${name} was answered ${status}` };
}

/** Whoever is not known has no rights to be given. */
export function withPermission(missing: string, permission: string, status: number): Missing {
  return status === 403 ? { missing, permission } : { missing };
}

/** @returns undefined of what is no JSON: the error's own text would show some of it */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
