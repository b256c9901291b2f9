/** Who an API server lets in, and how he shows who he is. */
import type { AnonymousAnswer } from '../../core/evidence.ts';
import { CLIENT_CERTIFICATES, TOKEN_ISSUERS } from '../metrics.ts';
import { readFlag } from '../server-flags.ts';
import type { FlagReading } from '../server-flags.ts';
import { tellFromHandshake } from './certificate-request.ts';
import {
  ask,
  booleanFlag,
  flagWitness,
  NOTHING_TO_SAY,
  orElse,
  presence,
  saidBy,
  saidByMetrics,
  silentAbout,
} from './witness.ts';
import type { Said, Testimony, Witnesses } from './witness.ts';

const PROBE = 'requests without credentials';
const AUTHORITIES = 'ConfigMap kube-system/extension-apiserver-authentication';
/** The last minor version that could be given one. */
const LAST_BASIC_AUTH_MINOR = 18;

export const authentication = {
  anonymousRequests: [
    ({ anonymousAnswers }) =>
      ask(anonymousAnswers, (value) => ({
        value,
        source: PROBE,
        confidence: 'high',
        detail: value.map(({ path, status }) => `GET ${path} ${status}`).join(', '),
      })),
  ],
  anonymousAuthentication: [
    ({ anonymousAnswers }) => ask(anonymousAnswers, tellFromAnswers),
    flagWitness((flags) => {
      const switched = readFlag(flags, 'anonymous-auth');
      if (switched.state === 'set' && switched.values.at(-1) === 'false') {
        return saidBy(flags, 'off', '--anonymous-auth=false');
      }
      const file = readFlag(flags, 'authentication-config');
      if (file.state === 'set' || file.state === 'hidden') return silentAboutFile('authentication-config');
      const mode = readFlag(flags, 'authorization-mode');
      // An API server that allows everything takes nobody in without a credential, whatever was asked of it.
      const allowsAll = mode.state === 'unset' || (mode.state === 'set' && mode.values.includes('AlwaysAllow'));
      if (allowsAll) return { silent: 'with the authorizer AlwaysAllow, --anonymous-auth does not tell' };
      if (switched.state === 'unknown' || file.state === 'unknown' || switched.state === 'hidden') {
        return silentAbout(flags, 'anonymous-auth');
      }
      return saidBy(
        flags,
        'on',
        switched.state === 'set' ? '--anonymous-auth=true' : '--anonymous-auth is not given, and true by default',
      );
    }),
  ],
  serviceAccountAuthentication: [
    ({ identity }) =>
      ask(identity, (user) =>
        user.startsWith('system:serviceaccount:')
          ? said(true, 'SelfSubjectReview', 'high', 'Merlon itself is let in by such a token')
          : NOTHING_TO_SAY,
      ),
    flagWitness((flags) => {
      const { state } = readFlag(flags, 'service-account-issuer');
      return state === 'set'
        ? saidBy(flags, true, '--service-account-issuer is given')
        : silentAbout(flags, 'service-account-issuer');
    }),
  ],
  certificateAuthentication: [
    ({ metrics }) =>
      ask(metrics, ({ series }) =>
        series.has(CLIENT_CERTIFICATES)
          ? saidByMetrics(true, 'client certificates were looked at')
          : { silent: '/metrics shows no client certificate that was looked at' },
      ),
    tellFromHandshake,
    orElse(presence('client-ca-file'), ({ clientAuthorities }) =>
      ask(clientAuthorities, ({ hasClientAuthority }) =>
        hasClientAuthority
          ? {
              silent: `${AUTHORITIES} holds an authority of client certificates, maybe of another API server or of the past`,
            }
          : said(false, AUTHORITIES, 'high', 'it holds no authority of client certificates'),
      ),
    ),
  ],
  tokenIssuerAuthentication: [
    ({ metrics }) =>
      ask(metrics, ({ series }) =>
        series.has(TOKEN_ISSUERS)
          ? saidByMetrics(true, 'tokens of an external issuer were looked at')
          : { silent: '/metrics shows no token of an external issuer' },
      ),
    flagWitness((flags) => {
      const issuer = readFlag(flags, 'oidc-issuer-url');
      if (issuer.state === 'set' || issuer.state === 'hidden') {
        return saidBy(flags, true, '--oidc-issuer-url is given');
      }
      const file = readFlag(flags, 'authentication-config');
      if (file.state === 'set' || file.state === 'hidden') return silentAboutFile('authentication-config');
      if (issuer.state === 'unknown' || file.state === 'unknown') return silentAbout(flags, 'oidc-issuer-url');
      return saidBy(flags, false, 'neither --oidc-issuer-url nor --authentication-config is given');
    }),
  ],
  tokenWebhookAuthentication: [presence('authentication-token-webhook-config-file')],
  staticTokenFile: [presence('token-auth-file')],
  basicAuthenticationFile: [
    ({ version }) =>
      ask(version, ({ minor, source = '/version' }) =>
        minor > LAST_BASIC_AUTH_MINOR
          ? said(false, source, 'high', `Kubernetes 1.${minor} has no --basic-auth-file`)
          : NOTHING_TO_SAY,
      ),
    presence('basic-auth-file'),
  ],
  anyFrontProxyName: [
    orElse(
      flagWitness((flags) => {
        const authority = readFlag(flags, 'requestheader-client-ca-file');
        const names = readFlag(flags, 'requestheader-allowed-names');
        if (authority.state === 'unset') return saidBy(flags, false, '--requestheader-client-ca-file is not given');
        if (authority.state === 'unknown' || names.state === 'unknown' || names.state === 'hidden') {
          return silentAbout(flags, 'requestheader-allowed-names');
        }
        return names.state === 'unset'
          ? saidBy(flags, true, '--requestheader-allowed-names is not given')
          : saidBy(flags, false, `--requestheader-allowed-names=${names.values.join(',')}`);
      }),
      ({ clientAuthorities }) =>
        ask(clientAuthorities, ({ hasFrontProxyAuthority, frontProxyNames }) => {
          if (!hasFrontProxyAuthority)
            return said(false, AUTHORITIES, 'high', 'it holds no authority of a front proxy');
          // All names of all API servers: that some allow these does not tell that none allows any.
          return frontProxyNames.length === 0
            ? said(true, AUTHORITIES, 'medium', 'requestheader-allowed-names is empty')
            : { silent: `${AUTHORITIES} does not tell which API server allows which names of the front proxy` };
        }),
    ),
  ],
  sharedFrontProxyAuthority: [
    orElse(
      flagWitness((flags) => {
        const users = readFlag(flags, 'client-ca-file');
        const proxy = readFlag(flags, 'requestheader-client-ca-file');
        for (const [name, { state }] of [
          ['client-ca-file', users],
          ['requestheader-client-ca-file', proxy],
        ] as const) {
          if (state === 'unset') return saidBy(flags, false, `--${name} is not given`);
        }
        return isSameFile(users, proxy)
          ? saidBy(flags, true, '--client-ca-file and --requestheader-client-ca-file are the same file')
          : { silent: `what the files of --client-ca-file and --requestheader-client-ca-file hold is not seen` };
      }),
      ({ clientAuthorities }) =>
        ask(clientAuthorities, ({ sharesAuthority }) =>
          sharesAuthority
            ? said(
                true,
                AUTHORITIES,
                'medium',
                'client-ca-file and requestheader-client-ca-file hold certificates of the same key',
              )
            : said(
                false,
                AUTHORITIES,
                'high',
                'client-ca-file and requestheader-client-ca-file have nothing in common',
              ),
        ),
    ),
  ],
  serviceAccountLookup: [booleanFlag('service-account-lookup', true)],
  extendedTokens: [booleanFlag('service-account-extend-token-expiration', true)],
  serviceAccountKeyFile: [
    flagWitness((flags) => {
      const signer = readFlag(flags, 'service-account-signing-endpoint');
      if (signer.state === 'set') return saidBy(flags, true, '--service-account-signing-endpoint is given');
      const key = readFlag(flags, 'service-account-key-file');
      if (key.state === 'unset' && signer.state === 'unset') {
        return saidBy(flags, false, '--service-account-key-file is not given');
      }
      // An API server that is given none takes that of its own certificate, and some show it as if it were given.
      const tlsKey = readFlag(flags, 'tls-private-key-file');
      if (isSameFile(key, tlsKey)) {
        return saidBy(flags, false, '--service-account-key-file is the file of --tls-private-key-file');
      }
      if (key.state !== 'set' && key.state !== 'hidden') return silentAbout(flags, 'service-account-key-file');
      return tlsKey.state === 'unknown'
        ? silentAbout(flags, 'tls-private-key-file')
        : saidBy(flags, true, '--service-account-key-file is given');
    }),
  ],
} satisfies Partial<Witnesses>;

