import { expect } from 'chai';

import { ClusterStore } from '../../../src/controller/store.ts';
import { declareFlags, withDeclared } from '../../../src/evidence/declared/declared-flags.ts';
import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { readFlagz } from '../../../src/evidence/flagz.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { readingsOf } from '../readings.ts';
import { judgeServer } from '../variants/seen.ts';
import type { Verdicts } from '../variants/variant.ts';
import { objectsOf, serverPod } from './stated-objects.ts';

const etcd = '--etcd-servers=https://127.0.0.1:2379';

/** What is said of an API server, one of whose pods shows that it is started so. */
function judge(said: Partial<ServerReadings>, ...args: readonly string[]): Verdicts {
  const objects = objectsOf([serverPod({ command: ['kube-apiserver', etcd, ...args] })]);
  const readings = withDeclared(readingsOf(said), 'a:1', ['a:1'], objects);
  return judgeServer(new ClusterStore(() => undefined), concludeEvidence(readings));
}

function flagz(flags: Readonly<Record<string, string>>): Pick<ServerReadings, 'flags'> {
  return { flags: [readFlagz(JSON.stringify({ kind: 'Flagz', flags }))] };
}

describe('a pod that shows other flags than the API server has', () => {
  it('is not believed against what it shows itself, and is a finding', () => {
    expect(judge(flagz({ profiling: 'true' }), '--profiling=false')).to.include({
      'api-server-profiling': 'fail: --profiling',
      'api-server-sources-differ': 'fail: profiling',
    });
  });

  it('is not believed against what it does, and is a finding', () => {
    const anonymousAnswers = { read: [{ path: '/api', status: 403, namesAnonymousUser: true }] };
    const flags = ['--anonymous-auth=false', '--authorization-mode=Node,RBAC'];

    expect(judge({ anonymousAnswers }, ...flags)).to.include({
      'api-server-sources-differ': 'fail: anonymousAuthentication',
    });
  });

  it('is no finding where it shows the same', () => {
    const answer = { path: '/api', status: 401, namesAnonymousUser: false };

    expect(judge({ anonymousAnswers: { read: [answer] } }, '--anonymous-auth=false')).to.include({
      'api-server-sources-differ': 'pass',
    });
  });

  it('is believed where nobody else tells', () => {
    expect(judge({}, '--profiling=false')['api-server-profiling']).to.equal('pass');
    expect(judge({})['api-server-profiling']).to.equal('fail: --profiling');
  });

  it('leaves unknown what the files of flags say', () => {
    const verdicts = judge({}, '--authorization-config=/a.yaml', '--encryption-provider-config=/b.yaml');
    expect(verdicts).to.include({
      'api-server-rbac-authorizer': 'unknown',
      'api-server-secrets-encryption': 'unknown',
    });
  });

  it('has no value of a flag that says where a credential is in anything that is told', () => {
    const args = [
      '--etcd-servers=https://etcd:PASSWORD@10.0.0.1:2379',
      '--etcd-keyfile=/PATH-OF-A-KEY',
      '--token-auth-file=/PATH-OF-TOKENS',
      '--oidc-issuer-url=https://client:SECRET@issuer.example',
      '--oidc-client-id=ID-OF-OIDC',
      '--service-account-key-file=/PATH-OF-A-KEY',
    ];
    const objects = objectsOf([serverPod({ command: ['kube-apiserver', ...args] })]);
    expect(declareFlags('a:1', ['a:1'], objects)).to.have.length(1);
    const evidence = JSON.stringify(concludeEvidence(withDeclared(readingsOf({}), 'a:1', ['a:1'], objects)));

    expect(evidence).to.include('--token-auth-file is given');
    expect(evidence).not.to.match(/PASSWORD|PATH-OF|SECRET|ID-OF/);
  });
});
