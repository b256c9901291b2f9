/**
 * Versions of the Pod Security Standards, as namespace labels write them: `latest` or `v1.34`.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, api/helpers.go (`ParseVersion`) and policy/registry.go.
 */

/** The minor of `v1.N`, from 0 on. */
export type PolicyVersion = number;

/** The newest version that changed a check. */
export const LATEST_VERSION: PolicyVersion = 37;

const VERSION = /^v1\.([0-9]|[1-9][0-9]*)$/;
/** The API server keeps a minor as a Go int. */
const MAX_MINOR = 2n ** 63n - 1n;

/** @returns undefined where the API server would refuse the label */
export function parsePolicyVersion(text: string): PolicyVersion | 'latest' | undefined {
  if (text === 'latest') return text;
  const minor = VERSION.exec(text)?.[1];
  return minor === undefined || BigInt(minor) > MAX_MINOR ? undefined : Number(minor);
}

/**
 * The version whose checks an API server runs: it knows none that is newer than itself.
 * @param serverMinor of the API server's version, or of the version that it emulates
 */
export function clampVersion(version: PolicyVersion | 'latest', serverMinor: number): PolicyVersion {
  const newest = Math.min(serverMinor, LATEST_VERSION);
  return version === 'latest' ? newest : Math.min(version, newest);
}

export function printVersion(version: PolicyVersion | 'latest'): string {
  return version === 'latest' ? version : `v1.${version}`;
}
