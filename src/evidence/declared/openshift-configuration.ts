/**
 * What OpenShift starts its API servers with: they are static pods of a namespace of their own, and show nothing but the name
 * of a file (--openshift-config), which OpenShift's operator writes from this ConfigMap. What the file says beside arguments
 * becomes flags, too, so that one that is not among these says nothing. Medium confidence: a pod may still run with the last.
 *
 * One GET a round, of that ConfigMap, for all API servers, and only where a node of the control plane is one of OpenShift's;
 * needs `get` on it by name (docs/api-server.md), as its namespace is nowhere else.
 *
 * Source: kube-bench v0.15.6, cfg/rh-1.8; kubecontrolplane.config.openshift.io/v1, KubeAPIServerConfig.
 */
import { readOr } from '../../core/shape.ts';
import { isRead, messageOf, readJson, unusable, withPermission } from '../reading.ts';
import type { Get, Reading } from '../reading.ts';
import type { ServerFlags } from '../server-flags.ts';
import { fieldOf, readConfiguredFlags } from './configured-arguments.ts';
import { OPENSHIFT_LABEL } from './control-plane-objects.ts';
import type { ControlPlaneNode } from './control-plane-objects.ts';

const path = '/api/v1/namespaces/openshift-kube-apiserver/configmaps/config';
const source = 'ConfigMap openshift-kube-apiserver/config';
const KEY = 'config.yaml';
/** Ten times what OpenShift writes, which is JSON and so YAML. */
const bounds = {
  apiGroup: 'kubecontrolplane.config.openshift.io/',
  maxCharacters: 262_144,
  maxArguments: 1000,
};

/** @returns undefined where nothing shows that it is OpenShift */
export async function collectOpenShiftConfiguration(
  get: Get,
  nodes: Reading<readonly ControlPlaneNode[]>,
): Promise<Reading<ServerFlags> | undefined> {
  if (!isRead(nodes) || !nodes.read.some(isOpenShift)) return undefined;
  const lead = `OpenShift starts its API servers by ${source}`;
  try {
    const { status, body } = await get(path, { accept: 'application/json' });
    if (status === 401 || status === 403) {
      return withPermission(`${lead}; grant get on it`, `get on ${source}`, status);
    }
    if (status !== 200) return { missing: `${lead}, and reading it was answered ${status}` };
    return readConfiguration(body) ?? unusable(`${lead}, and it is not what OpenShift writes`);
  } catch (error) {
    return unusable(`${lead}, and reading it was not answered: ${messageOf(error)}`);
  }
}

/** Its machine-config operator labels every node. */
function isOpenShift({ metadata }: ControlPlaneNode): boolean {
  return readOr(
    () => metadata.labels?.[OPENSHIFT_LABEL] !== undefined,
    () => false,
  );
}

function readConfiguration(body: string): Reading<ServerFlags> | undefined {
  const text = fieldOf(fieldOf(readJson(body), 'data'), KEY);
  const flags = readConfiguredFlags(text, bounds, listArguments);
  return flags && { read: { source, confidence: 'medium', coverage: 'partial', ...flags } };
}

function listArguments(configuration: unknown): readonly (readonly unknown[])[] | undefined {
  const given = fieldOf(configuration, 'apiServerArguments');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  return Object.entries(given as Readonly<Record<string, unknown>>).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value]),
  );
}
