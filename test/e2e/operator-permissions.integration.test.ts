import { expect } from 'chai';
import { isDeepStrictEqual } from 'node:util';
import { API_VERSION, OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import type { AnyExemption } from '../../src/core/exemption.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import { pathOf } from '../support/audit-log.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import { waitUntil } from '../support/wait-until.ts';
import { untilGolden } from './golden-posture.ts';
import {
  clusterRoleBinding,
  cronJob,
  daemonSet,
  deployment,
  impersonatorRole,
  job,
  plainPod,
  pod,
  privilegedPod,
  replicationController,
  roleBinding,
  serviceAccount,
  statefulSet,
} from './manifests.ts';
import { operatorUser } from './operator-process.ts';
import { conditionOf, forgerOf, readPosture, readWrites, untilPosture, useOperatorSuite } from './operator-suite.ts';
import type { OperatorSuite } from './operator-suite.ts';
import {
  RECORD_NAME,
  recordsOf,
  repairBinding,
  say,
  switchTo,
  untilGuarded,
  untilRecord,
} from './remediation-suite.ts';

/** Merlon's own objects with their contents, so that one write can be compared with the next. */
const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  rules: [
    { level: 'Request', resources: [{ group: 'merlon.dev' }] },
    { level: 'Metadata', omitStages: ['RequestReceived'] },
  ],
});

