/** config/exemptions: what nodes cannot do without is exempt as it is shipped, and nothing that only looks like it. */
import { expect } from 'chai';

import { clusterHardeningExemption } from '../../src/api/v1alpha1/cluster-hardening-exemption.ts';
import { judgeExemption } from '../../src/core/exemption.ts';
import type { Finding } from '../../src/core/finding.ts';
import { findSchemaProblem } from '../../src/core/schema-problem.ts';
import { rules } from '../../src/rules/index.ts';
import { judgeComponents, listPackFiles, listPacks, readComponents, readPack } from './judged-components.ts';
import type { Component } from './judged-components.ts';

const packs = ['kubeadm', 'calico', 'cilium', 'flannel', 'kube-router', 'csi'];

/** As `rule kind/name`. */
function print({ rule, subject }: Finding): string {
  return `${rule.id} ${subject.kind}/${subject.name}`;
}

function failuresOf(pack: string, components: readonly Component[], isWholeCluster = false): readonly Finding[] {
  const { findings } = judgeComponents(pack, components, isWholeCluster);
  return findings.filter(({ outcome }) => outcome === 'fail');
}

describe('the exemption packs', () => {
  it('are those that the kustomization names', () => {
    expect(listPacks()).to.deep.equal(packs);
    expect(listPackFiles()).to.have.members([...packs.map((pack) => `${pack}.yaml`), 'kustomization.yaml']);
  });

  it('have names of their own, each the label of its pack, and a reason', () => {
    const all = packs.flatMap(readPack);
    expect(new Set(all.map(({ metadata }) => metadata.name)).size).to.equal(all.length);
    for (const pack of packs) {
      const labels = readPack(pack).map(({ metadata }) => metadata.labels?.['merlon.dev/pack']);
      expect(new Set(labels)).to.deep.equal(new Set([pack]));
    }
  });

  for (const pack of packs) {
    it(`${pack} is what its schema admits, and names rules that there are`, () => {
      for (const { apiVersion, kind, metadata, ...body } of readPack(pack)) {
        expect([apiVersion, kind]).to.deep.equal(['merlon.dev/v1alpha1', 'ClusterHardeningExemption']);
        expect(findSchemaProblem(clusterHardeningExemption.schema, body, ''), metadata.name).to.equal(undefined);
        expect(judgeExemption({ apiVersion, kind, metadata, ...body }, rules).problem).to.equal(undefined);
      }
    });

    it(`${pack} is pinned to one kind, name, namespace and service account each; of names only nodes' are open`, () => {
      for (const { spec } of readPack(pack)) {
        expect(spec.rules.filter((rule) => rule.includes('*'))).to.deep.equal([]);
        for (const { kind, name = '*', namespace = '*', serviceAccount = '*', container = '' } of spec.subjects) {
          expect(kind).to.be.oneOf(['DaemonSet', 'Deployment', 'Pod', 'Namespace']);
          expect(name).to.match(kind === 'Pod' ? /^(etcd|kube-[a-z-]+)-\*$/ : /^[a-z-]+$/);
          expect(kind === 'Namespace' ? 'none' : namespace).to.match(/^[a-z-]+$/);
          // A static pod has none.
          if (kind !== 'Namespace') expect(serviceAccount).to.match(kind === 'Pod' ? /^$/ : /^[a-z-]+$/);
          expect(container).not.to.include('*');
        }
      }
    });

    for (const isWholeCluster of [false, true]) {
      it(`${pack}: a fresh component is exempt in all that fails (${isWholeCluster ? 'in a cluster' : 'in files'})`, () => {
        const { findings } = judgeComponents(pack, readComponents(pack), isWholeCluster);
        const failed = findings.filter(({ outcome }) => outcome === 'fail').map(print);
        // The roles that Kubernetes itself creates are not among the components.
        expect(failed.filter((finding) => !finding.startsWith('namespace-predefined-missing '))).to.deep.equal([]);
        expect(findings.filter(({ outcome }) => outcome === 'exempt')).to.have.length.greaterThan(10);
      });
    }

    it(`${pack}: nothing is exempt that a fresh component does not break`, () => {
      const { uses } = judgeComponents(pack, readVariants(pack), false);
      for (const { metadata, spec } of readPack(pack)) {
        expect([...(uses.get(metadata.name) ?? [])], metadata.name).to.have.members([...spec.rules]);
      }
    });
  }
});

/** Where a pack is for several namespaces, the component in each. */
function readVariants(pack: string): readonly Component[] {
  if (pack !== 'calico') return readComponents(pack);
  const inOther = readComponents(pack).filter(({ kind }) => kind === 'DaemonSet' || kind === 'Deployment');
  for (const { metadata } of inOther) metadata.namespace = 'calico-system';
  return [...readComponents(pack), ...inOther];
}

