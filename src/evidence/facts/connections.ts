/** How an API server speaks to those who ask it, and to those whom it asks itself. */
import { readFlag } from '../server-flags.ts';
import type { ServerFlags } from '../server-flags.ts';
import {
  ask,
  booleanFlag,
  flagWitness,
  isSaid,
  NOTHING_TO_SAY,
  orElse,
  presence,
  saidBy,
  silentAbout,
} from './witness.ts';
import type { Said, Testimony, Witness, Witnesses } from './witness.ts';
import { isRead } from '../reading.ts';
import type { CertificateReading, Reading, TlsReading } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';

const HANDSHAKE = 'TLS handshake';
const OLD_TLS = ['VersionTLS10', 'VersionTLS11'];
/** The last minor version that could be given one; from 1.20 on it did nothing. */
const LAST_INSECURE_PORT_MINOR = 19;
/** Suites of TLS 1.2 with forward secrecy and authenticated encryption. Source: CIS 1.12, 1.2.29. */
const strongSuite = /^TLS_(ECDHE_(RSA|ECDSA)_WITH_)?(AES_(128|256)_GCM_SHA(256|384)|CHACHA20_POLY1305(_SHA256)?)$/;

export const connections = {
  acceptsOldTls: [
    shaken(({ acceptsOldVersions }) => acceptsOldVersions, {
      true: 'TLS 1.1 or older was accepted',
      false: 'TLS 1.1 and older were refused',
    }),
    flagWitness((flags) => {
      const least = readFlag(flags, 'tls-min-version');
      if (least.state === 'unset') return saidBy(flags, false, '--tls-min-version is not given, and 1.2 by default');
      if (least.state !== 'set') return silentAbout(flags, 'tls-min-version');
      const value = least.values.at(-1) ?? '';
      if (!OLD_TLS.includes(value)) return saidBy(flags, false, `--tls-min-version=${value}`);
      const suites = readFlag(flags, 'tls-cipher-suites');
      if (suites.state === 'unset') return saidBy(flags, true, `--tls-min-version=${value}`);
      // Older versions know none of the strong ones.
      return suites.state === 'set' && suites.values.every((suite) => strongSuite.test(suite))
        ? saidBy(flags, false, `--tls-min-version=${value}, but --tls-cipher-suites names suites of TLS 1.2 only`)
        : silentAbout(flags, 'tls-cipher-suites');
    }),
  ],
  acceptsWeakCiphers: [
    shaken(({ acceptsWeakCiphers }) => acceptsWeakCiphers, {
      true: 'a weak cipher suite was accepted',
      false: 'weak cipher suites were refused',
    }),
    flagWitness((flags): Testimony<boolean> => {
      const least = readFlag(flags, 'tls-min-version');
      if (least.state === 'set' && least.values.at(-1) === 'VersionTLS13') {
        return saidBy(flags, false, '--tls-min-version=VersionTLS13, which has strong suites only');
      }
      const suites = readFlag(flags, 'tls-cipher-suites');
      if (suites.state !== 'set') {
        return suites.state === 'unset'
          ? { silent: '--tls-cipher-suites is not given, and which suites are the default depends on the build' }
          : silentAbout(flags, 'tls-cipher-suites');
      }
      const weak = suites.values.filter((suite) => !strongSuite.test(suite));
      if (weak.length === 0) return saidBy(flags, false, '--tls-cipher-suites names strong suites only');
      // It always has an RSA certificate, which it made for itself; whether it has an ECDSA one is not known.
      return weak.some((suite) => !suite.includes('_ECDSA_'))
        ? saidBy(flags, true, `--tls-cipher-suites names ${weak.join(', ')}`)
        : { silent: `--tls-cipher-suites names ${weak.join(', ')}, which count where its certificate is an ECDSA one` };
    }),
  ],
  servingCertificate: [({ tls }) => ask(tls, ({ certificate }) => ask(certificate, tellCertificate))],
  servingCertificateFile: [
    ({ tls }) =>
      ask(tls, ({ certificate }) =>
        ask(certificate, ({ isSelfMade }) =>
          isSelfMade === true
            ? {
                value: false,
                source: HANDSHAKE,
                confidence: 'high',
                detail: 'it shows a certificate that it made itself',
              }
            : NOTHING_TO_SAY,
        ),
      ),
    givenCertificate,
  ],
  kubeletClientCertificate: [presence('kubelet-client-certificate', 'kubelet-client-key')],
  kubeletAuthority: [presence('kubelet-certificate-authority')],
  etcdClientCertificate: [orElse(byAddressOfEtcd, givenForEtcd('etcd-certfile', 'etcd-keyfile'))],
  etcdAuthority: [orElse(byAddressOfEtcd, givenForEtcd('etcd-cafile'))],
  profiling: [booleanFlag('profiling', true)],
  requestTimeout: [
    flagWitness((flags) => {
      const timeout = readFlag(flags, 'request-timeout');
      if (timeout.state === 'unset')
        return saidBy(flags, 60, '--request-timeout is not given, and one minute by default');
      if (timeout.state !== 'set') return silentAbout(flags, 'request-timeout');
      const text = timeout.values.at(-1) ?? '';
      const seconds = readDuration(text);
      return seconds === undefined
        ? silentAbout(flags, 'request-timeout')
        : saidBy(flags, seconds, `--request-timeout=${text}`);
    }),
  ],
  insecurePort: [
    ({ version }) =>
      ask(version, ({ minor, source = '/version' }) =>
        minor > LAST_INSECURE_PORT_MINOR
          ? {
              value: false,
              source,
              confidence: 'high',
              detail: `Kubernetes 1.${minor} serves no port without TLS`,
            }
          : NOTHING_TO_SAY,
      ),
    flagWitness((flags, { version }): Testimony<boolean> => {
      // Whoever shows all of his flags is too new to have this one.
      if (flags.coverage === 'effective') return NOTHING_TO_SAY;
      const port = readFlag(flags, 'insecure-port');
      if (port.state === 'unset') {
        return ask(version, ({ minor }) =>
          minor > LAST_INSECURE_PORT_MINOR
            ? NOTHING_TO_SAY
            : saidBy(flags, true, '--insecure-port is not given, and 8080 by default'),
        );
      }
      if (port.state !== 'set') return silentAbout(flags, 'insecure-port');
      return saidBy(flags, port.values.at(-1) !== '0', `--insecure-port=${port.values.at(-1) ?? ''}`);
    }),
  ],
} satisfies Partial<Witnesses>;

