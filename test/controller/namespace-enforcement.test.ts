import { expect } from 'chai';

import { Evaluator } from '../../src/core/evaluate.ts';
import { kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { resolveParams } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import { NOT_LOOKED } from '../../src/controller/enforced-condition.ts';
import { countRefusedIn, NamespaceEnforcements } from '../../src/controller/namespace-enforcement.ts';
import { planPullsKeeper } from '../../src/enforcement/plan/image-pulls-keeper.ts';
import { buildManifests } from '../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest, PlannedPolicy } from '../../src/enforcement/plan/planned-policy.ts';
import { fullEvidence } from '../core/evidence-samples.ts';
import { planImagePulls } from '../../src/enforcement/plan/image-pulls.ts';
import { planClusterRbacGuard } from '../../src/enforcement/plan/rbac-guard.ts';
import { planServiceAccounts } from '../../src/enforcement/plan/service-accounts.ts';
import { planPodFamily } from '../../src/enforcement/plan/pod-family.ts';
import { privileged } from '../../src/rules/pod/privileged.ts';

const rules = [{ rule: privileged, params: resolveParams(privileged) }];
const { policy } = planPodFamily({
  family: 'pod-security',
  rules,
  target: { podSecurityVersion: 37 },
  breakGlassGroups: [],
  exemptions: [],
  withoutLabel: 'off',
  keptOut: ['kube-system'],
});

const modes = { withoutLabel: 'off', keptOut: ['kube-system'] } as const;

function pod(name: string, isPrivileged: boolean, namespace = 'shop') {
  const spec = { containers: [{ name: 'main', image: 'x:1', securityContext: { privileged: isPrivileged } }] };
  return project(kinds.Pod.shape, { metadata: { name, namespace }, spec });
}

function say(
  names: readonly string[],
  {
    label,
    namespace = 'shop',
    isPlanned = true,
    isUnread = false,
    withPulls = false,
    withAccounts = false,
    withSecrets = false,
    isInForce = false,
  }: {
    readonly label?: string;
    readonly namespace?: string;
    readonly isPlanned?: boolean;
    readonly isUnread?: boolean;
    readonly withPulls?: boolean;
    readonly withAccounts?: boolean;
    readonly withSecrets?: boolean;
    readonly isInForce?: boolean;
  } = {},
) {
  const labels = label === undefined ? {} : { 'merlon.dev/enforce': label };
  const stored = storedOf(isInForce && policy !== undefined ? [policy] : []);
  const snapshot = buildObjectSnapshot({
    objects: {
      Namespace: [project(kinds.Namespace.shape, { metadata: { name: namespace, labels } })],
      Pod: [...names.map((name) => pod(name, true, namespace)), pod('plain', false, namespace)],
      ...stored,
    },
    isWholeCluster: true,
    podSecurityVersion: 37,
    evidence: servesPolicies,
    missing: isUnread ? [{ source: 'Job', state: 'forbidden', message: 'listing jobs.batch is forbidden' }] : [],
  });
  const policies = [
    ...(policy === undefined ? [] : [policy]),
    ...(withPulls ? [planImagePulls(modes)] : []),
    ...(withAccounts
      ? planServiceAccounts({ canMutate: false, tokenSecrets: withSecrets, breakGlassGroups: [] }, modes)
      : []),
  ];
  return new NamespaceEnforcements([privileged]).of(namespace, {
    snapshot,
    evaluator: new Evaluator({
      ruleThrew: (rule, error) => {
        throw new Error(rule, { cause: error });
      },
    }),
    planned: isPlanned ? { policies, rules, exemptions: undefined } : undefined,
    judgedBy: rules,
  }).inShort;
}

const fact = { value: true, source: 'a test', confidence: 'high', detail: '' } as const;
const servesPolicies = fullEvidence({ validatingAdmissionPolicy: fact, mutatingAdmissionPolicy: fact });

/** As an API server keeps them. */
function storedOf(policies: readonly PlannedPolicy[]) {
  const manifests = JSON.parse(JSON.stringify(buildManifests(policies))) as object[];
  const ofKind = (kind: EnforcementManifest['kind']) =>
    manifests.filter((one) => 'kind' in one && one.kind === kind).map((one) => project(kinds[kind].shape, one));
  return {
    ValidatingAdmissionPolicy: ofKind('ValidatingAdmissionPolicy'),
    ValidatingAdmissionPolicyBinding: ofKind('ValidatingAdmissionPolicyBinding'),
    MutatingAdmissionPolicy: ofKind('MutatingAdmissionPolicy'),
    MutatingAdmissionPolicyBinding: ofKind('MutatingAdmissionPolicyBinding'),
  };
}

/** Of what sets pulls in a namespace, where another asks to be asked again: everything, or without what keeps them. */
function sayOfPulls({ isKept = true, hooks = 1 }: { readonly isKept?: boolean; readonly hooks?: number } = {}) {
  const setter = planImagePulls(modes);
  const keeper = planPullsKeeper({ rules: ['pod-image-pull-policy'], breakGlassGroups: [], exemptions: [] }, modes);
  const onPods = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
  const mesh = {
    metadata: { name: 'mesh' },
    webhooks: [{ name: 'a.b', rules: [onPods], reinvocationPolicy: 'IfNeeded' }],
  };
  const snapshot = buildObjectSnapshot({
    objects: {
      Namespace: [
        project(kinds.Namespace.shape, { metadata: { name: 'shop', labels: { 'merlon.dev/enforce': 'deny' } } }),
      ],
      Pod: [pod('seldom', false)],
      MutatingWebhookConfiguration: [mesh]
        .slice(0, hooks)
        .map((one) => project(kinds.MutatingWebhookConfiguration.shape, one)),
      ...storedOf(isKept ? [setter, keeper] : [setter]),
    },
    isWholeCluster: true,
    podSecurityVersion: 37,
    evidence: servesPolicies,
  });
  const evaluator = new Evaluator({ ruleThrew: () => undefined });
  const said = new NamespaceEnforcements([privileged]).of('shop', {
    ...{ snapshot, evaluator },
    planned: undefined,
    judgedBy: rules,
  });
  return said.inShort?.message;
}

describe('what the posture of a namespace says of what is set there', () => {
  const BY = 'image-pulls: on by MutatingAdmissionPolicy/merlon-image-pulls';
  const KEPT = 'image-pulls: deny by ValidatingAdmissionPolicy/merlon-image-pulls-keeper, ';
  const SEEN =
    'Pod "seldom" runs with another imagePullPolicy than Always, which is set here: it is older, or somebody took it back';

  it('is that somebody may take it back, without a name, which is in no namespace', () => {
    expect(sayOfPulls()).to.equal(
      `${KEPT}${BY}; another policy or webhook may take back what image-pulls sets: such pods are refused (the condition Enforced of the cluster's posture names it)`,
    );
  });

  it('is nothing more where nobody may, and what is taken back is refused', () => {
    expect(sayOfPulls({ hooks: 0 })).to.equal(`${KEPT}${BY}`);
  });

  it('is who runs otherwise, where nothing refuses that', () => {
    expect(sayOfPulls({ isKept: false, hooks: 0 })).to.equal(`${BY}; ${SEEN}`);
    expect(sayOfPulls({ isKept: false })).to.equal(
      `${BY}; another policy or webhook may take back what image-pulls sets: nothing that is known refuses it (the condition Enforced of the cluster's posture names it); ${SEEN}`,
    );
  });
});

describe('what the posture of a namespace says of enforcement', () => {
  it('is nothing where nothing is planned and nothing known again', () => {
    expect(say(['a'], { isPlanned: false })).to.equal(undefined);
    expect(say(['a'], { namespace: 'kube-system' })).to.equal(undefined);
  });

  it('is how much deny would refuse, before it is set', () => {
    expect(say(['a'], { label: 'warn' })).to.deep.equal({
      mode: 'warn',
      wouldRefuse: 1,
      enforced: [],
      message:
        'nothing that is known again is in force; deny would refuse one workload that is here: Pod "a" (pod-privileged); "merlon enforce --preview -n shop" says why',
    });
    expect(say(['a', 'b', 'c', 'd'])?.message).to.contain(
      'deny would refuse 4 workloads that are here: Pod "a" (pod-privileged), Pod "b" (pod-privileged), Pod "c" (pod-privileged) and 1 more;',
    );
  });

  it('and afterwards, of what was there before', () => {
    const said = say(['a'], { label: 'deny', isInForce: true });
    expect(said?.message).to.contain('made anew, deny refuses one workload that is here');
    expect(said?.enforced.map(({ mode }) => mode)).to.deep.equal(['deny']);
    expect(say([], { label: 'deny', isInForce: true })).to.deep.include({ wouldRefuse: 0 });
  });

  it('does not say that anything is refused where nothing that is known refuses it', () => {
    const NOT_YET = 'deny, which is not known to be in force for all, would refuse';
    expect(say(['a'], { label: 'deny' })?.message).to.equal(
      `nothing that is known again is in force; ${NOT_YET} one workload that is here: Pod "a" (pod-privileged); "merlon enforce --preview -n shop" says why`,
    );
    expect(say(['a'], { label: 'deny', isInForce: true, withAccounts: true })?.message).to.contain(
      `; ${NOT_YET} 2 workloads that are here: Pod "a" (pod-privileged, service-accounts)`,
    );
    expect(say([], { label: 'deny' })?.message).to.contain(`; ${NOT_YET} nothing of what is here`);
  });

  it('is also what may not be pulled any more, where pulls are made to need credentials', () => {
    expect(say(['a'], { withPulls: true })?.message).to.match(
      /; neither Pod "a" and 1 more nor an account has imagePullSecrets, so that pulls may fail$/,
    );
    expect(say(['a'])?.message).not.to.contain('imagePullSecrets');
  });

  it('counts what runs with the token of the default account', () => {
    expect(say(['a'], { withAccounts: true })).to.deep.include({ wouldRefuse: 2 });
    expect(say(['a'], { withAccounts: true })?.message).to.contain(
      'Pod "a" (pod-privileged, service-accounts), Pod "plain" (service-accounts);',
    );
  });

  it('is no number where a policy refuses what nobody can look for', () => {
    const said = say(['a'], { withAccounts: true, withSecrets: true });
    expect(said).not.to.have.property('wouldRefuse');
    expect(said?.message)
      .to.contain('deny would refuse 2 workloads that are here: Pod "a" (pod-privileged')
      .and.contain('what merlon-service-accounts-secrets would refuse was not looked for, as Merlon reads no Secrets');
  });

  it('is no number where something could not be read, and why', () => {
    const said = say(['a'], { isUnread: true });
    expect(said).not.to.have.property('wouldRefuse');
    expect(said?.message).to.contain('of others it is not known: jobs.batch could not be listed');
    expect(say([], { isUnread: true })?.message).to.contain('deny would refuse nothing that is known of what is here');
  });
});

describe('what the posture of the cluster says of a policy on what is in no namespace', () => {
  const GROUP = 'rbac.authorization.k8s.io';
  const wildcard = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const impersonate = [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }];
  const gather = { gather: 'yes' };
  const role = (name: string, fields: object) =>
    project(kinds.ClusterRole.shape, { metadata: { name, labels: gather }, ...fields });
  const bind = (name: string, subject: string) =>
    project(kinds.ClusterRoleBinding.shape, {
      metadata: { name },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: GROUP, kind: 'Group', name: subject }],
    });
  const guard = planClusterRbacGuard({ clusterAdmins: [], breakGlassGroups: [] }, 'audit');
  const enforced = {
    ...NOT_LOOKED,
    policies: ['merlon-rbac-cluster', 'merlon-exec-guard'].map((policy) => ({ policy, state: 'InForce', modes: [] })),
  };
  const count = (planned: Parameters<typeof countRefusedIn>[1], missing: readonly 'ClusterRole'[] = []) =>
    countRefusedIn(
      enforced,
      planned,
      buildObjectSnapshot({
        objects: {
          ClusterRole: [
            // As Kubernetes makes it itself, and as a controller fills it in.
            role('cluster-admin', { rules: wildcard }),
            role('sum', { rules: impersonate, aggregationRule: { clusterRoleSelectors: [{ matchLabels: gather }] } }),
            role('acting', { rules: impersonate }),
          ],
          ClusterRoleBinding: [bind('cluster-admin', 'system:masters'), bind('ops', 'ops')],
        },
        isWholeCluster: true,
        missing: missing.map((source) => ({ source, state: 'forbidden', message: 'forbidden' })),
      }),
    ).policies.map(({ wouldRefuse }) => wouldRefuse);

  it('is how much that is there it would refuse, but for what the control plane makes', () => {
    expect(count([guard])).to.deep.equal([2, undefined]);
  });

  it('is no number where it is not planned, or not all could be read', () => {
    expect(count([])).to.deep.equal([undefined, undefined]);
    expect(count([guard], ['ClusterRole'])).to.deep.equal([undefined, undefined]);
  });
});
