/** A version of the Pod Security Standards, as an option of a command. */
import { LATEST_VERSION, parsePolicyVersion, printVersion } from '../pod-security/version.ts';
import type { PolicyVersion } from '../pod-security/version.ts';
import type { UsageError } from './usage-error.ts';

/**
 * @param given undefined for `latest`
 * @returns what is wrong with it, where something is: to judge by an older version than the one that was asked for, as an
 *   older API server would, might call fine what is not
 */
export function parseVersionOption(option: string, given: string | undefined): PolicyVersion | 'latest' | UsageError {
  const version = given === undefined ? 'latest' : parsePolicyVersion(given);
  const newest = printVersion(LATEST_VERSION);
  if (version === undefined) {
    return { usageError: `${option} "${given ?? ''}" is no version: write latest or one from v1.0 to ${newest}` };
  }
  if (version === 'latest' || version <= LATEST_VERSION) return version;
  return {
    usageError: `${option} ${printVersion(version)} is newer than the newest that this Merlon knows, which is ${newest}; latest means that one`,
  };
}
