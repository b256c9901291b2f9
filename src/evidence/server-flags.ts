/** What an API server was started with, as far as one source tells. */
import type { Confidence } from '../core/evidence.ts';

/**
 * How much of the flags a source shows: `effective` every flag with the value in force, defaults included; `arguments`
 * everything that was given, so that what is not there has its default; `partial` some of what was given.
 */
export type FlagCoverage = 'effective' | 'arguments' | 'partial';

export interface ServerFlags {
  /** As `/flagz`. */
  readonly source: string;
  readonly confidence: Confidence;
  readonly coverage: FlagCoverage;
  /** By name without dashes, the values of lists one by one. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Flags that are there and whose value the source does not show. */
  readonly hidden: ReadonlySet<string>;
}

/** What a source says of one flag; `unset` is known: it has its default. */
export type FlagReading =
  | { readonly state: 'set'; readonly values: readonly string[] }
  | { readonly state: 'unset' }
  | { readonly state: 'hidden' }
  | { readonly state: 'unknown' };

/** @param name without dashes */
export function readFlag({ values, hidden, coverage }: ServerFlags, name: string): FlagReading {
  if (hidden.has(name)) return { state: 'hidden' };
  const given = values.get(name);
  const texts = given?.filter((text) => text !== '') ?? [];
  if (texts.length > 0) return { state: 'set', values: texts };
  return coverage === 'partial' && given === undefined ? { state: 'unknown' } : { state: 'unset' };
}

/** Flags that may be given again and add up. Source: kube-apiserver v1.37.2 --help, types strings, stringArray and maps. */
const listFlags: ReadonlySet<string> = new Set([
  'admission-control',
  'api-audiences',
  'authorization-mode',
  'cors-allowed-origins',
  'disable-admission-plugins',
  'disabled-metrics',
  'emulated-version',
  'enable-admission-plugins',
  'etcd-servers',
  'etcd-servers-overrides',
  'feature-gates',
  'kubelet-preferred-address-types',
  'min-compatibility-version',
  'oidc-required-claim',
  'oidc-signing-algs',
  'requestheader-allowed-names',
  'requestheader-extra-headers-prefix',
  'requestheader-group-headers',
  'requestheader-uid-headers',
  'requestheader-username-headers',
  'runtime-config',
  'service-account-issuer',
  'service-account-key-file',
  'strict-transport-security-directives',
  'tls-cipher-suites',
  'tls-curve-preferences',
  'tls-sni-cert-key',
  'watch-cache-sizes',
]);

/** Takes note of one more argument, as the flags' own parser would. */
export function addFlag(values: Map<string, readonly string[]>, name: string, text: string): void {
  if (!listFlags.has(name)) values.set(name, [text]);
  else values.set(name, [...(values.get(name) ?? []), ...splitList(text)]);
}

export function splitList(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim());
}

/** A value that is longer, in characters, is none that anybody reads. */
const MAX_VALUE = 2048;

/** Whether people may be shown a value: one that they may not is given all the same. */
export function isPresentable(text: string): boolean {
  return text.length <= MAX_VALUE && !/\p{Cc}/u.test(text);
}

export function isListFlag(name: string): boolean {
  return listFlags.has(name);
}
