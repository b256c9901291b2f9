import { expect } from 'chai';

import {
  allModes,
  bindByNamespace,
  bindWhereDenied,
  defaultModes,
  selectDenied,
  selectEnforced,
  silentModes,
} from '../../../src/enforcement/plan/namespace-modes.ts';
import type { NamespaceModes } from '../../../src/enforcement/plan/namespace-modes.ts';
import type { EnforcementMode, SilentMode } from '../../../src/enforcement/plan/planned-policy.ts';
import { matchesSelector, selectorProblem } from '../../../src/core/label-selector.ts';

interface Namespace {
  readonly name: string;
  readonly label?: string;
}

function labelsOf({ name, label }: Namespace): Readonly<Record<string, string>> {
  return { 'kubernetes.io/metadata.name': name, ...(label === undefined ? {} : { 'merlon.dev/enforce': label }) };
}

/** @returns the modes of a policy that are in force in a namespace, one or none */
function modesIn(modes: NamespaceModes, namespace: Namespace, offered: typeof allModes | typeof silentModes) {
  const labels = labelsOf(namespace);
  if (!matchesSelector(selectEnforced(modes), labels)) return 'none';
  return bindByNamespace<EnforcementMode>('guard', modes, offered)
    .filter(({ spec }) => matchesSelector(spec.matchResources?.namespaceSelector ?? {}, labels))
    .map(({ mode }) => mode)
    .join();
}

/** @returns whether a policy that sets something does so in a namespace */
function isOnIn(modes: NamespaceModes, namespace: Namespace): boolean {
  const labels = labelsOf(namespace);
  const isBound = bindWhereDenied('defaults', modes).some(({ spec }) =>
    matchesSelector(spec.matchResources?.namespaceSelector ?? {}, labels),
  );
  return isBound && matchesSelector(selectDenied(modes), labels);
}

describe('which mode is in force in a namespace', () => {
  const keptOut = ['kube-system'];
  const rows: readonly (readonly [
    withoutLabel: NamespaceModes['withoutLabel'],
    label: string | undefined,
    mode: EnforcementMode | 'none',
    silent: SilentMode | 'none',
  ])[] = [
    ['off', undefined, 'none', 'none'],
    ['off', 'off', 'none', 'none'],
    ['off', 'audit', 'audit', 'audit'],
    ['off', 'warn', 'warn', 'audit'],
    ['off', 'deny', 'deny', 'deny'],
    ['off', 'Deny', 'none', 'none'],
    ['audit', undefined, 'audit', 'audit'],
    ['audit', 'off', 'none', 'none'],
    ['audit', 'audit', 'audit', 'audit'],
    ['audit', 'warn', 'warn', 'audit'],
    ['audit', 'deny', 'deny', 'deny'],
    ['audit', 'Deny', 'audit', 'audit'],
    ['warn', undefined, 'warn', 'audit'],
    ['warn', 'off', 'none', 'none'],
    ['warn', 'audit', 'audit', 'audit'],
    ['warn', 'warn', 'warn', 'audit'],
    ['warn', 'deny', 'deny', 'deny'],
    ['warn', 'Deny', 'warn', 'audit'],
    ['deny', undefined, 'deny', 'deny'],
    ['deny', 'off', 'none', 'none'],
    ['deny', 'audit', 'audit', 'audit'],
    ['deny', 'warn', 'warn', 'audit'],
    ['deny', 'deny', 'deny', 'deny'],
    ['deny', 'of', 'deny', 'deny'],
  ];
  for (const [withoutLabel, label, mode, silent] of rows) {
    const namespace = { name: 'shop', ...(label === undefined ? {} : { label }) };
    const own = { ...namespace, name: 'kube-system' };
    const modes = { withoutLabel, keptOut };

    it(`labelled ${label ?? 'not at all'}, where ${withoutLabel} is for those without: ${mode}, and ${silent} where warnings reach nobody`, () => {
      expect([modesIn(modes, namespace, allModes), modesIn(modes, namespace, silentModes)]).to.deep.equal([
        mode,
        silent,
      ]);
      expect([modesIn(modes, own, allModes), modesIn(modes, own, silentModes)]).to.deep.equal(['none', 'none']);
      expect(modesIn({ withoutLabel, keptOut: [] }, own, allModes)).to.equal(mode);
    });

    it(`labelled ${label ?? 'not at all'}, where ${withoutLabel} is for those without: sets something ${mode === 'deny' ? 'there' : 'not there'}`, () => {
      expect(isOnIn(modes, namespace)).to.equal(mode === 'deny');
      expect(isOnIn(modes, own)).to.equal(false);
    });
  }

  it('is said in selectors that an API server takes', () => {
    for (const withoutLabel of defaultModes) {
      for (const names of [[], ['a'], ['a', 'a', 'b']]) {
        const modes = { withoutLabel, keptOut: names };
        const selectors = [
          selectEnforced(modes),
          selectDenied(modes),
          ...[
            ...bindByNamespace('guard', modes, allModes),
            ...bindByNamespace('guard', modes, silentModes),
            ...bindWhereDenied('defaults', modes),
          ].map(({ spec }) => spec.matchResources?.namespaceSelector ?? {}),
        ];
        expect(selectors.map(selectorProblem)).to.deep.equal(selectors.map(() => undefined));
      }
    }
  });
});
