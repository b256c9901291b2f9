/** What would be refused, judged from a few objects; that the API server then does so is held against a real one. */
import { expect } from 'chai';

import type { ClusterHardeningExemption } from '../../../src/api/v1alpha1/cluster-hardening-exemption.ts';
import { Evaluator } from '../../../src/core/evaluate.ts';
import { judgeExemption } from '../../../src/core/exemption.ts';
import { ExemptionTable } from '../../../src/core/exemption-table.ts';
import { kinds } from '../../../src/core/kinds.ts';
import type { KindName, ObjectOf } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import { resolveParams } from '../../../src/core/params.ts';
import { project } from '../../../src/core/project.ts';
import type { Source } from '../../../src/core/source.ts';
import { countRefused, modeIn, previewNamespace } from '../../../src/enforcement/plan/preview.ts';
import type { PreviewOptions } from '../../../src/enforcement/plan/preview.ts';
import { rootGroups } from '../../../src/rules/pod/root-groups.ts';
import type { EnforcementTerms } from '../../../src/core/enforcement-terms.ts';
import { planEnforcement } from '../../../src/enforcement/plan/planned-enforcement.ts';
import { hostNamespaces } from '../../../src/rules/pod/host-namespaces.ts';
import { imagePullPolicy } from '../../../src/rules/pod/image-pull-policy.ts';
import { privileged } from '../../../src/rules/pod/privileged.ts';
import { runAsNonRoot } from '../../../src/rules/pod/run-as-non-root.ts';

const rules = [privileged, hostNamespaces];
const selected = rules.map((rule) => ({ rule, params: resolveParams(rule) }));

const rootGroupsOnlyNoted = { rule: rootGroups, params: { ...resolveParams(rootGroups), imageGroups: 'note' } };

const terms: EnforcementTerms = {
  ceiling: 'deny',
  withoutLabel: 'off',
  families: ['exec', 'pod-security'],
  namespacesOut: ['kube-system'],
  breakGlassGroups: [],
  exec: { connections: [], ephemeralContainers: false, hostNetwork: false, byLabel: false },
  tokenSecrets: false,
  cluster: { nodesProxy: 'off', rbac: 'off' },
};
const { policies } = planEnforcement(terms, { rules: selected, minor: 37, exemptions: [] });

type Json = Readonly<Record<string, unknown>>;

function object<K extends KindName>(kind: K, json: object): ObjectOf<K> {
  return project(kinds[kind].shape as never, json);
}

const plain = { containers: [{ name: 'main', image: 'x:1' }] };
const bad = { containers: [{ name: 'main', image: 'x:1', securityContext: { privileged: true } }] };
const selector = { matchLabels: {} };

function deployment(name: string, spec: Json): ObjectOf<'Deployment'> {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}` };
  return object('Deployment', { metadata, spec: { selector, template: { metadata: {}, spec } } });
}

function replicaSet(of: string, spec: Json): ObjectOf<'ReplicaSet'> {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: of, uid: `uid-${of}`, controller: true };
  const metadata = { name: `${of}-1`, namespace: 'shop', uid: `uid-${of}-1`, ownerReferences: [owner] };
  return object('ReplicaSet', { metadata, spec: { selector, template: { metadata: {}, spec } } });
}

function podOf(of: string, spec: Json): ObjectOf<'Pod'> {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${of}-1`, uid: `uid-${of}-1`, controller: true };
  return object('Pod', { metadata: { name: `${of}-1-a`, namespace: 'shop', ownerReferences: [owner] }, spec });
}

function preview(
  objects: ObjectsByKind,
  {
    namespace = 'shop',
    labels = {},
    exemption,
    missing = [],
    planned = policies,
    held = selected,
  }: {
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly exemption?: Partial<ClusterHardeningExemption['spec']>;
    readonly missing?: readonly Source[];
    readonly planned?: PreviewOptions['policies'];
    readonly held?: PreviewOptions['rules'];
  } = {},
) {
  const table = new ExemptionTable();
  if (exemption !== undefined) {
    const spec = { rules: ['pod-privileged'], subjects: [{ namespace: 'shop' }], reason: 'r', ...exemption };
    const judged = judgeExemption(
      {
        apiVersion: 'merlon.dev/v1alpha1',
        kind: 'ClusterHardeningExemption',
        metadata: { name: 'agents', uid: 'u', resourceVersion: '1', generation: 1 },
        spec,
      } as unknown as ClusterHardeningExemption,
      rules,
    );
    if (judged.exemption !== undefined) table.set(judged.exemption);
  }
  return previewNamespace(namespace, labels, {
    policies: planned,
    rules: held,
    exemptions: table.isEmpty ? undefined : { table, nowMs: 0 },
    evaluator: new Evaluator({
      ruleThrew: (rule, error) => {
        throw new Error(rule, { cause: error });
      },
    }),
    snapshot: buildObjectSnapshot({
      objects,
      isWholeCluster: true,
      podSecurityVersion: 37,
      missing: missing.map((source) => ({ source, state: 'forbidden', message: 'forbidden' })),
    }),
  });
}

