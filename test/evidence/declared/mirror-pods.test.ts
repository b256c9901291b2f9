import { expect } from 'chai';

import { project } from '../../../src/core/project.ts';
import { keepServer, mirrorPod } from '../../../src/evidence/declared/control-plane-objects.ts';
import type { ControlPlaneNode, MirrorPod } from '../../../src/evidence/declared/control-plane-objects.ts';
import { readMirrorPods } from '../../../src/evidence/declared/mirror-pods.ts';
import { isRead } from '../../../src/evidence/reading.ts';
import { serverNode, serverPod, written } from './stated-objects.ts';

/** Flags of each, or why it does not count. */
function read(pod: MirrorPod, ...nodes: readonly ControlPlaneNode[]): ReturnType<typeof written> {
  const [reading] = readMirrorPods([pod], nodes.length === 0 ? [serverNode()] : nodes);
  if (reading === undefined) return undefined;
  return isRead(reading) ? written({ read: reading.read.flags }) : reading.missing;
}

function placeOf(pod: MirrorPod): readonly unknown[] | undefined {
  const [reading] = readMirrorPods([pod], [serverNode()]);
  return reading !== undefined && isRead(reading) ? [...reading.read.addresses, reading.read.port] : undefined;
}

describe('the pods of static API servers', () => {
  describe('tell of', () => {
    it('kubeadm, kind and minikube', () => {
      expect(read(serverPod())).to.deep.equal([
        'Pod kube-system/kube-apiserver-a, medium, arguments',
        'advertise-address=10.0.0.5',
        'allow-privileged=true',
        'authorization-mode=Node|RBAC',
        'client-ca-file=/etc/kubernetes/pki/ca.crt',
        'enable-admission-plugins=NodeRestriction',
        'etcd-servers=https://127.0.0.1:2379',
        'secure-port=6443',
      ]);
    });

    it('RKE2: the flags are arguments', () => {
      const args = ['--anonymous-auth=false', '--etcd-servers=https://127.0.0.1:2379', '--profiling=false'];
      expect(read(serverPod({ command: ['kube-apiserver'], args }))).to.deep.equal([
        'Pod kube-system/kube-apiserver-a, medium, arguments',
        'anonymous-auth=false',
        'etcd-servers=https://127.0.0.1:2379',
        'profiling=false',
      ]);
    });

    it('Talos: the address comes from the environment', () => {
      const command = [
        '/usr/local/bin/kube-apiserver',
        '--advertise-address=$(POD_IP)',
        '--etcd-servers=https://127.0.0.1:2379',
      ];
      expect(read(serverPod({ command }))).to.deep.equal([
        'Pod kube-system/kube-apiserver-a, medium, arguments',
        'advertise-address=?',
        'etcd-servers=https://127.0.0.1:2379',
      ]);
    });

    it('kOps: go-runner', () => {
      const args = ['--log-file=/var/log/kube-apiserver.log', '--also-stdout', '/usr/local/bin/kube-apiserver'];
      const flags = ['--etcd-servers=https://127.0.0.1:4001', '--profiling=false'];
      expect(read(serverPod({ command: ['/go-runner'], args: [...args, ...flags] }))).to.deep.equal([
        'Pod kube-system/kube-apiserver-a, medium, arguments',
        'etcd-servers=https://127.0.0.1:4001',
        'profiling=false',
      ]);
    });

    it('older kOps: a shell', () => {
      const line =
        'mkfifo /tmp/pipe; (tee -a /var/log/kube-apiserver.log < /tmp/pipe & ) ; exec /usr/local/bin/kube-apiserver --etcd-servers=https://127.0.0.1:4001 --profiling=false > /tmp/pipe 2>&1';
      expect(read(serverPod({ command: ['/bin/sh', '-c', line] }))).to.deep.equal([
        'Pod kube-system/kube-apiserver-a, medium, arguments',
        'etcd-servers=https://127.0.0.1:4001',
        'profiling=false',
      ]);
    });

    it('a node with the label of before Kubernetes 1.20', () => {
      expect(read(serverPod(), serverNode({ label: 'node-role.kubernetes.io/master' }))).to.be.an('array');
    });

    it('some flags only, where others come from elsewhere', () => {
      const command = ['kube-apiserver', '--etcd-servers=https://127.0.0.1:2379', '$(MORE)'];
      expect(read(serverPod({ command }))).to.deep.equal([
        'Pod kube-system/kube-apiserver-a, medium, partial',
        'etcd-servers=https://127.0.0.1:2379',
      ]);
    });

    it('some flags only, where that is missing without which no API server starts', () => {
      expect(read(serverPod({ command: ['tail', '-f', '/var/log/kube-apiserver'] }))).to.deep.equal([
        'Pod kube-system/kube-apiserver-a, medium, partial',
      ]);
    });
  });

  describe('are at', () => {
    it('the addresses of their host, themselves and what they advertise', () => {
      expect(placeOf(serverPod({ hostIP: '10.0.0.7', podIP: '10.0.0.8' }))).to.deep.equal([
        '10.0.0.7',
        '10.0.0.8',
        '10.0.0.5',
        6443,
      ]);
    });

    it('the usual port where none is given', () => {
      const command = ['kube-apiserver', '--etcd-servers=https://e:2379'];
      expect(placeOf(serverPod({ command, hostIP: '10.0.0.7' }))).to.deep.equal(['10.0.0.7', 6443]);
    });

    it('no port where it is not shown', () => {
      const command = ['kube-apiserver', '--etcd-servers=https://e:2379', '--secure-port=$(PORT)'];
      expect(placeOf(serverPod({ command, hostIP: '10.0.0.7' }))).to.deep.equal(['10.0.0.7', undefined]);
    });
  });

  describe('do not count', () => {
    it('on a node that is none of the control plane', () => {
      expect(read(serverPod(), serverNode({ name: 'b' }))).to.equal(
        'Pod kube-system/kube-apiserver-a does not count: its node has no label node-role.kubernetes.io/control-plane',
      );
    });

    it('on a node whose label is another', () => {
      expect(read(serverPod(), serverNode({ label: 'node-role.kubernetes.io/worker' }))).to.include('no label');
    });

    it('where the node does not own them', () => {
      expect(read(serverPod({ owner: '' }))).to.equal(
        'Pod kube-system/kube-apiserver-a does not count: its node does not own it',
      );
    });

    it('where a node owned them that had the same name', () => {
      expect(read(serverPod({ owner: 'uid-of-one-that-is-gone' }))).to.include('does not own it');
    });

    it('where they are no mirror pods', () => {
      expect(read(serverPod({ isMirror: false }))).to.equal(undefined);
    });

    it('in another namespace', () => {
      expect(read(serverPod({ namespace: 'shop' }))).to.equal(undefined);
    });

    it('where the container is another', () => {
      expect(read(serverPod({ container: 'etcd' }))).to.equal(undefined);
    });

    it('where nothing shows what they start', () => {
      expect(read(serverPod({ command: ['/run.sh'] }))).to.equal(
        'Pod kube-system/kube-apiserver-a does not count: its command does not show a kube-apiserver',
      );
    });

    it('with a command of absurd size', () => {
      const many = Array.from({ length: 5000 }, (_one, index) => `--flag-${index}=true`);
      const long = [`--etcd-servers=${'x'.repeat(100_000)}`];
      for (const args of [many, long]) {
        expect(read(serverPod({ command: ['kube-apiserver'], args }))).to.include('longer than that of any API server');
      }
    });

    it('with a word of a shell that would take long to be taken apart', () => {
      const startedAt = performance.now();
      read(serverPod({ command: ['sh', '-c', `exec kube-apiserver ${'"\\'.repeat(30_000)}`] }));
      read(serverPod({ command: ['sh', '-c', `exec kube-apiserver ${`'"`.repeat(30_000)}`] }));
      expect(performance.now() - startedAt).to.be.below(2000);
    });

    it('with fields that are none', () => {
      const json = { metadata: { name: 'kube-apiserver-a', namespace: 'kube-system' }, spec: { containers: 'none' } };
      expect(readMirrorPods([keepServer(project(mirrorPod, json))], [serverNode()])).to.deep.equal([]);
    });
  });

  it('keep nothing of other programs', () => {
    expect(keepServer(serverPod({ container: 'etcd' })).spec.containers).to.deep.equal([]);
    expect(keepServer(serverPod()).spec.containers).to.have.length(1);
  });
});
