/**
 * What new pods are refused for, on a real API server under what "merlon enforce -o yaml" prints, and above all what the
 * policy must never do: freeze what exists, reach beyond pods and the namespaces that it is for, or keep an API server from
 * starting.
 */
import { expect } from 'chai';

import { judgeExemption } from '../../src/core/exemption.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import { resolveParams } from '../../src/core/params.ts';
import { MAX_EXEMPTED_SUBJECTS, planExemptions } from '../../src/enforcement/plan/exemption-conditions.ts';
import { planPodFamily } from '../../src/enforcement/plan/pod-family.ts';
import type { PodFamilyOptions } from '../../src/enforcement/plan/pod-family.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { rules } from '../../src/rules/index.ts';
import { parseWarnings } from '../pod-security/oracle-warnings.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiResponse } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { applyYaml } from './guarded-cluster.ts';

type Json = Readonly<Record<string, unknown>>;

const image = 'registry.example/main:1';
const harmless = {
  securityContext: {
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
    seLinuxOptions: { type: 'container_t' },
  },
  containers: [{ name: 'main', image, securityContext: { allowPrivilegeEscalation: false } }],
};
const privileged = { ...harmless, containers: [{ name: 'main', image, securityContext: { privileged: true } }] };
const labels = { app: 'web' };
const selector = { matchLabels: labels };

function templateOf(spec: Json): Json {
  return { metadata: { labels }, spec };
}

