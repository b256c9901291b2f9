import { expect } from 'chai';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { flags, seenOf } from '../stated-readings.ts';

const STRONG = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256';
const WEAK_RSA = 'TLS_RSA_WITH_AES_128_CBC_SHA';
const WEAK_ECDSA = 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA';

describe('weak cipher suites', () => {
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['are refused where strong ones are named', [`--tls-cipher-suites=${STRONG}`], 'false from /flagz'],
    // Every API server has an RSA certificate, which it makes for itself.
    ['are accepted where one of RSA is named', [`--tls-cipher-suites=${STRONG},${WEAK_RSA}`], 'true from /flagz'],
    ['are unknown where its certificate decides', [`--tls-cipher-suites=${STRONG},${WEAK_ECDSA}`], 'unknown'],
    ['are unknown where none is named', ['--v=1'], 'unknown'],
    [
      'are refused with TLS 1.3 alone, whatever is named',
      ['--tls-min-version=VersionTLS13', `--tls-cipher-suites=${WEAK_RSA}`],
      'false from /flagz',
    ],
  ];
  for (const [what, given, seen] of rows) {
    it(what, () => {
      expect(seenOf('acceptsWeakCiphers', flags(given))).to.equal(seen);
    });
  }
});

describe('TLS older than 1.2', () => {
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['is refused by default', ['--v=1'], 'false from /flagz'],
    ['is accepted from 1.1 on', ['--tls-min-version=VersionTLS11'], 'true from /flagz'],
    ['is refused from 1.2 on', ['--tls-min-version=VersionTLS12'], 'false from /flagz'],
    [
      'is refused where only suites are named that it does not have',
      ['--tls-min-version=VersionTLS10', `--tls-cipher-suites=${STRONG}`],
      'false from /flagz',
    ],
    [
      'is unknown where the certificate decides about the suite',
      ['--tls-min-version=VersionTLS10', `--tls-cipher-suites=${WEAK_ECDSA}`],
      'unknown',
    ],
    ['is unknown where the flag is hidden', ['--tls-min-version=$(MIN)'], 'unknown'],
  ];
  for (const [what, given, seen] of rows) {
    it(what, () => {
      expect(seenOf('acceptsOldTls', flags(given))).to.equal(seen);
    });
  }
});

describe('a certificate that was given', () => {
  const folder = '--cert-dir=/var/run/kubernetes';
  const key = '--tls-private-key-file=/pki/apiserver.key';
  const madeItself = (isSelfMade: boolean): Partial<ServerReadings> => {
    const unseen = { missing: 'not seen' };
    const certificate = { read: { notAfter: '2027-01-01T00:00:00Z', state: 'valid', isSelfMade } } as const;
    const others = { acceptsOldVersions: unseen, acceptsWeakCiphers: unseen, certificateRequest: unseen };
    return { tls: { read: { certificate, ...others } } };
  };

  const rows: readonly (readonly [string, Partial<ServerReadings>, string])[] = [
    ['is one where files are named', flags([folder, '--tls-cert-file=/pki/apiserver.crt', key]), 'true from /flagz'],
    ['is none where no file is', flags([folder]), 'false from /flagz'],
    [
      'is unknown where /flagz shows where it keeps the one that it makes itself',
      flags([folder, '--tls-cert-file=/var/run/kubernetes/apiserver.crt', key]),
      'unknown',
    ],
    [
      'is one where a pod names that file: whoever wrote it meant it',
      flags([folder, '--tls-cert-file=/var/run/kubernetes/apiserver.crt', key], 'arguments'),
      'true from arguments',
    ],
    [
      'is none where it shows one that it made itself',
      { ...flags([folder, '--tls-cert-file=/var/run/kubernetes/apiserver.crt', key]), ...madeItself(true) },
      'false from TLS handshake',
    ],
    ['is not told by one that it did not make', madeItself(false), 'unknown'],
  ];
  for (const [what, readings, seen] of rows) {
    it(what, () => {
      expect(seenOf('servingCertificateFile', readings)).to.equal(seen);
    });
  }
});

describe('how long a request may take', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['1m0s', '60 from /flagz'],
    ['1h30m0s', '5400 from /flagz'],
    ['90s', '90 from /flagz'],
    ['1500ms', '2 from /flagz'],
    ['soon', 'unknown'],
    ['-1s', 'unknown'],
  ];
  for (const [text, seen] of rows) {
    it(`is ${seen} for ${text}`, () => {
      expect(seenOf('requestTimeout', flags([`--request-timeout=${text}`]))).to.equal(seen);
    });
  }
});

describe('whether the API server and etcd know one another', () => {
  const certificates = ['--etcd-certfile=/e.crt', '--etcd-keyfile=/e.key', '--etcd-cafile=/ca.crt'];
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['is yes with certificates', [...certificates, '--etcd-servers=https://10.0.0.1:2379'], 'true from /flagz'],
    [
      'is no over http, whatever is given',
      [...certificates, '--etcd-servers=http://10.0.0.1:2379'],
      'false from /flagz',
    ],
    [
      'is no where one address of several is without TLS',
      [...certificates, '--etcd-servers=https://10.0.0.1:2379,HTTP://10.0.0.2:2379'],
      'false from /flagz',
    ],
    [
      'is no where only events are stored without TLS',
      [
        ...certificates,
        '--etcd-servers=https://10.0.0.1:2379',
        '--etcd-servers-overrides=/events#https://10.0.0.3:2379;http://10.0.0.2:2379',
      ],
      'false from /flagz',
    ],
    ['is yes over a socket', ['--etcd-servers=unix:///run/kine.sock'], 'true from /flagz'],
    [
      'is no where only events do not go over a socket',
      ['--etcd-servers=unix:///run/kine.sock', '--etcd-servers-overrides=/events#https://10.0.0.2:2379'],
      'false from /flagz',
    ],
    ['is unknown where the address is hidden', [...certificates, '--etcd-servers=$(ETCD)'], 'unknown'],
  ];
  for (const [what, given, seen] of rows) {
    it(what, () => {
      expect(seenOf('etcdClientCertificate', flags(given))).to.equal(seen);
      expect(seenOf('etcdAuthority', flags(given))).to.equal(seen);
    });
  }

  it('is unknown where a source shows certificates, and not every address', () => {
    expect(seenOf('etcdAuthority', flags(certificates, 'partial'))).to.equal('unknown');
    expect(
      seenOf('etcdAuthority', flags([...certificates, '--etcd-servers=https://10.0.0.1:2379'], 'partial')),
    ).to.equal('unknown');
  });
});
