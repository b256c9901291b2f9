/** What the real API server makes of the CRDs in crds/, and what the real kubectl prints. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterSecurityPosture } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import { clusterPostureReasons, postureReasons } from '../../src/api/v1alpha1/conditions.ts';
import type { Condition } from '../../src/api/v1alpha1/conditions.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import type { HardeningExemption } from '../../src/api/v1alpha1/hardening-exemption.ts';
import type { HardeningPolicy } from '../../src/api/v1alpha1/hardening-policy.ts';
import { buildCrd, crdDefinitions, crdName } from '../../src/generate/crds.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiResponse } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { clusterPostureStatus, namespacePostureStatus, postureStatus, remediationStatus } from './posture-samples.ts';

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: object } }[] };
  readonly status: { readonly conditions: readonly Condition[] };
}

const API = 'merlon.dev/v1alpha1';
const crdFolder = join(import.meta.dirname, '../../crds');

describe('the CRDs on a real API server', () => {
  const cluster = useControlPlane({ own: { controllerManager: false } });
  const crds = () => cluster().client.resource<Crd>('apiextensions.k8s.io/v1', 'customresourcedefinitions');
  const policies = () => cluster().client.resource<ClusterHardeningPolicy>(API, 'clusterhardeningpolicies');
  const ownPolicies = () => cluster().client.resource<HardeningPolicy>(API, 'hardeningpolicies', 'default');
  const exemptions = () => cluster().client.resource<HardeningExemption>(API, 'hardeningexemptions', 'default');
  const remediations = () => cluster().client.resource<HardeningRemediation>(API, 'hardeningremediations', 'default');
  const postures = () => cluster().client.resource<SecurityPosture>(API, 'securitypostures', 'default');
  const clusterPostures = () => cluster().client.resource<ClusterSecurityPosture>(API, 'clustersecuritypostures');
  const print = async (...args: string[]) => {
    const { code, stdout, stderr } = await cluster().kubectl(['get', ...args]);
    expect(code, stderr).to.equal(0);
    return stdout.trimEnd().split('\n');
  };

  before('install', async () => {
    const { code, stderr } = await cluster().kubectl(['apply', '--server-side', '-k', crdFolder]);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    for (const definition of crdDefinitions) {
      const isEstablished = async () => {
        const { status } = bodyOf(definition.kind, await crds().get(crdName(definition)));
        return status.conditions.some((condition) => condition.type === 'Established' && condition.status === 'True');
      };
      await waitUntil(isEstablished, { what: `${definition.kind} to be established` });
    }
    const isServed = async () => (await postures().list()).status === 200;
    await waitUntil(isServed, { what: 'postures to be served' });
    bodyOf('posture', await postures().create(object('SecurityPosture', 'current')));
    bodyOf('cluster posture', await clusterPostures().create(object('ClusterSecurityPosture', 'cluster')));
    const spec = {
      priority: 7,
      rules: [{ rule: 'pod-privileged', severity: 'low' }],
      remediation: { mode: 'plan' },
    };
    bodyOf('policy', await policies().create(object('ClusterHardeningPolicy', 'strict', { spec })));
    bodyOf('remediation', await remediations().create(object('HardeningRemediation', 'repair')));
    // As `merlon expectations init` writes what is granted by the empty name.
    const allow = [{ verbs: ['list'], apiGroups: [''], resources: ['configmaps'], names: ['', 'settings'] }];
    const expectations = [{ subject: { kind: 'ServiceAccount', name: 'web' }, allow, only: true }];
    bodyOf(
      'own policy',
      await ownPolicies().create(
        object('HardeningPolicy', 'own', { spec: { expectations, remediation: { mode: 'apply' } } }),
      ),
    );
  });

  for (const definition of crdDefinitions) {
    it(`${definition.kind} is accepted, structural, and stored as it is printed`, async () => {
      const { spec, status } = bodyOf(definition.kind, await crds().get(crdName(definition)));
      expect(status.conditions.map(({ type }) => type)).to.have.members(['NamesAccepted', 'Established']);
      expect(spec.versions[0]?.schema).to.deep.equal(buildCrd(definition).spec.versions[0]?.schema);
    });
  }

  it('an object has every condition from its creation: Unknown, Pending, since the epoch', async () => {
    const expected = Object.keys(postureReasons).map((type) => `${type} Unknown Pending 1970-01-01T00:00:00Z`);
    const { status } = bodyOf('posture', await postures().get('current'));
    expect(status?.conditions?.map(printCondition)).to.deep.equal(expected);
    expect((await postures().list()).body.items[0]?.status?.conditions?.map(printCondition)).to.deep.equal(expected);
    const cluster = bodyOf('posture', await clusterPostures().get('cluster'));
    expect(cluster.status?.conditions?.map(({ type }) => type)).to.deep.equal(Object.keys(clusterPostureReasons));
    const policy = bodyOf('policy', await policies().get('strict'));
    expect(policy.status?.conditions?.map(printCondition)).to.deep.equal([
      'Ready Unknown Pending 1970-01-01T00:00:00Z',
    ]);
  });

  it('whoever empties a status gets Unknown and Pending back', async () => {
    const emptied = await postures().patch('current', { status: null }, 'merge', { subresource: 'status' });
    const { status } = bodyOf('status', emptied);
    expect(status?.conditions?.map((condition) => condition.reason)).to.deep.equal(Array(4).fill('Pending'));
  });

  it('what a policy leaves out is filled in, and nothing inside its list of rules', async () => {
    const { spec } = bodyOf('policy', await policies().get('strict'));
    expect(spec).to.deep.equal({
      priority: 7,
      rules: [{ rule: 'pod-privileged', severity: 'low' }],
      remediation: { mode: 'plan' },
    });
  });

  interface Refusal {
    readonly name: string;
    readonly attempt: () => Promise<ApiResponse<unknown>>;
    readonly message: RegExp;
  }
  const tryPolicy = (spec: object) => policies().create(object('ClusterHardeningPolicy', 'refused', { spec }));
  const tryExpectation = (expectation: object) =>
    ownPolicies().create(object('HardeningPolicy', 'refused', { spec: { expectations: [expectation] } }));
  const exemption = { rules: ['pod-privileged'], subjects: [{ name: 'web' }], reason: 'it has to be so' };
  const tryExemption = (said: object) =>
    exemptions().create(object('HardeningExemption', 'refused', { spec: { ...exemption, ...said } }));
  const jane = { kind: 'User', name: 'jane' };
  const pods = { verbs: ['list'], resources: ['pods'] };
  const tryStatus = (status: object) => postures().patchStatus('current', status);
  const refusals: readonly Refusal[] = [
    {
      name: 'a second posture in a namespace',
      attempt: () => postures().create(object('SecurityPosture', 'other')),
      message: /a namespace has one SecurityPosture, and its name is "current"/,
    },
    {
      name: 'a second posture of the cluster',
      attempt: () => clusterPostures().create(object('ClusterSecurityPosture', 'other')),
      message: /there is one ClusterSecurityPosture, and its name is "cluster"/,
    },
    {
      name: 'a severity that does not exist',
      attempt: () => tryPolicy({ threshold: 'huge' }),
      message: /spec\.threshold: Unsupported value: "huge"/,
    },
    {
      name: 'a rule that is listed twice',
      attempt: () => tryPolicy({ rules: [{ rule: 'pod-privileged' }, { rule: 'pod-privileged' }] }),
      message: /spec\.rules\[1\]: Duplicate value/,
    },
    {
      name: 'what cannot be the id of a rule',
      attempt: () => tryPolicy({ rules: [{ rule: 'Pod Privileged' }] }),
      message: /spec\.rules\[0\]\.rule: Invalid value/,
    },
    {
      name: 'parameters of a pattern',
      attempt: () => tryPolicy({ rules: [{ rule: 'pod-*', params: { allowed: [] } }] }),
      message: /spec\.rules\[0\]: Invalid value: .*params are those of one rule, named by its id/,
    },
    {
      name: 'parameters of a control',
      attempt: () =>
        ownPolicies().create(
          object('HardeningPolicy', 'refused', { spec: { rules: [{ rule: 'cis-1.12/5.2.2', params: {} }] } }),
        ),
      message: /params are those of one rule, named by its id/,
    },
    {
      name: 'a profile that does not exist',
      attempt: () => tryPolicy({ profile: 'strict' }),
      message: /spec\.profile: Unsupported value: "strict"/,
    },
    {
      name: 'an empty list of namespaces, which would select nothing',
      attempt: () => tryPolicy({ namespaces: [] }),
      message: /spec\.namespaces: Invalid value/,
    },
    {
      name: 'a mode of remediation that does not exist',
      attempt: () => tryPolicy({ remediation: { mode: 'on' } }),
      message: /spec\.remediation\.mode: Unsupported value: "on"/,
    },
    {
      name: 'an exemption that lives no day',
      attempt: () => tryPolicy({ exemptions: { maxLifetimeDays: 0 } }),
      message: /spec\.exemptions\.maxLifetimeDays: Invalid value/,
    },
    {
      name: 'a selector that is longer than any name',
      attempt: () => tryPolicy({ delegation: { exempt: ['a'.repeat(254)] } }),
      message: /spec\.delegation\.exempt\[0\]: (Too long|Invalid value)/,
    },
    {
      name: 'an operator that label selectors do not have',
      attempt: () => tryPolicy({ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Like' }] } }),
      message: /matchExpressions\[0\]\.operator: Unsupported value: "Like"/,
    },
    {
      name: 'a priority out of bounds',
      attempt: () => tryPolicy({ priority: 1_000_001 }),
      message: /spec\.priority: Invalid value/,
    },
    {
      name: 'a policy without a spec',
      attempt: () => policies().create(object('ClusterHardeningPolicy', 'refused')),
      message: /spec: Required value/,
    },
    {
      name: 'an expectation that says nothing',
      attempt: () => tryExpectation({ subject: jane }),
      message: /spec\.expectations\[0\]: Invalid value: .*an expectation has allow, deny or only: true/,
    },
    {
      name: 'an expectation that says only: false',
      attempt: () => tryExpectation({ subject: jane, only: false }),
      message: /an expectation has allow, deny or only: true/,
    },
    {
      name: 'a permission on neither resources nor URLs',
      attempt: () => tryExpectation({ subject: jane, allow: [{ verbs: ['get'] }] }),
      message: /spec\.expectations\[0\]\.allow\[0\]: Invalid value: .*a permission has either resources or urls/,
    },
    {
      name: 'a permission on both',
      attempt: () => tryExpectation({ subject: jane, deny: [{ ...pods, urls: ['/metrics'] }] }),
      message: /a permission has either resources or urls/,
    },
    {
      name: 'URLs in a namespace',
      attempt: () => tryExpectation({ subject: jane, deny: [{ verbs: ['get'], urls: ['/metrics'], namespace: 'a' }] }),
      message: /urls have no apiGroups, names or namespace/,
    },
    {
      name: 'a user in a namespace',
      attempt: () => tryExpectation({ subject: { ...jane, namespace: 'a' }, allow: [pods] }),
      message: /spec\.expectations\[0\]\.subject: Invalid value: .*only a ServiceAccount has a namespace/,
    },
    {
      name: 'a group with groups',
      attempt: () => tryExpectation({ subject: { kind: 'Group', name: 'ops', groups: ['dev'] }, allow: [pods] }),
      message: /only of a User groups are stated/,
    },
    {
      name: 'a kind of subject that RBAC does not have',
      attempt: () => tryExpectation({ subject: { kind: 'Role', name: 'a' }, allow: [pods] }),
      message: /subject\.kind: Unsupported value: "Role"/,
    },
    {
      name: 'an authorizer that does not exist',
      attempt: () => tryPolicy({ authorization: { modes: ['Rbac'] } }),
      message: /spec\.authorization\.modes\[0\]: Unsupported value: "Rbac"/,
    },
    {
      name: 'an exemption of a kind that no finding names so',
      attempt: () => tryExemption({ subjects: [{ kind: 'deployment', name: 'web' }] }),
      message: /spec\.subjects\[0\]\.kind: Invalid value: "deployment"/,
    },
    {
      name: 'an exemption of a pattern of kinds',
      attempt: () => tryExemption({ subjects: [{ kind: '*' }] }),
      message: /spec\.subjects\[0\]\.kind: Invalid value: "\*"/,
    },
    {
      name: 'an exemption of nothing in particular',
      attempt: () => tryExemption({ subjects: [{}] }),
      message: /a subject says at least one thing; for everything say name: "\*"/,
    },
    {
      name: 'an exemption whose reason is blank',
      attempt: () => tryExemption({ reason: ' '.repeat(12) }),
      message: /spec\.reason: Invalid value/,
    },
    {
      name: 'an action that a repair does not know',
      attempt: () => remediations().create(object('HardeningRemediation', 'refused', { spec: { action: 'Apply' } })),
      message: /spec\.action: Unsupported value: "Apply"/,
    },
    {
      name: 'more findings than are listed',
      attempt: () => tryStatus({ findings: Array(201).fill(postureStatus.findings[0]) }),
      message: /status\.findings: Too many: 201: must have at most 200 items/,
    },
    {
      name: 'counts of which one is missing',
      attempt: () => tryStatus({ summary: { critical: 1 } }),
      message: /status\.summary\.high: Required value/,
    },
  ];
  for (const { name, attempt, message } of refusals) {
    it(`refuses ${name}`, async () => {
      const { status, body } = await attempt();
      expect(status).to.equal(422);
      expect((body as { readonly message: string }).message).to.match(message);
    });
  }

  it('accepts what docs/policies.md and the samples show', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/policies.md'), 'utf8');
    const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');
    expect(blocks).to.have.lengthOf(4);
    const samples = await Promise.all(
      ['policy.yaml', 'platform-policy.yaml', 'team-policy.yaml', 'attested-policy.yaml'].map((sample) =>
        readFile(join(import.meta.dirname, '../../config/samples', sample), 'utf8'),
      ),
    );
    // Their namespace is that of the policies of this suite.
    const stdin = [...blocks, ...samples].join('---\n').replaceAll('namespace: shop', 'namespace: default');
    const { code, stderr } = await cluster().kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], {
      stdin,
    });
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
  });

  it('a misspelt field is an error in kubectl', async () => {
    const stdin = JSON.stringify({
      apiVersion: API,
      ...object('ClusterHardeningPolicy', 'typo', { spec: { treshold: 'low' } }),
    });
    const { code, stderr } = await cluster().kubectl(['create', '-f', '-'], { stdin });
    expect(code).to.equal(1);
    expect(stderr).to.include('unknown field "spec.treshold"');
  });

  it('before the first verdict kubectl prints Unknown and no counts', async () => {
    const [header, row] = await print('secpos');
    expect(header).to.match(/^NAME +COMPLIANT +CRITICAL +HIGH +MEDIUM +UNKNOWN +CHANGED +AGE$/);
    expect(row).to.match(/^current +Unknown +\d+s$/);
  });

  describe('with a verdict', () => {
    before('write the verdicts', async () => {
      bodyOf('status', await postures().patchStatus('current', namespacePostureStatus));
      bodyOf('status', await clusterPostures().patchStatus('cluster', clusterPostureStatus));
    });

    it('every field of a full status is stored as it was sent', async () => {
      expect(bodyOf('posture', await postures().get('current')).status).to.deep.equal(namespacePostureStatus);
      expect(bodyOf('posture', await clusterPostures().get('cluster')).status).to.deep.equal(clusterPostureStatus);
    });

    it('kubectl prints the verdict and the counts of a namespace', async () => {
      const [, row] = await print('secpos');
      expect(row).to.match(/^current +False +1 +2 +3 +4 +\d+d +\d+s$/);
      const [header, wide] = await print('secpos', '-o', 'wide');
      expect(header).to.match(/ AGE +LOW +PASS +EXEMPT +ENFORCED +READYFOR +POLICY +REMEDIATION +READY +MESSAGE$/);
      expect(wide).to.match(/ 5 +60 +7 +baseline +restricted +default +Disabled +True +1 critical, 2 high$/);
    });

    it('kubectl prints the verdict on the cluster', async () => {
      const [header, row] = await print('csecpos');
      expect(header).to.match(/^NAME +COMPLIANT +CRITICAL +HIGH +MEDIUM +UNKNOWN +NAMESPACES +CHANGED +AGE$/);
      expect(row).to.match(/^cluster +False +1 +2 +3 +4 +12\/15 +\d+d +\d+s$/);
      const [wideHeader, wide] = await print('csecpos', '-o', 'wide');
      expect(wideHeader).to.match(/ AGE +ADMINPATHS +APISERVER +REMEDIATION +ENFORCEMENT +READY +MESSAGE$/);
      expect(wide).to.match(/ 3 +Partial +Disabled +Contested +True +1 critical, 2 high$/);
    });

    it('kubectl prints whether a policy is in force and how far it reaches', async () => {
      const enforcement = { state: 'deny', message: 'all of it is in force' };
      bodyOf('status', await policies().patchStatus('strict', { rules: 11, matchedNamespaces: 3, enforcement }));
      const [header, row] = await print('chpol', '-o', 'wide');
      expect(header).to.match(/^NAME +READY +PRIORITY +RULES +REMEDIATION +ENFORCEMENT +NAMESPACES +AGE +MESSAGE$/);
      expect(row).to.match(/^strict +Unknown +7 +11 +plan +deny +3 +\d+s +waiting for Merlon/);
    });

    it('kubectl prints whether a policy of a namespace is in force and what it expects', async () => {
      const ignored = [{ path: 'spec.rules[0].state', reason: 'NotDelegated', message: 'not delegated' }];
      bodyOf('status', await ownPolicies().patchStatus('own', { expectations: 1, rules: 2, ignored }));
      expect(bodyOf('own policy', await ownPolicies().get('own')).status?.ignored).to.deep.equal(ignored);
      const [header, row] = await print('hpol', '-o', 'wide');
      expect(header).to.match(/^NAME +READY +RULES +EXPECTATIONS +REMEDIATION +AGE +MESSAGE$/);
      expect(row).to.match(/^own +Unknown +2 +1 +apply +\d+s +waiting for Merlon/);
    });

    it('kubectl prints whether an exemption is active, and why not', async () => {
      bodyOf('exemption', await exemptions().create(object('HardeningExemption', 'own', { spec: exemption })));
      const [header, row] = await print('hexm', '-o', 'wide');
      expect(header).to.match(/^NAME +ACTIVE +REASON +MATCHED +EXPIRES +AGE +RULES +OWNER +MESSAGE$/);
      expect(row).to.match(/^own +Unknown +Pending +\d+s +\["pod-privileged"\] +waiting for Merlon/);
      bodyOf('exemption', await exemptions().delete('own'));
    });

    it('kubectl prints what has become of a repair', async () => {
      bodyOf('status', await remediations().patchStatus('repair', remediationStatus));
      const { status } = bodyOf('repair', await remediations().get('repair'));
      expect(status).to.deep.equal(remediationStatus);
      const [header, row] = await print('hrem', '-o', 'wide');
      expect(header).to.match(/^NAME +STATE +TARGET +RULE +REASON +AGE +MANAGER +MESSAGE$/);
      expect(row).to.match(
        /^repair +Blocked +ServiceAccount\/default +service-account-default-token-mount +GitOpsOwned +\d+s +argocd +in git$/,
      );
    });

    it('one word lists the objects of every kind', async () => {
      const lines = await print('hardening', '-A', '-o', 'name');
      expect(lines).to.have.members([
        'clusterhardeningpolicy.merlon.dev/strict',
        'clustersecurityposture.merlon.dev/cluster',
        'hardeningpolicy.merlon.dev/own',
        'hardeningremediation.merlon.dev/repair',
        'securityposture.merlon.dev/current',
      ]);
    });
  });
});

function object(kind: string, name: string, rest: object = {}): object {
  return { kind, metadata: { name }, ...rest };
}

function printCondition({ type, status, reason, lastTransitionTime }: Condition): string {
  return `${type} ${status} ${reason} ${lastTransitionTime}`;
}
