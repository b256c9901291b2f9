/**
 * Every flag of a running API server with its value, from /flagz. The text form is not read: its separator changes at
 * each start, on purpose.
 *
 * One GET a round, needs `get` on the URL /flagz. Source: KEP-4828; structured from Kubernetes 1.35, on by default from
 * 1.36, observed on v1.37.2.
 */
import { isListFlag, isPresentable, splitList } from './server-flags.ts';
import type { ServerFlags } from './server-flags.ts';
import { messageOf, missingUrl, unusable } from './reading.ts';
import type { Get, Reading } from './reading.ts';

const versions = ['v1beta1', 'v1alpha1'] as const;
const accept = versions.map((version) => `application/json;v=${version};g=config.k8s.io;as=Flagz`).join(',');
/** What stands in place of a value that the API server keeps to itself. */
const CLASSIFIED = 'CLASSIFIED';

export async function collectFlagz(get: Get): Promise<Reading<ServerFlags>> {
  try {
    const { status, body } = await get('/flagz', { accept });
    if (status === 404 || status === 406) {
      return { missing: `GET /flagz was answered ${status}: it shows flags as JSON from Kubernetes 1.36` };
    }
    return status === 200 ? readFlagz(body) : missingUrl('/flagz', status);
  } catch (error) {
    return unusable(`GET /flagz was not answered: ${messageOf(error)}`);
  }
}

export function readFlagz(body: string): Reading<ServerFlags> {
  const flags = parse(body);
  if (flags === undefined) return unusable('GET /flagz was answered, but not with flags as JSON');
  const values = new Map<string, readonly string[]>();
  const hidden = new Set<string>();
  for (const [name, value] of Object.entries(flags)) {
    if (!/^[\w.-]{1,100}$/.test(name)) return unusable('GET /flagz was answered, but a flag has a name that is none');
    if (typeof value !== 'string') return unusable(`GET /flagz was answered, but --${name} is no text`);
    if (value === CLASSIFIED || !isPresentable(value)) hidden.add(name);
    else values.set(name, readValue(name, value));
  }
  return { read: { source: '/flagz', confidence: 'high', coverage: 'effective', values, hidden } };
}

function parse(body: string): object | undefined {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json !== 'object' || json === null) return undefined;
    const { kind, flags } = json as { readonly kind?: unknown; readonly flags?: unknown };
    if (kind !== 'Flagz' || typeof flags !== 'object' || flags === null || Array.isArray(flags)) return undefined;
    // Without a single one it would read as if none was given.
    return Object.keys(flags).length > 0 ? flags : undefined;
  } catch {
    return undefined;
  }
}

/** Lists are printed as `[a,b]`. */
function readValue(name: string, value: string): readonly string[] {
  const list = /^\[([\s\S]*)\]$/.exec(value);
  if (list !== null) return splitList(list[1] ?? '');
  return isListFlag(name) ? splitList(value) : [value];
}
