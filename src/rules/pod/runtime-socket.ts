/**
 * Who can talk to the container runtime of a node can start a privileged container on it, whatever the API server says
 * about pods. The socket comes along with each folder above it, and a read-only mount does not keep anybody from using it.
 *
 * Only what the pod itself mounts is seen: not what a PersistentVolume of type local or hostPath brings.
 *
 * Source: where Docker, cri-dockerd, containerd, CRI-O, Podman, k3s, k0s and MicroK8s listen by default; CIS Kubernetes
 * Benchmark 1.12, 5.2.11.
 */
import { defineRule, violation } from '../../core/rule.ts';
import { hostPathVolumesOf, isMountedBy, normalizeHostPath, normalizeHostPaths } from '../lib/host-path.ts';

export const runtimeSocket = defineRule({
  id: 'pod-runtime-socket',
  title: 'The hostPath volumes of a pod must not hold the socket of a container runtime',
  severity: 'critical',
  severityReason: 'It is the same as being root on the node.',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      sockets: {
        type: 'array',
        description: 'Paths of sockets on the node; /var/run and /run are one folder.',
        maxItems: 100,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 1024 },
        default: [
          '/run/docker.sock',
          '/run/cri-dockerd.sock',
          '/run/dockershim.sock',
          '/run/containerd/containerd.sock',
          '/run/docker/containerd/containerd.sock',
          '/run/k3s/containerd/containerd.sock',
          '/run/k0s/containerd.sock',
          '/var/snap/microk8s/common/run/containerd.sock',
          '/run/crio/crio.sock',
          '/run/podman/podman.sock',
          '\\\\.\\pipe\\docker_engine',
          '\\\\.\\pipe\\containerd-containerd',
        ],
      },
    },
  },
  controls: ['pss/baseline/hostPathVolumes', 'cis-1.12/5.2.11', 'nsa/pod-security'],
  rationale:
    'Through its socket a container runtime starts any container with any right, and shows the environment and the files of all others: no admission control is asked, and no audit log sees it.',
  remediation:
    'Remove the volume; build images without a daemon (BuildKit, Buildah), and read of containers what the kubelet or the API server tells.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: ci }
spec:
  containers:
    - name: ci
      image: registry.example/ci:1
      volumeMounts:
        - { name: docker, mountPath: /var/run/docker.sock }
  volumes:
    - name: docker
      hostPath: { path: /var/run/docker.sock }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: ci }
spec:
  containers:
    - name: ci
      image: registry.example/ci:1
      volumeMounts:
        - { name: work, mountPath: /work }
  volumes:
    - name: work
      emptyDir: {}
`,
  },

  check(pod, { params: { sockets } }) {
    return hostPathVolumesOf(pod).flatMap(({ field, name, hostPath }) => {
      const mounted = normalizeHostPath(hostPath);
      const index = normalizeHostPaths(sockets).findIndex((socket) => isMountedBy(socket, mounted));
      if (index < 0) return [];
      return violation(
        field,
        hostPath,
        `volume "${name}" brings the container runtime's socket "${sockets[index]}" into the pod; remove it`,
      );
    });
  },
});
