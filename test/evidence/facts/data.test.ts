import { expect } from 'chai';
import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { AUDIT_LEVELS, TRANSFORMATIONS } from '../../../src/evidence/metrics.ts';
import type { Labels } from '../../../src/evidence/metrics.ts';
import { readingsOf } from '../readings.ts';
import { flags, metrics, seenOf, version } from '../stated-readings.ts';

function stored(transformer_prefix: string, resource = 'secrets'): Labels {
  return { resource, status: 'OK', transformation_type: 'to_storage', transformer_prefix };
}

const encryption = flags(['--encryption-provider-config=/etc/encryption.yaml']);
const audit = flags(['--audit-policy-file=/etc/policy.yaml', '--audit-log-path=/var/log/audit.log']);

describe('whether Secrets are encrypted', () => {
  const rows: readonly (readonly [string, readonly Labels[], string])[] = [
    ['with aescbc, which is followed by the name of a key', [stored('k8s:enc:aescbc:v1:'), stored('key1:')], 'true'],
    ['with KMS', [stored('k8s:enc:kms:v2:vault:')], 'true'],
    ['with a key that is named like nothing', [stored('k8s:enc:secretbox:v1:'), stored('identity-key:')], 'true'],
    ['not, where they are stored as they are', [stored('')], 'false'],
  ];
  for (const [what, series, value] of rows) {
    it(what, () => {
      const readings = { ...encryption, ...metrics({ series: { [TRANSFORMATIONS]: series } }) };

      expect(seenOf('secretsEncrypted', readings)).to.equal(`${value} from /metrics`);
    });
  }

  it('is unknown where some were, and others not', () => {
    const series = { [TRANSFORMATIONS]: [stored('k8s:enc:aescbc:v1:'), stored('')] };

    expect(seenOf('secretsEncrypted', { ...encryption, ...metrics({ series }) })).to.equal('unknown');
  });

  it('is unknown where only other resources were', () => {
    const series = { [TRANSFORMATIONS]: [stored('k8s:enc:aescbc:v1:', 'configmaps')] };

    expect(seenOf('secretsEncrypted', { ...encryption, ...metrics({ series }) })).to.equal('unknown');
  });

  it('is unknown before 1.32, which does not say what was stored', () => {
    const { resource: _resource, ...before } = stored('k8s:enc:aescbc:v1:');

    expect(
      seenOf('secretsEncrypted', { ...encryption, ...metrics({ series: { [TRANSFORMATIONS]: [before] } }) }),
    ).to.equal('unknown');
  });

  it('is unknown from the name of a file alone', () => {
    expect(seenOf('secretsEncrypted', encryption)).to.equal('unknown');
  });

  it('is no where no file is named', () => {
    expect(seenOf('secretsEncrypted', flags(['--v=1']))).to.equal('false from /flagz');
  });
});

describe('whether requests are audited', () => {
  it('is seen by the first request that was', () => {
    const series = { [AUDIT_LEVELS]: [{ level: 'None' }, { level: 'Metadata' }] };

    expect(seenOf('auditing', { ...audit, ...metrics({ series }) })).to.equal('true from /metrics');
  });

  it('is unknown from the names of files alone: the policy may drop everything', () => {
    expect(seenOf('auditing', audit)).to.equal('unknown');
  });

  it('is unknown where everything was dropped so far', () => {
    expect(seenOf('auditing', { ...audit, ...metrics({ series: { [AUDIT_LEVELS]: [{ level: 'None' }] } }) })).to.equal(
      'unknown',
    );
  });

  it('is unknown where everything was dropped for long: what the policy keeps may be rare', () => {
    const readings = metrics({ uptimeSeconds: 900_000, series: { [AUDIT_LEVELS]: [{ level: 'None' }] } });

    expect(seenOf('auditing', readings)).to.equal('unknown');
    expect(seenOf('auditing', { ...audit, ...readings })).to.equal('unknown');
    expect(concludeEvidence(readingsOf(readings)).auditing).to.deep.equal({
      unobserved: '/metrics shows requests that the audit policy drops, and none yet that it keeps',
    });
  });

  it('is no where everything was dropped, and nowhere is to write to', () => {
    const readings = metrics({ uptimeSeconds: 900, series: { [AUDIT_LEVELS]: [{ level: 'None' }] } });

    expect(seenOf('auditing', { ...flags(['--audit-policy-file=/etc/policy.yaml']), ...readings })).to.equal(
      'false from /flagz',
    );
  });

  it('is unknown where a request has no level', () => {
    expect(seenOf('auditing', { ...audit, ...metrics({ series: { [AUDIT_LEVELS]: [{}] } }) })).to.equal('unknown');
  });

  it('is no where no request had a level for long', () => {
    expect(seenOf('auditing', { ...audit, ...metrics({ uptimeSeconds: 900 }) })).to.equal('false from /metrics');
  });

  it('is unknown where the answer was not read to its end', () => {
    expect(seenOf('auditing', metrics({ uptimeSeconds: 900, isWhole: false }))).to.equal('unknown');
  });

  it('is no without a policy', () => {
    expect(seenOf('auditing', flags(['--audit-log-path=/var/log/audit.log']))).to.equal('false from /flagz');
  });

  it('is no without anywhere to write to', () => {
    expect(seenOf('auditing', flags(['--audit-policy-file=/etc/policy.yaml']))).to.equal('false from /flagz');
  });

  it('is unknown where only some of the flags are shown', () => {
    expect(seenOf('auditing', flags(['--audit-log-path=/var/log/audit.log'], 'partial'))).to.equal('unknown');
  });
});

describe('how long audit logs are kept', () => {
  const rows: readonly (readonly [string, Parameters<typeof seenOf>[1], string])[] = [
    ['as the flag says', flags(['--audit-log-maxage=30']), '30 from /flagz'],
    ['for ever by default until 1.35', { ...flags(['--v=1'], 'arguments'), ...version(35) }, '0 from arguments'],
    ['for a year by default from 1.36 on', { ...flags(['--v=1'], 'arguments'), ...version(36) }, '366 from arguments'],
    ['for a time that is unknown where the version is', flags(['--v=1'], 'arguments'), 'unknown'],
    ['for a time that is unknown where it is no number', flags(['--audit-log-maxage=a year']), 'unknown'],
  ];
  for (const [what, readings, seen] of rows) {
    it(what, () => {
      expect(seenOf('auditLogMaxAge', readings)).to.equal(seen);
    });
  }
});
