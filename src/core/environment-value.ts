/**
 * What a value of an environment variable is taken for. The value itself may be a password, so this word is all that is
 * kept of it: it cannot be printed, logged or stored by anybody.
 *
 * Formats of secrets are those whose issuers gave them a recognisable form (AWS, GitHub, GitLab, Slack, Google, Stripe,
 * npm; RFC 7468 for keys, RFC 7519 for JSON Web Tokens).
 */

/** `text` is anything that is none of the others. */
export type EnvironmentValueClass = 'reference' | 'boolean' | 'number' | 'path' | 'url' | 'text' | SecretFormat;

/** In words for people: `the value is …`. */
export type SecretFormat =
  | 'a private key'
  | 'a JSON Web Token'
  | 'an AWS access key'
  | 'a GitHub token'
  | 'a GitLab token'
  | 'a Slack token'
  | 'a Google API key'
  | 'a Stripe key'
  | 'an npm token'
  | 'a URL with a password';

const secretFormats: readonly (readonly [SecretFormat, RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/],
  ['a JSON Web Token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/],
  ['a GitLab token', /\bglpat-[\w-]{20,}/],
  ['a Slack token', /\bxox[abeoprs]-[\w-]{10,}/],
  ['a Google API key', /\bAIza[\w-]{35}/],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  // `$(…)` is filled in by the kubelet and is none itself.
  ['a URL with a password', /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$\([^)]*\)@)[^\s/@]+@/i],
];

/** Longer values are looked at up to here. */
const MAX_LENGTH = 4096;

/** @returns an EnvironmentValueClass */
export function classifyEnvironmentValue(whole: string): EnvironmentValueClass {
  const text = whole.length > MAX_LENGTH ? whole.slice(0, MAX_LENGTH) : whole;
  for (const [format, pattern] of secretFormats) if (pattern.test(text)) return format;
  if (/^(?:\$\([^)]*\))+$/.test(text)) return 'reference';
  if (/^(?:true|false|yes|no|on|off|enabled|disabled)$/i.test(text)) return 'boolean';
  if (/^[+-]?\d+(?:\.\d+)?(?:[a-z]{1,3})?$/i.test(text)) return 'number';
  if (/^\.{0,2}\/[^\s]*$/.test(text)) return 'path';
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text)) return 'url';
  return 'text';
}

export function isSecretFormat(word: string): word is SecretFormat {
  return secretFormats.some(([format]) => format === word);
}
