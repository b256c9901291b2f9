import { expect } from 'chai';

import { bindByNamespace, selectEnforced } from '../../../src/enforcement/plan/namespace-modes.ts';
import type { NamespaceModes } from '../../../src/enforcement/plan/namespace-modes.ts';
import { matchesSelector, selectorProblem } from '../../../src/core/label-selector.ts';

/** @returns the modes that are in force in a namespace of that name and label */
function modesIn(modes: NamespaceModes, name: string, label?: string): readonly string[] {
  const labels = {
    'kubernetes.io/metadata.name': name,
    ...(label === undefined ? {} : { 'merlon.dev/enforce': label }),
  };
  if (!matchesSelector(selectEnforced(modes), labels)) return [];
  return bindByNamespace('guard', modes)
    .filter(({ spec }) => matchesSelector(spec.matchResources?.namespaceSelector ?? {}, labels))
    .map(({ mode }) => mode);
}

describe('which mode is in force in a namespace', () => {
  const keptOut = ['kube-system'];
  const rows: readonly (readonly [
    withoutLabel: NamespaceModes['withoutLabel'],
    label: string | undefined,
    mode: readonly string[],
  ])[] = [
    ['off', undefined, []],
    ['off', 'off', []],
    ['off', 'audit', ['audit']],
    ['off', 'warn', ['audit']],
    ['off', 'deny', ['deny']],
    ['off', 'Deny', []],
    ['audit', undefined, ['audit']],
    ['audit', 'off', []],
    ['audit', 'audit', ['audit']],
    ['audit', 'warn', ['audit']],
    ['audit', 'deny', ['deny']],
    ['audit', 'Deny', ['audit']],
    ['deny', undefined, ['deny']],
    ['deny', 'off', []],
    ['deny', 'audit', ['audit']],
    ['deny', 'warn', ['audit']],
    ['deny', 'deny', ['deny']],
    ['deny', 'of', ['deny']],
  ];
  for (const [withoutLabel, label, wanted] of rows) {
    it(`labelled ${label ?? 'not at all'}, where ${withoutLabel} is for those without: ${wanted.join() || 'none'}`, () => {
      expect(modesIn({ withoutLabel, keptOut }, 'shop', label)).to.deep.equal(wanted);
      expect(modesIn({ withoutLabel, keptOut }, 'kube-system', label)).to.deep.equal([]);
      expect(modesIn({ withoutLabel, keptOut: [] }, 'kube-system', label)).to.deep.equal(wanted);
    });
  }

  it('is said in selectors that an API server takes', () => {
    for (const withoutLabel of ['off', 'audit', 'deny'] as const) {
      for (const names of [[], ['a'], ['a', 'a', 'b']]) {
        const modes = { withoutLabel, keptOut: names };
        expect(selectorProblem(selectEnforced(modes))).to.equal(undefined);
        for (const { spec } of bindByNamespace('guard', modes)) {
          expect(selectorProblem(spec.matchResources?.namespaceSelector ?? {})).to.equal(undefined);
        }
      }
    }
  });
});