describe('pod security, enforced', () => {
  const cluster = useControlPlane({
    needs: ['restart', 'controller-manager'],
    own: { controllers: ['validatingadmissionpolicy-status-controller'] },
  });

  function print(options: Partial<PodFamilyOptions> = {}): string {
    const { policy } = planPodFamily({
      family: 'pod-security',
      rules: rules
        .filter((rule) => rule.enforce !== undefined && rule.inForce !== 'whereEnabled')
        .map((rule) => ({ rule, params: resolveParams(rule) })),
      target: { podSecurityVersion: cluster().minor },
      breakGlassGroups: ['oncall'],
      exemptions: [],
      withoutLabel: 'off',
      keptOut: ['kube-system', 'merlon'],
      ...options,
    });
    return [...printEnforcement(policy === undefined ? [] : [policy])].join('');
  }

  function create(namespace: string, plural: string, spec: Json, query: Readonly<Record<string, string>> = {}) {
    const apiVersion = plural === 'pods' ? 'v1' : plural.endsWith('jobs') ? 'batch/v1' : 'apps/v1';
    return cluster()
      .client.resource(apiVersion, plural, namespace)
      .create({ metadata: { name: 'web' }, spec }, query);
  }

  /** @returns status and message of the answer */
  async function tryToCreate(namespace: string, plural: string, spec: Json): Promise<string> {
    return answerOf(await create(namespace, plural, spec, { dryRun: 'All' }));
  }

  before('what exists before the policy does, in namespaces that will deny, warn and record', async function () {
    this.timeout(60_000);
    const { client } = cluster();
    for (const name of ['old', 'unlabelled', 'switched-off']) await client.createNamespace(name);
    const gated = { ...privileged, schedulingGates: [{ name: 'merlon.dev/wait' }] };
    bodyOf('a pod', await create('old', 'pods', gated));
    bodyOf(
      'a Deployment',
      await create('old', 'deployments', { replicas: 2, selector, template: templateOf(privileged) }),
    );
    await waitUntil(async () => (await podsOf('old')).length === 3, { what: 'the pods of the Deployment' });
    await applyYaml(cluster(), print());
    for (const mode of ['deny', 'warn', 'audit']) await client.createNamespace(mode, { 'merlon.dev/enforce': mode });
    await label('old', 'deny');
    await label('kube-system', 'deny');
    await label('switched-off', 'off');
    for (const namespace of ['deny', 'old']) {
      await waitUntil(async () => (await tryToCreate(namespace, 'pods', privileged)).startsWith('403'), {
        what: 'the policy to be in force',
      });
    }
  });

  async function podsOf(namespace: string): Promise<readonly { readonly metadata: { readonly name: string } }[]> {
    return bodyOf('pods', await cluster().client.resource('v1', 'pods', namespace).list()).items;
  }

  async function label(namespace: string, mode: string): Promise<void> {
    const patch = { metadata: { labels: { 'merlon.dev/enforce': mode } } };
    bodyOf('label', await cluster().client.resource('v1', 'namespaces').patch(namespace, patch));
  }

  describe('says what is wrong, in which container of what', () => {
    const refused = `ValidatingAdmissionPolicy 'merlon-pod-security' with binding 'merlon-pod-security-deny' denied request: `;
    const container = 'container "main" does not set allowPrivilegeEscalation to false';
    const workloads: readonly (readonly [plural: string, kind: string, build: (spec: Json) => Json])[] = [
      ['pods', 'Pod', (spec) => spec],
      ['deployments', 'Deployment', (spec) => ({ selector, template: templateOf(spec) })],
      ['statefulsets', 'StatefulSet', (spec) => ({ selector, serviceName: 'web', template: templateOf(spec) })],
      ['jobs', 'Job', (spec) => ({ template: templateOf({ ...spec, restartPolicy: 'Never' }) })],
      [
        'cronjobs',
        'CronJob',
        (spec) => ({
          schedule: '0 0 * * *',
          jobTemplate: { spec: { template: templateOf({ ...spec, restartPolicy: 'Never' }) } },
        }),
      ],
    ];
    for (const [plural, kind, build] of workloads) {
      it(`for ${plural}, and takes those that break nothing`, async () => {
        const answer = await tryToCreate('deny', plural, build(privileged));
        expect(answer)
          .to.match(/^403 /)
          .and.to.contain(`${refused}pod-privilege-escalation: ${kind} "web": ${container}`);
        expect(await tryToCreate('deny', plural, build(harmless))).to.match(/^201 /);
      });
    }

    it('for every rule at once where it only warns', async () => {
      const response = await create('warn', 'pods', { ...privileged, hostPID: true }, { dryRun: 'All' });
      const said = parseWarnings(response.headers['warning']).map((one) =>
        one.replace(/^.*'merlon-pod-security-warn': /, ''),
      );
      expect(said).to.deep.equal([
        'pod-host-namespaces: Pod "web": hostPID is true',
        `pod-privilege-escalation: Pod "web": ${container}`,
        'pod-privileged: Pod "web": container "main" is privileged',
      ]);
    });

    it('into the audit log where it only records', async () => {
      const response = await create('audit', 'pods', privileged);
      expect([response.status, response.headers['warning']]).to.deep.equal([201, undefined]);
      const [event] = await cluster().readAudit({ verbs: ['create'], resource: 'pods', namespace: 'audit' });
      const said = event?.annotations?.['validation.policy.admission.k8s.io/validation_failure'];
      expect(said).to.contain(`pod-privilege-escalation: Pod \\"web\\": ${container.replaceAll('"', '\\"')}`);
      // Before 1.37 the API server keeps the first that is broken, and no other.
      if (cluster().minor < 37) return;
      expect(said).to.contain('pod-privileged: Pod \\"web\\": container \\"main\\" is privileged');
    });

    it('for a debug container, and takes one that breaks nothing', async () => {
      bodyOf('a pod', await create('deny', 'pods', harmless));
      const add = (securityContext: Json) =>
        cluster().client.request('PATCH', '/api/v1/namespaces/deny/pods/web/ephemeralcontainers?dryRun=All', {
          body: { spec: { ephemeralContainers: [{ name: 'debug', image, securityContext }] } },
          contentType: 'application/strategic-merge-patch+json',
        });
      const good = { allowPrivilegeEscalation: false };
      expect(answerOf(await add({ privileged: true }))).to.contain('Pod "web": container "debug" ');
      expect(answerOf(await add(good))).to.match(/^200 /);
    });
  });

  describe('trap 4: never freezes what exists and breaks rules', () => {
    const patch = (apiVersion: string, plural: string, body: Json) =>
      cluster().client.resource(apiVersion, plural, 'old').patch('web', body);

    it('a Deployment is labelled, gets a finalizer, and loses it', async () => {
      expect(answerOf(await patch('apps/v1', 'deployments', { metadata: { labels: { team: 'a' } } }))).to.match(
        /^200 /,
      );
      for (const finalizers of [['merlon.dev/test'], []]) {
        expect(answerOf(await patch('apps/v1', 'deployments', { metadata: { finalizers } }))).to.match(/^200 /);
      }
    });

    it('a pod is labelled, tolerates more, and is let go by its gate', async () => {
      const toleration = { key: 'a', operator: 'Exists', effect: 'NoSchedule' };
      const changes: readonly Json[] = [
        { metadata: { labels: { team: 'a' } } },
        { spec: { schedulingGates: [] } },
        { spec: { activeDeadlineSeconds: 60 } },
      ];
      for (const change of changes) expect(answerOf(await patch('v1', 'pods', change))).to.match(/^200 /);
      const pods = cluster().client.resource('v1', 'pods', 'old');
      const { spec } = bodyOf('pod', await pods.get('web')) as unknown as { spec: { tolerations?: readonly Json[] } };
      const tolerations = [...(spec.tolerations ?? []), toleration];
      expect(answerOf(await patch('v1', 'pods', { spec: { tolerations } }))).to.match(/^200 /);
    });

    it('a new image for it is refused, as is a template that changes and still breaks them', async () => {
      const containers = [{ name: 'main', image: 'registry.example/main:2', securityContext: { privileged: true } }];
      const path = '/api/v1/namespaces/old/pods/web';
      const contentType = 'application/strategic-merge-patch+json';
      const body = { spec: { containers } };
      expect(answerOf(await cluster().client.request('PATCH', path, { body, contentType }))).to.match(
        /^403 .*pod-privilege-escalation: Pod/,
      );
      const template = { spec: { template: { spec: { containers } } } };
      expect(answerOf(await patch('apps/v1', 'deployments', template))).to.match(/^403 .*Deployment "web"/);
    });

    it('a Deployment is scaled down to nothing, and its pods go', async () => {
      const scale = await cluster().client.request('PATCH', '/apis/apps/v1/namespaces/old/deployments/web/scale', {
        body: { spec: { replicas: 0 } },
        contentType: 'application/merge-patch+json',
      });
      expect(answerOf(scale)).to.match(/^200 /);
      await waitUntil(async () => (await podsOf('old')).length === 1, { what: 'the pods of the Deployment to go' });
    });

    it('up again its pods are refused, and its ReplicaSet says why', async () => {
      expect(answerOf(await patch('apps/v1', 'deployments', { spec: { replicas: 1 } }))).to.match(/^200 /);
      const events = cluster().client.resource('v1', 'events', 'old');
      await waitUntil(
        async () =>
          bodyOf('events', await events.list()).items.some(
            (event) =>
              /^Error creating: .*pod-privileged: Pod "web-/.test(String(event['message'])) ||
              /^Error creating: .*pod-privilege-escalation: Pod "web-/.test(String(event['message'])),
          ),
        { what: 'the event' },
      );
    });

    it('all of it is deleted', async () => {
      const { client } = cluster();
      for (const [apiVersion, plural] of [
        ['v1', 'pods'],
        ['apps/v1', 'deployments'],
      ] as const) {
        expect(answerOf(await client.resource(apiVersion, plural, 'old').delete('web'))).to.match(/^200 /);
      }
      await waitUntil(async () => (await podsOf('old')).length === 0, { what: 'the pods to go' });
    });
  });

  describe('refuses nothing', () => {
    for (const namespace of ['unlabelled', 'switched-off', 'kube-system']) {
      it(`in a namespace that is ${namespace}`, async () => {
        const response = await create(namespace, 'pods', { ...privileged, hostPID: true }, { dryRun: 'All' });
        expect([response.status, response.headers['warning']]).to.deep.equal([201, undefined]);
      });
    }

    it('that is in no namespace', async () => {
      const { client } = cluster();
      const role = { metadata: { name: 'web' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
      const onTrial = { dryRun: 'All' };
      const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterroles');
      expect((await roles.create(role, onTrial)).status).to.equal(201);
      const namespaces = client.resource('v1', 'namespaces');
      expect((await namespaces.create({ metadata: { name: 'new' } }, onTrial)).status).to.equal(201);
      expect((await client.resource('v1', 'nodes').create({ metadata: { name: 'new' } }, onTrial)).status).to.equal(
        201,
      );
    });

    it('of a break-glass group', async () => {
      const client = await cluster().clientFor({ user: 'ann', groups: ['system:masters', 'oncall'] });
      const pods = client.resource('v1', 'pods', 'deny');
      const answer = await pods.create({ metadata: { name: 'rescue' }, spec: privileged }, { dryRun: 'All' });
      expect(answerOf(answer)).to.match(/^201 /);
    });
  });

  it('trap 6: weighs a pod of 300 containers and 300 volumes', async () => {
    const containers = Array.from({ length: 300 }, (_, index) => ({
      ...harmless.containers[0],
      name: `c${index}`,
      env: [],
    }));
    const volumes = Array.from({ length: 300 }, (_, index) => ({ name: `v${index}`, emptyDir: {} }));
    const many = { ...harmless, containers, volumes };
    expect(await tryToCreate('deny', 'pods', many)).to.match(/^201 /);
    const last = { name: 'last', image, securityContext: { allowPrivilegeEscalation: false, runAsUser: 0 } };
    expect(await tryToCreate('deny', 'pods', { ...many, containers: [...containers, last] })).to.match(
      /pod-run-as-root-user: Pod "web": container "last" runs as user 0$/,
    );
  });

  it('says what is wrong by the title of the rule where there is too much to say', async () => {
    const containers = Array.from({ length: 200 }, (_, index) => ({ ...privileged.containers[0], name: `c${index}` }));
    expect(await tryToCreate('deny', 'pods', { ...privileged, containers })).to.match(
      /: pod-privilege-escalation: Containers must not allow privilege escalation$/,
    );
  });

  it('trap 6: is nothing that the API server has doubts about', async () => {
    const policies = cluster().client.resource('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies');
    interface Checked {
      readonly metadata: { readonly generation: number };
      readonly status?: { readonly observedGeneration?: number; readonly typeChecking?: object };
    }
    const read = async () => bodyOf('policy', await policies.get('merlon-pod-security')) as unknown as Checked;
    await waitUntil(
      async () => {
        const { metadata, status } = await read();
        return status?.observedGeneration === metadata.generation;
      },
      { what: 'the check of its types' },
    );
    expect((await read()).status?.typeChecking).to.deep.equal({});
  });

  it('lets through what is exempt, also as the last of 200 subjects, and nothing else', async () => {
    const { client } = cluster();
    const subjects = [
      ...Array.from({ length: MAX_EXEMPTED_SUBJECTS - 2 }, (_, index) => ({
        namespace: `n${index}*`,
        serviceAccount: '*',
      })),
      { namespace: 'd*y', serviceAccount: 'agent-*' },
      { namespace: 'nowhere' },
    ];
    const judged = judgeExemption(
      {
        ...{ apiVersion: 'merlon.dev/v1alpha1', kind: 'ClusterHardeningExemption', metadata: { name: 'agents' } },
        spec: { rules: ['pod-privileged', 'pod-privilege-escalation'], subjects, reason: 'agents of the nodes' },
      },
      rules,
    );
    const { exemptions } = planExemptions([judged], {
      rules,
      terms: DEFAULT_EXEMPTION_TERMS,
      nowMs: 0,
      isReplanned: false,
    });
    await applyYaml(cluster(), print({ exemptions }));
    await client.resource('v1', 'serviceaccounts', 'deny').create({ metadata: { name: 'agent-a' } });
    const agent = { ...privileged, serviceAccountName: 'agent-a' };
    await waitUntil(async () => (await tryToCreate('deny', 'pods', agent)).startsWith('201'), {
      what: 'the exemption',
    });
    const template = { selector, template: templateOf({ ...agent, serviceAccountName: 'agent-none' }) };
    expect(await tryToCreate('deny', 'deployments', template)).to.match(/^201 /);
    expect(await tryToCreate('deny', 'pods', privileged)).to.match(/^403 .*pod-privilege-escalation/);
    expect(await tryToCreate('deny', 'pods', { ...agent, hostPID: true })).to.match(/^403 .*pod-host-namespaces/);
  });

  describe('trap 1: keeps no API server from starting', () => {
    it('where it refuses everywhere', async () => {
      await applyYaml(cluster(), print({ withoutLabel: 'deny', keptOut: [] }));
      await waitUntil(async () => (await tryToCreate('unlabelled', 'pods', privileged)).startsWith('403'), {
        what: 'deny',
      });
      const roles = cluster().client.resource('rbac.authorization.k8s.io/v1', 'clusterroles');
      bodyOf('delete', await roles.delete('system:node-proxier'));
      await cluster().apiServer.restart();
      await waitUntil(async () => (await roles.get('system:node-proxier')).status === 200, {
        what: 'the bootstrap role',
      });
      expect((await cluster().client.request('GET', '/readyz')).status).to.equal(200);
      expect(await tryToCreate('kube-system', 'pods', privileged)).to.match(/^403 /);
    });
  });
});

function answerOf({ status, body }: ApiResponse): string {
  return `${status} ${String(body['message'])}`;
}
