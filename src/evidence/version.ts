/**
 * Asks the API server which version it serves: the newest Pod Security Standards that it knows are its own.
 *
 * One GET a round, of /version, which every authenticated user may read unless somebody took that away.
 */
import { endOfRelease } from '../core/kubernetes-releases.ts';
import { isRead, messageOf, missingUrl, readJson, unusable } from './reading.ts';
import type { Get, Reading, VersionReading } from './reading.ts';

const NO_MINOR = 'GET /version was answered, and names no minor version';

export async function collectVersion(get: Get): Promise<Reading<VersionReading>> {
  try {
    const { status, body } = await get('/version');
    if (status !== 200) return missingUrl('/version', status);
    const json = readJson(body);
    return json === undefined ? unusable('GET /version was answered, and is no JSON') : readVersion(json);
  } catch (error) {
    return unusable(`GET /version was not answered: ${messageOf(error)}`);
  }
}

/** What says which version a program is, and which it behaves like. */
type Program = Pick<VersionReading, 'minor' | 'end'> & {
  readonly gitVersion?: string;
  readonly binaryVersion?: string;
};

/** The same with when it ends. @param nowMs milliseconds since 1970 */
export function withReleaseEnd<T extends Program>(reading: Reading<T>, nowMs: number): Reading<T> {
  if (!isRead(reading)) return reading;
  const end = endOfRelease(minorOfProgram(reading.read), nowMs);
  return end === undefined ? reading : { ...reading, read: { ...reading.read, end } };
}

/** Of the program, by which it is mended, whichever version it emulates; the other where its own does not parse. */
export function minorOfProgram({ minor, gitVersion, binaryVersion }: Program): number {
  return minorOf(gitVersion ?? binaryVersion) ?? minor;
}

/** Of `1.37`, `1.37.2` or `v1.37.2+k3s1`. */
export function minorOf(version: unknown): number | undefined {
  const match = typeof version === 'string' ? /^v?1\.(\d{1,3})(?!\d)/.exec(version) : null;
  return match === null ? undefined : Number(match[1]);
}

/** Vendors write `30+`. Source: k8s.io/apimachinery v0.37.2, pkg/version (emulation from v1.33). */
function readVersion(json: unknown): Reading<VersionReading> {
  if (typeof json !== 'object' || json === null) return unusable(NO_MINOR);
  const { major = '', minor, emulationMinor = '', gitVersion } = json as Readonly<Record<string, unknown>>;
  if (major !== '' && major !== '1') return unusable('GET /version was answered, and names no major version 1');
  const written = emulationMinor === '' ? minor : emulationMinor;
  if (typeof written !== 'string' || !/^\d{1,3}\+?$/.test(written)) return unusable(NO_MINOR);
  return {
    read: { minor: Number.parseInt(written, 10), gitVersion: typeof gitVersion === 'string' ? gitVersion : '' },
  };
}
