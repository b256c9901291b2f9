/**
 * What RBAC grants anew: refused is what Merlon's catalogue of permissions knows as acting as anybody, what its rule about
 * anonymous users finds, and cluster-admin for whom nobody named. Of what is changed only what is added counts.
 */
import { kinds } from '../../../src/core/kinds.ts';
import type { PolicyRule, RbacSubject, RoleRef } from '../../../src/core/rbac-shape.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { project } from '../../../src/core/project.ts';
import { SubjectContext } from '../../../src/core/rule-contexts.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { oldestMinors } from '../../../src/enforcement/plan/planned-policy.ts';
import { CLUSTER_RBAC_GUARD_NAME, RBAC_GUARD_NAME } from '../../../src/enforcement/plan/rbac-guard.ts';
import { letsActAsAnybody } from '../../../src/enforcement/plan/unnamed-impersonation.ts';
import { anonymousGrants } from '../../../src/rules/rbac/anonymous-grants.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiClient } from '../../support/api-client.ts';
import type { Json } from '../../pod-security/generator.ts';
import { planRoom } from './changed-pods.ts';
import { createPolicies, isInvalid, messageOf, waitUntilAsked } from './family.ts';
import type { Answer, ComparedFamily } from './family.ts';
import { admins, contentOfExisting, existing, generateGrant, KUBEADM_ROLE, RBAC_GROUP } from './grant-cases.ts';
import type { GrantCase, GrantKind } from './grant-cases.ts';

const namespace = 'grants-deny';
const grantKinds = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'] as const satisfies readonly GrantKind[];

export const comparedGrants: ComparedFamily = {
  name: 'rbac',
  part: 14,
  oldestMinor: oldestMinors.ValidatingAdmissionPolicy,
  namespaces: { [namespace]: 'deny' },
  aims: () =>
    grantKinds.flatMap((kind) =>
      ['made', 'changed'].flatMap((how) => ['refused', 'let through'].map((what) => `${kind} ${how}: ${what}`)),
    ),
  async open(room) {
    const { cluster, rescuer } = room;
    const label = { metadata: { labels: { 'merlon.dev/enforce': 'deny' } } };
    bodyOf('label', await rescuer.resource('v1', 'namespaces').patch(KUBEADM_ROLE.namespace, label));
    await createExisting(rescuer);
    const over = { clusterAdmins: admins, clusterRbac: 'deny' } as const;
    await createPolicies(cluster, planRoom(room, 'rbac', over));
    const snapshot = await readRoles(rescuer);
    for (const asked of refusedOnes) {
      await waitUntilAsked(asked.kind, async () => {
        const answer = await askAbout(cluster.client, asked, asked.content, snapshot);
        return answer.kind === 'judged' && !answer.isAllowed;
      });
    }
    return (seed, index) => {
      const asked = generateGrant(seed, index, namespace);
      return {
        what: `${asked.kind} ${asked.namespace ?? ''}${asked.changes === undefined ? '' : `, over existing-${asked.changes}`}`,
        parts: asked.content,
        ask: (content) => askAbout(cluster.client, asked, content, snapshot),
      };
    };
  },
};

const impersonator = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] };
const refusedOnes: readonly GrantCase[] = [
  { kind: 'Role', namespace, changes: undefined, content: { rules: [impersonator] } },
  { kind: 'ClusterRole', namespace: undefined, changes: undefined, content: { rules: [impersonator] } },
];

async function createExisting(rescuer: ApiClient): Promise<void> {
  for (const kind of grantKinds) {
    for (let number = 0; number < existing; number += 1) {
      const within = kind.startsWith('Cluster') ? undefined : namespace;
      const object = { metadata: { name: nameExisting(number) }, ...contentOfExisting(kind, number) };
      bodyOf(kind, await rescuer.resource(`${RBAC_GROUP}/v1`, pluralOf(kind), within).create(object));
    }
  }
  const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'], verbs: ['get'] }];
  const { namespace: ofKubeadm, name } = KUBEADM_ROLE;
  bodyOf('role', await rescuer.resource(`${RBAC_GROUP}/v1`, 'roles', ofKubeadm).create({ metadata: { name }, rules }));
}

function nameExisting(number: number): string {
  return `existing-${String(number)}`;
}

function pluralOf(kind: GrantKind): string {
  return `${kind.toLowerCase()}s`;
}

