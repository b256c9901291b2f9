/** An API server that is set up otherwise than the default one, and what is seen of that from outside. */
import type { FactName, FactValues } from '../../../src/core/evidence.ts';
import type { ControlPlaneOptions } from '../../support/control-plane.ts';
import type { Flags } from '../../support/program-flags.ts';

/** Nobody could observe it. */
export const UNKNOWN = 'unknown';

/** There is a file, and what it says has a hash. */
export const A_HASH = 'a hash';

/** Answers without credentials are told as `/livez 200, /version 403`. */
export type SeenValue<Name extends FactName = FactName> = Name extends 'anonymousRequests'
  ? string
  : FactValues[Name] | typeof UNKNOWN;
export type SeenFacts = { readonly [Name in FactName]: SeenValue<Name> };

/** Those of which pods that were tried tell something. */
export type TriedFacts = Pick<
  SeenFacts,
  'alwaysPullImages' | 'podSecurity' | 'serviceAccountAdmission' | 'validatingAdmissionPolicy'
>;

/** By rule, as `pass`, `unknown`, or what is wrong: `fail: --profiling`. */
export type Verdicts = Readonly<Record<string, string>>;

export interface Variant {
  /** What is special about it. */
  readonly name: string;
  readonly start: Pick<
    ControlPlaneOptions,
    'apiServerFlags' | 'files' | 'emulatedVersion' | 'auditLog' | 'certificateDays' | 'makesOwnCertificate'
  >;
  /** The API server is started again so, over what the first start has left in etcd. */
  readonly restart?: Flags;
  /** A token of an administrator, where client certificates are none of his. */
  readonly adminToken?: string;
  /** Of which authorities a handshake asks for certificates, if not of that of users alone. */
  readonly asksFor?: readonly string[] | typeof UNKNOWN;
  /** What is not as at the default API server. */
  readonly facts: Partial<SeenFacts>;
  /** What pods that were tried tell of it where neither flags nor metrics do, if not as of the default API server. */
  readonly trials?: Partial<TriedFacts>;
  /** Who says so, where that matters. */
  readonly sources?: Partial<Readonly<Record<FactName, string>>>;
  /** The facts of which a less certain source says otherwise. */
  readonly contradicted?: readonly FactName[];
}
