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
import { defaultingRulesOf, planPodDefaults } from '../../src/enforcement/plan/pod-defaults.ts';
import { predictDefaults } from '../../src/enforcement/plan/predicted-pod.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { rules } from '../../src/rules/index.ts';
import { forEachConcurrently } from '../bench/concurrently.ts';
import { generatePod } from '../pod-security/generator.ts';
import type { Json } from '../pod-security/generator.ts';
import { numbersFrom } from '../support/campaign.ts';
import { useControlPlane } from '../support/integration.ts';
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';

const pods = 400;
const defaulting = defaultingRulesOf(rules);
const defaults = defaulting.map(({ sets }) => sets);

describe('defaults of pods', () => {
  const cluster = useControlPlane({ needs: ['build'], own: { controllerManager: false, auditLog: false } });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

  before('a namespace with defaults, and one without', async () => {
    const { client } = cluster();
    await client.createNamespace('set', { 'merlon.dev/enforce': 'deny' });
    await client.createNamespace('plain', { 'merlon.dev/enforce': 'warn' });
    for (const namespace of ['set', 'plain']) {
      // Its volume has another name in each pod.
      const accounts = client.resource('v1', 'serviceaccounts', namespace);
      await accounts.patch('default', { automountServiceAccountToken: false });
    }
    const modes = { withoutLabel: 'off', keptOut: [] } as const;
    await applyYaml(cluster(), [...printEnforcement(planPodDefaults(defaulting, modes))].join(''));
    const bare = {
      metadata: { name: 'bare' },
      spec: { containers: [{ name: 'main', image: 'registry.example/main:1' }] },
    };
    await waitForAnswer(async () => JSON.stringify((await create('set', bare)).body), /"runAsNonRoot":true/);
  });

  async function create(namespace: string, pod: Json): Promise<{ readonly status: number; readonly body: Json }> {
    return cluster().client.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
      body: { apiVersion: 'v1', kind: 'Pod', ...pod },
    });
  }

  it(`come back as they are predicted, and pass unless the pod says otherwise: of ${pods} (SEED=${seed})`, async () => {
    const tally = {
      taken: 0,
      changed: 0,
      windows: 0,
      passedBy: new Map<string, number>(),
      kept: new Map<string, number>(),
    };
    await forEachConcurrently(numbersFrom(0, pods), 16, async (index) => {
      const { metadata, spec } = generatePod(seed, index, false);
      const manifest = { metadata: { ...metadata, name: 'pod' }, spec };
      const [plain, set] = [await create('plain', manifest), await create('set', manifest)];
      const what = `SEED=${seed}, pod ${index}: ${JSON.stringify(manifest)}`;
      // Nothing is refused for what was set in it.
      expect(set.status, `${what}: ${String(set.body['message'])}`).to.equal(plain.status);
      if (plain.status !== 201) return;
      tally.taken += 1;
      const predicted = predictDefaults(plain.body as unknown as PodTemplate, defaults);
      expect(set.body['spec'], what).to.deep.equal(predicted.spec);
      if (predicted.spec === plain.body['spec']) tally.windows += 1;
      compareVerdicts(plain.body, set.body, what, tally);
    });
    expect(tally.taken).to.be.greaterThan(pods * 0.95);
    expect(tally.windows).to.be.greaterThan(pods * 0.05);
    for (const { id } of defaulting) {
      expect(tally.passedBy.get(id) ?? 0, `${id} passes by it`).to.be.greaterThan(0);
    }
    for (const id of [
      'pod-privilege-escalation',
      'pod-run-as-non-root',
      'pod-seccomp-profile',
      'pod-capabilities-restricted',
    ]) {
      expect(tally.kept.get(id) ?? 0, `${id} fails by what is set`).to.be.greaterThan(0);
    }
  });

  function compareVerdicts(
    plain: Json,
    set: Json,
    what: string,
    { passedBy, kept }: { readonly passedBy: Map<string, number>; readonly kept: Map<string, number> },
  ): void {
    const before = project(kinds.Pod.shape, plain);
    const after = project(kinds.Pod.shape, set);
    for (const { id } of defaulting) {
      const [failed, left] = [violationsOf(id, before), violationsOf(id, after)];
      if (failed.length > 0 && left.length === 0) add(passedBy, id);
      if (left.length > 0) add(kept, id);
      for (const violation of left) {
        expect(says[id]?.(after, violation), `${what}: ${id} at ${violation.path}: ${violation.message}`).to.equal(
          true,
        );
      }
    }
  }

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
