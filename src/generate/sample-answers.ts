/** Answers, handshakes and authorities as they may be. */
import type { AnonymousAnswer } from '../core/evidence.ts';
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

const handshake = (accepts: boolean, state: 'valid' | 'endsSoon' | 'expired'): TlsReading => ({
  certificate: {
    read: {
      state,
      notAfter: {
        valid: 'a day more than 30 days from now',
        endsSoon: 'a day within the next 30 days',
        expired: 'a day that is over',
      }[state],
    },
  },
  acceptsOldVersions: { read: accepts },
  acceptsWeakCiphers: { read: accepts },
});

/** The end of a certificate in words: nobody who reads it knows when it was printed. */
export const sampleHandshakes: readonly TlsReading[] = [
  handshake(false, 'valid'),
  handshake(true, 'endsSoon'),
  handshake(true, 'expired'),
];

const authorities: ClientAuthorities = {
  hasClientAuthority: true,
  hasFrontProxyAuthority: true,
  sharesAuthority: false,
  frontProxyNames: ['front-proxy-client'],
};

export const sampleAuthorities: readonly ClientAuthorities[] = [
  authorities,
  { ...authorities, hasClientAuthority: false, hasFrontProxyAuthority: false },
  { ...authorities, sharesAuthority: true, frontProxyNames: [] },
];
