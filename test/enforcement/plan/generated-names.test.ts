/** The list that "merlon uninstall" goes by, held against the planners: a policy that is not in it would outlive Merlon. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { buildDefaultPolicy } from '../../../src/core/policy-merge.ts';
import { rules as builtInRules } from '../../../src/rules/index.ts';
import { furtherFamilies, planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import { generatedNames } from '../../../src/enforcement/plan/generated-names.ts';
import { planExecGuard } from '../../../src/enforcement/plan/exec-guard.ts';
import { planExecLabel } from '../../../src/enforcement/plan/exec-label.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import { planNodesProxyGuard } from '../../../src/enforcement/plan/nodes-proxy-guard.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';

const folder = join(import.meta.dirname, '../../../src/enforcement/plan');
const own = 'generated-names.ts';

describe('the names that Merlon gives to what is enforced', () => {
  it('are those of every planner there is', async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && name !== own);
    const sources = new Map(
      await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
    );
    const planners = [...sources].flatMap(([name, text]) =>
      /^export function plan(?!Exemptions)\w+\(/m.test(text) ? [name] : [],
    );
    expect(planners).to.include.members(['exec-guard.ts', 'nodes-proxy-guard.ts', 'pod-family.ts']);
    const importsOf = (text: string) =>
      [...text.matchAll(/^import (?!type ).*from '\.\/(.+)';$/gm)].map(([, name = '']) => name);
    const reached = importsOf(await readFile(join(folder, own), 'utf8'));
    // A planner that asks others stands for them.
    for (const name of reached) {
      if (!planners.includes(name)) continue;
      reached.push(...importsOf(sources.get(name) ?? '').filter((one) => !reached.includes(one)));
    }
    expect(planners.filter((name) => !reached.includes(name))).to.deep.equal([]);
  });

  const exec = { hostNetwork: false, breakGlassGroups: [], connections: [], withoutLabel: 'off', keptOut: [] } as const;
  const { rules } = buildDefaultPolicy(builtInRules);
  const families = (['pod-security', 'image-pulls', 'service-accounts'] as const).flatMap((family) => {
    const { policy } = planPodFamily({
      ...{ family, rules, target: { podSecurityVersion: undefined }, exemptions: [] },
      ...{ breakGlassGroups: [], withoutLabel: 'deny', keptOut: [] },
    });
    return policy ?? [];
  });
  const further = {
    families: furtherFamilies,
    modes: { withoutLabel: 'deny', keptOut: [] },
    breakGlassGroups: [],
    defaults: undefined,
    tokenSecrets: true,
    clusterAdmins: [],
    clusterRbac: 'deny',
  } as const;
  const rows = {
    'the exec guard': planExecGuard({ ...exec, ephemeralContainers: false }),
    'the exec guard, with all that it can guard': planExecGuard({
      ...exec,
      ephemeralContainers: true,
      hostNetwork: true,
      connections: ['portforward', 'proxy'],
      breakGlassGroups: ['oncall'],
      withoutLabel: 'audit',
      keptOut: ['kube-system'],
    }),
    'the families of rules about pods': families,
    'the guard of what has no namespace, that records': planFamilies(
      { ...further, families: [], clusterRbac: 'audit', minor: 36 },
      rules,
    ).policies,
    'the guard of what has no namespace, that warns': planFamilies(
      { ...further, families: [], clusterRbac: 'warn', minor: 36 },
      rules,
    ).policies,
    'everything else that can be chosen, set': planFamilies({ ...further, minor: 36 }, rules).policies,
    'everything else that can be chosen, refused': planFamilies({ ...further, minor: 30 }, rules).policies,
    'the label that the exec guard goes by': planExecLabel({ keptOut: [] }),
    'the guard of nodes, that records': [planNodesProxyGuard('audit', [])],
    'the guard of nodes, that refuses': [planNodesProxyGuard('deny', ['oncall'])],
  };
  for (const [what, policies] of Object.entries(rows)) {
    it(`are those of ${what}`, () => {
      expect(policies).not.to.deep.equal([]);
      const printed = buildManifests(policies).map(({ kind, metadata: { name } }) => ({ kind, name }));
      expect(generatedNames).to.deep.include.members(printed);
    });
  }

  it('are no others but that of what is tried', () => {
    const printed = new Set(
      Object.values(rows).flatMap((policies) =>
        buildManifests(policies).map(({ kind, metadata: { name } }) => `${kind} ${name}`),
      ),
    );
    const others = generatedNames.map(({ kind, name }) => `${kind} ${name}`).filter((one) => !printed.has(one));
    expect(others).to.deep.equal([
      'ValidatingAdmissionPolicy merlon-canary',
      'ValidatingAdmissionPolicyBinding merlon-canary-deny',
      'MutatingAdmissionPolicy merlon-canary',
      'MutatingAdmissionPolicyBinding merlon-canary-on',
    ]);
  });

  it('stand there once each', () => {
    const names = generatedNames.map(({ kind, name }) => `${kind} ${name}`);
    expect(names).to.have.length(new Set(names).size);
  });
});
