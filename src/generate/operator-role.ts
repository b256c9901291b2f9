/**
 * What the operator may do, printed from the kinds that it reads and writes: a new kind in `core/kinds.ts` brings its
 * permission with it. Nothing here that is not used: a test holds every verb against the audit log.
 */
import { GROUP, LEASE_NAME, OPERATOR_NAME, OPERATOR_NAMESPACE, shippedLabels } from '../api/v1alpha1/group.ts';
import { ACTION_GUARD_NAME, hardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import { kindNames, kinds } from '../core/kinds.ts';
import type { Kind } from '../core/kinds.ts';
import { crdDefinitions } from './crds.ts';
import { formatFile, printYaml } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

interface ResourceGrant {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}
interface UrlGrant {
  readonly nonResourceURLs: readonly string[];
  readonly verbs: readonly string[];
}
export type Grant = ResourceGrant | UrlGrant;

const RBAC = 'rbac.authorization.k8s.io';

export function buildClusterGrants(): Grant[] {
  const plurals = crdDefinitions.map(({ plural }) => plural).toSorted();
  const postures = plurals.filter((plural) => plural.endsWith('postures'));
  return [
    ...buildReadGrants(kindNames.map((kind) => kinds[kind])),
    { apiGroups: [GROUP], resources: plurals, verbs: ['list', 'watch'] },
    { apiGroups: [GROUP], resources: postures, verbs: ['create'] },
    // Records of repairs come and go; the right to repair is not here: people bind it (config/rbac/remediation.yaml).
    { apiGroups: [GROUP], resources: [hardeningRemediation.plural], verbs: ['create', 'delete'] },
    { apiGroups: [GROUP], resources: plurals.map((plural) => `${plural}/status`), verbs: ['update'] },
    // Whether the API server guards who approves a repair.
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
      resourceNames: [ACTION_GUARD_NAME],
      verbs: ['get'],
    },
    // Asks whether a user that nobody knows would be allowed: how an API server that allows everything is found out.
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    // Which authorizer grants Merlon what it is granted, and whom it is taken for. Everybody may ask, unless somebody took
    // that away; so it is with /readyz and /version.
    { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    // How and when the API server was started, and which plugins and authorizers it asks.
    { nonResourceURLs: ['/flagz', '/metrics', '/readyz', '/statusz', '/version'], verbs: ['get'] },
  ];
}

/** In kube-system: by which authorities users and the front proxy are let in, what kubeadm was told, and when an API server was started. */
export function buildAuthorityGrants(): Grant[] {
  const configMaps = { apiGroups: [''], resources: ['configmaps'] };
  return [
    { ...configMaps, resourceNames: ['extension-apiserver-authentication'], verbs: ['get'] },
    { ...configMaps, resourceNames: ['kubeadm-config'], verbs: ['list', 'watch'] },
    // Theirs have names that nobody knows, and a label, which no role can name.
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list', 'watch'] },
  ];
}

/** In default: at which addresses the API servers answer for themselves. */
export function buildInstanceGrants(): Grant[] {
  const resourceNames = ['kubernetes'];
  return [{ apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], resourceNames, verbs: ['get'] }];
}

/** In Merlon's own namespace: the heartbeat. */
export function buildNamespaceGrants(): Grant[] {
  const lease = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [
    // A name cannot restrict create: it is not known yet.
    { ...lease, verbs: ['create'] },
    { ...lease, resourceNames: [LEASE_NAME], verbs: ['get', 'update'] },
  ];
}

/** One grant per API group, in the order in which the kinds are listed. */
function buildReadGrants(read: readonly Kind[]): ResourceGrant[] {
  const byGroup = Map.groupBy(read, ({ group }) => group);
  return [...byGroup].map(([group, some]) => ({
    apiGroups: [group],
    resources: some.map(({ plural }) => plural).toSorted(),
    verbs: ['list', 'watch'],
  }));
}

export async function buildOperatorRoleFile(): Promise<GeneratedFile> {
  const name = OPERATOR_NAME;
  const namespace = OPERATOR_NAMESPACE;
  const labels = { 'app.kubernetes.io/name': name, ...shippedLabels };
  const apiVersion = `${RBAC}/v1`;
  const subjects = [{ kind: 'ServiceAccount', name: OPERATOR_NAME, namespace }];
  const documents = [
    { apiVersion, kind: 'ClusterRole', metadata: { name, labels }, rules: buildClusterGrants() },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects,
    },
    { apiVersion, kind: 'Role', metadata: { name, namespace, labels }, rules: buildNamespaceGrants() },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name, namespace, labels },
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects,
    },
    {
      apiVersion,
      kind: 'Role',
      metadata: { name, namespace: 'kube-system', labels },
      rules: buildAuthorityGrants(),
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name, namespace: 'kube-system', labels },
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects,
    },
    { apiVersion, kind: 'Role', metadata: { name, namespace: 'default', labels }, rules: buildInstanceGrants() },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name, namespace: 'default', labels },
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects,
    },
  ];
  const header = `# GENERATED from src/generate/operator-role.ts by "make generate".
# What the operator itself may do: read what it judges, write its own objects, nothing else.
`;
  return formatFile('config/rbac/operator.yaml', header + documents.map(printYaml).join('---\n'));
}
