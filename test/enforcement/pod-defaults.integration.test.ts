/**
 * Defaults of new pods beside somebody else who sets otherwise. That pods come back as it is predicted, and pass the rules, the
 * differential test holds against a real API server.
 */
import { expect } from 'chai';

import { resolveParams } from '../../src/core/params.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { defaultingRulesOf, planPodDefaults } from '../../src/enforcement/plan/pod-defaults.ts';
import { planPodFamily } from '../../src/enforcement/plan/pod-family.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { rules } from '../../src/rules/index.ts';
import { privilegeEscalation } from '../../src/rules/pod/privilege-escalation.ts';
import { useControlPlane } from '../support/integration.ts';
import { endPolicyFight, fightByPolicy } from './fighting-mutators.ts';
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';
import { CHANGED, createNamespaces, tryPod } from './trial-namespaces.ts';

const defaulting = defaultingRulesOf(rules);
const modes = { withoutLabel: 'off', keptOut: [] } as const;
const bare = { metadata: { name: 'bare' }, spec: { containers: [{ name: 'main', image: 'main:1' }] } };

function named(container: object, index: number): object {
  return { ...container, name: `i${index}` };
}

describe('defaults of pods', () => {
  const cluster = useControlPlane({ needs: ['build'], own: { controllerManager: false, auditLog: false } });

  before('a namespace with defaults, and one without', async function () {
    if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    await createNamespaces(cluster());
    await applyYaml(cluster(), [...printEnforcement(planPodDefaults(defaulting, modes))].join(''));
    await waitForAnswer(
      async () => JSON.stringify((await tryPod(cluster(), CHANGED, bare)).body),
      /"runAsNonRoot":true/,
    );
  });

  it('are set in every container of a pod of 250, which cost no more than the API server lets them', async () => {
    const env = Array.from({ length: 40 }, (_, index) => ({ name: `NAME_${index}`, value: 'some text' }));
    const many = Array.from({ length: 250 }, (_, index) => ({ name: `c${index}`, image: 'main:1', env }));
    const large = {
      metadata: { name: 'large' },
      spec: { containers: many, initContainers: many.slice(0, 20).map(named) },
    };
    const { status, body } = await tryPod(cluster(), CHANGED, large);
    expect(`${status} ${String(body['message'])}`).to.equal('201 undefined');
    const { containers = [], initContainers = [] } = body['spec'] as Partial<Record<string, object[]>>;
    const dropped = [...containers, ...initContainers].filter((one) => JSON.stringify(one).includes('"drop":["ALL"]'));
    expect(dropped).to.have.length(270);
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
});
