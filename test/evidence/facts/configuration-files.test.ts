import { expect } from 'chai';

import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { AUTHORIZATION_FILE } from '../../../src/evidence/metrics.ts';
import type { Labels } from '../../../src/evidence/metrics.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { flagsOf, readingsOf } from '../readings.ts';

const hash = `sha256:${'0a'.repeat(32)}`;
const other = `sha256:${'0b'.repeat(32)}`;
const given = flagsOf({ 'authorization-config': ['/etc/kubernetes/authorization.yaml'] });
const notGiven = flagsOf({ 'authorization-mode': ['RBAC'] });

function metrics(...labels: readonly Labels[]): ServerReadings['metrics'] {
  return { read: { uptimeSeconds: 1, isWhole: true, series: new Map([[AUTHORIZATION_FILE, labels]]) } };
}

function fileOf(said: Partial<ServerReadings>): unknown {
  const { authorizationConfiguration } = concludeEvidence(readingsOf(said));
  return authorizationConfiguration;
}

describe('what configures an API server by a file', () => {
  it('is known by its hash, whatever the path that a flag names', () => {
    expect(fileOf({ metrics: metrics({ apiserver_id_hash: other, hash }), flags: [given] })).to.deep.include({
      value: hash,
      source: '/metrics',
      confidence: 'high',
    });
  });

  it('is known to be none where no file is given', () => {
    expect(fileOf({ metrics: metrics(), flags: [notGiven] })).to.deep.include({ value: 'none', source: 'a test' });
  });

  it('is not known where a file is given whose hash nobody shows', () => {
    expect(fileOf({ metrics: metrics(), flags: [given] })).to.deep.equal({
      unobserved:
        '/metrics shows no hash of a file of --authorization-config, as it does from Kubernetes 1.34 where there is one; --authorization-config is given, and a test does not show what the file says',
    });
  });

  it('is not known where the hash is none, or there are two', () => {
    for (const labels of [[{ hash: 's3cret' }], [{ hash }, { hash: other }], [{}]]) {
      expect(fileOf({ metrics: metrics(...labels), flags: [given] })).to.have.property('unobserved');
    }
  });

  it('is not what a flag says where metrics show that a file is read', () => {
    expect(fileOf({ metrics: metrics({ hash }), flags: [notGiven] })).to.deep.include({
      value: hash,
      contradicted: ['--authorization-config is not given (a test)'],
    });
  });
});
