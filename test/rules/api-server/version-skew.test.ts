import { versionSkew } from '../../../src/rules/api-server/version-skew.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const path = 'status.nodeInfo.kubeletVersion';
const evidence = apiServerWith({ minorVersion: 37 });
const servers = (...minors: readonly number[]) =>
  minors.map((minorVersion, index) => ({
    instance: `10.0.0.${index + 1}:6443`,
    evidence: apiServerWith({ minorVersion }),
  }));

function nodes(...versions: readonly string[]): string {
  return versions
    .map(
      (version, index) =>
        `---\n{ kind: Node, metadata: { name: node-${index + 1} }, status: { nodeInfo: { kubeletVersion: '${version}' } } }\n`,
    )
    .join('');
}

testRule(versionSkew, [
  {
    name: 'kubelets of the same version, or up to three older, pass',
    yaml: nodes('v1.37.0', 'v1.36.2+k3s1', 'v1.34.9-eks-1234abc'),
    evidence,
    passes: true,
  },
  {
    name: 'one that is four older fails, and the first by name is named',
    yaml: nodes('v1.37.0', 'v1.33.1', 'v1.33.4', 'v1.33.1'),
    evidence,
    fails: [
      {
        path,
        observed: '1.33',
        message:
          /^the kubelet of node "node-2" and 2 more is 4 minor versions older than the API server, which is of Kubernetes 1\.37; upgrade it, as at most 3 go together$/,
      },
    ],
  },
  {
    name: 'one that is newer fails',
    yaml: nodes('v1.38.0-alpha.1'),
    evidence,
    fails: [{ path, observed: '1.38', message: /^the kubelet of node "node-1" is newer than the API server/ }],
  },
  {
    name: 'each version is told apart, the one that is farthest off first',
    yaml: nodes('v1.38.0', 'v1.31.0', 'v1.30.0', 'v1.42.0'),
    evidence,
    fails: [
      { path, observed: '1.42' },
      { path, observed: '1.30' },
      { path, observed: '1.31' },
      { path, observed: '1.38' },
    ],
  },
  {
    name: 'of two that are as far off the older one comes first',
    yaml: nodes('v1.38.0', 'v1.33.0'),
    evidence,
    fails: [
      { path, observed: '1.33' },
      { path, observed: '1.38' },
    ],
  },
  {
    name: 'before 1.25 it was two',
    yaml: nodes('v1.24.17', 'v1.25.16'),
    evidence: apiServerWith({ minorVersion: 27 }),
    fails: [{ path, observed: '1.24', message: /3 minor versions older .* at most 2 go together/ }],
  },
  {
    name: 'a node that does not say is unknown',
    yaml: nodes('v1.37.0', 'kwok-v0.7.0'),
    evidence,
    unknown: /^node "node-2" does not say of which version its kubelet is$/,
  },
  {
    name: 'of several that do not say the first by name is named, in whichever order they come',
    yaml: `
{ kind: Node, metadata: { name: node-b }, status: { nodeInfo: { kubeletVersion: kwok-v0.7.0 } } }
---
{ kind: Node, metadata: { name: node-a }, status: { nodeInfo: {} } }
`,
    evidence,
    unknown: /^node "node-a" and 1 more do not say of which version their kubelets are$/,
  },
  {
    name: 'but what others show to be wrong is wrong',
    yaml: nodes('kwok-v0.7.0', 'v1.30.0'),
    evidence,
    fails: [{ path, observed: '1.30' }],
  },
  {
    name: 'without nodes and other API servers nothing has to go together',
    yaml: '',
    evidence,
    notApplicable: /^there is no node, and no other API server$/,
  },
  {
    name: 'API servers that are two apart fail, the older one',
    yaml: '',
    servers: servers(37, 35),
    fails: [
      {
        path: 'GET /version',
        observed: '35',
        message:
          /^10\.0\.0\.2:6443: as observed \(a test\); another API server is of Kubernetes 1\.37; upgrade this one$/,
      },
    ],
  },
  {
    name: 'they do where nodes may not be listed',
    yaml: '',
    servers: servers(37, 35),
    missing: [{ source: 'Node', state: 'forbidden', message: 'listing nodes is forbidden' }],
    fails: ['GET /version'],
  },
  {
    name: 'one apart they are being upgraded',
    yaml: '',
    servers: servers(37, 36),
    passes: true,
  },
  {
    name: 'a kubelet has to go with every API server',
    yaml: nodes('v1.37.0'),
    servers: servers(37, 36),
    fails: [{ path, message: /^10\.0\.0\.2:6443: the kubelet of node "node-1" is newer/ }],
  },
  {
    name: 'whether it does is unknown where the version of one of them is',
    yaml: nodes('v1.37.0'),
    servers: [...servers(37), { instance: '10.0.0.9:6443', evidence: { minorVersion: { unobserved: 'no answer' } } }],
    unknown: /^10\.0\.0\.9:6443: no answer$/,
  },
  {
    name: 'without the right to list nodes nothing is known',
    yaml: '',
    evidence,
    missing: [{ source: 'Node', state: 'forbidden', message: 'listing nodes is forbidden' }],
    unknown: /^listing nodes is forbidden$/,
  },
]);