async function readRoles(client: ApiClient): Promise<Snapshot> {
  const read = async (plural: string) =>
    bodyOf(plural, await client.resource<Json>(`${RBAC_GROUP}/v1`, plural).list()).items;
  const roles = (await read('roles')).map((role) => project(kinds.Role.shape, role));
  const clusterRoles = (await read('clusterroles')).map((role) => project(kinds.ClusterRole.shape, role));
  return buildObjectSnapshot({ objects: { Role: roles, ClusterRole: clusterRoles }, isWholeCluster: true });
}

async function askAbout(
  client: ApiClient,
  { kind, namespace: within, changes }: GrantCase,
  content: Json,
  snapshot: Snapshot,
): Promise<Answer> {
  const name = changes === undefined ? 'tried' : nameExisting(changes);
  const { path } = client.resource(`${RBAC_GROUP}/v1`, pluralOf(kind), within);
  const body = { apiVersion: `${RBAC_GROUP}/v1`, kind, metadata: { name }, ...content };
  const response =
    changes === undefined
      ? await client.request('POST', `${path}?dryRun=All`, { body })
      : await client.request('PUT', `${path}/${name}?dryRun=All`, { body });
  if (isInvalid(response) && !isOurs(messageOf(response))) return { kind: 'invalid', message: messageOf(response) };
  const before = changes === undefined ? {} : contentOfExisting(kind, changes);
  const isAllowed = response.status < 300;
  const enforced = isAllowed ? 'taken' : response.status === 403 && isOurs(messageOf(response)) ? 'refused' : undefined;
  return {
    kind: 'judged',
    isAllowed,
    counted: [`${kind} ${changes === undefined ? 'made' : 'changed'}: ${isAllowed ? 'let through' : 'refused'}`],
    enforced: enforced ?? `${response.status} ${messageOf(response)}`,
    reported: isGrantedAnew({ kind, within }, content, before, snapshot) ? 'refused' : 'taken',
  };
}

function isOurs(message: string): boolean {
  return [RBAC_GUARD_NAME, CLUSTER_RBAC_GUARD_NAME].some((name) => message.includes(`Policy '${name}'`));
}

interface Place {
  readonly kind: GrantKind;
  readonly within: string | undefined;
}

function isGrantedAnew({ kind, within }: Place, content: Json, before: Json, snapshot: Snapshot): boolean {
  if (kind === 'Role' || kind === 'ClusterRole') {
    const rules = addedOf('rules', content, before) as readonly PolicyRule[];
    return rules.some((rule) => letsActAsAnybody(rule, kind === 'ClusterRole'));
  }
  const roleRef = content['roleRef'] as RoleRef;
  const subjects = addedOf('subjects', content, before) as readonly RbacSubject[];
  const isForAll = roleRef.kind === 'ClusterRole' && roleRef.name === 'cluster-admin';
  return (isForAll && !subjects.every(mayBeAdmin)) || opensToEverybody({ kind, within }, roleRef, subjects, snapshot);
}

function addedOf(list: 'rules' | 'subjects', content: Json, before: Json): readonly object[] {
  const [now, old] = [content, before].map((one) => (one[list] ?? []) as readonly object[]);
  const known = new Set(old?.map((one) => JSON.stringify(one)));
  return now?.filter((one) => !known.has(JSON.stringify(one))) ?? [];
}

const ownAdmins = ['Group system:masters', 'Group kubeadm:cluster-admins'];
const named = admins.map((one) => `${one.kind} ${'namespace' in one ? `${one.namespace}/` : ''}${one.name}`);

function mayBeAdmin({ kind, namespace: within, name }: RbacSubject): boolean {
  return [...ownAdmins, ...named].includes(`${kind} ${within === undefined ? '' : `${within}/`}${name}`);
}

/** As the rule about anonymous users says it of a binding to these subjects alone. */
function opensToEverybody(
  { kind, within = '' }: Place,
  roleRef: RoleRef,
  subjects: readonly RbacSubject[],
  snapshot: Snapshot,
): boolean {
  const metadata = { name: 'tried', namespace: within };
  const apiVersion = `${RBAC_GROUP}/v1`;
  const context = new SubjectContext({}, { apiVersion, kind, ...metadata }, snapshot);
  const result = anonymousGrants.check({ metadata, roleRef, subjects }, context);
  if ('outcome' in result) throw new Error(result.reason);
  return result.some(({ severity }) => severity !== 'info');
}