/** One verb on one resource (or on one URL), in one namespace and on one name where the grant is limited to them. */
interface Grant {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

describe('the permissions of the operator', () => {
  const suite = useOperatorSuite({ auditLog: { policy: auditPolicy } });
  let grants: readonly Grant[];
  const lives = new Map<string, readonly AuditEvent[]>();
  const both = () => [...lives.values()].flat();
  /** What this version does not have is asked for by a watch, and then not listed. */
  const isServed = ({ resource }: Grant) => suite.cluster.minor >= 36 || !resource.startsWith('mutatingadmissionpolic');

  before('two lives, with watch-list and without', async function () {
    this.timeout(120_000);
    lives.set('watch-list', await live(suite, 'first'));
    await suite.cluster.apiServer.restart({ flags: { 'feature-gates': 'WatchList=false' } });
    lives.set('lists', await live(suite, 'second'));
    grants = await readGrants(suite.client);
  });

  it('are in no binding but the shipped ones, have no wildcard and read no Secret', () => {
    for (const { verb, group, resource } of grants) expect([verb, group, resource]).not.to.include('*');
    expect(grants.filter(({ resource }) => resource.startsWith('secrets'))).to.deep.equal([]);
    // The right to repair is bound by people, for one account of one namespace at a time.
    const patchDefault = { verb: 'patch', group: '', resource: 'serviceaccounts', name: 'default' };
    const [first, second] = ['first-farm', 'second-farm'].map((namespace) => ({ ...patchDefault, namespace }));
    expect(grants.filter(({ verb }) => verb === 'patch')).to.have.deep.members([first, second]);
    expect(
      grants.filter(
        ({ group, verb }) =>
          verb !== 'patch' && group !== 'merlon.dev' && group !== 'coordination.k8s.io' && !isReading(verb),
      ),
    ).to.deep.equal([
      { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
      { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
      { verb: 'create', group: 'authentication.k8s.io', resource: 'selfsubjectreviews' },
    ]);
  });

  it('are enough: nothing was refused but objects for namespaces on their way out', () => {
    const refused = both().filter(({ responseStatus }) => responseStatus?.code === 403 || responseStatus?.code === 401);
    const messages = refused.map(({ responseStatus }) => responseStatus?.message ?? '');
    expect(messages.filter((message) => !message.includes('because it is being terminated'))).to.deep.equal([]);
  });

  it('are all used', () => {
    const unused = grants.filter((grant) => !both().some((event) => isCovered(event, grant)));
    // Asked only where /version and /metrics tell nothing (test/evidence/collect-server.test.ts).
    const inNeed = ['/readyz', '/statusz'];
    expect(unused.filter((grant) => isServed(grant) && !inNeed.includes(grant.resource))).to.deep.equal([]);
  });

  it('are all that was asked for', () => {
    const strange = both().filter((event) => !grants.some((grant) => isCovered(event, grant)));
    expect(strange.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).to.deep.equal([]);
  });

  it('to list are not needed where the API server streams lists', () => {
    // A target is read by its name right before it is written.
    const lists = lives
      .get('watch-list')
      ?.filter(({ verb, requestURI }) => verb === 'list' && !requestURI.includes('metadata.name%3D'));
    expect(lists?.map(({ requestURI }) => requestURI)).to.deep.equal([]);
  });

  it('to list are used for each kind where it does not', () => {
    const kinds = grants.filter((grant) => grant.verb === 'list' && isServed(grant)).length;
    const listed = new Set(
      lives
        .get('lists')
        ?.filter(({ verb }) => verb === 'list')
        .map(({ objectRef }) => objectRef?.resource),
    );
    expect(listed.size).to.equal(kinds);
  });

  it('to write are used only to say something new', () => {
    const said = new Map<string, unknown>();
    // A conflict wrote nothing.
    const writes = both().filter(
      ({ verb, objectRef, responseStatus }) =>
        !isReading(verb) && objectRef?.apiGroup === 'merlon.dev' && responseStatus?.code !== 409,
    );
    expect(writes).to.have.length.above(20);
    for (const { verb, objectRef, requestObject } of writes) {
      const { resource = '', namespace = '', name = '' } = objectRef ?? {};
      const key = /hardening(policies|exemptions)$/.test(resource)
        ? `${resource} ${namespace} ${name}`
        : `${resource} ${namespace}`;
      const isOfExistence = verb === 'create' || verb === 'delete';
      const saysNow = isOfExistence ? undefined : withoutTimes(requestObject);
      const isNew = isOfExistence || !isDeepStrictEqual(said.get(key), saysNow);
      expect(isNew, `${key} was written twice alike: ${JSON.stringify(saysNow)}`).to.equal(true);
      said.set(key, saysNow);
    }
  });

  it('are not used where something changes that no rule reads', async () => {
    const { client, cluster } = suite;
    await client.createNamespace('still');
    await client.createNamespace('loud');
    await client.create(deployment('still', 'web', plainPod, 1));
    await client.create(deployment('loud', 'web', plainPod, 1));
    await client.create(impersonatorRole('still', 'act-as'));
    const operator = await suite.startOperator();
    const pods = client.resource('v1', 'pods', 'still');
    const [runs] = await waitUntil(
      async () => {
        const { items } = bodyOf('list pods', await pods.list());
        return items.length > 0 && items;
      },
      { what: 'the pod to exist' },
    );
    await untilGolden(cluster);
    const from = await cluster.readAuditPosition();

    const marks = { metadata: { labels: { touched: 'yes' }, annotations: { touched: 'yes' } } };
    await pods.patch(runs?.metadata.name ?? '', marks);
    await pods.patchStatus(runs?.metadata.name ?? '', { phase: 'Running' });
    await client.resource('v1', 'namespaces').patch('still', marks);
    await client.resource('v1', 'serviceaccounts', 'still').patch('default', marks);
    await client.resource('apps/v1', 'deployments', 'still').patch('web', { ...marks, spec: { replicas: 2 } });
    await client.resource('rbac.authorization.k8s.io/v1', 'roles', 'still').patch('act-as', marks);
    await client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'still' } });
    await client.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: 'still' } });

    // A watch keeps the order of its kind: when these show, all of the above has been seen.
    await client.create(pod('loud', 'shell', privilegedPod));
    await client.create(impersonatorRole('loud', 'act-as'));
    await client.apply(serviceAccount('loud', 'default'));
    await client.apply(deployment('loud', 'late', plainPod));
    await client.resource('v1', 'namespaces').patch('loud', {
      // What it enforces is looked at in the posture of the cluster, too.
      metadata: { labels: { 'pod-security.kubernetes.io/warn': 'baseline' } },
    });
    await untilGolden(cluster);
    await operator.stop();
    const writes = await readWrites(cluster, from);
    expect(writes.map(({ objectRef }) => objectRef?.namespace)).to.include('loud');
    expect(writes.filter(({ objectRef }) => objectRef?.namespace !== 'loud')).to.deep.equal([]);
  });
});

