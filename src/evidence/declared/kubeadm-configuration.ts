/**
 * What kubeadm was told to start API servers with when it last set one up: not what runs, as manifests are changed by hand,
 * too. Low confidence; what it does not mention, kubeadm decides.
 *
 * The operator follows that ConfigMap, for all API servers: needs `list` and `watch` on it by name.
 *
 * Source: kubeadm.k8s.io/v1beta1 to v1beta4, ClusterConfiguration; in the last one extraArgs is a list, as a flag may come
 * again.
 */
import { readOr } from '../../core/shape.ts';
import type { Reading } from '../reading.ts';
import type { ServerFlags } from '../server-flags.ts';
import { fieldOf, readConfiguredFlags } from './configured-arguments.ts';
import { KUBEADM_KEY } from './control-plane-objects.ts';
import type { KubeadmConfigMap } from './control-plane-objects.ts';

const source = 'ConfigMap kube-system/kubeadm-config';
/** Ten times what kubeadm writes. */
const bounds = { apiGroup: 'kubeadm.k8s.io/', maxCharacters: 65_536, maxArguments: 500 };

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
  const flags = readConfiguredFlags(text, bounds, listArguments);
  return flags === undefined
    ? { missing: `${source} is not what kubeadm writes` }
    : { read: { source, confidence: 'low', coverage: 'partial', ...flags } };
}

function listArguments(configuration: unknown): readonly (readonly unknown[])[] | undefined {
  const given = fieldOf(fieldOf(configuration, 'apiServer'), 'extraArgs') ?? {};
  if (typeof given !== 'object') return undefined;
  return Array.isArray(given)
    ? given.map((one: unknown) => [fieldOf(one, 'name'), fieldOf(one, 'value')])
    : Object.entries(given);
}
