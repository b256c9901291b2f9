import { expect } from 'chai';

import { escalationGraphOf } from '../../src/rbac/escalation-graph.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { account, admin, grants, grantsNamed, namespaces, pathsOf, pod } from './escalation-world.ts';

describe('a path to cluster-admin', () => {
  describe('by constrained impersonation of nodes', () => {
    const root = [account('ci/deployer'), pod('ci', 'runner', 'deployer'), admin];
    const asNode = 'cluster: User jane may impersonate:arbitrary-node authentication.k8s.io nodes';
    const token = 'User jane may impersonate-on:arbitrary-node:create core serviceaccounts/token';
    const route = (may: readonly string[], podSecurityVersion = 37) =>
      escalationGraphOf(snapshotOf([namespaces, ...root, grants(...may)].join('---'), { podSecurityVersion }))
        .toAdmin()
        .pathFrom('user:jane')
        ?.map(({ by, assumes }) => [by, ...(assumes === undefined ? [] : [assumes])].join(', if '));

    it('leads to whose tokens they may make', () => {
      const by = 'impersonate:arbitrary-node nodes, impersonate-on:arbitrary-node:create serviceaccounts/token';
      const rest = ['a pod carries the token of deployer', 'do everything'];
      expect(route([asNode, `cluster: ${token}`])).to.deep.equal([by, 'in namespace ci', ...rest]);
      expect(route([asNode, `ci: ${token}`])).to.deep.equal([`${by} in ci`, ...rest]);
      expect(route([`${asNode} named n1`, `ci: ${token}`])).to.deep.equal([
        `${by} in ci, if a pod that matters runs on "n1"`,
        ...rest,
      ]);
      expect(route([asNode, `ci: ${token} named deployer`])).to.deep.equal([
        `${by} in ci, if a pod of it runs on a node`,
        'do everything',
      ]);
    });

    it('and nowhere by one of both, elsewhere, of other accounts, or before Kubernetes 1.36', () => {
      expect(route([asNode])).to.equal(undefined);
      expect(route([`cluster: ${token}`])).to.equal(undefined);
      expect(route([asNode, `shop: ${token}`])).to.equal(undefined);
      expect(route([asNode, `ci: ${token} named web`])).to.equal(undefined);
      expect(route([asNode.replace('cluster', 'ci'), `ci: ${token}`])).to.equal(undefined);
      expect(route([asNode, `cluster: ${token}`], 35)).to.equal(undefined);
    });
  });

  describe('through nodes', () => {
    const root = pod('kube-system', 'root', 'root');
    const rootIsAdmin = grantsNamed('admin', ['cluster: ServiceAccount kube-system/root may * * *']);
    const open = `
kind: Namespace
metadata: { name: open, labels: { pod-security.kubernetes.io/enforce: privileged } }
`;
    const unlabelled = `
kind: Namespace
metadata: { name: plain }
`;
    const creates = (place: string): string => grants(`${place}: User jane may create core pods`);

    it('is there where pods may be privileged', () => {
      expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, open, creates('open'))('user:jane')).to.equal(
        'user:jane -[create pods in open, privileged]-> sa:kube-system/root -[do everything]-> cluster-admin (1 step)',
      );
    });

    const beNode: readonly { readonly may: readonly string[]; readonly by: string | undefined }[] = [
      {
        may: [
          'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
          'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
          'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kube-apiserver-client-kubelet',
        ],
        by: 'request and approve certificates of nodes',
      },
      {
        may: [
          'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
          'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kube-apiserver-client-kubelet',
        ],
        by: undefined,
      },
      {
        may: [
          'cluster: User jane may create certificates.k8s.io certificatesigningrequests',
          'cluster: User jane may update certificates.k8s.io certificatesigningrequests/approval',
          'cluster: User jane may approve certificates.k8s.io signers named kubernetes.io/kubelet-serving',
        ],
        by: undefined,
      },
      {
        may: [
          'cluster: User jane may impersonate core users named system:node:n1',
          'cluster: User jane may impersonate core groups named system:nodes',
        ],
        by: 'impersonate users "system:node:n1" in group system:nodes',
      },
      { may: ['cluster: User jane may impersonate core users named system:node:n1'], by: undefined },
      {
        may: [
          'cluster: User jane may impersonate core users named jack',
          'cluster: User jane may impersonate core groups named system:nodes',
        ],
        by: undefined,
      },
      {
        may: [
          'cluster: User jane may impersonate core serviceaccounts named web',
          'cluster: User jane may impersonate core groups named system:nodes',
        ],
        by: undefined,
      },
    ];
    for (const { may, by } of beNode) {
      it(`${by === undefined ? 'is none' : 'is there'} for whoever passes for one by "${may.join('", "')}"`, () => {
        expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, grants(...may))('user:jane')).to.equal(
          by === undefined
            ? undefined
            : `user:jane -[${by}]-> sa:kube-system/root -[do everything]-> cluster-admin (1 step)`,
        );
      });
    }

    it('is none where Pod Security refuses them', () => {
      expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, creates('shop'))('user:jane')).to.equal(undefined);
    });

    it('assumes what the default of the cluster is', () => {
      const graph = escalationGraphOf(
        snapshotOf([account('kube-system/root'), root, rootIsAdmin, unlabelled, creates('plain')].join('---')),
      );
      const hops = graph.toAdmin().pathFrom('user:jane') ?? [];
      expect(hops.flatMap(({ assumes }) => assumes ?? [])).to.deep.equal([
        "the cluster's default admits privileged pods",
      ]);
    });

    it('is there for whoever gets into a privileged pod', () => {
      const privileged = `
kind: Pod
metadata: { namespace: shop, name: agent }
spec: { containers: [{ name: main, image: main, securityContext: { privileged: true } }] }
`;
      const executes = grants('shop: User jane may create core pods/exec');
      const path = pathsOf(account('kube-system/root'), root, rootIsAdmin, privileged, executes);
      expect(path('user:jane')).to.equal(
        'user:jane -[create pods/exec in shop, a privileged pod]-> sa:kube-system/root -[do everything]-> cluster-admin (1 step)',
      );
    });

    it('is there for whoever may relax Pod Security and create pods', () => {
      const both = grants('shop: User jane may create core pods', 'shop: User jane may patch core namespaces');
      expect(pathsOf(account('kube-system/root'), root, rootIsAdmin, both)('user:jane')).to.match(
        /^user:jane -\[patch namespaces to admit privileged pods, create pods in shop\]-> sa:kube-system\/root /,
      );
    });

    it('needs a pod with the token to run somewhere', () => {
      expect(pathsOf(account('kube-system/root'), rootIsAdmin, open, creates('open'))('user:jane')).to.equal(undefined);
    });

    it('ends at the API server where that runs in a pod', () => {
      const apiServer = `
kind: Pod
metadata: { namespace: kube-system, name: kube-apiserver-a, annotations: { kubernetes.io/config.mirror: x } }
spec: { containers: [{ name: main, image: main }] }
`;
      expect(pathsOf(apiServer, open, creates('open'))('user:jane')).to.equal(
        'user:jane -[create pods in open, privileged, the credentials of the control plane]-> cluster-admin (1 step)',
      );
    });
  });

  describe("leads through pods that are moved to a node of one's own", () => {
    const changeNodes = 'cluster: User jane may patch core nodes';
    const root = [account('ci/deployer'), pod('ci', 'runner', 'deployer'), admin];
    /** By these grants, and what it takes besides. */
    const movedBy = (...may: readonly string[]): readonly string[] | undefined => {
      const routes = escalationGraphOf(snapshotOf([namespaces, ...root, grants(...may)].join('---'))).toAdmin();
      const hops = routes.pathFrom('user:jane');
      return hops?.flatMap(({ by, assumes = [] }) => [by, ...[assumes].flat()]).slice(0, 2);
    };

    it('where they may be deleted or evicted', () => {
      const assumed = 'a node is theirs that pods can be moved to';
      expect(movedBy(changeNodes, 'cluster: User jane may delete core pods')).to.deep.equal([
        'patch nodes, delete pods',
        assumed,
      ]);
      expect(movedBy(changeNodes, 'ci: User jane may create core pods/eviction')).to.deep.equal([
        'patch nodes, create pods/eviction in ci',
        assumed,
      ]);
      expect(movedBy(changeNodes, 'ci: User jane may delete core pods named runner')).to.deep.equal([
        'patch nodes, delete pods in ci',
        `${assumed}, and one is named "runner"`,
      ]);
    });

    it('and not by one of both, elsewhere, or where nothing carries the token', () => {
      expect(movedBy(changeNodes)).to.equal(undefined);
      expect(movedBy('cluster: User jane may delete core pods')).to.equal(undefined);
      expect(movedBy(changeNodes, 'shop: User jane may delete core pods')).to.equal(undefined);
      expect(movedBy('ci: User jane may patch core nodes', 'ci: User jane may delete core pods')).to.equal(undefined);
      const other = [account('ci/deployer'), account('ci/web'), pod('ci', 'runner', 'web'), admin];
      const may = grants(changeNodes, 'cluster: User jane may delete core pods');
      expect(pathsOf(...other, may)('user:jane')).to.equal(undefined);
    });

    it('where what is as good as a node is no other node than that', () => {
      const privileged = pod('shop', 'agent', 'none', 'hostPID: true');
      const may = grants(changeNodes, 'shop: User jane may delete core pods');
      expect(pathsOf(...root, privileged, may)('user:jane')).to.equal(undefined);
    });
  });
});
