/**
 * Kubernetes is tested with kubelets that are as old as the API server or up to three minor versions older, and with API
 * servers that are one minor version apart while they are upgraded. Beyond that nobody looks, and fields that an older one
 * does not know are lost without a word: a setting that forbids something among them.
 *
 * Source: kubernetes.io/releases/version-skew-policy, which is about the version that an API server emulates where it
 * emulates one (KEP-4330); of nodes status.nodeInfo.kubeletVersion, which the kubelet itself reports.
 */
import type { ObjectOf } from '../../core/kinds.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { CheckResult, Violation } from '../../core/rule.ts';
import { factIfKnown, isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { compareText } from '../../core/subject-ref.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

const OLDER_BY_AT_MOST = 3;
/** Of kubelets before 1.25 it was one less. */
const WIDER_SINCE = 25;
const path = 'status.nodeInfo.kubeletVersion';

export const versionSkew = defineRule({
  id: 'api-server-version-skew',
  title: 'Kubelets and API servers must be of versions that go together',
  severity: 'medium',
  severityReason: 'What a kubelet does not know of a pod it leaves out, and most of what is new is there to restrict.',
  subject: 'APIServer',
  reads: ['Evidence', 'Node'],
  facts: ['minorVersion'],
  controls: ['nsa/upgrading-and-application-security'],
  rationale:
    'A kubelet that is too old runs pods without the settings that it has never heard of, and one that is newer than its API server asks for what that does not have; both are outside of what Kubernetes tests and mends.',
  remediation:
    'Upgrade API servers first, one minor version after the other, and then the kubelets of all nodes, or replace the nodes. What is no kubelet, such as a virtual node, may report any version: exempt the rule there.',
  repair: {
    own: {
      kubeadm: 'kubeadm upgrade node and a newer package of kubelet on each node, after kubectl drain.',
      k3s: 'Install the newer version of k3s or RKE2 on servers first, one after the other, and then on agents.',
      talos: 'talosctl upgrade-k8s, which upgrades API servers and kubelets.',
      kops: 'kops update cluster --yes and kops rolling-update cluster --yes.',
      managed: 'Upgrade the control plane and then the node pools or node groups, with the tools of the provider.',
    },
  },
  example: {
    fails: '/version: minor version 37; Node "a": kubelet v1.33.4\n',
    passes: '/version: minor version 37; Node "a": kubelet v1.36.1\n',
  },

  check(_apiServer, { snapshot }) {
    const servers = snapshot.apiServers();
    const minors = servers.flatMap((server) => factIfKnown(server, 'minorVersion')?.value ?? []);
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('minorVersion');
      const newest = Math.max(...minors);
      const behind =
        newest - fact.value > 1
          ? [blame(fact, 'GET /version', `another API server is of Kubernetes 1.${newest}; upgrade this one`)]
          : [];
      if (behind.length > 0 && !isReadable(snapshot.observation('Node'))) return behind;
      const kubelets = judgeKubelets(snapshot, fact.value);
      if (behind.length > 0) return 'outcome' in kubelets ? behind : [...behind, ...kubelets];
      return 'outcome' in kubelets && kubelets.outcome === 'notApplicable' && servers.length > 1 ? [] : kubelets;
    });
  },
});

/** @throws {NotObserved} */
function judgeKubelets(snapshot: Snapshot, serverMinor: number): CheckResult {
  const nodesByMinor = new Map<number, ObjectOf<'Node'>[]>();
  const unreadable: ObjectOf<'Node'>[] = [];
  for (const node of snapshot.list('Node')) {
    const minor = minorOf(node);
    if (minor === undefined) unreadable.push(node);
    else {
      const nodes = nodesByMinor.get(minor) ?? [];
      nodes.push(node);
      nodesByMinor.set(minor, nodes);
    }
  }
  const violations = [...nodesByMinor]
    .map(([minor, nodes]) => ({ minor, nodes, excess: excessOf(minor, serverMinor) }))
    .filter(({ excess }) => excess > 0)
    .toSorted((a, b) => b.excess - a.excess || a.minor - b.minor)
    .map(({ minor, nodes }) => describeSkew(minor, nodes, serverMinor));
  if (violations.length > 0) return violations;
  if (unreadable.length > 0) {
    const say =
      unreadable.length === 1
        ? 'does not say of which version its kubelet is'
        : 'do not say of which version their kubelets are';
    return unknown(`${nameNodes(unreadable)} ${say}`);
  }
  return nodesByMinor.size === 0 ? notApplicable('there is no node, and no other API server') : [];
}

/** How many minor versions a kubelet is beyond what goes together; 0 or less where it is not. */
function excessOf(minor: number, serverMinor: number): number {
  return Math.max(minor - serverMinor, serverMinor - minor - allowedFor(minor));
}

function allowedFor(minor: number): number {
  return minor < WIDER_SINCE ? OLDER_BY_AT_MOST - 1 : OLDER_BY_AT_MOST;
}

function describeSkew(minor: number, nodes: readonly ObjectOf<'Node'>[], serverMinor: number): Violation {
  const older = serverMinor - minor;
  const how = older < 0 ? 'is newer than' : `is ${older} minor versions older than`;
  const what = older < 0 ? 'upgrade the API server' : `upgrade it, as at most ${allowedFor(minor)} go together`;
  const message = `the kubelet of ${nameNodes(nodes)} ${how} the API server, which is of Kubernetes 1.${serverMinor}; ${what}`;
  return violation(path, `1.${minor}`, message);
}

/** As `node "a" and 12 more`: the first by name. */
function nameNodes(nodes: readonly ObjectOf<'Node'>[]): string {
  const [first = ''] = nodes.map(({ metadata }) => metadata.name).toSorted(compareText);
  return nodes.length === 1 ? `node "${first}"` : `node "${first}" and ${nodes.length - 1} more`;
}

/** Of `v1.36.1+k3s1`. */
function minorOf({ status }: ObjectOf<'Node'>): number | undefined {
  const minor = /^v1\.(\d{1,3})(?!\d)/.exec(status?.nodeInfo?.kubeletVersion ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}
