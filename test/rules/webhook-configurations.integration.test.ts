/**
 * Broken webhooks and aggregated APIs on a real API server, read with the operator's rights: what the rules say of them,
 * and that the API server does what the rules say it does.
 */
import { expect } from 'chai';

import type { ClusterStore } from '../../src/controller/store.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import { kinds } from '../../src/core/kinds.ts';
import { dayOf } from '../../src/core/moment.ts';
import type { KindName } from '../../src/core/kinds.ts';
import { resolveParams } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import { readKubeconfig } from '../../src/kube/kubeconfig.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import { rules } from '../../src/rules/index.ts';
import { readObjectsAndVersion } from '../../src/scan/cluster-objects.ts';
import { grantOperator } from '../evidence/variants/operator-rights.ts';
import { bodyOf } from '../support/api-client.ts';
import type { Manifest } from '../support/api-client.ts';
import { createCertificateAuthority } from '../support/certificates.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';

const MAX_PATHS = 3;
const selected = rules
  .filter(({ id }) => /^(webhook|api-service)-/.test(id) || id === 'api-server-version-skew')
  .map((rule) => ({ rule, params: resolveParams(rule, undefined) }));
const wanted = [
  'Namespace',
  'Service',
  'Node',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
] as const satisfies readonly KindName[];

const inShop = { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } };
const reviews = { sideEffects: 'None', admissionReviewVersions: ['v1'] };
const created = (...resources: readonly string[]) => [
  { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources },
];

function webhooks(kind: 'Validating' | 'Mutating', name: string, webhook: object): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: [{ name: `${name}.example.com`, timeoutSeconds: 5, ...reviews, ...webhook }],
  };
}

function served(group: string, version: string, spec: object): Manifest {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: { group, version, groupPriorityMinimum: 100, versionPriority: 10, ...spec },
  };
}

const authority = Buffer.from((await createCertificateAuthority()).certificatePem).toString('base64');

const broken: readonly Manifest[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'guard', namespace: 'guard' },
    spec: { ports: [{ port: 443 }] },
  },
  webhooks('Validating', 'gone', {
    clientConfig: { service: { namespace: 'guard', name: 'gone' } },
    rules: created('configmaps'),
    namespaceSelector: inShop,
  }),
  webhooks('Validating', 'open', {
    failurePolicy: 'Ignore',
    clientConfig: { service: { namespace: 'guard', name: 'guard', port: 8443 } },
    rules: created('secrets'),
    namespaceSelector: inShop,
  }),
  webhooks('Validating', 'slow', {
    timeoutSeconds: 30,
    clientConfig: { service: { namespace: 'guard', name: 'guard' } },
    rules: created('endpoints'),
    namespaceSelector: inShop,
  }),
  webhooks('Mutating', 'inject', {
    failurePolicy: 'Ignore',
    clientConfig: { url: 'https://127.0.0.1:1/inject' },
    rules: created('pods'),
    namespaceSelector: inShop,
  }),
  webhooks('Validating', 'unverified', {
    clientConfig: { service: { namespace: 'guard', name: 'guard' }, caBundle: 'Cg==' },
    rules: created('resourcequotas'),
    namespaceSelector: inShop,
  }),
  webhooks('Mutating', 'sound', {
    clientConfig: { service: { namespace: 'guard', name: 'guard' }, caBundle: authority },
    rules: created('pods'),
    namespaceSelector: {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'guard', 'shop'] },
      ],
    },
  }),
  served('shop.example.com', 'v1', {
    insecureSkipTLSVerify: true,
    service: { namespace: 'guard', name: 'gone' },
  }),
  served('metrics.k8s.io', 'v1beta1', {
    insecureSkipTLSVerify: true,
    service: { namespace: 'guard', name: 'guard' },
  }),
  // A version that nobody has: what the API server serves itself goes on.
  served('apps', 'v9', { caBundle: caBundle(), service: { namespace: 'guard', name: 'guard' } }),
];

/** Whatever is in it: nobody is asked. */
function caBundle(): string {
  return Buffer.from('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n').toString('base64');
}

const everything = webhooks('Validating', 'everything', {
  timeoutSeconds: 1,
  clientConfig: { url: 'https://127.0.0.1:1/everything' },
  rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }],
});

