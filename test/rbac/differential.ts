/**
 * Holds Merlon's authorizer to a real API server's: the same roles and bindings, the same requests, and the answer must be
 * the same, with a reason that is one of Merlon's.
 */
import { kinds } from '../../src/core/kinds.ts';
import type { KindName } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../src/core/object-snapshot.ts';
import { project } from '../../src/core/project.ts';
import { Authorizer, describeGrant } from '../../src/rbac/authorizer.ts';
import { checkBindingWrite, checkRoleWrite } from '../../src/rbac/escalation.ts';
import { AUTHENTICATED, MASTERS } from '../../src/rbac/request.ts';
import type { AccessRequest, Requester } from '../../src/rbac/request.ts';
import { allows } from '../../src/rbac/rule-matching.ts';
import { forEachConcurrently } from '../bench/concurrently.ts';
import type { ApiClient } from '../support/api-client.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { waitUntil } from '../support/wait-until.ts';
import { shrink } from '../support/shrink.ts';
import { generateRequest, generateWorld, generateWrite } from './generator.ts';
import type { GeneratedRequest, RbacManifest, World } from './generator.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const rbacKinds = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'] as const;
const concurrency = 16;

export interface RbacTally {
  asked: number;
  allowed: number;
  /** Refused, and some binding is of a role that does not exist. */
  dangling: number;
  /** What the API server does not take as it is: nothing can be compared. */
  invalid: number;
  readonly disagreements: RbacDisagreement[];
}

export interface RbacDisagreement {
  /** Of a request; absent for a write. */
  readonly request?: number;
  readonly what: string;
  readonly server: string;
  readonly merlon: string;
}

export function startTally(): RbacTally {
  return { asked: 0, allowed: 0, dangling: 0, invalid: 0, disagreements: [] };
}

/** One world of roles and bindings on a control plane, and Merlon's view of all RBAC there. */
export class RbacArena {
  readonly #controlPlane: ControlPlane;
  readonly #seed: number;
  readonly #world: World;
  readonly #authorizer: Authorizer;

  private constructor(controlPlane: ControlPlane, seed: number, world: World, authorizer: Authorizer) {
    this.#controlPlane = controlPlane;
    this.#seed = seed;
    this.#world = world;
    this.#authorizer = authorizer;
  }

  /** Creates the objects of the world, and waits until the API server judges by them. */
  static async open(controlPlane: ControlPlane, seed: number, index: number): Promise<RbacArena> {
    const { client } = controlPlane;
    const world = generateWorld(seed, index);
    for (const namespace of world.namespaces) await client.createNamespace(namespace);
    return new RbacArena(controlPlane, seed, world, await install(client, world.objects, world.namespaces[0] ?? ''));
  }

