/** What config/ holds, judged by Merlon's own rules. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { expect } from 'chai';
import { load, loadAll } from 'js-yaml';

import type { EvaluatorObserver } from '../../src/core/evaluate.ts';
import type { Finding } from '../../src/core/finding.ts';
import { knownPolicies } from '../../src/enforcement/plan/planned-enforcement.ts';
import { buildInstallManifests } from '../../src/generate/install-manifests.ts';
import { rules } from '../../src/rules/index.ts';
import { loadHardeningPolicies } from '../../src/scan/hardening-policies.ts';
import { scanFiles } from '../../src/scan/file-scan.ts';

const root = join(import.meta.dirname, '../..');
const config = join(root, 'config');

interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly automountServiceAccountToken: boolean;
        readonly containers: readonly [Container];
      };
    };
  };
}
interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly resources: { readonly requests: { readonly memory: string }; readonly limits: { readonly memory: string } };
}

/** An object of a manifest, and what it grants. */
interface Granting {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly rules?: readonly { readonly nonResourceURLs?: readonly string[] }[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: unknown;
}

/** What fails or is undecided, as `outcome rule subject`. */
async function scan(...paths: readonly string[]): Promise<string[]> {
  const input = { stdin: Readable.from([]) };
  const observer: EvaluatorObserver = {
    ruleThrew: (rule, error) => {
      throw new Error(`rule ${rule} threw`, { cause: error });
    },
  };
  const { findings, problems } = await scanFiles({ inputs: paths, rules, observer, nowMs: 0 }, input);
  expect(problems).to.deep.equal([]);
  return findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown').map(printFinding);
}

function printFinding({ outcome, severity, rule, subject }: Finding): string {
  return `${outcome} ${severity} ${rule.id} ${subject.kind}/${subject.name}`;
}

describe('config/', () => {
  it('holds to the rules itself: in what it installs nothing fails, and nothing is undecided', async () => {
    expect(await scan(config, join(root, 'crds'))).to.deep.equal([]);
    expect(await scan(config)).to.deep.equal([]);
  });

  it('says of what is applied by choice what it is worth', async () => {
    const chosen = ['enforcement', 'probes'].map((folder) => join(config, folder));
    expect(await scan(config, ...chosen, join(root, 'crds'))).to.deep.equal([
      'fail critical rbac-mutating-admission-write ClusterRole/merlon-enforcement-mutating',
      // Who applies config/enforcement/mutating is told that this is equal to cluster-admin, here and below.
      'fail high rbac-admin-path ClusterRole/merlon-enforcement-mutating',
      // Who applies config/probes wants these: a pod is tried with the right to create one, which the guard there takes
      // back, and where no level is enforced.
      'fail high rbac-pods-create Role/merlon-probes',
      'fail high rbac-validating-admission-write ClusterRole/merlon-enforcement',
      'fail high service-account-becomes-admin ServiceAccount/merlon',
      'fail medium namespace-pod-security-level Namespace/merlon-probes',
    ]);
  });

  it('with config/probes grants no more than to try pods in one namespace, and to see the guard of that', async () => {
    const rights = loadAll(await readFile(join(config, 'probes/rights.yaml'), 'utf8')) as readonly Granting[];
    const bound = rights.filter(({ kind }) => kind.endsWith('Binding'));
    expect(
      rights.flatMap(({ kind, metadata: { namespace }, rules = [] }) =>
        rules.map((rule) => ({ kind, namespace, ...rule })),
      ),
    ).to.deep.equal([
      { kind: 'Role', namespace: 'merlon-probes', apiGroups: [''], resources: ['pods'], verbs: ['create'] },
      {
        kind: 'ClusterRole',
        namespace: undefined,
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
        resourceNames: ['merlon-probes'],
        verbs: ['get'],
      },
    ]);
    expect(bound.map(({ kind, roleRef, subjects }) => [kind, roleRef?.name, subjects])).to.deep.equal(
      ['RoleBinding', 'ClusterRoleBinding'].map((kind) => [
        kind,
        'merlon-probes',
        [{ kind: 'ServiceAccount', name: 'merlon', namespace: 'merlon' }],
      ]),
    );
  });

  for (const [folder, kind, strange] of [
    ['enforcement', 'ValidatingAdmissionPolicy', 'mutating'],
    ['enforcement/mutating', 'MutatingAdmissionPolicy', 'validating'],
  ] as const) {
    it(`trap 8: with config/${folder} grants to change and delete no admission policy but those that Merlon applies`, async () => {
      const [role] = loadAll(await readFile(join(config, folder, 'rights.yaml'), 'utf8')) as readonly Granting[];
      const known = knownPolicies.filter((one) => one.kind === kind);
      const names = known.flatMap(({ name, bindings }) => [name, ...bindings]);
      const granted = (role?.rules ?? []) as readonly (NonNullable<Granting['rules']>[number] & {
        readonly verbs: readonly string[];
        readonly resources: readonly string[];
        readonly resourceNames?: readonly string[];
      })[];
      expect(granted.flatMap(({ resourceNames = [] }) => resourceNames)).to.have.members(names);
      for (const { verbs, resources, resourceNames } of granted) {
        if (resourceNames !== undefined) expect(verbs).to.deep.equal(['get', 'patch', 'delete']);
        else
          expect([resources.join(), verbs]).to.deep.equal([
            resources.join(),
            [resources[0] === 'pods' ? 'get' : 'create'],
          ]);
        expect(resources.join()).not.to.contain(strange);
      }
    });
  }

  it('leaves it to the API server what is refused in the namespace of probes, and is warned there', async () => {
    const [namespace] = loadAll(await readFile(join(config, 'probes/namespace.yaml'), 'utf8')) as readonly Granting[];
    const labels = Object.entries(namespace?.metadata.labels ?? {}).filter(([name]) => name.startsWith('pod-security'));
    expect(labels).to.deep.equal([['pod-security.kubernetes.io/warn', 'restricted']]);
  });

  it('grants nobody profiles of the API server', async () => {
    const files = (await readdir(config, { recursive: true })).filter((name) => name.endsWith('.yaml'));
    const texts = await Promise.all(files.map((name) => readFile(join(config, name), 'utf8')));
    const urls = texts
      .flatMap((text) => loadAll(text) as readonly (Granting | undefined)[])
      .flatMap((object) => object?.rules ?? [])
      .flatMap(({ nonResourceURLs = [] }) => nonResourceURLs);
    expect(urls).to.include('/flagz');
    expect(urls.filter((url) => url.includes('*') || url.includes('debug'))).to.deep.equal([]);
  });

  it('runs this version, with a heap that leaves room below the memory limit', async () => {
    const deployment = load(await readFile(join(config, 'manager/deployment.yaml'), 'utf8')) as Deployment;
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string };
    const { image, args, resources } = deployment.spec.template.spec.containers[0];
    expect(image).to.equal(`merlon:${version}`);
    expect(resources).to.deep.include({ limits: { memory: '512Mi' } });
    const heapMiB = Number(/^--max-old-space-size=(\d+)$/.exec(args[0] ?? '')?.[1]);
    expect(heapMiB / 512).to.be.within(0.5, 0.65);
  });

  it('gives the token of the API server to the one pod that needs it', async () => {
    const { spec } = load(await readFile(join(config, 'manager/deployment.yaml'), 'utf8')) as Deployment;
    expect(spec.template.spec).to.include({ serviceAccountName: 'merlon', automountServiceAccountToken: true });
    const accounts = loadAll(await readFile(join(config, 'manager/service-accounts.yaml'), 'utf8'));
    expect(
      accounts.map((account) => (account as Record<string, unknown>)['automountServiceAccountToken']),
    ).to.deep.equal([false, false]);
  });

  it('lets nobody see postures who was not named: no role for people is aggregated into another', async () => {
    const text = await readFile(join(config, 'rbac/people.yaml'), 'utf8');
    const roles = loadAll(text) as readonly { readonly metadata: { readonly name: string; readonly labels: object } }[];
    expect(roles.map(({ metadata }) => metadata.name)).to.deep.equal([
      'merlon-posture-viewer',
      'merlon-cluster-posture-viewer',
      'merlon-policy-editor',
      'merlon-namespace-labeller',
    ]);
    for (const { metadata } of roles) expect(Object.keys(metadata.labels)).to.deep.equal(['app.kubernetes.io/part-of']);
  });

  it('as one stream starts with what the others need', async () => {
    const kinds = loadAll(await buildInstallManifests(root)).map(
      (object) => (object as { readonly kind: string }).kind,
    );
    expect([...new Set(kinds)]).to.deep.equal([
      'Namespace',
      'CustomResourceDefinition',
      'ServiceAccount',
      'Role',
      'ClusterRole',
      'RoleBinding',
      'ClusterRoleBinding',
      'Deployment',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
  });
});

describe('config/samples', () => {
  interface Row {
    readonly sample: string;
    /** Each must be found; further rules may find more. */
    readonly findings: readonly string[];
  }
  const careless: readonly Row[] = [
    {
      sample: 'careless-shop.yaml',
      findings: [
        'fail critical pod-privileged Deployment/image-resizer',
        'fail high pod-privilege-escalation Deployment/web',
        'fail medium pod-run-as-non-root CronJob/nightly-report',
        'fail medium pod-seccomp-profile Deployment/web',
        'fail medium service-account-default-used Deployment/web',
        'fail medium namespace-pod-security-level Namespace/shop',
      ],
    },
    {
      sample: 'legacy-host-agent.yaml',
      findings: [
        'fail critical pod-privileged DaemonSet/host-agent',
        'fail high pod-host-namespaces DaemonSet/host-agent',
        'fail high pod-host-path-volumes DaemonSet/host-agent',
        'fail medium pod-run-as-root-user DaemonSet/host-agent',
      ],
    },
    {
      sample: 'ci-impersonation.yaml',
      findings: [
        'fail critical rbac-impersonate-any ClusterRole/ci-act-as-anybody',
        'fail critical rbac-impersonate-any Role/act-as-any-account',
      ],
    },
    {
      sample: 'anonymous-binding.yaml',
      findings: ['fail critical rbac-anonymous-grants ClusterRoleBinding/dashboard-for-everybody'],
    },
  ];
  for (const { sample, findings } of careless) {
    it(`${sample} is as bad as it says`, async () => {
      expect(await scan(join(config, 'samples', sample))).to.include.members(findings);
    });
  }

  it('shop-expectations.yaml states what it breaks itself', async () => {
    const sample = join(config, 'samples/shop-expectations.yaml');
    const input = { stdin: Readable.from([]) };
    const { policies, ownPolicies } = await loadHardeningPolicies([sample], input, rules);
    const observer: EvaluatorObserver = { ruleThrew: () => undefined };
    const { findings } = await scanFiles({ inputs: [sample], rules, observer, policies, ownPolicies, nowMs: 0 }, input);
    expect(findings.map(printFinding)).to.include('fail high rbac-expectations ServiceAccount/default');
  });

  it('payments.yaml holds to every rule', async () => {
    expect(await scan(join(config, 'samples/payments.yaml'))).to.deep.equal([]);
  });
});