describe('admission webhooks, aggregated APIs and kubelets of a real cluster', () => {
  const controlPlane = useControlPlane({ own: { controllerManager: false, auditLog: false } });

  before('what is broken', async function () {
    this.timeout(60_000);
    const { client } = controlPlane();
    for (const name of ['guard', 'shop']) await client.createNamespace(name);
    for (const manifest of broken) await client.create(manifest);
    for (const [name, kubeletVersion] of [
      ['fresh', controlPlane().version],
      ['old', 'v1.20.15'],
    ] as const) {
      const node = await client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
      const status = { ...(node['status'] as object), nodeInfo: { ...emptyInfo, kubeletVersion } };
      bodyOf(
        'status',
        await client.resource('v1', 'nodes').replace(name, { ...node, status }, { subresource: 'status' }),
      );
    }
  });

  it('are judged as they are', async () => {
    const store = await readAsOperator();
    const findings = judge(store);
    expect(findings.filter((line) => !line.startsWith('notApplicable'))).to.have.members([
      'fail medium api-server-version-skew APIServer/kube-apiserver: status.nodeInfo.kubeletVersion',
      'fail medium api-service-absent-service APIService/v1.shop.example.com: spec.service',
      'pass api-service-absent-service APIService/v1beta1.metrics.k8s.io',
      'pass api-service-absent-service APIService/v9.apps',
      'fail high api-service-built-in-group APIService/v9.apps: spec.service',
      'pass api-service-built-in-group APIService/v1.shop.example.com',
      'pass api-service-built-in-group APIService/v1beta1.metrics.k8s.io',
      'fail medium api-service-tls-verification APIService/v1.shop.example.com: spec.insecureSkipTLSVerify',
      'fail low api-service-tls-verification APIService/v1beta1.metrics.k8s.io: spec.insecureSkipTLSVerify',
      'pass api-service-tls-verification APIService/v9.apps',
      'fail medium webhook-absent-service ValidatingWebhookConfiguration/gone: webhooks[0].clientConfig.service',
      'fail medium webhook-absent-service ValidatingWebhookConfiguration/open: webhooks[0].clientConfig.service',
      'pass webhook-absent-service ValidatingWebhookConfiguration/slow',
      'pass webhook-absent-service ValidatingWebhookConfiguration/unverified',
      'pass webhook-absent-service MutatingWebhookConfiguration/inject',
      'pass webhook-absent-service MutatingWebhookConfiguration/sound',
      'fail medium webhook-ca-bundle ValidatingWebhookConfiguration/gone: webhooks[0].clientConfig.caBundle',
      'fail medium webhook-ca-bundle ValidatingWebhookConfiguration/open: webhooks[0].clientConfig.caBundle',
      'fail medium webhook-ca-bundle ValidatingWebhookConfiguration/slow: webhooks[0].clientConfig.caBundle',
      'fail medium webhook-ca-bundle ValidatingWebhookConfiguration/unverified: webhooks[0].clientConfig.caBundle',
      'pass webhook-ca-bundle MutatingWebhookConfiguration/inject',
      'pass webhook-ca-bundle MutatingWebhookConfiguration/sound',
      'pass webhook-control-plane ValidatingWebhookConfiguration/gone',
      'pass webhook-control-plane ValidatingWebhookConfiguration/open',
      'pass webhook-control-plane ValidatingWebhookConfiguration/slow',
      'pass webhook-control-plane ValidatingWebhookConfiguration/unverified',
      'pass webhook-control-plane MutatingWebhookConfiguration/inject',
      'pass webhook-control-plane MutatingWebhookConfiguration/sound',
      'pass webhook-fails-open ValidatingWebhookConfiguration/gone',
      'fail medium webhook-fails-open ValidatingWebhookConfiguration/open: webhooks[0].failurePolicy',
      'pass webhook-fails-open ValidatingWebhookConfiguration/slow',
      'pass webhook-fails-open ValidatingWebhookConfiguration/unverified',
      'fail low webhook-fails-open MutatingWebhookConfiguration/inject: webhooks[0].failurePolicy',
      'pass webhook-fails-open MutatingWebhookConfiguration/sound',
      'pass webhook-over-broad ValidatingWebhookConfiguration/gone',
      'pass webhook-over-broad ValidatingWebhookConfiguration/open',
      'pass webhook-over-broad ValidatingWebhookConfiguration/slow',
      'pass webhook-over-broad ValidatingWebhookConfiguration/unverified',
      'pass webhook-over-broad MutatingWebhookConfiguration/inject',
      'pass webhook-over-broad MutatingWebhookConfiguration/sound',
      'pass webhook-timeout ValidatingWebhookConfiguration/gone',
      'pass webhook-timeout ValidatingWebhookConfiguration/open',
      'fail low webhook-timeout ValidatingWebhookConfiguration/slow: webhooks[0].timeoutSeconds',
      'pass webhook-timeout ValidatingWebhookConfiguration/unverified',
      'pass webhook-timeout MutatingWebhookConfiguration/inject',
      'pass webhook-timeout MutatingWebhookConfiguration/sound',
    ]);
    // Those of the API server itself, each for every rule about them.
    const own = findings.filter((line) => line.startsWith('notApplicable'));
    expect(own.length).to.be.greaterThan(3 * 10);
    expect(own.filter((line) => !line.includes(' APIService/'))).to.deep.equal([]);
  });

  it('come the same in both encodings', async () => {
    const { client } = controlPlane();
    const store = await readAsOperator();
    for (const kind of wanted) {
      const { group, version, plural, shape } = kinds[kind];
      const listed = bodyOf(
        plural,
        await client.resource(group === '' ? version : `${group}/${version}`, plural).list(),
      );
      // As the store keeps them: of most addresses of Services nothing.
      const fromJson = listed.items.map((item) => withoutVersion(store.intern(kind, project(shape, item))));
      expect([...store.list(kind)], kind).to.have.deep.members(fromJson);
    }
  });

  it('refuse and let pass as it is said of them', async () => {
    const { client } = controlPlane();
    const refused = await client.resource('v1', 'configmaps', 'shop').create({ metadata: { name: 'web' } });
    expect(refused.status).to.equal(500);
    expect(refused.body['message']).to.contain('service "gone" not found');
    const unverified = await client.resource('v1', 'resourcequotas', 'shop').create({ metadata: { name: 'web' } });
    expect(unverified.status).to.equal(500);
    expect(unverified.body['message']).to.match(/root certificates/);
    const passed = await client.resource('v1', 'secrets', 'shop').create({ metadata: { name: 'web' } });
    expect(passed.status).to.equal(201);
  });

  it('hold up the control plane, until an administrator takes them away', async () => {
    const { client } = controlPlane();
    await client.create(everything);
    await untilRefused(() => client.resource('v1', 'nodes').create({ metadata: { name: 'lost' } }));
    const lease = { metadata: { name: 'fresh' }, spec: { holderIdentity: 'fresh', leaseDurationSeconds: 40 } };
    const leases = client.resource('coordination.k8s.io/v1', 'leases', 'kube-node-lease');
    expect((await leases.create(lease)).status).to.equal(500);
    const findings = judge(await readAsOperator()).filter((line) => line.includes('/everything'));
    expect(findings).to.include(
      'fail medium webhook-control-plane ValidatingWebhookConfiguration/everything: webhooks[0].rules',
    );
    expect(findings).to.include(
      'fail medium webhook-over-broad ValidatingWebhookConfiguration/everything: webhooks[0].rules[0].resources',
    );
    const gone = await client
      .resource('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations')
      .delete('everything');
    expect(gone.status).to.equal(200);
  });

  async function readAsOperator(): Promise<ClusterStore> {
    operatorKubeconfig ??= await grantOperator(controlPlane());
    const options = { path: operatorKubeconfig, context: undefined, environment: {}, homeFolder: '/nonexistent' };
    const config = await readKubeconfig(options);
    const transport = openTransport(config, { version: 'test', clock: systemClock, environment: {} });
    try {
      const store = await readObjectsAndVersion(wanted, { transport, scope: 'everything' });
      store.setToday(dayOf(Date.now()));
      return store;
    } finally {
      transport.close();
    }
  }
  let operatorKubeconfig: string | undefined;
});

/** What the API server asks for of a node. */
const emptyInfo = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
};

function withoutVersion(object: { readonly metadata: { readonly resourceVersion?: string } }): object {
  const { resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** A webhook counts about a second after it was created. */
async function untilRefused(attempt: () => Promise<{ readonly status: number }>): Promise<void> {
  await waitUntil(async () => (await attempt()).status === 500, { what: 'something to be refused', timeoutMs: 20_000 });
}

function judge(store: ClusterStore): readonly string[] {
  const evaluator = new Evaluator({
    ruleThrew: (_rule, error) => {
      throw error;
    },
  });
  return evaluator.evaluate('cluster', selected, store).map(({ rule, outcome, severity, subject, violations }) => {
    const where = violations.map(({ path }) => path).slice(0, MAX_PATHS);
    const places = where.length === 0 ? '' : `: ${where.join(', ')}`;
    const grade = outcome === 'fail' ? `fail ${severity}` : outcome;
    return `${grade} ${rule.id} ${subject.kind}/${subject.name}${places}`;
  });
}
