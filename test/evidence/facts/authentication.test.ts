import { expect } from 'chai';

import { isObserved } from '../../../src/core/evidence.ts';
import type { Evidence, FactName, Unobserved } from '../../../src/core/evidence.ts';
import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { flagsOf, readingsOf } from '../readings.ts';

describe('facts about authentication', () => {
  interface Row {
    readonly name: string;
    readonly fact: FactName;
    readonly said: Partial<ServerReadings>;
    /** A value, or what is said where there is none. */
    readonly is: boolean | RegExp;
  }

  const noFrontProxy = {
    hasClientAuthority: true,
    hasFrontProxyAuthority: false,
    clientSubjects: [],
    frontProxySubjects: [],
    frontProxyNames: [],
  };
  const rows: readonly Row[] = [
    {
      name: 'tokens of service accounts have a key of their own where a file is named for it',
      fact: 'serviceAccountKeyFile',
      said: { flags: [flagsOf({ 'service-account-key-file': ['/sa.pub'], 'tls-private-key-file': ['/tls.key'] })] },
      is: true,
    },
    {
      name: 'an external signer is such a key, though no file is named',
      fact: 'serviceAccountKeyFile',
      said: { flags: [flagsOf({ 'service-account-signing-endpoint': ['/run/signer.sock'] })] },
      is: true,
    },
    {
      name: 'the key of the certificate is none of their own',
      fact: 'serviceAccountKeyFile',
      said: { flags: [flagsOf({ 'service-account-key-file': ['/tls.key'], 'tls-private-key-file': ['/tls.key'] })] },
      is: false,
    },
    {
      name: 'without a file and without a signer there is none',
      fact: 'serviceAccountKeyFile',
      said: { flags: [flagsOf({}, 'arguments')] },
      is: false,
    },
    {
      name: 'a source that shows some flags does not tell what is not among them',
      fact: 'serviceAccountKeyFile',
      said: { flags: [flagsOf({}, 'partial')] },
      is: /^a test does not show --service-account-key-file$/,
    },
    {
      name: 'one file for users and the front proxy is one authority',
      fact: 'sharedFrontProxyAuthority',
      said: { flags: [flagsOf({ 'client-ca-file': ['/ca.crt'], 'requestheader-client-ca-file': ['/ca.crt'] })] },
      is: true,
    },
    {
      name: 'two files may hold the same authority',
      fact: 'sharedFrontProxyAuthority',
      said: { flags: [flagsOf({ 'client-ca-file': ['/ca.crt'], 'requestheader-client-ca-file': ['/other.crt'] })] },
      is: /^what the files of .* hold is not seen; not asked$/,
    },
    {
      name: 'without a front proxy nothing is shared',
      fact: 'sharedFrontProxyAuthority',
      said: { flags: [flagsOf({ 'client-ca-file': ['/ca.crt'] })] },
      is: false,
    },
    {
      name: 'the ConfigMap of authorities shows one that is shared',
      fact: 'sharedFrontProxyAuthority',
      said: { clientAuthorities: { read: { ...noFrontProxy, hasFrontProxyAuthority: true, sharesAuthority: true } } },
      is: true,
    },
    {
      name: 'what the ConfigMap of authorities keeps of the past counts less than the flags',
      fact: 'sharedFrontProxyAuthority',
      said: {
        flags: [flagsOf({ 'requestheader-client-ca-file': ['/proxy.crt'] })],
        clientAuthorities: { read: { ...noFrontProxy, hasFrontProxyAuthority: true, sharesAuthority: true } },
      },
      is: false,
    },
    {
      name: 'so does an authority of client certificates that it keeps',
      fact: 'certificateAuthentication',
      said: { flags: [flagsOf({})], clientAuthorities: { read: { ...noFrontProxy, sharesAuthority: false } } },
      is: false,
    },
    {
      name: 'so do names of the front proxy that it keeps',
      fact: 'anyFrontProxyName',
      said: {
        flags: [flagsOf({ 'requestheader-client-ca-file': ['/proxy.crt'] })],
        clientAuthorities: {
          read: { ...noFrontProxy, hasFrontProxyAuthority: true, sharesAuthority: false, frontProxyNames: ['front'] },
        },
      },
      is: true,
    },
    {
      name: 'the ConfigMap of authorities shows that none is shared',
      fact: 'sharedFrontProxyAuthority',
      said: { clientAuthorities: { read: { ...noFrontProxy, sharesAuthority: false } } },
      is: false,
    },
  ];
  for (const { name, fact, said, is } of rows) {
    it(name, () => {
      expectFact(concludeEvidence(readingsOf(said)), fact, is);
    });
  }
});

function expectFact(evidence: Evidence, name: FactName, is: boolean | RegExp): void {
  const fact: { readonly value: unknown } | Unobserved | undefined = evidence[name];
  if (is instanceof RegExp) expect(fact).to.have.property('unobserved').that.matches(is);
  else expect(isObserved(fact) && fact.value, JSON.stringify(fact)).to.equal(is);
  expect(fact, 'what is of the past contradicts nobody').not.to.have.property('contradicted');
}
