/**
 * Some folders of a node hold its keys, its programs or the files of all its pods. Who mounts such a folder, one above it
 * (which brings it along), or one below it (which is a part of it) can read them, and where he can write, the node is his.
 * So `/` and `/var` need not be named: they are above others. What is beside them all is left to `pod-volume-types`.
 *
 * A mount that is readOnly still gives away what it shows, devices and sockets included, but cannot be used to replace
 * programs and settings; it counts only where every mount of the volume is so. Only what the pod itself mounts is seen, not what a PersistentVolume of type
 * local or hostPath brings.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.2.11; Filesystem Hierarchy Standard 3.0; folders of kubelet, kubeadm, etcd, k3s,
 * k0s and MicroK8s.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, violation } from '../../core/rule.ts';
import { containersOf } from '../../core/containers.ts';
import { hostPathVolumesOf, isMountedBy, normalizeHostPath, normalizeHostPaths } from '../lib/host-path.ts';

export const sensitiveHostPaths = defineRule({
  id: 'pod-sensitive-host-paths',
  title: 'The hostPath volumes of a pod must not reach what the node itself depends on',
  severity: 'high',
  severityReason: 'Who can write there runs what he wants on the node; where every mount is readOnly it is medium.',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      paths: {
        type: 'array',
        description:
          'Folders of the node; what is above one of them counts as well as what is below it, so / is every hostPath volume.',
        maxItems: 200,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 1024 },
        default: [
          '/etc',
          '/root',
          '/home',
          '/boot',
          '/dev',
          '/proc',
          '/sys',
          '/usr',
          '/bin',
          '/sbin',
          '/lib',
          '/lib64',
          '/opt/cni',
          '/run/dbus',
          '/run/systemd',
          '/var/lib/kubelet',
          '/var/lib/etcd',
          '/var/lib/cni',
          '/var/lib/containerd',
          '/var/lib/containers',
          '/var/lib/docker',
          '/var/lib/rancher',
          '/var/lib/k0s',
          '/var/snap/microk8s',
          '/var/log',
          '/var/spool/cron',
          'C:\\Windows',
          'C:\\ProgramData',
          'C:\\Users',
          'C:\\etc\\kubernetes',
          'C:\\var\\lib\\kubelet',
        ],
      },
    },
  },
  controls: ['pss/baseline/hostPathVolumes', 'cis-1.12/5.2.11', 'nsa/pod-security'],
  rationale:
    "The kubelet's folder holds the tokens and secrets of every pod of the node, /etc/kubernetes its own credentials; a file added to /etc/cron.d, to a folder of programs or to one of CNI plug-ins is run as root.",
  remediation:
    'Mount a folder that only this application has, or a volume of another type; for agents that must read the node, mount just the folder they read, with readOnly on every mount.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  containers:
    - name: agent
      image: registry.example/agent:1
      volumeMounts:
        - { name: etc, mountPath: /host/etc }
  volumes:
    - name: etc
      hostPath: { path: /etc }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  containers:
    - name: agent
      image: registry.example/agent:1
      volumeMounts:
        - { name: data, mountPath: /data }
  volumes:
    - name: data
      hostPath: { path: /srv/agent }
`,
  },

  check(pod, { params: { paths } }) {
    return hostPathVolumesOf(pod).flatMap(({ field, name, hostPath }) => {
      const relation = relate(normalizeHostPath(hostPath), paths);
      if (relation === undefined) return [];
      const isReadOnly = isMountedReadOnly(pod, name);
      const advice = isReadOnly ? 'mount something else' : 'mount something else, or this readOnly';
      return violation(
        field,
        hostPath,
        `volume "${name}" mounts "${hostPath}" of the node, which ${relation}; ${advice}`,
        isReadOnly ? 'medium' : undefined,
      );
    });
  },
});

function relate(mounted: string, paths: readonly string[]): string | undefined {
  for (const [index, path] of normalizeHostPaths(paths).entries()) {
    if (path === mounted) return 'is sensitive';
    if (isMountedBy(path, mounted)) return `holds "${paths[index]}"`;
    if (isMountedBy(mounted, path)) return `is in "${paths[index]}"`;
  }
  return undefined;
}

/** A volume that no container mounts yet may be mounted by one that is added for debugging, in whatever way. */
function isMountedReadOnly(pod: PodTemplate, volume: string): boolean {
  const mounts = containersOf(pod).flatMap(({ container }) => container.volumeMounts ?? []);
  const some = mounts.filter(({ name }) => name === volume);
  return some.length > 0 && some.every(({ readOnly }) => readOnly === true);
}
