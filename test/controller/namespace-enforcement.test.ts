import { expect } from 'chai';

import { Evaluator } from '../../src/core/evaluate.ts';
import { kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { resolveParams } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import { NOT_LOOKED } from '../../src/controller/enforced-condition.ts';
import { countRefusedIn, NamespaceEnforcements } from '../../src/controller/namespace-enforcement.ts';
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
  }: {
    readonly label?: string;
    readonly namespace?: string;
    readonly isPlanned?: boolean;
    readonly isUnread?: boolean;
    readonly withPulls?: boolean;
    readonly withAccounts?: boolean;
    readonly withSecrets?: boolean;
  } = {},
) {
  const labels = label === undefined ? {} : { 'merlon.dev/enforce': label };
  const snapshot = buildObjectSnapshot({
    objects: {
      Namespace: [project(kinds.Namespace.shape, { metadata: { name: namespace, labels } })],
      Pod: [...names.map((name) => pod(name, true, namespace)), pod('plain', false, namespace)],
    },
    isWholeCluster: true,
    podSecurityVersion: 37,
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
    expect(say(['a'], { label: 'deny' })?.message).to.contain('made anew, deny refuses one workload that is here');
    expect(say([], { label: 'deny' })).to.deep.include({ wouldRefuse: 0 });
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
  const role = (name: string, fields: object) => project(kinds.ClusterRole.shape, { metadata: { name }, ...fields });
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
            role('sum', { rules: impersonate, aggregationRule: { clusterRoleSelectors: [] } }),
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