/** What an operator meets in a while: workloads of every kind come, change and go, and so do policies and postures. */
async function live(suite: OperatorSuite, name: string): Promise<AuditEvent[]> {
  const { client, cluster } = suite;
  const [shop, farm] = [`${name}-shop`, `${name}-farm`];
  const from = await cluster.readAuditPosition();
  const operator = await suite.startOperator();

  await Promise.all([client.createNamespace(shop, { team: shop }), client.createNamespace(farm)]);
  await Promise.all([
    client.create(deployment(shop, 'web', plainPod, 2)),
    client.create(statefulSet(shop, 'store', plainPod)),
    client.create(daemonSet(shop, 'agent', privilegedPod)),
    client.create(job(farm, 'import', plainPod)),
    client.create(cronJob(farm, 'report', plainPod)),
    client.create(replicationController(farm, 'old', plainPod)),
    client.create(pod(farm, 'shell', privilegedPod)),
    client.create(impersonatorRole(farm, 'act-as')),
    client.create(clusterRoleBinding(`${name}-editor`, 'edit', 'jane')),
  ]);
  await untilGolden(cluster);

  const policy = { apiVersion: API_VERSION, kind: 'ClusterHardeningPolicy', metadata: { name } };
  const namespaceSelector = { matchLabels: { team: shop } };
  await client.apply({ ...policy, spec: { namespaceSelector, threshold: 'critical' } });
  await untilPosture(client, shop, 'to follow the policy', (status) => status.policy === name);
  await client.apply({ ...policy, spec: { namespaceSelector, rules: [{ rule: 'pod-priviledged' }] } });
  await untilPosture(client, shop, 'to say that the policy is invalid', (status) => {
    return conditionOf(status, 'Ready')?.reason === 'PolicyInvalid';
  });
  await client.resource(API_VERSION, 'clusterhardeningpolicies').delete(name);

  const own = { apiVersion: API_VERSION, kind: 'HardeningPolicy', metadata: { name: 'own', namespace: farm } };
  const subject = { kind: 'ServiceAccount', name: 'default' };
  await client.apply({
    ...own,
    spec: { expectations: [{ subject, allow: [{ verbs: ['get'], resources: ['pods'] }] }] },
  });
  await untilPosture(client, farm, 'to judge what is expected', ({ findings }) =>
    findings?.some(({ rule }) => rule === 'rbac-expectations'),
  );

  await exempt(client, { kind: 'ClusterHardeningExemption', metadata: { name } }, 'NoMatch');
  await exempt(client, { kind: 'HardeningExemption', metadata: { name, namespace: farm } }, 'NotPermitted');

  await switchTo(client, shop, 'plan');
  await untilRecord(client, shop, 'to be held back', ({ state }) => state === 'Blocked');
  await switchTo(client, shop, 'off');
  await waitUntil(async () => (await recordsOf(client, shop).get(RECORD_NAME)).status === 404, {
    what: 'the record to go',
  });
  await client.create(repairBinding(farm));
  await untilGuarded(client);
  await switchTo(client, farm, 'apply');
  await untilRecord(client, farm, 'to be held back', ({ state }) => state === 'Blocked');
  await say(client, farm, 'Approve');
  await untilRecord(client, farm, 'to be applied', ({ state }) => state === 'Applied');

  await client.apply(deployment(shop, 'web', privilegedPod, 2));
  await client.create(roleBinding(farm, 'act-as', 'act-as', 'jane'));
  const postures = (await forgerOf(cluster)).resource(API_VERSION, 'securitypostures', farm);
  const { uid } = bodyOf('delete a posture', await postures.delete('current')).metadata;
  await waitUntil(async () => ![undefined, uid].includes((await readPosture(client, farm))?.metadata.uid), {
    what: 'the posture that was deleted to come back',
  });
  await untilGolden(cluster);

  await Promise.all([
    client.resource('apps/v1', 'deployments', shop).delete('web'),
    client.resource('batch/v1', 'jobs', farm).delete('import'),
    client.resource('rbac.authorization.k8s.io/v1', 'clusterrolebindings').delete(`${name}-editor`),
    client.resource('v1', 'namespaces').delete(shop),
  ]);
  await waitUntil(async () => (await client.resource('v1', 'namespaces').get(shop)).status === 404, {
    what: `namespace "${shop}" to go`,
    timeoutMs: 20_000,
  });
  await untilGolden(cluster);
  expect(await operator.stop()).to.deep.equal({ code: 0, signal: null });
  return cluster.readAudit({ user: operatorUser, from });
}

