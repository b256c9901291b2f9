import { expect } from 'chai';

import { collectChecks } from '../../src/evidence/readyz.ts';
import { seenOf } from './stated-readings.ts';
import { readingsOf } from './readings.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { unusable } from '../../src/evidence/reading.ts';

function read(body: string, status = 200): ReturnType<typeof collectChecks> {
  return collectChecks(() => Promise.resolve({ status, body }));
}

const healthy = `[+]ping ok
[+]etcd ok
[+]poststarthook/rbac/bootstrap-roles ok
[+]poststarthook/bootstrap-controller ok
readyz check passed
`;
const names = ['ping', 'etcd', 'poststarthook/rbac/bootstrap-roles', 'poststarthook/bootstrap-controller'];

describe('/readyz?verbose', () => {
  it('names the checks', async () => {
    expect(await read(healthy)).to.deep.equal({ read: names });
  });

  it('names all of them, too, where some fail', async () => {
    const failing = healthy.replace('[+]etcd ok', '[-]etcd failed: reason withheld').replace('passed', 'failed');
    expect(await read(failing, 500)).to.deep.equal({ read: names });
  });

  const others: readonly (readonly [string, string, number])[] = [
    ['is cut off', healthy.replace(/readyz.*\n/, ''), 200],
    ['has a line of another kind', `<p>\n${healthy}`, 200],
    ['is not verbose', 'ok', 200],
    ['is empty', '', 200],
    ['is the fault of a proxy', 'Internal Server Error', 500],
    ['names more than there are', '[+]x ok\n'.repeat(600) + healthy, 200],
  ];
  for (const [what, body, status] of others) {
    it(`tells nothing where it ${what}`, async () => {
      expect(await read(body, status)).to.deep.equal(
        unusable(`GET /readyz?verbose was answered ${status}, but names no checks`),
      );
    });
  }

  it('says what would help', async () => {
    expect(await read('', 403)).to.deep.equal({
      missing: 'GET /readyz was answered 403; grant get on the URL /readyz',
      permission: 'get on the URL /readyz',
    });
    expect(await collectChecks(() => Promise.reject(new Error('no answer within 10 s')))).to.deep.equal(
      unusable('GET /readyz?verbose was not answered: no answer within 10 s'),
    );
  });

  describe('where nobody else tells of the authorizer RBAC', () => {
    const checks = (read: readonly string[]) => ({ checks: { read } });

    it('tells that it was on at the start, which a file may have changed since', () => {
      expect(concludeEvidence(readingsOf(checks(names))).rbacAuthorizer).to.include({
        value: true,
        confidence: 'medium',
        source: '/readyz?verbose',
      });
    });

    it('tells that it is off, as none is added later', () => {
      const without = names.filter((name) => !name.includes('rbac'));
      expect(concludeEvidence(readingsOf(checks(without))).rbacAuthorizer).to.include({
        value: false,
        confidence: 'high',
      });
    });

    it('tells nothing where something else answers for kube-apiserver', () => {
      expect(seenOf('rbacAuthorizer', checks(['ping', 'etcd']))).to.equal('unknown');
    });

    it('makes nothing of KMS: that something is encrypted with it is not that Secrets are', () => {
      expect(seenOf('secretsEncrypted', checks([...names, 'kms-provider-0']))).to.equal('unknown');
    });
  });
});
