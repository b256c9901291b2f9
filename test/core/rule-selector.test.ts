import { expect } from 'chai';

import { findSelectorProblem, precisionOf, selectRules } from '../../src/core/rule-selector.ts';
import { ruleNamed } from './finding-of.ts';

const ports = ruleNamed('pod-host-ports', { controls: ['pss/baseline/hostPorts', 'cis-1.12/5.2.12'] });
const privileged = ruleNamed('pod-privileged', { controls: ['cis-1.12/5.2.2'] });
const catalogue = [ports, privileged];

describe('a selector of rules', () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['pod-host-ports', ['pod-host-ports']],
    ['pod-*', ['pod-host-ports', 'pod-privileged']],
    ['*ports', ['pod-host-ports']],
    ['*', ['pod-host-ports', 'pod-privileged']],
    ['cis-1.12/5.2.2', ['pod-privileged']],
    ['cis-1.12/5.2.*', ['pod-host-ports', 'pod-privileged']],
    ['pss/*', ['pod-host-ports']],
    ['*/*', ['pod-host-ports', 'pod-privileged']],
    ['cis-*', []],
    ['pod-host', []],
    ['POD-HOST-PORTS', []],
    ['pod-host-p.rts', []],
  ];
  for (const [selector, expected] of rows) {
    it(`"${selector}" selects ${expected.join(' and ') || 'nothing'}`, () => {
      expect(selectRules(selector, catalogue).map(({ id }) => id)).to.deep.equal(expected);
    });
  }

  it('that selects nothing is told what may have been meant', () => {
    expect(findSelectorProblem('pod-*', catalogue)).to.equal(undefined);
    expect(findSelectorProblem('pod-privilged', catalogue)).to.equal(
      'names "pod-privilged", which is no rule of this Merlon (did you mean "pod-privileged"?); "merlon rules" lists them',
    );
  });

  it('is narrower by id than by pattern, and by pattern than by control', () => {
    expect(['pod-a', 'pod-*', 'cis-1.12/5.2.2', 'cis-*/*'].map(precisionOf)).to.deep.equal([2, 1, 0, 0]);
  });
});
