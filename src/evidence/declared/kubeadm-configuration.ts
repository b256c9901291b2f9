/**
 * What kubeadm was told to start API servers with when it last set one up: not what runs, as manifests are changed by hand,
 * too. Low confidence; what it does not mention, kubeadm decides.
 *
 * The operator follows that ConfigMap, for all API servers: needs `list` and `watch` on it by name.
 *
 * Source: kubeadm.k8s.io/v1beta1 to v1beta4, ClusterConfiguration; in the last one extraArgs is a list, as a flag may come
 * again.
 */
import { FAILSAFE_SCHEMA, load } from 'js-yaml';

import { readOr } from '../../core/shape.ts';
import { parseFlags } from '../arguments.ts';
import type { Reading } from '../reading.ts';
import type { ServerFlags } from '../server-flags.ts';
import { KUBEADM_KEY } from './control-plane-objects.ts';
import type { KubeadmConfigMap } from './control-plane-objects.ts';

const source = 'ConfigMap kube-system/kubeadm-config';
/** Ten times what kubeadm writes. */
const MAX_CHARACTERS = 65_536;
const MAX_ARGUMENTS = 500;

/** @param configMaps those of that name. @returns undefined where there is none: kubeadm has set up nothing */
export function readKubeadmConfigMap([configMap]: readonly KubeadmConfigMap[]): Reading<ServerFlags> | undefined {
  if (configMap === undefined) return undefined;
  return readKubeadmConfiguration(
    readOr(
      () => configMap.data?.[KUBEADM_KEY],
      () => undefined,
    ),
  );
}

/** @param text the ClusterConfiguration, as YAML */
export function readKubeadmConfiguration(text: unknown): Reading<ServerFlags> {
  const given = readArguments(text);
  if (given === undefined) return { missing: `${source} is not what kubeadm writes` };
  const { values, hidden } = parseFlags(given.map(([name, value]) => `--${name}=${value}`));
  return { read: { source, confidence: 'low', coverage: 'partial', values, hidden } };
}

function readArguments(text: unknown): readonly (readonly [string, string])[] | undefined {
  try {
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
