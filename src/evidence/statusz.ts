/**
 * When an API server was started and what it is, from /statusz: where /version or /metrics does not tell. The text form is
 * not read: its separator changes at each start, on purpose.
 *
 * One GET, needs `get` on the URL /statusz. Source: KEP-4827; structured from Kubernetes 1.35, on by default from 1.36,
 * observed on v1.37.2.
 */
import type { ReleaseEnd } from '../core/kubernetes-releases.ts';
import { messageOf, missingUrl, readJson, unusable } from './reading.ts';
import type { Get, Reading } from './reading.ts';
import { minorOf } from './version.ts';

export interface StatusReading {
  /** That which it emulates where it emulates one. */
  readonly minor: number;
  /** As `1.37.2`. */
  readonly binaryVersion: string;
  /** Since 1970 by the clock of its host; undefined where it does not say. */
  readonly startedAtSeconds: number | undefined;
  /** Of the program's version; absent where nobody asked when it ends, or nobody knows. */
  readonly end?: ReleaseEnd;
}

const path = '/statusz';
const versions = ['v1beta1', 'v1alpha1'] as const;
const accept = versions.map((version) => `application/json;v=${version};g=config.k8s.io;as=Statusz`).join(',');

export async function collectStatus(get: Get): Promise<Reading<StatusReading>> {
  try {
    const { status, body } = await get(path, { accept });
    if (status === 404 || status === 406) {
      return { missing: `GET ${path} was answered ${status}: it shows the status as JSON from Kubernetes 1.36` };
    }
    if (status !== 200) return missingUrl(path, status);
    return readStatus(body) ?? unusable(`GET ${path} was answered, but not with a status as JSON`);
  } catch (error) {
    return unusable(`GET ${path} was not answered: ${messageOf(error)}`);
  }
}

function readStatus(body: string): { readonly read: StatusReading } | undefined {
  const json = readJson(body);
  if (typeof json !== 'object' || json === null) return undefined;
  const { kind, startTime, binaryVersion, emulationVersion } = json as Readonly<Record<string, unknown>>;
  if (kind !== 'Statusz' || typeof binaryVersion !== 'string') return undefined;
  const minor = minorOf(emulationVersion) ?? minorOf(binaryVersion);
  if (minor === undefined) return undefined;
  const startedAtMs = typeof startTime === 'string' ? Date.parse(startTime) : Number.NaN;
  const startedAtSeconds = Number.isNaN(startedAtMs) ? undefined : startedAtMs / 1000;
  return { read: { minor, binaryVersion, startedAtSeconds } };
}