export function tellCertificate({ state, notAfter }: CertificateReading): Said<'valid' | 'endsSoon' | 'expired'> {
  const detail =
    state === 'expired' ? `its certificate has ended, at ${notAfter}` : `its certificate holds until ${notAfter}`;
  return { value: state, source: HANDSHAKE, confidence: 'high', detail };
}

function shaken(
  select: (tls: TlsReading) => Reading<boolean>,
  details: Readonly<Record<'true' | 'false', string>>,
): Witness<boolean> {
  return ({ tls }) =>
    ask(tls, (reading) =>
      ask(select(reading), (value): Said<boolean> => ({
        value,
        source: HANDSHAKE,
        // What is refused is what was offered: OpenSSL knows less than an API server may take, as RC4.
        confidence: value ? 'high' : 'medium',
        detail: details[value ? 'true' : 'false'],
      })),
    );
}

/**
 * An API server that is given none keeps the one that it makes itself in a file, and shows that as if it were given: in
 * `apiserver.crt` of --cert-dir, where somebody may also have put another one.
 */
function givenCertificate(readings: ServerReadings): readonly Testimony<boolean>[] {
  const given = presence('tls-cert-file', 'tls-private-key-file');
  return readings.flags.flatMap((reading) => {
    const testimonies = [given({ ...readings, flags: [reading] })].flat();
    if (!isRead(reading) || reading.read.coverage !== 'effective' || !isDefaultCertificate(reading.read))
      return testimonies;
    const silent = `${reading.read.source} shows as --tls-cert-file where an API server keeps the one that it makes itself`;
    return testimonies.map((one) => (isSaid(one) && one.value ? { silent } : one));
  });
}

function isDefaultCertificate(flags: ServerFlags): boolean {
  const [folder, certificate] = ['cert-dir', 'tls-cert-file'].map((name) => {
    const flag = readFlag(flags, name);
    return flag.state === 'set' ? flag.values.at(-1) : undefined;
  });
  // Where the folder is not shown it may be that one.
  const isThere = folder === undefined || certificate === `${folder.replace(/\/+$/, '')}/apiserver.crt`;
  return certificate?.endsWith('/apiserver.crt') === true && isThere;
}

/** Events may be stored elsewhere. */
const etcdFlags = ['etcd-servers', 'etcd-servers-overrides'] as const;

/**
 * Over http there is no TLS, whatever certificates are given. k3s keeps its data behind a socket on the same machine: there
 * is nothing to be encrypted. What is said names no address: a password may be in it.
 */
function byAddressOfEtcd(readings: ServerReadings): readonly Testimony<boolean>[] {
  return flagWitness<boolean>((flags) => {
    const plain = etcdFlags.find((name) => addressesIn(flags, name).some((address) => /^http:/i.test(address)));
    if (plain !== undefined) return saidBy(flags, false, `--${plain} names an address without TLS`);
    const addresses = etcdFlags.flatMap((name) => addressesIn(flags, name));
    return addresses.length > 0 && hasAllAddresses(flags) && addresses.every((address) => address.startsWith('unix:'))
      ? saidBy(flags, true, '--etcd-servers is a socket of the same machine')
      : NOTHING_TO_SAY;
  })(readings);
}

/** Certificates are of no use where one of the addresses is without TLS: all of them have to be known. */
function givenForEtcd(...names: readonly string[]): Witness<boolean> {
  const given = presence(...names);
  return (readings) =>
    readings.flags.flatMap((reading) => {
      const testimonies = [given({ ...readings, flags: [reading] })].flat();
      if (!isRead(reading) || hasAllAddresses(reading.read)) return testimonies;
      const silent = silentAbout(reading.read, etcdFlags.join(' and --'));
      return testimonies.map((one) => (isSaid(one) && one.value ? silent : one));
    });
}

function hasAllAddresses(flags: ServerFlags): boolean {
  return etcdFlags.every((name) => ['set', 'unset'].includes(readFlag(flags, name).state));
}

/** Of `--etcd-servers-overrides` an item is `group/resource#url;url`. */
function addressesIn(flags: ServerFlags, name: string): readonly string[] {
  const servers = readFlag(flags, name);
  return servers.state === 'set' ? servers.values.flatMap((item) => item.replace(/^[^#]*#/, '').split(';')) : [];
}

/** As Go prints it: `1m30s`. */
function readDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|m|s|ms))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  return Math.round(parts.reduce((sum, [, count = '0', unit = 's']) => sum + Number(count) * (units[unit] ?? 0), 0));
}