describe('a component that was changed', () => {
  interface Row {
    readonly name: string;
    readonly pack: string;
    /** `kind/name` */
    readonly component: string;
    readonly change: (component: Component) => void;
    /** One of the failures. */
    readonly fails: string;
    readonly message?: RegExp;
  }
  const privileged = { name: 'shell', image: 'busybox:1', securityContext: { privileged: true } };
  const addContainer = ({ spec }: Component): void => {
    spec.template.spec.containers.push(privileged);
  };
  const rows: readonly Row[] = [
    {
      name: 'kube-proxy with another privileged container',
      pack: 'kubeadm',
      component: 'DaemonSet/kube-proxy',
      change: addContainer,
      fails: 'pod-privileged DaemonSet/kube-proxy',
      message: /^container "shell" is privileged/,
    },
    {
      name: 'kube-proxy by another name',
      pack: 'kubeadm',
      component: 'DaemonSet/kube-proxy',
      change: ({ metadata }) => (metadata.name = 'kube-proxy2'),
      fails: 'pod-privileged DaemonSet/kube-proxy2',
    },
    {
      name: 'kube-proxy in another namespace',
      pack: 'kubeadm',
      component: 'DaemonSet/kube-proxy',
      change: ({ metadata }) => (metadata.namespace = 'default'),
      fails: 'pod-privileged DaemonSet/kube-proxy',
    },
    {
      name: 'kube-proxy without its label',
      pack: 'kubeadm',
      component: 'DaemonSet/kube-proxy',
      change: ({ metadata }) => delete metadata.labels,
      fails: 'pod-privileged DaemonSet/kube-proxy',
    },
    {
      name: 'kube-proxy that runs as another service account',
      pack: 'kubeadm',
      component: 'DaemonSet/kube-proxy',
      change: ({ spec }) => Object.assign(spec.template.spec, { serviceAccountName: 'default' }),
      fails: 'pod-privileged DaemonSet/kube-proxy',
    },
    {
      name: 'an ordinary pod that only has the name of a static one',
      pack: 'kubeadm',
      component: 'Pod/kube-scheduler-node-1',
      change: ({ metadata }) => Object.assign(metadata, { annotations: {} }),
      fails: 'pod-host-namespaces Pod/kube-scheduler-node-1',
    },
    {
      name: 'CoreDNS that became privileged',
      pack: 'kubeadm',
      component: 'Deployment/coredns',
      change: ({ spec }) =>
        Object.assign(spec.template.spec.containers[0] ?? {}, { securityContext: { privileged: true } }),
      fails: 'pod-privileged Deployment/coredns',
    },
    {
      name: 'a static pod that became privileged',
      pack: 'kubeadm',
      component: 'Pod/kube-scheduler-node-1',
      change: ({ spec }) => Object.assign(spec.containers[0] ?? {}, { securityContext: { privileged: true } }),
      fails: 'pod-privileged Pod/kube-scheduler-node-1',
    },
    {
      name: "Calico's agent with another privileged container",
      pack: 'calico',
      component: 'DaemonSet/calico-node',
      change: addContainer,
      fails: 'pod-privileged DaemonSet/calico-node',
      message: /^container "shell" is privileged/,
    },
    {
      name: "Calico's controllers on the network of the node",
      pack: 'calico',
      component: 'Deployment/calico-kube-controllers',
      change: ({ spec }) => Object.assign(spec.template.spec, { hostNetwork: true }),
      fails: 'pod-host-namespaces Deployment/calico-kube-controllers',
    },
    {
      name: "Cilium's agent with every privilege",
      pack: 'cilium',
      component: 'DaemonSet/cilium',
      change: ({ spec }) =>
        Object.assign(spec.template.spec.containers[0] ?? {}, { securityContext: { privileged: true } }),
      fails: 'pod-privileged DaemonSet/cilium',
      message: /^container "cilium-agent" is privileged/,
    },
    {
      name: "Flannel's agent with every privilege",
      pack: 'flannel',
      component: 'DaemonSet/kube-flannel-ds',
      change: ({ spec }) =>
        Object.assign(spec.template.spec.containers[0] ?? {}, { securityContext: { privileged: true } }),
      fails: 'pod-privileged DaemonSet/kube-flannel-ds',
    },
    {
      name: 'kube-router with another privileged container',
      pack: 'kube-router',
      component: 'DaemonSet/kube-router',
      change: addContainer,
      fails: 'pod-privileged DaemonSet/kube-router',
      message: /^container "shell" is privileged/,
    },
    {
      name: 'a node plugin of which a sidecar became privileged',
      pack: 'csi',
      component: 'DaemonSet/ebs-csi-node',
      change: ({ spec }) =>
        Object.assign(spec.template.spec.containers[1] ?? {}, { securityContext: { privileged: true } }),
      fails: 'pod-privileged DaemonSet/ebs-csi-node',
      message: /^container "node-driver-registrar" is privileged/,
    },
  ];
  for (const { name, pack, component, change, fails, message = /./ } of rows) {
    it(`${name} fails`, () => {
      const components = readComponents(pack);
      const changed = components.find(({ kind, metadata }) => `${kind}/${metadata.name}` === component);
      if (changed === undefined) throw new Error(`there is no ${component}`);
      change(changed);
      const failed = failuresOf(pack, components).find((finding) => print(finding) === fails);
      expect(failed?.message).to.match(message);
    });
  }
});
