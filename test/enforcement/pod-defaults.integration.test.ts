/**
 * Pods that nobody thought of, created on trial where defaults are set and where they are not: what comes back is what
 * Merlon says will come back, and passes the rules that set it unless the pod says otherwise.
 * `SEED=… mocha FILE` repeats a run.
 */
import { expect } from 'chai';

import { kinds } from '../../src/core/kinds.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';
import { project } from '../../src/core/project.ts';
import type { Rule, RuleContext, Violation } from '../../src/core/rule.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { defaultingRulesOf, planPodDefaults } from '../../src/enforcement/plan/pod-defaults.ts';
import { planPodFamily } from '../../src/enforcement/plan/pod-family.ts';
import { predictDefaults } from '../../src/enforcement/plan/predicted-pod.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { rules } from '../../src/rules/index.ts';
import { privilegeEscalation } from '../../src/rules/pod/privilege-escalation.ts';
import { useControlPlane } from '../support/integration.ts';
import { endPolicyFight, fightByPolicy } from './fighting-mutators.ts';
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';
import { CHANGED, comparePods, createNamespaces, tryPod } from './predicted-pods.ts';

const count = 400;
const defaulting = defaultingRulesOf(rules);
const defaults = defaulting.map(({ sets }) => sets);
const modes = { withoutLabel: 'off', keptOut: [] } as const;
const bare = { metadata: { name: 'bare' }, spec: { containers: [{ name: 'main', image: 'main:1' }] } };

describe('defaults of pods', () => {
  const cluster = useControlPlane({ needs: ['build'], own: { controllerManager: false, auditLog: false } });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

  before('a namespace with defaults, and one without', async function () {
    if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    await createNamespaces(cluster());
    await applyYaml(cluster(), [...printEnforcement(planPodDefaults(defaulting, modes))].join(''));
    await waitForAnswer(
      async () => JSON.stringify((await tryPod(cluster(), CHANGED, bare)).body),
      /"runAsNonRoot":true/,
    );
  });

  it(`come back as they are predicted, and pass unless the pod says otherwise: of ${count} (SEED=${seed})`, async () => {
    const passed = new Map<string, number>();
    const kept = new Map<string, number>();
    let untouched = 0;
    const predict = (pod: PodTemplate): PodTemplate => predictDefaults(pod, defaults);
    await comparePods(cluster(), { seed, count }, predict, ({ plain, changed, what }) => {
      const before = project(kinds.Pod.shape, plain);
      const after = project(kinds.Pod.shape, changed);
      if (before.spec.os?.name === 'windows') untouched += 1;
      for (const { id } of defaulting) {
        const left = violationsOf(id, after);
        if (left.length === 0 && violationsOf(id, before).length > 0) add(passed, id);
        if (left.length > 0) add(kept, id);
        for (const violation of left) {
          expect(says[id]?.(after, violation), `${what}: ${id} at ${violation.path}`).to.equal(true);
        }
      }
    });
    expect(untouched).to.be.greaterThan(count * 0.05);
    for (const { id } of defaulting) expect(passed.get(id) ?? 0, `passes by what is set: ${id}`).to.be.greaterThan(0);
    const refusing = [
      'pod-privilege-escalation',
      'pod-run-as-non-root',
      'pod-seccomp-profile',
      'pod-capabilities-restricted',
    ];
    for (const id of refusing) expect(kept.get(id) ?? 0, `fails by what stays: ${id}`).to.be.greaterThan(0);
  });

  it('count as said where somebody else sets otherwise, and are refused by the policy about pods', async () => {
    const fight = {
      name: 'fight',
      rules: [{ operations: ['CREATE'], resources: ['pods'] }],
      reinvocationPolicy: 'Never',
    } as const;
    const expression = `Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{
  name: c.name, securityContext: Object.spec.containers.securityContext{allowPrivilegeEscalation: true}})}}`;
    const answer = async (): Promise<string> => {
      const { status, body } = await tryPod(cluster(), CHANGED, bare);
      return `${status} ${String(body['message'])} ${JSON.stringify(body['spec'])}`;
    };
    await fightByPolicy(cluster(), fight, expression, async () =>
      /"allowPrivilegeEscalation":true/.test(await answer()),
    );
    const { policy } = planPodFamily({
      ...modes,
      family: 'pod-security',
      rules: [{ rule: privilegeEscalation, params: resolveParams(privilegeEscalation) }],
      target: { podSecurityVersion: cluster().minor },
      exemptions: [],
      breakGlassGroups: [],
    });
    await applyYaml(cluster(), [...printEnforcement(policy === undefined ? [] : [policy])].join(''));
    await waitForAnswer(answer, /^403 .*: pod-privilege-escalation: Pod "bare": container "main" does not set/);
    await endPolicyFight(cluster(), fight.name);
    await waitForAnswer(answer, /^201 .*"allowPrivilegeEscalation":false/);
  });

  function violationsOf(id: string, pod: PodTemplate): readonly Violation[] {
    const rule = rules.find((one): one is Rule<'Workload'> => one.id === id && one.subject === 'Workload');
    if (rule === undefined) throw new Error(`no rule ${id}`);
    const context = { params: resolveParams(rule), podSecurityVersion: cluster().minor };
    const result = rule.check(pod, context as unknown as RuleContext);
    if ('outcome' in result) {
      expect(pod.spec.os?.name === 'windows' || pod.spec.hostUsers === false, result.reason).to.equal(true);
      return [];
    }
    // Which groups an application is in only it knows.
    return result.filter(({ path }) => id !== 'pod-root-groups' || path.endsWith('supplementalGroupsPolicy'));
  }
});

type Says = (pod: PodTemplate, violation: Violation) => boolean;

/** Whether it is the pod itself that says what a rule still refuses in it. */
const says: Readonly<Record<string, Says>> = {
  'pod-privilege-escalation': (pod, { path }) => {
    const { privileged, allowPrivilegeEscalation, capabilities } = containerAt(pod, path);
    return (
      privileged === true || allowPrivilegeEscalation === true || capabilities?.add?.includes('CAP_SYS_ADMIN') === true
    );
  },
  'pod-run-as-non-root': ({ spec }) =>
    spec.os?.name === 'windows' ||
    [spec.securityContext, ...containersOf(spec).map(({ securityContext }) => securityContext)].some(
      (context) => context?.runAsNonRoot === false || context?.runAsUser === 0,
    ),
  'pod-seccomp-profile': (pod) =>
    [pod.spec.securityContext, ...containersOf(pod.spec).map(({ securityContext }) => securityContext)].some(
      (context) => context?.seccompProfile?.type === 'Unconfined',
    ) || /unconfined|localhost/.test(pod.metadata?.annotations?.['seccomp.security.alpha.kubernetes.io/pod'] ?? ''),
  'pod-capabilities-restricted': (pod, { path }) => {
    const { capabilities } = containerAt(pod, path);
    return capabilities?.drop?.includes('ALL') === false || capabilities?.add !== undefined;
  },
  'pod-read-only-root-filesystem': (pod, { path }) => containerAt(pod, path).readOnlyRootFilesystem === false,
  'pod-root-groups': ({ spec }) => spec.os?.name === 'windows',
};

function containersOf({ containers, initContainers = [] }: PodTemplate['spec']) {
  return [...containers, ...initContainers];
}

function containerAt({ spec }: PodTemplate, path: string) {
  const [, list, index] = /^spec\.(containers|initContainers)\[(\d+)\]/.exec(path) ?? [];
  const container = list === 'initContainers' ? spec.initContainers?.[Number(index)] : spec.containers[Number(index)];
  return container?.securityContext ?? {};
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
