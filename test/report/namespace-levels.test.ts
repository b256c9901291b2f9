import { expect } from 'chai';

import type { LevelAdvice } from '../../src/pod-security/level-advisor.ts';
import { exitCodeOfLevels, printNamespaceLevels, printNamespaceLevelsJson } from '../../src/report/namespace-levels.ts';
import { buildPainter } from '../../src/report/terminal.ts';

const ready: LevelAdvice = {
  enforced: { level: 'restricted', version: 'latest' },
  ready: 'restricted',
  version: 37,
  workloads: 1,
  obstacles: [],
  doubts: [],
  change: undefined,
};
const changing: LevelAdvice = {
  ...ready,
  enforced: { level: undefined, version: undefined },
  change: { level: 'restricted', version: 37 },
};
const undecided: LevelAdvice = { ...ready, ready: 'unknown', doubts: ['pods could not be listed (forbidden)'] };
const exceeding: LevelAdvice = {
  ...ready,
  enforced: { level: 'baseline', version: 34 },
  ready: 'privileged',
  obstacles: [
    {
      level: 'baseline',
      subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'old', name: 'agent' },
      reasons: ['privileged'],
    },
  ],
};

const namespaces = [
  { namespace: 'bare', advice: changing },
  { namespace: 'done', advice: ready },
  { namespace: 'old', advice: exceeding },
  { namespace: 'opaque', advice: undecided },
];

describe('the levels of namespaces', () => {
  it('are printed in a line each, with the change at the end', () => {
    expect([...printNamespaceLevels(namespaces, buildPainter(false))]).to.deep.equal([
      'NAMESPACE   ENFORCED            READY FOR          WHY, AND THE CHANGE\n',
      'bare        unknown             restricted:v1.37   every workload passes restricted:v1.37: kubectl label namespace bare pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/enforce-version=v1.37 --overwrite\n',
      'done        restricted:latest   restricted:v1.37   every workload passes restricted:v1.37\n',
      'old         baseline:v1.34      privileged         not every workload passes baseline; in the way of baseline:v1.37: Pod "agent" (privileged); the namespace enforces baseline, so pods like these are refused when they are created again\n',
      'opaque      restricted:latest   unknown            whether every workload passes baseline:v1.37 is not known: pods could not be listed (forbidden)\n',
    ]);
  });

  it('are printed as JSON with all that is known', () => {
    const printed = JSON.parse(printNamespaceLevelsJson(namespaces.slice(1, 3), ['pods'])) as unknown;
    expect(printed).to.deep.equal({
      namespaces: [
        {
          namespace: 'done',
          enforced: 'restricted',
          enforcedVersion: 'latest',
          ready: 'restricted',
          readyVersion: 'v1.37',
          message: 'every workload passes restricted:v1.37',
          obstacles: [],
          doubts: [],
        },
        {
          namespace: 'old',
          enforced: 'baseline',
          enforcedVersion: 'v1.34',
          ready: 'privileged',
          readyVersion: 'v1.37',
          message:
            'not every workload passes baseline; in the way of baseline:v1.37: Pod "agent" (privileged); the namespace enforces baseline, so pods like these are refused when they are created again',
          obstacles: exceeding.obstacles,
          doubts: [],
        },
      ],
      missing: ['pods'],
    });
  });

  it('are in order where nothing is to be changed', () => {
    const privileged: LevelAdvice = { ...exceeding, enforced: { level: undefined, version: undefined } };
    expect(exitCodeOfLevels([{ namespace: 'done', advice: ready }])).to.equal(0);
    expect(exitCodeOfLevels([{ namespace: 'old', advice: privileged }])).to.equal(0);
    expect(exitCodeOfLevels([])).to.equal(0);
  });

  it('are not, where one could enforce more, or enforces more than its workloads pass', () => {
    expect(exitCodeOfLevels([{ namespace: 'bare', advice: changing }])).to.equal(1);
    expect(exitCodeOfLevels([{ namespace: 'old', advice: exceeding }])).to.equal(1);
  });

  it('are incomplete where one is unknown and no other is to be changed', () => {
    const opaque = { namespace: 'opaque', advice: undecided };
    expect(exitCodeOfLevels([{ namespace: 'done', advice: ready }, opaque])).to.equal(4);
    expect(exitCodeOfLevels([{ namespace: 'bare', advice: changing }, opaque])).to.equal(1);
  });
});
