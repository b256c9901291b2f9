/**
 * What bit on a real API server (by its numbers in docs/conformance.md), and all that Merlon would ever enforce, at once, on
 * one: no API server is kept from starting, no workload is frozen, and nothing is refused that no binding selects. What can
 * be read off the policies is in test/enforcement/plan/traps.test.ts.
 */
import { expect } from 'chai';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { EnforcementTerms } from '../../src/core/enforcement-terms.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { install } from '../e2e/installation.ts';
import type { Json } from '../pod-security/generator.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiResponse } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  canRefuse,
  careless,
  container,
  hardened,
  impersonatingClusterRole,
  impersonatingRole,
  impersonator,
  inNamespaces,
  inTheCluster,
  RBAC,
  tokenSecret,
} from './careless-objects.ts';
import type { Written } from './careless-objects.ts';
import { planEverything } from './every-policy.ts';
import { applyYaml, askNode, connect, createDebugger, LET_IN, waitForAnswer } from './guarded-cluster.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const onTrial = { dryRun: 'All' };

/** An answer in the words of CEL is none in Merlon's. */
const ERROR = /resulted in error|cost limit|no such|fails to evaluate/;

describe('all policies at once', () => {
  const cluster = useControlPlane({ needs: ['restart', 'controller-manager', 'build'], own: { auditLog: false } });

  const nothingInTheCluster = { cluster: { nodesProxy: 'off', rbac: 'off' } } as const;

  async function enforce(over: Partial<EnforcementTerms> = {}): Promise<void> {
    await applyYaml(cluster(), [...printEnforcement(planEverything(cluster().minor, over))].join(''));
  }

  function create(
    namespace: string | undefined,
    [apiVersion, plural, fields]: Written,
    name: string,
    query: Readonly<Record<string, string>> = {},
  ) {
    const metadata = { ...(fields['metadata'] as Json | undefined), name };
    return cluster()
      .client.resource(apiVersion, plural, namespace)
      .create({ ...fields, metadata }, query);
  }

  async function tryPod(namespace: string, spec: Json, metadata: Json = {}): Promise<string> {
    return say(await create(namespace, ['v1', 'pods', { metadata, spec }], 'tried', onTrial));
  }

  before('what is older than the policies, and then all of them', async function () {
    this.timeout(180_000);
    const { client } = cluster();
    await install(cluster());
    for (const namespace of ['older', 'off']) await client.createNamespace(namespace);
    await client.createNamespace('deny', { 'merlon.dev/enforce': 'deny' });
    for (const namespace of ['deny', 'off']) {
      bodyOf(
        'account',
        await client.resource('v1', 'serviceaccounts', namespace).create({ metadata: { name: 'web' } }),
      );
    }
    for (const one of inNamespaces) bodyOf(one[1], await create('older', one, 'older'));
    // Of a Deployment, its own ReplicaSet, a ReplicaSet, a controller, and a StatefulSet; of the Jobs none.
    await waitUntil(async () => (await podsOf('older')) === 5, { what: 'the pods of the older workloads' });
    await enforce(nothingInTheCluster);
    const label = { metadata: { labels: { 'merlon.dev/enforce': 'deny' } } };
    bodyOf('label', await client.resource('v1', 'namespaces').patch('older', label));
    for (const namespace of ['older', 'deny']) await waitForAnswer(() => tryPod(namespace, careless), /^403/);
    await waitForAnswer(async () => say(await create('deny', tokenSecret, 'tried', onTrial)), /^403/);
    await waitForAnswer(async () => say(await create('deny', impersonatingRole, 'tried', onTrial)), /^403/);
  });

  async function podsOf(namespace: string): Promise<number> {
    return bodyOf('pods', await cluster().client.resource('v1', 'pods', namespace).list()).items.length;
  }

  describe('refuse nothing that no binding selects', () => {
    for (const one of inNamespaces) {
      it(`${one[1]} in a namespace without the label; with it they are ${canRefuse(one) ? 'refused' : 'taken, too'}`, async () => {
        expect(say(await create('off', one, 'tried', onTrial))).to.match(/^201 /);
        const answer = say(await create('deny', one, 'tried', onTrial));
        expect(answer).to.match(
          canRefuse(one) ? /^403 .*ValidatingAdmissionPolicy 'merlon-[a-z-]+' with binding 'merlon-/ : /^201 /,
        );
        expect(answer).not.to.match(ERROR);
      });
    }

    for (const one of inTheCluster) {
      it(`${one[1]}, which are in no namespace`, async () => {
        expect(say(await create(undefined, one, 'tried', onTrial))).to.match(/^201 /);
      });
    }

    it('exec into a pod, a debug container in it, and the proxy of a node', async () => {
      const ada = await createDebugger(cluster(), 'ada');
      bodyOf('pod', await create('off', ['v1', 'pods', { spec: careless }], 'careless'));
      expect(await connect(ada, 'off/careless')).to.match(LET_IN);
      await waitForAnswer(() => connect(ada, 'older/older'), /^403 .*merlon-exec-guard/);
      expect(await askNode(ada, '/exec/off/careless/main')).not.to.match(/^403/);
      const path = '/api/v1/namespaces/off/pods/careless/ephemeralcontainers?dryRun=All';
      const body = {
        spec: { ephemeralContainers: [{ name: 'debug', image: 'debug', securityContext: { privileged: true } }] },
      };
      const contentType = 'application/strategic-merge-patch+json';
      expect((await ada.request('PATCH', path, { body, contentType })).status).to.equal(200);
    });
  });

  describe('trap 4: freeze nothing that is older', () => {
    for (const [apiVersion, plural] of inNamespaces) {
      it(`${plural} are labelled, and get a finalizer and lose it`, async () => {
        const objects = cluster().client.resource(apiVersion, plural, 'older');
        const changes = [
          { metadata: { labels: { team: 'a' } } },
          { metadata: { annotations: { note: 'seen' } } },
          { metadata: { finalizers: ['merlon.dev/test'] } },
          { metadata: { finalizers: [] } },
        ];
        for (const change of changes) expect(say(await objects.patch('older', change))).to.match(/^200 /);
      });
    }

    it('a pod runs and comes to its end', async () => {
      const path = '/api/v1/namespaces/older/pods/older/status';
      for (const phase of ['Running', 'Succeeded']) {
        const contentType = 'application/merge-patch+json';
        expect(
          say(await cluster().client.request('PATCH', path, { body: { status: { phase } }, contentType })),
        ).to.match(/^200 /);
      }
    });

    it('workloads are scaled down, until their pods are gone', async () => {
      const scaled = ['replicationcontrollers', 'deployments', 'replicasets', 'statefulsets'];
      for (const [apiVersion, plural] of inNamespaces.filter(([, one]) => scaled.includes(one))) {
        const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
        const path = `${root}/namespaces/older/${plural}/older/scale`;
        const contentType = 'application/merge-patch+json';
        const scale = { body: { spec: { replicas: 0 } }, contentType };
        expect(say(await cluster().client.request('PATCH', path, scale)), plural).to.match(/^200 /);
      }
      await waitUntil(async () => (await podsOf('older')) === 1, { what: 'the pods of the workloads to go' });
    });

    it('roles and bindings lose rights, and rules and subjects that are there stay', async () => {
      const change = async (plural: string, patch: Json) =>
        say(await cluster().client.resource(RBAC, plural, 'older').patch('older', patch));
      const reader = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
      expect(await change('roles', { rules: [reader, impersonator] })).to.match(/^200 /);
      expect(await change('roles', { rules: null })).to.match(/^200 /);
      expect(await change('rolebindings', { subjects: [] })).to.match(/^200 /);
    });

    it('all of it is deleted', async () => {
      for (const [apiVersion, plural] of inNamespaces) {
        expect(say(await cluster().client.resource(apiVersion, plural, 'older').delete('older'))).to.match(/^20[02] /);
      }
    });
  });

  it('trap 6: what is taken and what is refused is weighed to the end, of a pod of 250 containers and 250 volumes', async () => {
    const volumes = Array.from({ length: 250 }, (_, index) => ({
      name: `v${index}`,
      secret: { secretName: `s${index}` },
    }));
    const containers = volumes.map(({ name }) => ({
      ...container,
      name,
      volumeMounts: [{ name, mountPath: '/data' }],
    }));
    const large = { ...hardened, serviceAccountName: 'default', volumes, containers };
    expect(await tryPod('deny', large)).to.match(/^201 /);
    const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
    const last = { ...container, name: 'last', volumeMounts: [{ name: 'v249', mountPath }] };
    const refused = await tryPod('deny', { ...large, containers: [...containers, last] });
    expect(refused).to.match(/^403 .*volume "v249" holds its token, which never expires/);
  });

  describe('where the API server can set by itself', () => {
    before('one that can', function () {
      if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    });

    it('trap 3: what a pod says itself stays, whole and in part', async () => {
      const says = {
        securityContext: {
          readOnlyRootFilesystem: false,
          capabilities: { drop: ['KILL'] },
          allowPrivilegeEscalation: false,
        },
      };
      const seccompProfile = { type: 'Localhost', localhostProfile: 'profiles/web.json' };
      const securityContext = { ...hardened.securityContext, seccompProfile };
      const spec = { ...hardened, securityContext, containers: [{ ...container, ...says }] };
      const { status, body } = await create('deny', ['v1', 'pods', { spec }], 'tried', onTrial);
      expect(say({ status, body })).to.match(/^201 /);
      const stored = body['spec'] as typeof spec;
      expect([stored.securityContext, stored.containers[0]?.securityContext]).to.deep.equal([
        securityContext,
        says.securityContext,
      ]);
    });

    it('trap 5: a pod is refused for the token in it, though somebody sets automountServiceAccountToken to false', async () => {
      const expression = 'Object{spec: Object.spec{automountServiceAccountToken: false}}';
      await mutatePods('no-automount', expression, '!has(object.spec.automountServiceAccountToken)');
      const { automountServiceAccountToken: _, ...silent } = { ...hardened, serviceAccountName: 'default' };
      // The field says false then, and the volume is there.
      await waitForAnswer(async () => {
        const { body } = await create('off', ['v1', 'pods', { spec: silent }], 'tried', onTrial);
        const { automountServiceAccountToken: field, volumes = [] } = body['spec'] as {
          readonly automountServiceAccountToken?: boolean;
          readonly volumes?: readonly object[];
        };
        return `${String(field)} ${volumes.length}`;
      }, /^false 1$/);
      expect(await tryPod('deny', silent)).to.match(/^403 .*volume "kube-api-access-\w{5}" holds its token/);
      await forget('no-automount');
    });

    it('trap 9: the same comes of a pod in whichever order the policies are asked, also where another adds a container', async function () {
      this.timeout(120_000);
      const sidecar = (version: number): string =>
        `Object{spec: Object.spec{containers: [Object.spec.containers{name: 'sidecar', image: 'sidecar:${version}', imagePullPolicy: 'Never'}]}}`;
      await mutatePods('sidecar', sidecar(0), "!object.spec.containers.exists(c, c.name == 'sidecar')");
      const bare = {
        automountServiceAccountToken: false,
        serviceAccountName: 'web',
        securityContext: { appArmorProfile: { type: 'RuntimeDefault' } },
        containers: [{ name: 'main', image: 'registry.example/main:1' }],
      };
      const policies = cluster().client.resource(ADMISSION, 'mutatingadmissionpolicies');
      const seen = new Set<string>();
      for (let edits = 1; edits <= 6; edits += 1) {
        // Each edit may change the order, once it is heard.
        for (const name of ['merlon-image-pulls', 'merlon-pod-defaults', 'merlon-exec-label']) {
          bodyOf('edit', await policies.patch(name, { metadata: { annotations: { edits: String(edits) } } }));
        }
        const mutations = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: sidecar(edits) } }];
        bodyOf('edit', await policies.patch('sidecar', { spec: { mutations } }));
        await waitForAnswer(
          async () => {
            const { status, body } = await create('deny', ['v1', 'pods', { spec: bare }], 'tried', onTrial);
            if (status === 201) seen.add(JSON.stringify([summarise(body['spec']), body.metadata.labels]));
            return `${say({ status, body })} ${JSON.stringify(body['spec'])}`;
          },
          new RegExp(`^201 .*"sidecar:${edits}"`),
        );
      }
      const set = [true, 'RuntimeDefault', 'Strict'];
      const each = ['Always', false, true, ['ALL']];
      // Before the first edit is heard there is none beside it.
      const expected = [[each, each], [each]].map((all) => JSON.stringify([[set, all], { 'merlon.dev/exec': 'open' }]));
      expect(expected).to.include.members([...seen]);
      expect([...seen]).to.include(expected[0]);
      await forget('sidecar');
    });

    /** As somebody else would, in every namespace. */
    async function mutatePods(name: string, expression: string, condition: string): Promise<void> {
      const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
      const spec = {
        reinvocationPolicy: 'IfNeeded',
        matchConstraints: { resourceRules },
        matchConditions: [{ name: 'once', expression: condition }],
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
      };
      const { client } = cluster();
      bodyOf(name, await client.resource(ADMISSION, 'mutatingadmissionpolicies').create({ metadata: { name }, spec }));
      const binding = { metadata: { name }, spec: { policyName: name } };
      bodyOf(name, await client.resource(ADMISSION, 'mutatingadmissionpolicybindings').create(binding));
    }

    async function forget(name: string): Promise<void> {
      for (const plural of ['mutatingadmissionpolicybindings', 'mutatingadmissionpolicies']) {
        bodyOf(name, await cluster().client.resource(ADMISSION, plural).delete(name));
      }
    }
  });

  // At the end, as everything is asked anew.
  describe('keep no API server from starting, which', () => {
    it('traps 1 and 2: makes what Kubernetes needs, while all is refused everywhere and no kind of Merlon is served', async function () {
      this.timeout(180_000);
      const { client, apiServer } = cluster();
      await enforce({ withoutLabel: 'deny', namespacesOut: [] });
      await waitForAnswer(async () => say(await create(undefined, impersonatingClusterRole, 'tried', onTrial)), /^403/);
      await waitForAnswer(() => tryPod('kube-system', careless), /^403/);
      const kindsOfMerlon = client.resource('apiextensions.k8s.io/v1', 'customresourcedefinitions');
      // An API server cannot let go for minutes of a kind whose storage it is only about to open.
      for (const { metadata } of bodyOf('kinds', await kindsOfMerlon.list()).items) {
        const [plural = ''] = metadata.name.split('.');
        const objects = client.resource(API_VERSION, plural);
        await waitUntil(async () => (await objects.list()).status === 200, { what: `${plural} to be served` });
      }
      const { code, stderr } = await cluster().kubectl(['delete', '--wait=false', '-k', 'crds']);
      expect([code, stderr]).to.deep.equal([0, '']);
      await waitUntil(async () => bodyOf('kinds', await kindsOfMerlon.list()).items.length === 0, {
        what: 'the kinds of Merlon to be gone',
        timeoutMs: 60_000,
      });
      const needed: readonly (readonly [apiVersion: string, plural: string, name: string, namespace?: string])[] = [
        [RBAC, 'clusterroles', 'view'],
        [RBAC, 'clusterroles', 'system:aggregate-to-edit'],
        [RBAC, 'clusterroles', 'cluster-admin'],
        [RBAC, 'clusterrolebindings', 'cluster-admin'],
        [RBAC, 'clusterrolebindings', 'system:public-info-viewer'],
        [RBAC, 'roles', 'system:controller:bootstrap-signer', 'kube-public'],
        [RBAC, 'rolebindings', 'system:controller:bootstrap-signer', 'kube-public'],
        ['flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'service-accounts'],
        ['v1', 'services', 'kubernetes', 'default'],
      ];
      for (const [apiVersion, plural, name, namespace] of needed) {
        bodyOf(name, await client.resource(apiVersion, plural, namespace).delete(name));
      }
      await apiServer.restart();
      for (const [apiVersion, plural, name, namespace] of needed) {
        await waitUntil(async () => (await client.resource(apiVersion, plural, namespace).get(name)).status === 200, {
          what: `${plural} "${name}" to be made anew`,
          timeoutMs: 60_000,
        });
      }
      expect((await client.request('GET', '/readyz')).status).to.equal(200);
      // What keeps to the rules is taken at once; what does not is refused as before.
      expect(await tryPod('deny', hardened)).to.match(/^201 /);
      await waitForAnswer(async () => say(await create(undefined, impersonatingClusterRole, 'tried', onTrial)), /^403/);
    });
  });
});

function say({ status, body }: Pick<ApiResponse, 'status' | 'body'>): string {
  return `${status} ${String(body['message'])}`;
}

/** What is set in a pod, and in each of its containers. */
function summarise(spec: unknown): unknown {
  const { securityContext: pod, containers } = spec as {
    readonly securityContext: Json & { readonly seccompProfile: Json };
    readonly containers: readonly {
      readonly imagePullPolicy: string;
      readonly securityContext: Json & { readonly capabilities: Json };
    }[];
  };
  return [
    [pod['runAsNonRoot'], pod.seccompProfile['type'], pod['supplementalGroupsPolicy']],
    containers.map(({ imagePullPolicy, securityContext: own }) => [
      imagePullPolicy,
      own['allowPrivilegeEscalation'],
      own['readOnlyRootFilesystem'],
      own.capabilities['drop'],
    ]),
  ];
}
