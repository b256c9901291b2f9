import { expect } from 'chai';

import { isObserved } from '../../../src/core/evidence.ts';
import type { Confidence, Evidence, FactName } from '../../../src/core/evidence.ts';
import { parseFlags } from '../../../src/evidence/arguments.ts';
import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import type { Reading } from '../../../src/evidence/reading.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import type { FlagCoverage, ServerFlags } from '../../../src/evidence/server-flags.ts';
import { flagsOf, readingsOf } from '../readings.ts';

const noAuthorities = {
  read: {
    hasClientAuthority: false,
    hasFrontProxyAuthority: false,
    sharesAuthority: false,
    clientSubjects: [],
    frontProxySubjects: [],
    frontProxyNames: [],
  },
};

function declared(
  confidence: Confidence,
  coverage: FlagCoverage,
  ...words: readonly string[]
): { readonly read: ServerFlags } {
  const { values, hidden } = parseFlags(words);
  return { read: { source: `said with ${confidence} confidence`, confidence, coverage, values, hidden } };
}

/** `value (source)`, and after it what contradicts. */
function seen(name: FactName, said: Partial<ServerReadings>): readonly string[] {
  const evidence: Evidence = concludeEvidence(readingsOf(said));
  const fact: object | undefined = evidence[name];
  if (!isObserved(fact)) return ['unknown'];
  const {
    value,
    source,
    contradicted = [],
  } = fact as {
    readonly value: unknown;
    readonly source: string;
    readonly contradicted?: readonly string[];
  };
  return [`${String(value)} (${source})`, ...contradicted];
}

describe('several sources of flags', () => {
  const lies: readonly Reading<ServerFlags>[] = [
    declared('medium', 'arguments', '--authorization-mode=Node,RBAC', '--profiling=false', '--anonymous-auth=false'),
  ];

  it('are believed by how sure they are, whatever their order', () => {
    const flags = [declared('low', 'partial', '--profiling=false'), flagsOf({ profiling: ['true'] })];

    expect(seen('profiling', { flags })).to.deep.equal([
      'true (a test)',
      '--profiling=false (said with low confidence)',
    ]);
  });

  it('are each heard where the surer one does not tell', () => {
    const flags = [declared('medium', 'partial', '--v=2'), declared('low', 'partial', '--profiling=false')];

    expect(seen('profiling', { flags })).to.deep.equal(['false (said with low confidence)']);
  });

  it('say nothing against a probe', () => {
    const anonymousAnswers = { read: [{ path: '/api', status: 403, namesAnonymousUser: true }] };

    expect(seen('anonymousAuthentication', { anonymousAnswers, flags: lies })).to.deep.equal([
      'on (requests without credentials)',
      '--anonymous-auth=false (said with medium confidence)',
    ]);
  });

  it('say nothing against a review', () => {
    expect(seen('alwaysAllowAuthorizer', { unknownUser: { read: true }, flags: lies })).to.deep.equal([
      'false (said with medium confidence)',
    ]);
    expect(seen('unknownUserAllowed', { unknownUser: { read: true }, flags: lies })).to.deep.equal([
      'true (SubjectAccessReview)',
    ]);
  });

  it('say nothing against what the API servers publish for sure', () => {
    const flags = [declared('medium', 'arguments', '--client-ca-file=/ca.crt')];

    expect(seen('certificateAuthentication', { clientAuthorities: noAuthorities, flags })).to.deep.equal([
      'false (ConfigMap kube-system/extension-apiserver-authentication)',
      '--client-ca-file is given (said with medium confidence)',
    ]);
  });

  it('are not contradicted by what may be of the past', () => {
    const clientAuthorities = {
      read: { ...noAuthorities.read, hasFrontProxyAuthority: true, hasClientAuthority: true },
    };
    const flags = [
      declared('medium', 'arguments', '--requestheader-client-ca-file=/p.crt', '--requestheader-allowed-names=front'),
    ];

    expect(seen('anyFrontProxyName', { clientAuthorities, flags })).to.deep.equal([
      'false (said with medium confidence)',
    ]);
  });

  it('do not explain away what was counted', () => {
    const series = new Map([['apiserver_authorization_webhook_evaluations_fail_open_total', [{}]]]);
    const metrics = { read: { uptimeSeconds: 5, isWhole: true, series } };
    const mode = '--authorization-mode=Node,RBAC,Webhook';

    expect(
      seen('webhookAuthorizerFailsOpen', { metrics, flags: [declared('medium', 'arguments', mode)] }),
    ).to.have.length(2);
    expect(seen('webhookAuthorizerFailsOpen', { metrics, flags: [declared('high', 'effective', mode)] })).to.deep.equal(
      ['false (said with high confidence)'],
    );
  });

  it('do not make an insecure port of an API server that is too new for one', () => {
    const version = (minor: number) => ({ version: { read: { minor, gitVersion: `v1.${minor}.0` } } });
    const flags = [declared('medium', 'arguments', '--etcd-servers=https://e:2379')];

    expect(seen('insecurePort', { ...version(33), flags })).to.deep.equal(['false (/version)']);
    expect(seen('insecurePort', { ...version(19), flags })).to.deep.equal(['true (said with medium confidence)']);
    expect(seen('insecurePort', { flags })).to.deep.equal(['unknown']);
  });
});
