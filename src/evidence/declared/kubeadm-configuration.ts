/**
 * What kubeadm was told to start API servers with when it last set one up: not what runs, as manifests are changed by hand,
 * too. Low confidence; what it does not mention, kubeadm decides.
 *
 * One GET a round for all API servers, needs `get` on that ConfigMap. Source: kubeadm.k8s.io/v1beta1 to v1beta4,
 * ClusterConfiguration; in the last one extraArgs is a list, as a flag may come again.
 */
import { FAILSAFE_SCHEMA, load } from 'js-yaml';

import { parseFlags } from '../arguments.ts';
import { messageOf } from '../reading.ts';
import type { Get, Reading } from '../reading.ts';
import type { ServerFlags } from '../server-flags.ts';

const path = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config';
const source = 'ConfigMap kube-system/kubeadm-config';
/** Ten times what kubeadm writes. */
const MAX_CHARACTERS = 65_536;
const MAX_ARGUMENTS = 500;

/** @returns undefined where there is none: kubeadm has set up nothing */
export async function collectKubeadmConfiguration(get: Get): Promise<Reading<ServerFlags> | undefined> {
  try {
    const { status, body } = await get(path, { accept: 'application/json' });
    if (status === 404) return undefined;
    if (status === 401 || status === 403) return { missing: `reading ${source} is forbidden; grant get on it` };
    return status === 200 ? readKubeadmConfiguration(body) : { missing: `reading ${source} was answered ${status}` };
  } catch (error) {
    return { missing: `reading ${source} was not answered: ${messageOf(error)}` };
  }
}

/** @param body the ConfigMap as JSON */
export function readKubeadmConfiguration(body: string): Reading<ServerFlags> {
  const given = readArguments(body);
  if (given === undefined) return { missing: `${source} is not what kubeadm writes` };
  const { values, hidden } = parseFlags(given.map(([name, value]) => `--${name}=${value}`));
  return { read: { source, confidence: 'low', coverage: 'partial', values, hidden } };
}

function readArguments(body: string): readonly (readonly [string, string])[] | undefined {
  try {
    const text = fieldOf(fieldOf(JSON.parse(body), 'data'), 'ClusterConfiguration');
    if (typeof text !== 'string' || text.length > MAX_CHARACTERS) return undefined;
    // Every value is a text then, as it stands there.
    const configuration: unknown = load(text, { schema: FAILSAFE_SCHEMA });
    const version = fieldOf(configuration, 'apiVersion');
    if (typeof version !== 'string' || !version.startsWith('kubeadm.k8s.io/')) return undefined;
    const given = fieldOf(fieldOf(configuration, 'apiServer'), 'extraArgs') ?? {};
    if (typeof given !== 'object') return undefined;
    const pairs: readonly (readonly unknown[])[] = Array.isArray(given)
      ? given.map((one: unknown) => [fieldOf(one, 'name'), fieldOf(one, 'value')])
      : Object.entries(given);
    return pairs.length <= MAX_ARGUMENTS && pairs.every(isArgument) ? pairs : undefined;
  } catch {
    return undefined;
  }
}

function isArgument(pair: readonly unknown[]): pair is readonly [string, string] {
  return pair.every((word) => typeof word === 'string') && /^[\w-]+$/.test(String(pair[0]));
}

function fieldOf(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
