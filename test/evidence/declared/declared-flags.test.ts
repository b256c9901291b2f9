import { expect } from 'chai';

import { declareFlags } from '../../../src/evidence/declared/declared-flags.ts';
import type {
  ControlPlaneNode,
  DeclaredObjects,
  MirrorPod,
} from '../../../src/evidence/declared/control-plane-objects.ts';
import { isRead } from '../../../src/evidence/reading.ts';
import { argumentsOf, objectsOf, serverNode, serverPod } from './stated-objects.ts';

/** Who tells of it, or why nobody does. */
function tell(
  instance: string,
  objects: Omit<DeclaredObjects, 'clientAuthorities'>,
  instances: readonly string[] = [instance],
): readonly string[] {
  return declareFlags(instance, instances, objects).map((one) => (isRead(one) ? one.read.source : one.missing));
}

function three(): { readonly pods: readonly MirrorPod[]; readonly nodes: readonly ControlPlaneNode[] } {
  return {
    pods: [
      serverPod({ node: 'a', hostIP: '10.0.0.5', command: withoutAddress }),
      serverPod({ node: 'b', hostIP: '10.0.0.6', command: withoutAddress }),
      serverPod({ node: 'c', hostIP: 'fd00:0:0::7', command: withoutAddress }),
    ],
    nodes: [serverNode({ name: 'a' }), serverNode({ name: 'b' }), serverNode({ name: 'c' })],
  };
}

const withoutAddress = ['kube-apiserver', '--etcd-servers=https://e:2379'];
const all = ['10.0.0.5:6443', '10.0.0.6:6443', '[fd00::7]:6443'];

describe('what is declared of an API server', () => {
  it('is what the only pod declares where there is only one of everything', () => {
    expect(tell('cluster.example:443', objectsOf([serverPod()]))).to.deep.equal(['Pod kube-system/kube-apiserver-a']);
  });

  it('is not what the only pod declares where the control plane has another node', () => {
    expect(
      tell('cluster.example:443', objectsOf([serverPod()], [serverNode(), serverNode({ name: 'b' })])),
    ).to.deep.equal(['Pod kube-system/kube-apiserver-a: none is known to be at cluster.example:443']);
  });

  it('is not what the only pod declares where another one is asked, too', () => {
    expect(tell('10.0.0.9:6443', objectsOf([serverPod()]), ['10.0.0.9:6443', '10.0.0.5:6443'])).to.deep.equal([
      'Pod kube-system/kube-apiserver-a: none is known to be at 10.0.0.9:6443',
    ]);
  });

  it('is told apart by the address', () => {
    const { pods, nodes } = three();
    const told = all.map((instance) => tell(instance, objectsOf(pods, nodes), all));
    expect(told).to.deep.equal([
      ['Pod kube-system/kube-apiserver-a'],
      ['Pod kube-system/kube-apiserver-b'],
      ['Pod kube-system/kube-apiserver-c'],
    ]);
  });

  it('is told apart by the port on one machine', () => {
    const listening = (port: number) => [...withoutAddress, `--secure-port=${port}`];
    const pods = [
      serverPod({ name: 'one', hostIP: '10.0.0.5', command: listening(6443) }),
      serverPod({ name: 'two', hostIP: '10.0.0.5', command: listening(7443) }),
    ];
    expect(tell('10.0.0.5:7443', objectsOf(pods))).to.deep.equal(['Pod kube-system/two']);
  });

  it('is nothing behind a load balancer, which may be any', () => {
    const { pods, nodes } = three();
    expect(tell('10.0.0.1:443', objectsOf(pods, nodes))).to.deep.equal([
      'Pod kube-system/kube-apiserver-a and 2 more: none is known to be at 10.0.0.1:443',
    ]);
  });

  it('is nothing where a load balancer listens on the same machine', () => {
    const { pods, nodes } = three();
    expect(tell('10.0.0.5:8443', objectsOf(pods, nodes))).to.deep.equal([
      'Pod kube-system/kube-apiserver-a and 2 more: none is known to be at 10.0.0.5:8443',
    ]);
  });

  it('is nothing where two claim to be it', () => {
    const { pods, nodes } = three();
    const forged = serverPod({ node: 'b', name: 'forged', hostIP: '10.0.0.5', command: withoutAddress });
    expect(tell('10.0.0.5:6443', objectsOf([...pods, forged], nodes), all)).to.deep.equal([
      'Pod kube-system/kube-apiserver-a and 3 more: 2 of them claim to be at 10.0.0.5:6443',
    ]);
  });

  it('is what a node declares, by its address', () => {
    const words = ['server', '--kube-apiserver-arg', 'profiling=false'];
    const nodes = ['a', 'b'].map((name, index) =>
      serverNode({ name, addresses: [`10.0.0.${index + 5}`], annotations: argumentsOf(words) }),
    );
    expect(tell('10.0.0.6:6443', objectsOf([], nodes))).to.deep.equal(['annotation k3s.io/node-args of node b']);
  });

  it('is what the pod, the node and kubeadm declare, the surest first', () => {
    const annotations = argumentsOf(['server'], 'rke2.io/node-args');
    const kubeadm = {
      read: {
        source: 'kubeadm',
        confidence: 'low',
        coverage: 'partial',
        values: new Map<string, readonly string[]>(),
        hidden: new Set<string>(),
      },
    } as const;
    expect(tell('x:1', objectsOf([serverPod()], [serverNode({ annotations })], kubeadm))).to.deep.equal([
      'Pod kube-system/kube-apiserver-a',
      'annotation rke2.io/node-args of node a',
      'kubeadm',
    ]);
  });

  it('is nothing, without a word, where there is nothing', () => {
    expect(tell('x:1', objectsOf([], []))).to.deep.equal([]);
    expect(tell('x:1', objectsOf([serverPod({ container: 'etcd' })]))).to.deep.equal([]);
  });

  it('says why the only pod does not count', () => {
    expect(tell('x:1', objectsOf([serverPod({ owner: '' })]))).to.deep.equal([
      'Pod kube-system/kube-apiserver-a does not count: its node does not own it',
    ]);
  });

  it('says of many pods that do not count only why the first does not', () => {
    const pods = Array.from({ length: 1000 }, (_one, index) => serverPod({ name: `forged-${index}`, owner: '' }));
    expect(tell('x:1', objectsOf(pods))).to.deep.equal([
      'Pod kube-system/forged-0 does not count: its node does not own it',
    ]);
  });

  it('names what may not be read', () => {
    const pods = { missing: 'listing pods is forbidden' };
    const nodes = { missing: 'listing nodes is forbidden' };
    expect(tell('x:1', { ...objectsOf([serverPod()]), nodes })).to.deep.equal(['listing nodes is forbidden']);
    expect(tell('x:1', { pods, nodes, kubeadm: { missing: 'kubeadm is forbidden' } })).to.deep.equal([
      'listing pods is forbidden',
      'listing nodes is forbidden',
      'kubeadm is forbidden',
    ]);
  });
});