function isSameFile(a: FlagReading, b: FlagReading): boolean {
  return a.state === 'set' && b.state === 'set' && a.values.some((path) => b.values.includes(path));
}

function said<V>(value: V, source: string, confidence: Said<V>['confidence'], detail: string): Said<V> {
  return { value, source, confidence, detail };
}

export function silentAboutFile(flag: string): Testimony<never> {
  return {
    silent: `what the file of --${flag} says cannot be seen from outside; attest it in a ClusterHardeningPolicy`,
  };
}

/** 401 is a request that was taken for nobody's; 403 with that name, and 200, are requests of system:anonymous. */
function tellFromAnswers(answers: readonly AnonymousAnswer[]): Testimony<'off' | 'conditional' | 'on'> {
  const refused = answers.filter(({ status }) => status === 401);
  const taken = answers.filter(
    ({ status, namesAnonymousUser }) => status === 200 || (status === 403 && namesAnonymousUser),
  );
  const isClear = refused.length + taken.length === answers.length && answers.length > 0;
  // Whatever else was answered otherwise: nothing but health is left open where only some paths are.
  const isTakenAnyhow = refused.length === 0 && taken.some(({ path }) => !isHealth(path));
  if (!isClear && !isTakenAnyhow) {
    return { silent: 'not every request without credentials was answered with a yes or a no' };
  }
  const describe = (some: readonly AnonymousAnswer[]): string => some.map(({ path }) => path).join(', ');
  if (taken.length === 0) return said('off', PROBE, 'high', 'every request without credentials is answered 401');
  return refused.length === 0
    ? said('on', PROBE, 'high', 'requests without credentials are taken as those of system:anonymous')
    : said('conditional', PROBE, 'high', `taken without credentials at ${describe(taken)} only`);
}

function isHealth(path: string): boolean {
  return /^\/(livez|readyz|healthz)\b/.test(path);
}
