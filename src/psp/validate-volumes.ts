/**
 * What PodSecurityPolicy asks of volumes: their type, and of three types also what they mount.
 *
 * Source: kubernetes v1.24, pkg/security/podsecuritypolicy/provider.go (validatePodVolumes) and util/util.go.
 */
import { volumeSourceNames } from '../core/pod-shape.ts';
import { containersOf } from './pod.ts';
import type { Pod, PodVolume } from './pod.ts';
import type { AllowedHostPath, PodSecurityPolicy } from './pod-security-policy.ts';
import { hasBackstep } from './policy-contradiction.ts';
import type { Reasons } from './refusal-reason.ts';
import { allVolumes, allowsVolumeType } from './volume-types.ts';
import type { VolumeSourceName } from './volume-types.ts';

export function* validateVolumes(policy: PodSecurityPolicy, pod: Pod): Reasons {
  for (const [index, volume] of (pod.spec.volumes ?? []).entries()) {
    const sources = volumeSourceNames.filter((name) => volume[name] !== undefined);
    if (sources.length === 0 && !policy.volumes.includes(allVolumes)) {
      const message = `volume "${volume.name}" has a source that nobody knows; ${listVolumes(policy.volumes)}`;
      yield { path: `spec.volumes[${index}]`, field: 'spec.volumes', message };
    }
    for (const source of sources) {
      const path = `spec.volumes[${index}].${source}`;
      if (!allowsVolume(policy.volumes, volume, source)) {
        yield {
          path,
          field: 'spec.volumes',
          message: `volume "${volume.name}" is of type ${source}; ${listVolumes(policy.volumes)}`,
        };
      } else if (source === 'hostPath') {
        yield* validateHostPath(policy.allowedHostPaths, pod, volume, path);
      } else if (source === 'flexVolume' || source === 'csi') {
        yield* validateDriver(policy, volume, source, path);
      }
    }
  }
}

function allowsVolume(volumes: readonly string[], volume: PodVolume, source: VolumeSourceName): boolean {
  if (allowsVolumeType(volumes, source)) return true;
  // Tokens were in secrets once: whoever allows secrets allows the volume that holds a token today.
  return source === 'projected' && allowsVolumeType(volumes, 'secret') && holdsOnlyToken(volume);
}

/** Whether it is what the API server itself mounts: the token, the cluster's certificate, the namespace. */
function holdsOnlyToken({ projected }: PodVolume): boolean {
  return (projected?.sources ?? []).every(({ serviceAccountToken: token, configMap, downwardAPI, ...others }) => {
    if (token === undefined && configMap === undefined && downwardAPI === undefined) return false;
    if (Object.keys(others).length > 0) return false;
    if (token !== undefined && (token.path !== 'token' || token.audience !== undefined)) return false;
    if (configMap !== undefined && configMap.name !== 'kube-root-ca.crt') return false;
    return (downwardAPI?.items ?? []).every(
      ({ path, fieldRef }) =>
        path === 'namespace' && fieldRef?.fieldPath === 'metadata.namespace' && (fieldRef.apiVersion ?? 'v1') === 'v1',
    );
  });
}

function listVolumes(volumes: readonly string[]): string {
  return volumes.length === 0 ? 'the policy allows no volumes' : `allowed is ${volumes.join(', ')}`;
}

function* validateHostPath(
  allowed: readonly AllowedHostPath[],
  pod: Pod,
  volume: PodVolume,
  volumePath: string,
): Reasons {
  const mounted = volume.hostPath?.path ?? '';
  const field = 'spec.allowedHostPaths';
  const path = `${volumePath}.path`;
  if (hasBackstep(mounted)) {
    yield { path, field, message: `volume "${volume.name}" mounts "${mounted}"; no policy allows ".." in a path` };
    return;
  }
  if (allowed.length === 0) return;
  const matching = allowed.filter(({ pathPrefix }) => hasPathPrefix(mounted, pathPrefix));
  if (matching.length === 0) {
    const list = allowed.map(({ pathPrefix }) => `"${pathPrefix}"`).join(', ');
    yield { path, field, message: `volume "${volume.name}" mounts "${mounted}" of the host; allowed is ${list}` };
  } else if (matching.every(({ readOnly }) => readOnly)) {
    yield* validateReadOnly(pod, volume.name, mounted);
  }
}

/** Segment by segment: `/foo` is no prefix of `/foobar`. */
function hasPathPrefix(path: string, prefix: string): boolean {
  const [inner, outer] = [path.replace(/\/$/, ''), prefix.replace(/\/$/, '')];
  return inner === outer || inner.startsWith(`${outer}/`);
}

function* validateReadOnly(pod: Pod, volumeName: string, mounted: string): Reasons {
  for (const { path, container } of containersOf(pod)) {
    for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
      if (mount.name !== volumeName || mount.readOnly === true) continue;
      yield {
        path: `${path}.volumeMounts[${index}].readOnly`,
        field: 'spec.allowedHostPaths',
        message: `container "${container.name}" mounts "${mounted}" of the host to write; the policy allows it read-only`,
      };
    }
  }
}

const driverFields = { flexVolume: 'allowedFlexVolumes', csi: 'allowedCSIDrivers' } as const;

function* validateDriver(
  policy: PodSecurityPolicy,
  volume: PodVolume,
  source: keyof typeof driverFields,
  volumePath: string,
): Reasons {
  const field = driverFields[source];
  const driver = volume[source]?.driver ?? '';
  if (policy[field].length === 0 || policy[field].includes(driver)) return;
  yield {
    path: `${volumePath}.driver`,
    field: `spec.${field}`,
    message: `volume "${volume.name}" uses the ${source} driver "${driver}"; allowed is ${policy[field].join(', ')}`,
  };
}