  /** Takes away what the world holds, so that the next one is no larger. */
  async close(): Promise<void> {
    await remove(this.#controlPlane.client, this.#world.objects);
  }

  /**
   * The smallest part of the world in which the two still disagree about the request. It leaves the arena empty.
   * @returns undefined where they agree when asked again
   */
  async shrink(number: number): Promise<{ readonly objects: unknown; readonly problem: object } | undefined> {
    const { client } = this.#controlPlane;
    const asked = generateRequest(this.#world, this.#seed, number);
    let installed = this.#world.objects;
    let problem: object | undefined;
    const disagree = async (objects: readonly RbacManifest[]): Promise<boolean> => {
      await remove(client, installed);
      installed = objects;
      const authorizer = await install(client, objects, this.#world.namespaces[0] ?? '');
      const found = compareAnswer(authorizer, asked, await review(client, asked));
      problem = found ?? problem;
      return found !== undefined;
    };
    const isRepeated = await disagree(this.#world.objects);
    const isStillTrue = async ({ objects }: Readonly<Record<string, unknown>>): Promise<boolean> => {
      const some = Array.isArray(objects) ? (objects as readonly Partial<RbacManifest>[]) : undefined;
      // What has no name, or is of no kind, is no object that could be there.
      if (some?.every(({ kind, metadata }) => kind !== undefined && metadata?.name !== undefined) !== true)
        return false;
      return disagree(some as readonly RbacManifest[]);
    };
    const smallest = isRepeated ? await shrink({ objects: this.#world.objects }, isStillTrue) : undefined;
    await remove(client, installed);
    return smallest === undefined || problem === undefined ? undefined : { objects: smallest['objects'], problem };
  }

  /** @param numbers of requests of this world */
  async compareRequests(numbers: Iterable<number>, tally: RbacTally): Promise<void> {
    await forEachConcurrently(numbers, concurrency, async (number) => {
      const { requester, request } = generateRequest(this.#world, this.#seed, number);
      const server = await review(this.#controlPlane.client, { requester, request });
      const problem = compareAnswer(this.#authorizer, { requester, request }, server);
      tally.asked += 1;
      if (server.allowed) tally.allowed += 1;
      else if (server.reason !== '') tally.dangling += 1;
      if (problem === undefined) return;
      const what = `request ${number}: ${JSON.stringify({ requester, request })}`;
      tally.disagreements.push({ request: number, what, ...problem });
    });
  }

  /** Roles and bindings that limited users try to write: allowed or refused as Merlon says, for want of the same rules. */
  async compareWrites(numbers: Iterable<number>, tally: RbacTally): Promise<void> {
    const writers = await this.#openWriters();
    // What writers hold as such counts for what they may hand out.
    const authorizer = new Authorizer(await readSnapshot(this.#controlPlane.client));
    await forEachConcurrently(numbers, concurrency, async (number) => {
      const writer = writers[number % writers.length];
      if (writer === undefined) throw new Error('the world has no writers');
      const object = generateWrite(this.#world, this.#seed, number);
      const { status, body } = await resourceOf(writer.client, object).create(object, { dryRun: 'All' });
      if (status !== 201 && status !== 403 && status !== 404) {
        tally.invalid += 1;
        return;
      }
      const isAllowed = status === 201;
      const said = judgeWrite(authorizer, writer.requester, object);
      tally.asked += 1;
      if (isAllowed) tally.allowed += 1;
      if (status === 404) tally.dangling += 1;
      if (said.allowed === isAllowed && (status === 404) === said.isMissingRole) return;
      const server = `${status} ${(body as { readonly message?: string }).message ?? ''}`;
      const what = `write ${number} of ${JSON.stringify(writer.requester)}: ${JSON.stringify(object)}`;
      tally.disagreements.push({ what, server, merlon: JSON.stringify(said) });
    });
    for (const { client } of writers) client.close();
  }

  /** Each has what the world grants, and may write roles and bindings as far as it holds what they grant. */
  async #openWriters(): Promise<readonly { readonly requester: Requester; readonly client: ApiClient }[]> {
    const { client } = this.#controlPlane;
    // They may be there already, from another world.
    await client.resource(RBAC, 'clusterroles').create({
      kind: 'ClusterRole',
      metadata: { name: 'rbac-writer' },
      rules: [
        {
          verbs: ['create'],
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
        },
      ],
    });
    await client.resource(RBAC, 'clusterrolebindings').create({
      kind: 'ClusterRoleBinding',
      metadata: { name: 'rbac-writers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'rbac-writer' },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'rbac-writers' }],
    });
    const people = this.#world.requesters.slice(0, 3);
    const writers = people.map(({ user, groups }) => ({ user, groups: [...groups, 'rbac-writers'] }));
    await waitUntil(
      async () => {
        const request = { ...writeRequest, namespace: '', name: '', subresource: '' };
        return (await review(client, { requester: writers[0] ?? { user: '', groups: [] }, request })).allowed;
      },
      { what: 'the writers to have their right' },
    );
    return Promise.all(
      writers.map(async (requester) => {
        const groups = requester.groups.filter((group) => group !== AUTHENTICATED);
        return { requester, client: await this.#controlPlane.clientFor({ user: requester.user, groups }) };
      }),
    );
  }
}

function judgeWrite(
  authorizer: Authorizer,
  requester: Requester,
  object: RbacManifest,
): { readonly allowed: boolean; readonly isMissingRole: boolean } {
  const { namespace = '' } = object.metadata;
  const projected = project(kinds[object.kind].shape, object);
  const verdict =
    'roleRef' in projected
      ? checkBindingWrite(authorizer, requester, { roleRef: projected.roleRef, namespace })
      : checkRoleWrite(authorizer, requester, {
          kind: object.kind === 'Role' ? 'Role' : 'ClusterRole',
          namespace,
          name: '',
          rules: projected.rules ?? [],
        });
  return { allowed: verdict.allowed, isMissingRole: !verdict.allowed && verdict.missing === 'role' };
}

const writeRequest = { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' };

/** What has no namespace where it must is asked for at a place that takes no such thing. */
const refusedAsInvalid: readonly number[] = [400, 405, 422];

/** Creates them, and waits until the API server judges by them. What it does not take is left out. */
async function install(client: ApiClient, objects: readonly RbacManifest[], namespace: string): Promise<Authorizer> {
  await forEachConcurrently(objects, concurrency, async (object) => {
    const { status } = await resourceOf(client, object).create(object);
    if (status !== 201 && !refusedAsInvalid.includes(status)) {
      throw new Error(`${object.kind} ${object.metadata.name}: ${status}`);
    }
  });
  await untilInForce(client, namespace);
  return new Authorizer(await readSnapshot(client));
}

async function remove(client: ApiClient, objects: readonly RbacManifest[]): Promise<void> {
  await forEachConcurrently(objects, concurrency, (object) => resourceOf(client, object).delete(object.metadata.name));
}

interface ServerAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

async function review(client: ApiClient, { requester, request }: GeneratedRequest): Promise<ServerAnswer> {
  const attributes =
    'path' in request ? { nonResourceAttributes: request } : { resourceAttributes: { ...request, version: '' } };
  const response = await client.request<{ readonly status: { readonly allowed: boolean; readonly reason?: string } }>(
    'POST',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    {
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { ...requester, ...attributes },
      },
    },
  );
  const { allowed, reason = '' } = bodyOf('SubjectAccessReview', response).status;
  // Of a refusal the chain of authorizers says which of them gave the reason (v1.37).
  return { allowed, reason: reason.replace(/^rbac: (?=RBAC: )/, '') };
}

/** @returns undefined where both say the same */
function compareAnswer(
  authorizer: Authorizer,
  { requester, request }: GeneratedRequest,
  server: ServerAnswer,
): { server: string; merlon: string } | undefined {
  const { allowed, reason } = authorizer.authorize(requester, request);
  // The order of bindings is the server's own: any grant that allows it may be what it names.
  const reasons = allowed ? [reason, ...reasonsOf(authorizer, requester, request)] : [reason];
  const isSame = reasons.some((one) => sortErrors(one) === sortErrors(server.reason));
  if (allowed === server.allowed && isSame) return undefined;
  return { server: JSON.stringify(server), merlon: JSON.stringify({ allowed, reasons }) };
}

function reasonsOf(authorizer: Authorizer, requester: Requester, request: AccessRequest): readonly string[] {
  if (requester.groups.includes(MASTERS)) return [];
  return authorizer
    .grantsOf(requester, 'path' in request ? '' : request.namespace)
    .filter(({ bound }) => authorizer.rulesOfBinding(bound)?.rules.some((rule) => allows(rule, request)) === true)
    .map((grant) => `RBAC: allowed by ${describeGrant(grant)}`);
}

function sortErrors(reason: string): string {
  const listed = /^RBAC: \[(.*)\]$/.exec(reason)?.[1];
  return listed === undefined ? reason : `RBAC: [${listed.split(', ').sort().join(', ')}]`;
}

/** The server reads each kind on a stream of its own: what was created last of each must have its effect. */
async function untilInForce(client: ApiClient, namespace: string): Promise<void> {
  const rules = [{ verbs: ['mark'], apiGroups: ['mark'], resources: ['marks'] }];
  marks += 1;
  const name = `${namespace}-mark-${marks}`;
  const user = (word: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: `${name}-${word}` });
  const ref = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
  const some: readonly RbacManifest[] = [
    { kind: 'ClusterRole', metadata: { name }, rules },
    { kind: 'Role', metadata: { name, namespace }, rules },
    { kind: 'ClusterRoleBinding', metadata: { name }, roleRef: ref('ClusterRole'), subjects: [user('cluster')] },
    { kind: 'RoleBinding', metadata: { name, namespace }, roleRef: ref('Role'), subjects: [user('namespace')] },
  ];
  for (const mark of some) bodyOf(name, await resourceOf(client, mark).create(mark));
  const request = { verb: 'mark', group: 'mark', resource: 'marks', subresource: '', name: '', namespace };
  for (const word of ['cluster', 'namespace']) {
    const requester = { user: `${name}-${word}`, groups: [] };
    await waitUntil(async () => (await review(client, { requester, request })).allowed, { what: `${name} to count` });
  }
  await remove(client, some);
}

let marks = 0;

async function readSnapshot(client: ApiClient) {
  const objects: Partial<Record<KindName, unknown[]>> = {};
  for (const kind of rbacKinds) {
    const { items } = bodyOf(`list ${kind}`, await client.resource(RBAC, kinds[kind].plural).list());
    objects[kind] = items.map((item) => project(kinds[kind].shape, item));
  }
  return buildObjectSnapshot({ isWholeCluster: true, objects: objects as ObjectsByKind });
}

function resourceOf(client: ApiClient, { kind, metadata }: RbacManifest) {
  return client.resource(RBAC, kinds[kind].plural, metadata.namespace);
}