const told = (one: ReturnType<typeof preview>): readonly string[] =>
  (one?.refused ?? []).map(({ finding: { rule, subject }, only }) =>
    [rule.id, subject.kind, subject.name, ...(only === undefined ? [] : [only])].join(' '),
  );

describe('what would be refused in a namespace', () => {
  it('is what breaks a rule of the planned policies, and nothing else', () => {
    const found = preview({ Deployment: [deployment('good', plain), deployment('bad', { ...bad, hostPID: true })] });
    expect(told(found)).to.deep.equal(['pod-privileged Deployment bad', 'pod-host-namespaces Deployment bad']);
    expect(found && countRefused(found)).to.equal(1);
    expect(found?.refused[0]?.finding.violations[0]?.path).to.equal(
      'spec.template.spec.containers[0].securityContext.privileged',
    );
  });

  it('is both what is declared and what runs, and says where only the one is wrong', () => {
    const found = preview({
      Deployment: [deployment('both', bad), deployment('declared', bad), deployment('running', plain)],
      ReplicaSet: [replicaSet('both', bad), replicaSet('declared', plain), replicaSet('running', bad)],
      Pod: [podOf('both', bad), podOf('declared', plain), podOf('running', bad)],
    });
    expect(told(found)).to.deep.equal([
      'pod-privileged Deployment both',
      'pod-privileged Deployment declared declared',
      'pod-privileged Deployment running running',
    ]);
  });

  it('leaves out what a condition lets through, and lists it', () => {
    const found = preview({ Deployment: [deployment('bad', { ...bad, hostPID: true })] }, { exemption: {} });
    expect(told(found)).to.deep.equal(['pod-host-namespaces Deployment bad']);
    expect(found?.exempt.map(({ finding }) => finding.exemption)).to.deep.equal(['ClusterHardeningExemption/agents']);
  });

  it('is nothing that is only noted, whatever a policy calls the rule', () => {
    const noted = { ...rootGroupsOnlyNoted, severity: 'high' } as const;
    const { policies: planned } = planEnforcement(terms, { rules: [noted], minor: 37, exemptions: [] });
    expect(planned.map(({ rules: ids }) => ids)).to.deep.include(['pod-root-groups']);
    const spec = { ...plain, securityContext: { runAsGroup: 1, fsGroup: 1 } };
    const objects = {
      Deployment: [deployment('noted', spec), deployment('bad', { ...plain, securityContext: { fsGroup: 0 } })],
    };
    expect(told(preview(objects, { planned, held: [noted] }))).to.deep.equal(['pod-root-groups Deployment bad']);
  });

  it('is not known of kinds that cannot be read, which is said', () => {
    const found = preview({ Deployment: [deployment('good', plain)] }, { missing: ['StatefulSet'] });
    expect(told(found)).to.deep.equal([]);
    expect(found?.undecided.map(({ finding }) => `${finding.rule.id} ${finding.subject.kind}`)).to.have.members([
      'pod-privileged StatefulSet',
      'pod-host-namespaces StatefulSet',
    ]);
  });

  it('is not asked where nothing can be in force', () => {
    expect(preview({}, { namespace: 'kube-system' })).to.equal(undefined);
  });

  it('tells what the label asks for now', () => {
    for (const [label, mode] of [
      ['deny', 'deny'],
      ['warn', 'warn'],
      ['audit', 'audit'],
      ['off', 'off'],
      ['nonsense', 'off'],
    ] as const) {
      expect(preview({}, { labels: { 'merlon.dev/enforce': label } })?.mode).to.equal(mode);
    }
    expect(policies.map((policy) => modeIn(policy, 'shop', {}))).to.deep.equal(['off', 'off']);
  });

  it('names the pods that the exec guard keeps people out of, whoever made them', () => {
    const found = preview({
      Deployment: [deployment('bad', bad)],
      ReplicaSet: [replicaSet('bad', bad)],
      Pod: [
        podOf('bad', bad),
        object('Pod', { metadata: { name: 'net', namespace: 'shop' }, spec: { ...plain, hostNetwork: true } }),
      ],
    });
    expect(found?.execTargets).to.deep.equal([{ kind: 'Pod', name: 'bad-1-a' }]);
  });

  it('names selectors that no pod with that label fits, but for those that a ReplicaSet has from a Deployment', () => {
    const planned = planEnforcement(
      { ...terms, families: ['exec'], exec: { ...terms.exec, byLabel: true } },
      { rules: selected, minor: 37, exemptions: [] },
    ).policies;
    const matchExpressions = [{ key: 'merlon.dev/exec', operator: 'DoesNotExist' }];
    const spec = { selector: { ...selector, matchExpressions }, template: { spec: plain } };
    const madeBy = (kind: string, apiVersion: string) => ({
      name: `by-${kind.toLowerCase()}-of-${apiVersion.replace('/', '-')}`,
      namespace: 'shop',
      ownerReferences: [{ apiVersion, kind, name: 'web', uid: 'u', controller: true }],
    });
    const objects = {
      ReplicaSet: [
        object('ReplicaSet', { metadata: madeBy('Deployment', 'apps/v1'), spec }),
        object('ReplicaSet', { metadata: madeBy('Rollout', 'argoproj.io/v1alpha1'), spec }),
        object('ReplicaSet', { metadata: { name: 'alone', namespace: 'shop' }, spec }),
      ],
    } satisfies ObjectsByKind;
    expect(told(preview(objects, { planned }))).to.deep.equal([
      'exec ReplicaSet by-rollout-of-argoproj.io-v1alpha1',
      'exec ReplicaSet alone',
    ]);
  });

  it('names what would have pods spared wrongly by the label of the exec guard, once, and where it says so', () => {
    const label = { 'merlon.dev/exec': 'open' };
    const planned = planEnforcement(
      { ...terms, families: ['exec'], exec: { ...terms.exec, byLabel: true } },
      { rules: selected, minor: 37, exemptions: [] },
    ).policies;
    const template = { metadata: { labels: label }, spec: { ...plain, hostNetwork: true } };
    const spec = { selector, template };
    const controller = { apiVersion: 'apps/v1', kind: 'Deployment', uid: 'u', controller: true };
    const made = { name: 'web-1', namespace: 'shop', ownerReferences: [{ ...controller, name: 'web' }] };
    const debug = [{ name: 'debug', image: 'x:1', securityContext: { privileged: true } }];
    const objects = {
      Deployment: [object('Deployment', { metadata: { name: 'web', namespace: 'shop', uid: 'u' }, spec })],
      ReplicaSet: [
        object('ReplicaSet', { metadata: made, spec }),
        object('ReplicaSet', { metadata: { name: 'alone', namespace: 'shop' }, spec }),
      ],
      CronJob: [
        object('CronJob', {
          metadata: { name: 'night', namespace: 'shop' },
          spec: { jobTemplate: { spec: { template } } },
        }),
      ],
      Pod: [
        object('Pod', { metadata: { name: 'bare', namespace: 'shop', labels: label }, spec: bad }),
        object('Pod', {
          metadata: { name: 'debugged', namespace: 'shop', labels: label },
          spec: { ...plain, ephemeralContainers: debug },
        }),
      ],
    } satisfies ObjectsByKind;
    const found = preview(objects, { planned });
    expect(told(found)).to.deep.equal([
      'exec Pod bare',
      'exec Deployment web',
      'exec ReplicaSet alone',
      'exec CronJob night',
    ]);
    expect(found?.refused.map(({ finding: { violations } }) => violations[0]?.path)).to.deep.equal([
      'metadata.labels["merlon.dev/exec"]',
      'spec.template.metadata.labels["merlon.dev/exec"]',
      'spec.template.metadata.labels["merlon.dev/exec"]',
      'spec.jobTemplate.spec.template.metadata.labels["merlon.dev/exec"]',
    ]);
    const unread = preview(objects, { planned, missing: ['Pod'] });
    expect(unread?.undecided.map(({ finding }) => finding.message)).to.deep.equal([
      'pods could not be listed: forbidden',
    ]);
    expect(told(preview(objects)).filter((one) => one.startsWith('exec '))).to.deep.equal([]);
  });

  it('names what has no imagePullSecrets where every pull needs credentials', () => {
    const pulled = [...selected, { rule: imagePullPolicy, params: resolveParams(imagePullPolicy) }];
    const heldTo = { rules: pulled, minor: 37, exemptions: [] };
    const planned = planEnforcement({ ...terms, families: ['image-pulls'] }, heldTo).policies;
    const named = { imagePullSecrets: [{ name: 'registry' }] };
    const objects: ObjectsByKind = {
      ServiceAccount: [object('ServiceAccount', { metadata: { name: 'puller', namespace: 'shop' }, ...named })],
      Deployment: [
        deployment('bare', plain),
        deployment('by-account', { ...plain, serviceAccountName: 'puller' }),
        deployment('by-pod', { ...plain, ...named }),
      ],
    };
    const namesOf = (one: ReturnType<typeof preview>) => one?.withoutPullSecrets?.map(({ name }) => name);
    expect(namesOf(preview(objects, { planned }))).to.deep.equal(['bare']);
    expect(namesOf(preview(objects))).to.equal(undefined);
    expect(namesOf(preview(objects, { planned, missing: ['ServiceAccount'] }))).to.equal(undefined);
  });

  it('refuses no pull that is set, of pods and of what makes them, and where none is set all that is written', () => {
    const pulled = [{ rule: imagePullPolicy, params: resolveParams(imagePullPolicy) }];
    const spec = { containers: [{ name: 'main', image: 'registry.example/main:1', imagePullPolicy: 'IfNotPresent' }] };
    const pod = (name: string, fields: object) =>
      object('Pod', { metadata: { name, namespace: 'shop' }, spec: { ...spec, ...fields } });
    const pulledOnce = { image: `registry.example/main@sha256:${'0'.repeat(64)}`, imagePullPolicy: 'IfNotPresent' };
    const always = { name: 'main', image: 'registry.example/main:1', imagePullPolicy: 'Always' };
    const objects: ObjectsByKind = {
      Pod: [
        pod('bare', {}),
        pod('by-digest', { containers: [{ name: 'main', ...pulledOnce }] }),
        pod('debugged', { containers: [always], ephemeralContainers: [{ name: 'debug', ...pulledOnce }] }),
      ],
      Deployment: [deployment('web', spec)],
    };
    const foundWith = (minor: number) => {
      const heldTo = { rules: pulled, minor, exemptions: [] };
      const planned = planEnforcement({ ...terms, families: ['image-pulls'] }, heldTo).policies;
      return preview(objects, { planned, held: pulled });
    };
    const set = foundWith(37);
    expect([told(set), set?.notPreviewed]).to.deep.equal([[], []]);
    expect(told(foundWith(35))).to.deep.equal([
      'pod-image-pull-policy Deployment web',
      'pod-image-pull-policy Pod bare',
      'pod-image-pull-policy Pod by-digest',
      'pod-image-pull-policy Pod debugged',
    ]);
  });

  it('says of a pod what is refused after what is set in it, and of what makes pods what is written', () => {
    const nonRoot = [{ rule: runAsNonRoot, params: resolveParams(runAsNonRoot) }];
    const heldTo = { rules: nonRoot, minor: 37, exemptions: [] };
    const plannedOf = (...families: EnforcementTerms['families']) =>
      planEnforcement({ ...terms, families }, heldTo).policies;
    const objects: ObjectsByKind = {
      Pod: [
        object('Pod', { metadata: { name: 'silent', namespace: 'shop' }, spec: plain }),
        object('Pod', {
          metadata: { name: 'root', namespace: 'shop' },
          spec: { ...plain, securityContext: { runAsUser: 0 } },
        }),
      ],
      Deployment: [deployment('web', plain)],
    };
    const saysOf = (planned: PreviewOptions['policies']) => told(preview(objects, { planned, held: nonRoot }));
    expect(saysOf(plannedOf('pod-security'))).to.deep.equal([
      'pod-run-as-non-root Deployment web',
      'pod-run-as-non-root Pod root',
      'pod-run-as-non-root Pod silent',
    ]);
    expect(saysOf(plannedOf('pod-security', 'pod-defaults'))).to.deep.equal([
      'pod-run-as-non-root Deployment web',
      'pod-run-as-non-root Pod root',
    ]);
  });

  it('is of what is in namespaces', () => {
    const cluster = { nodesProxy: 'deny', rbac: 'deny' } as const;
    const planned = planEnforcement({ ...terms, cluster }, { rules: selected, minor: 37, exemptions: [] }).policies;
    expect(preview({}, { planned, namespace: 'kube-system' })).to.equal(undefined);
    expect(preview({}, { planned })?.notPreviewed).to.deep.equal([]);
  });
});
