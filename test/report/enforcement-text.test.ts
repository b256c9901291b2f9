import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { planExecGuard } from '../../src/enforcement/plan/exec-guard.ts';
import { planNodesProxyGuard } from '../../src/enforcement/plan/nodes-proxy-guard.ts';
import { buildManifests } from '../../src/enforcement/plan/planned-policy.ts';
import { describeEnforcement, printEnforcement } from '../../src/report/enforcement-text.ts';
import { buildPainter } from '../../src/report/terminal.ts';
import { usual } from '../enforcement/printed-guards.ts';

describe('policies to keep in git', () => {
  const hostile = [
    'yes',
    ': #',
    '- a',
    "'",
    '"',
    '\\',
    '\n',
    '\u2028',
    '\u{1f600}',
    '${HOME}',
    '{{ .Values.a }}',
    '\t',
  ];
  const policies = [
    ...planExecGuard({
      withoutLabel: 'deny',
      keptOut: ['on', '1', 'no', 'kube-system'],
      connections: ['portforward', 'proxy'],
      ephemeralContainers: true,
      hostNetwork: true,
      breakGlassGroups: hostile,
    }),
    planNodesProxyGuard('audit', hostile),
  ];

  it('are read by YAML as they are meant, whatever is in them', () => {
    expect(loadAll([...printEnforcement(policies)].join(''))).to.deep.equal(buildManifests(policies));
  });

  it('hold no character that is not seen', () => {
    expect([...printEnforcement(policies)].join('')).to.match(/^[\n -~]*$/);
  });

  it('hold nothing at the end of a line', () => {
    expect([...printEnforcement(policies)].join('')).not.to.match(/ $/m);
  });
});

describe('the table of what is enforced', () => {
  it('names no namespace where none is kept out', () => {
    const text = [...describeEnforcement(planExecGuard(usual), [], buildPainter(false))].join('');
    expect(text).to.match(/^POLICY .*\n(merlon-exec-guard .*\n){2}\nNothing was written/);
  });
});
