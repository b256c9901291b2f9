/** Grants, accounts and pods in a line each, and the ways that lead from them. */
import { escalationGraphOf } from '../../src/rbac/escalation-graph.ts';
import { ADMIN } from '../../src/rbac/escalation-node.ts';
import type { NodeKey } from '../../src/rbac/escalation-node.ts';
import { buildPath, printPath } from '../../src/rbac/escalation-path.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

export const namespaces = `
kind: Namespace
metadata: { name: ci, labels: { pod-security.kubernetes.io/enforce: restricted } }
---
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: restricted } }
`;

/** `cluster: User jane may create "" pods, pods/exec [names]` and `shop: …` as objects. */
export function grants(...lines: readonly string[]): string {
  return grantsNamed('r', lines);
}

export function grantsNamed(prefix: string, lines: readonly string[]): string {
  return lines
    .map((line, index) => {
      const parsed = /^(\S+): (User|Group|ServiceAccount) (\S+) may (\S+) (\S+) (\S+)(?: named (\S+))?$/.exec(line);
      if (parsed === null) throw new Error(`not a grant: ${line}`);
      const [, scope = '', kind = '', name = '', verbs = '', group = '', resources = '', names = ''] = parsed;
      const [namespace, account] = name.split('/');
      const subject =
        kind === 'ServiceAccount' ? `namespace: ${namespace ?? ''}, name: ${account ?? ''}` : `name: "${name}"`;
      const isCluster = scope === 'cluster';
      const place = isCluster ? '' : `, namespace: ${scope}`;
      return `
kind: ${isCluster ? 'ClusterRole' : 'Role'}
metadata: { name: ${prefix}${index}${place} }
rules:
  - verbs: [${quoteList(verbs)}]
    apiGroups: ["${group === 'core' ? '' : group}"]
    resources: [${quoteList(resources)}]
    resourceNames: [${names === '' ? '' : quoteList(names)}]
---
kind: ${isCluster ? 'ClusterRoleBinding' : 'RoleBinding'}
metadata: { name: ${prefix}${index}${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${isCluster ? 'ClusterRole' : 'Role'}, name: ${prefix}${index} }
subjects: [{ kind: ${kind}, ${subject} }]
`;
    })
    .join('---');
}

function quoteList(words: string): string {
  return words
    .split(',')
    .map((word) => `"${word}"`)
    .join(', ');
}

export function account(name: string): string {
  const [namespace, own] = name.split('/');
  return `
kind: ServiceAccount
metadata: { namespace: ${namespace ?? ''}, name: ${own ?? ''} }
`;
}

export function pod(namespace: string, name: string, serviceAccountName: string, more = ''): string {
  return `
kind: Pod
metadata: { namespace: ${namespace}, name: ${name} }
spec:
  serviceAccountName: ${serviceAccountName}
  ${more}
  containers: [{ name: main, image: main }]
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
`;
}

export function pathsOf(...documents: readonly string[]): (from: NodeKey, to?: NodeKey) => string | undefined {
  const graph = escalationGraphOf(snapshotOf([namespaces, ...documents].join('---')));
  return (from, to = ADMIN) => {
    const hops = graph.routesTo(to).pathFrom(from);
    return hops === undefined ? undefined : printPath(buildPath(from, to, hops));
  };
}

export const admin = grantsNamed('admin', ['cluster: ServiceAccount ci/deployer may * * *']);
