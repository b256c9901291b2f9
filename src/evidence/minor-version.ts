/**
 * Asks the API server which version it serves: the newest Pod Security Standards that it knows are its own.
 *
 * One GET a round, of /version, which every authenticated user may read unless somebody took that away.
 */
import type { Evidence } from '../core/evidence.ts';

/** Sends a GET of /version with Merlon's own credentials. */
export type VersionGet = () => Promise<{ readonly status: number; readonly body: string }>;

export async function collectMinorVersion(get: VersionGet): Promise<Evidence['minorVersion']> {
  try {
    const { status, body } = await get();
    if (status !== 200)
      return { unobserved: `GET /version was answered ${status}; grant it to Merlon's service account` };
    const minor = readMinor(JSON.parse(body));
    if (minor === undefined) return { unobserved: 'GET /version was answered, and names no minor version' };
    return { value: minor, source: '/version', confidence: 'high', detail: `GET /version: minor version ${minor}` };
  } catch (error) {
    return { unobserved: `GET /version was not answered: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Vendors write `30+`. Source: k8s.io/apimachinery v0.37.2, pkg/version (emulation from v1.33). */
function readMinor(json: unknown): number | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { minor, emulationMinor } = json as { readonly minor?: unknown; readonly emulationMinor?: unknown };
  for (const written of [emulationMinor, minor]) {
    if (typeof written === 'string' && /^\d+\+?$/.test(written)) return Number.parseInt(written, 10);
  }
  return undefined;
}
