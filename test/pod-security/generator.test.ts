import { expect } from 'chai';
import { podSecurityChecks } from '../../src/pod-security/registry.ts';
import { generateCase, judgeManifest } from './differential-case.ts';

describe('generated pods', () => {
  const cases = Array.from({ length: 5000 }, (_, index) => generateCase(1, index));

  it('are the same for the same seed and number, and others for others', () => {
    expect(generateCase(1, 17)).to.deep.equal(cases[17]);
    expect(generateCase(1, 18)).to.not.deep.equal(cases[17]);
    expect(generateCase(2, 17)).to.not.deep.equal(cases[17]);
  });

  it('are refused by every check', () => {
    const refusing = new Set(cases.flatMap((made) => judgeManifest(made, 37).checks.map(({ id }) => id)));
    expect([...refusing].sort()).to.deep.equal(podSecurityChecks.map(({ id }) => id).sort());
  });

  it('pass the strictest level now and then', () => {
    const strict = cases.map((made) => ({ ...made, policy: { level: 'restricted' as const, version: 'latest' } }));
    const passed = strict.filter((made) => judgeManifest(made, 37).allowed);
    expect(passed.length).to.be.within(cases.length * 0.1, cases.length * 0.5);
  });

  it('are asked about at every level and version', () => {
    const asked = new Set(cases.map(({ policy: { level, version } }) => `${level}:${version}`));
    expect(asked).to.include.keys('privileged:latest', 'baseline:v1.0', 'restricted:v1.37', 'restricted:v1.99');
    expect(asked.size).to.be.greaterThan(80);
  });

  it('come as every kind', () => {
    expect(Object.keys(Object.groupBy(cases, ({ kind }) => kind)).sort()).to.deep.equal([
      'CronJob',
      'DaemonSet',
      'Deployment',
      'Job',
      'Pod',
      'ReplicaSet',
      'ReplicationController',
      'StatefulSet',
    ]);
    expect(cases.some(({ ephemeralContainers }) => ephemeralContainers !== undefined)).to.equal(true);
  });
});
