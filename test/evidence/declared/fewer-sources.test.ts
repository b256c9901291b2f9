import { expect } from 'chai';

import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { readFlagz } from '../../../src/evidence/flagz.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { readingsOf } from '../readings.ts';
import { declaredBy } from '../variants/declared-server.ts';
import { expectOnlyUnknown, withFewerSources } from '../variants/fewer-sources.ts';
import { contradictedOf, valuesOf } from '../variants/seen.ts';

const etcd = '--etcd-servers=https://127.0.0.1:2379';

/** An API server that is started so, and shows some of its flags itself. */
function serverOf(args: readonly string[], effective: Readonly<Record<string, string>>, minor = 36): ServerReadings {
  const declared = declaredBy(args);
  expect(declared).to.have.length(3);
  const flagz = readFlagz(JSON.stringify({ kind: 'Flagz', flags: effective }));
  const version = { read: { minor, gitVersion: `v1.${minor}.0` } };
  return readingsOf({ flags: [flagz, ...declared], version });
}

describe('facts about an API server whose objects declare how it was started', () => {
  const rows: readonly { readonly name: string; readonly readings: () => ServerReadings }[] = [
    {
      name: 'kubeadm, hardened',
      readings: () =>
        serverOf(
          [
            etcd,
            '--anonymous-auth=false',
            '--audit-log-maxage=30',
            '--authorization-mode=Node,RBAC',
            '--client-ca-file=/pki/ca.crt',
            '--enable-admission-plugins=NodeRestriction,AlwaysPullImages',
            '--profiling=false',
            '--tls-min-version=VersionTLS13',
          ],
          {
            'anonymous-auth': 'false',
            'audit-log-maxage': '30',
            'authorization-mode': '[Node,RBAC]',
            'client-ca-file': '/pki/ca.crt',
            'enable-admission-plugins': '[NodeRestriction,AlwaysPullImages]',
            profiling: 'false',
            'tls-min-version': 'VersionTLS13',
          },
        ),
    },
    {
      name: 'by its defaults',
      readings: () =>
        serverOf([etcd], {
          'anonymous-auth': 'true',
          'audit-log-maxage': '366',
          'audit-log-maxbackup': '100',
          'audit-log-maxsize': '100',
          'authorization-mode': '[]',
          profiling: 'true',
          'request-timeout': '1m0s',
        }),
    },
    {
      name: 'with files in place of flags',
      readings: () =>
        serverOf([etcd, '--authentication-config=/a.yaml', '--authorization-config=/b.yaml'], {
          'anonymous-auth': 'true',
          'authentication-config': '/a.yaml',
          'authorization-config': '/b.yaml',
        }),
    },
    {
      name: 'old, with a webhook and a token file',
      readings: () =>
        serverOf(
          [
            etcd,
            '--authorization-mode=RBAC,Webhook',
            '--token-auth-file=/tokens.csv',
            '--service-account-key-file=/tls.key',
            '--tls-private-key-file=/tls.key',
          ],
          {
            'authorization-mode': '[RBAC,Webhook]',
            'service-account-key-file': '[/tls.key]',
            'tls-private-key-file': '/tls.key',
            'token-auth-file': 'CLASSIFIED',
          },
          29,
        ),
    },
  ];

  for (const { name, readings } of rows) {
    it(`do not differ (${name})`, () => {
      expect(contradictedOf(concludeEvidence(readings()))).to.deep.equal([]);
    });

    it(`only become unknown with fewer sources (${name})`, function () {
      this.timeout(30_000);
      const all = valuesOf(concludeEvidence(readings()));
      for (const fewer of withFewerSources(readings())) expectOnlyUnknown(valuesOf(concludeEvidence(fewer)), all);
    });
  }
});