/** Until that is said of it. */
async function exempt(
  client: ApiClient,
  object: {
    readonly kind: AnyExemption['kind'];
    readonly metadata: { readonly name: string; readonly namespace?: string };
  },
  reason: string,
): Promise<void> {
  const spec = { rules: ['*'], subjects: [{ name: 'nobody' }], reason: 'accepted for this test' };
  await client.apply({ apiVersion: API_VERSION, ...object, spec });
  const { name, namespace } = object.metadata;
  const plural = namespace === undefined ? 'clusterhardeningexemptions' : 'hardeningexemptions';
  const exemptions = client.resource<AnyExemption>(API_VERSION, plural, namespace);
  await waitUntil(
    async () => conditionOf(bodyOf('read', await exemptions.get(name)).status, 'Active')?.reason === reason,
    { what: `${plural} "${name}" to be ${reason}` },
  );
}

/** All that the operator's ServiceAccount is granted besides what Kubernetes grants to every one, taken apart. */
async function readGrants(client: ApiClient): Promise<Grant[]> {
  const rbac = (plural: string, namespace?: string) =>
    client.resource('rbac.authorization.k8s.io/v1', plural, namespace);
  const [clusterBindings, bindings] = await Promise.all([
    rbac('clusterrolebindings').list(),
    rbac('rolebindings').list(),
  ]);
  const all = [...bodyOf('list', clusterBindings).items, ...bodyOf('list', bindings).items];
  const own = all.filter((binding) => ((binding['subjects'] ?? []) as unknown[]).some(isOperator));
  const granted = own.map(async ({ metadata: { namespace }, roleRef }) => {
    const { kind, name } = roleRef as { kind: string; name: string };
    const role = kind === 'Role' ? rbac('roles', namespace) : rbac('clusterroles');
    const rules = bodyOf(`read ${kind} "${name}"`, await role.get(name))['rules'] as PolicyRule[];
    return rules.flatMap((rule) => takeApart(rule, namespace));
  });
  return (await Promise.all(granted)).flat();
}

function isOperator(subject: unknown): boolean {
  const { kind, name, namespace } = subject as { kind: string; name: string; namespace?: string };
  return kind === 'ServiceAccount'
    ? name === OPERATOR_NAME && namespace === OPERATOR_NAMESPACE
    : [operatorUser, `system:serviceaccounts:${OPERATOR_NAMESPACE}`].includes(name);
}

function takeApart(rule: PolicyRule, namespace: string | undefined): Grant[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [undefined], nonResourceURLs = [] } = rule;
  const urls = verbs.flatMap((verb) => nonResourceURLs.map((url) => ({ verb, group: '', resource: url })));
  const ofResources = verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.map((name) => ({
          verb,
          group,
          resource,
          ...(namespace === undefined ? {} : { namespace }),
          ...(name === undefined ? {} : { name }),
        })),
      ),
    ),
  );
  return [...urls, ...ofResources];
}

function isCovered(event: AuditEvent, grant: Grant): boolean {
  const { verb, objectRef } = event;
  if (objectRef === undefined) return verb === grant.verb && pathOf(event) === grant.resource;
  const { resource = '', subresource, apiGroup = '', namespace, name } = objectRef;
  return (
    verb === grant.verb &&
    apiGroup === grant.group &&
    (subresource === undefined ? resource : `${resource}/${subresource}`) === grant.resource &&
    (grant.namespace === undefined || grant.namespace === namespace) &&
    (grant.name === undefined || grant.name === name)
  );
}

function isReading(verb: string): boolean {
  return ['get', 'list', 'watch'].includes(verb);
}

/** What a written posture or policy says, whenever that was. */
function withoutTimes(written: unknown): unknown {
  const { status } = written as { status: object };
  return JSON.parse(
    JSON.stringify(status, (key, value: unknown) =>
      key === 'changedTime' || key === 'lastTransitionTime' ? undefined : value,
    ),
  );
}
