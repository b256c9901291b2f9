/** The list that "merlon uninstall" goes by, held against the planners: a policy that is not in it would outlive Merlon. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { generatedNames } from '../../../src/enforcement/plan/generated-names.ts';
import { planExecGuard } from '../../../src/enforcement/plan/exec-guard.ts';
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
    const planners = [...sources.values()].flatMap((text) =>
      [...text.matchAll(/^export function (plan\w+)\(/gm)].map(([, planner]) => planner),
    );
    expect(planners).to.include.members(['planExecGuard', 'planNodesProxyGuard']);
    const list = await readFile(join(folder, own), 'utf8');
    // A planner of planners stands for those that it asks.
    const asked = [...list.matchAll(/from '\.\/(.+)'/g)].map(([, name = '']) => sources.get(name) ?? '');
    const isAsked = (planner = ''): boolean =>
      [list, ...asked].some(
        (text) =>
          text.includes(`...${planner}(`) ||
          (text.includes(` ${planner}(`) && !text.includes(`export function ${planner}(`)),
      );
    expect(planners.filter((planner) => !isAsked(planner))).to.deep.equal([]);
  });

  const exec = { hostNetwork: false, breakGlassGroups: [], connections: [], withoutLabel: 'off', keptOut: [] } as const;
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
    'the guard of nodes, that records': [planNodesProxyGuard('audit', [])],
    'the guard of nodes, that refuses': [planNodesProxyGuard('deny', ['oncall'])],
  };
  for (const [what, policies] of Object.entries(rows)) {
    it(`are those of ${what}`, () => {
      const printed = buildManifests(policies).map(({ kind, metadata: { name } }) => ({ kind, name }));
      expect(generatedNames).to.deep.include.members(printed);
    });
  }

  it('stand there once each', () => {
    const names = generatedNames.map(({ kind, name }) => `${kind} ${name}`);
    expect(names).to.have.length(new Set(names).size);
  });
});
