/** Answers, handshakes and authorities as they may be. */
import type { AnonymousAnswer } from '../core/evidence.ts';
import type { CertificateRequest } from '../evidence/certificate-request.ts';
import type { ClientAuthorities, TlsReading } from '../evidence/reading.ts';

/** Some of the paths that are asked. */
const paths = ['/livez', '/version', '/api', '/api/v1/namespaces?limit=1'];

/** @param otherwise what is answered at every path that `statuses` does not name */
function answers(statuses: Readonly<Record<string, number>>, otherwise: number): readonly AnonymousAnswer[] {
  return paths.map((path) => {
    const status = statuses[path] ?? otherwise;
    return { path, status, namesAnonymousUser: status === 403 };
  });
}

export const sampleAnswers: readonly (readonly AnonymousAnswer[])[] = [
  answers({}, 401),
  answers({ '/livez': 200 }, 401),
  answers({ '/livez': 200 }, 403),
  answers({ '/livez': 200, '/version': 200 }, 403),
  answers({ '/livez': 200, '/version': 200, '/api': 200, '/api/v1/namespaces?limit=1': 200 }, 403),
  answers({}, 500),
];

const handshake = (
  accepts: boolean,
  state: 'valid' | 'endsSoon' | 'expired',
  request: CertificateRequest,
): TlsReading => ({
  certificate: {
    read: {
      state,
      isSelfMade: state === 'expired',
      notAfter: {
        valid: 'a day more than 30 days from now',
        endsSoon: 'a day within the next 30 days',
        expired: 'a day that is over',
      }[state],
    },
  },
  acceptsOldVersions: { read: accepts },
  acceptsWeakCiphers: { read: accepts },
  certificateRequest: { read: request },
});

/** The name `CN=TEXT`. @param text shorter than 100 characters */
function nameOf(text: string): string {
  const inner = Buffer.concat([Buffer.from([0x06, 3, 0x55, 4, 3, 0x0c, text.length]), Buffer.from(text)]);
  const pair = Buffer.concat([Buffer.from([0x30, inner.length]), inner]);
  const set = Buffer.concat([Buffer.from([0x31, pair.length]), pair]);
  return Buffer.concat([Buffer.from([0x30, set.length]), set]).toString('hex');
}
const [ofUsers, ofFrontProxy, ofBoth] = ['kubernetes', 'front-proxy-ca', 'one-for-all'].map(nameOf) as [
  string,
  string,
  string,
];

/** The end of a certificate in words: nobody who reads it knows when it was printed. */
export const sampleHandshakes: readonly TlsReading[] = [
  handshake(false, 'valid', { isAsked: true, authorities: [ofUsers, ofFrontProxy] }),
  handshake(true, 'endsSoon', { isAsked: true, authorities: [ofFrontProxy] }),
  handshake(true, 'expired', { isAsked: false, authorities: [] }),
  handshake(true, 'expired', { isAsked: true, authorities: [] }),
  handshake(true, 'expired', { isAsked: true, authorities: [ofBoth] }),
];

export const publishedAuthorities: ClientAuthorities = {
  hasClientAuthority: true,
  hasFrontProxyAuthority: true,
  sharesAuthority: false,
  clientSubjects: [ofUsers, ofBoth],
  frontProxySubjects: [ofFrontProxy, ofBoth],
  frontProxyNames: ['front-proxy-client'],
};

export const sampleAuthorities: readonly ClientAuthorities[] = [
  publishedAuthorities,
  { ...publishedAuthorities, hasClientAuthority: false, hasFrontProxyAuthority: false },
  { ...publishedAuthorities, sharesAuthority: true, frontProxyNames: [] },
];
