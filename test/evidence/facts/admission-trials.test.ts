import { expect } from 'chai';

import type { DryRunReading } from '../../../src/evidence/dry-run-probes.ts';
import { ADMISSION } from '../../../src/evidence/metrics.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { flags, metrics, seenOf, version } from '../stated-readings.ts';

const missing = { missing: 'a test does not say' };

function tried(said: Partial<DryRunReading>): Pick<ServerReadings, 'dryRun'> {
  const nothing = { pullPolicy: missing, reviewers: missing, podSecurity: missing, stranger: missing };
  return { dryRun: { read: { ...nothing, ...said } } };
}

const nobodyElse = { read: { mutators: [], webhooks: [] } };
const changedBy = (name: string) => ({ read: { mutators: [name], webhooks: [] } });

const identity = (user: string): Pick<ServerReadings, 'identity'> => ({ identity: { read: user } });

describe('AlwaysPullImages, by a pod that was tried', () => {
  const replaced = { pullPolicy: { read: 'replaced' } } as const;
  const alone = { ...replaced, reviewers: nobodyElse };

  it('is off where the pod kept its pull policy', () => {
    expect(seenOf('alwaysPullImages', tried({ pullPolicy: { read: 'kept' } }))).to.equal('false from dry run');
  });

  it('is on where nobody else can have replaced it', () => {
    expect(seenOf('alwaysPullImages', { ...tried(alone), ...version(35) })).to.equal('true from dry run');
    expect(seenOf('alwaysPullImages', { ...tried(alone), ...flags(['--v=1']), ...version(37) })).to.equal(
      'true from dry run',
    );
  });

  const doubts: readonly (readonly [why: string, readings: Partial<ServerReadings>])[] = [
    ['a webhook may have', { ...tried({ ...replaced, reviewers: changedBy('webhook "x"') }), ...version(35) }],
    ['it is not known who may have', { ...tried({ ...replaced }), ...version(35) }],
    ['a policy from a file may have', { ...tried(alone), ...version(37) }],
    [
      'its flags name the file that may name policies',
      { ...tried(alone), ...flags(['--admission-control-config-file=/x'], 'partial'), ...version(37) },
    ],
    ['its version is not known', tried(alone)],
  ];
  for (const [why, readings] of doubts) {
    it(`is unknown where it was replaced, and ${why}`, () => {
      expect(seenOf('alwaysPullImages', readings)).to.equal('unknown');
    });
  }

  it('is on where metrics name it, whoever may have replaced it', () => {
    const readings = { ...tried(replaced), ...metrics({ series: { [ADMISSION]: [{ name: 'AlwaysPullImages' }] } }) };
    expect(seenOf('alwaysPullImages', readings)).to.equal('true from /metrics');
  });
});

describe('PodSecurity, by a pod that was tried', () => {
  const silent = tried({ podSecurity: { read: 'silent' } });

  it('is unknown where a webhook may have warned in its words, or it is not known who may have', () => {
    const warned = { podSecurity: { read: 'warns' } } as const;
    const webhooks = { read: { mutators: [], webhooks: ['webhook "pod-security"'] } };
    expect(seenOf('podSecurity', tried({ ...warned, reviewers: webhooks }))).to.equal('unknown');
    expect(seenOf('podSecurity', tried(warned))).to.equal('unknown');
    expect(seenOf('podSecurity', tried({ podSecurity: { read: 'refuses' }, reviewers: webhooks }))).to.equal(
      'true from dry run',
    );
  });

  it('is on where it refused it, or warned of it', () => {
    for (const sign of ['refuses', 'warns'] as const) {
      const answered = tried({ podSecurity: { read: sign }, reviewers: nobodyElse });
      expect(seenOf('podSecurity', answered)).to.equal('true from dry run');
    }
  });

  it('is off where it did not warn the account of Merlon, or where nobody can be exempt', () => {
    const merlon = identity('system:serviceaccount:merlon:merlon');
    expect(seenOf('podSecurity', { ...silent, ...merlon })).to.equal('false from dry run');
    const readings = { ...silent, ...identity('jane'), ...flags(['--disable-admission-plugins=PodSecurity']) };
    expect(seenOf('podSecurity', readings)).to.equal('false from dry run');
  });

  it('is unknown where it did not warn somebody who may be exempt', () => {
    expect(seenOf('podSecurity', { ...silent, ...identity('jane') })).to.equal('unknown');
    const withFile = flags(['--admission-control-config-file=/x'], 'partial');
    expect(seenOf('podSecurity', { ...silent, ...identity('jane'), ...withFile })).to.equal('unknown');
  });
});

describe('ServiceAccount, by a pod that was tried', () => {
  it('is on where the account was looked for, and off where it was not', () => {
    expect(seenOf('serviceAccountAdmission', tried({ stranger: { read: 'refused' } }))).to.equal('true from dry run');
    expect(seenOf('serviceAccountAdmission', tried({ stranger: { read: 'admitted' } }))).to.equal('false from dry run');
  });
});

describe('what pods that were tried tell', () => {
  it('goes before flags, which may be of before', () => {
    const readings = { ...tried({ stranger: { read: 'refused' } }), ...version(37) };
    const off = flags(['--disable-admission-plugins=ServiceAccount']);
    expect(seenOf('serviceAccountAdmission', { ...readings, ...off })).to.equal('true from dry run');
  });

  it('shows that policies are asked, as the guard is one', () => {
    expect(seenOf('validatingAdmissionPolicy', tried({}))).to.equal('true from dry run');
  });

  it('is nothing where they were refused for something else', () => {
    for (const name of ['alwaysPullImages', 'podSecurity', 'serviceAccountAdmission'] as const) {
      expect(seenOf(name, tried({}))).to.equal('unknown');
    }
  });
});
