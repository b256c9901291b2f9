import { expect } from 'chai';
import type { AnonymousAnswer } from '../../../src/core/evidence.ts';
import type { ClientAuthorities } from '../../../src/evidence/reading.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { flags, seenOf } from '../stated-readings.ts';

function answers(...given: readonly (readonly [string, number])[]): Pick<ServerReadings, 'anonymousAnswers'> {
  const read = given.map(([path, status]): AnonymousAnswer => ({ path, status, namesAnonymousUser: status === 403 }));
  return { anonymousAnswers: { read } };
}

function published(authorities: Partial<ClientAuthorities>): Pick<ServerReadings, 'clientAuthorities'> {
  const none = {
    hasClientAuthority: false,
    hasFrontProxyAuthority: false,
    sharesAuthority: false,
    clientSubjects: [],
    frontProxySubjects: [],
    frontProxyNames: [],
  };
  return { clientAuthorities: { read: { ...none, ...authorities } } };
}

const CONFIG_MAP = 'ConfigMap kube-system/extension-apiserver-authentication';

describe('anonymous requests', () => {
  const rows: readonly (readonly [string, Pick<ServerReadings, 'anonymousAnswers'>, string])[] = [
    ['are off where all are answered 401', answers(['/livez', 401], ['/api', 401]), 'off'],
    [
      'are on at some paths where only those are answered otherwise',
      answers(['/livez', 200], ['/api', 401]),
      'conditional',
    ],
    ['are on where none is answered 401', answers(['/livez', 200], ['/api', 403]), 'on'],
    ['are on where the authorizer fails for some', answers(['/livez', 200], ['/version', 200], ['/api', 500]), 'on'],
    ['are on where some find nothing', answers(['/livez', 200], ['/api', 200], ['/x', 404]), 'on'],
  ];
  for (const [what, readings, value] of rows) {
    it(what, () => {
      expect(seenOf('anonymousAuthentication', readings)).to.equal(`${value} from requests without credentials`);
    });
  }

  const unclear: readonly (readonly [string, Pick<ServerReadings, 'anonymousAnswers'>])[] = [
    ['some were answered with neither a yes nor a no', answers(['/livez', 401], ['/api', 502])],
    ['only health is clear', answers(['/livez', 200], ['/api', 502])],
    ['none was sent', answers()],
  ];
  for (const [what, readings] of unclear) {
    it(`are unknown where ${what}`, () => {
      expect(seenOf('anonymousAuthentication', readings)).to.equal('unknown');
    });
  }

  it('are on at some paths whatever the flag says', () => {
    const readings = { ...answers(['/livez', 200], ['/api', 401]), ...flags(['--anonymous-auth=true']) };

    expect(seenOf('anonymousAuthentication', readings)).to.equal('conditional from requests without credentials');
  });

  it('are unknown from the flag where a file may say otherwise', () => {
    const given = ['--anonymous-auth=true', '--authorization-mode=RBAC', '--authentication-config=/etc/a.yaml'];

    expect(seenOf('anonymousAuthentication', flags(given))).to.equal('unknown');
  });

  it('are unknown from the flag where everything is allowed', () => {
    expect(seenOf('anonymousAuthentication', flags(['--anonymous-auth=true']))).to.equal('unknown');
  });
});

describe('client certificates', () => {
  it('are accepted where the flag is given', () => {
    expect(seenOf('certificateAuthentication', flags(['--client-ca-file=/etc/ca.crt']))).to.equal('true from /flagz');
  });

  it('are not accepted where no API server ever published an authority', () => {
    expect(seenOf('certificateAuthentication', published({}))).to.equal(`false from ${CONFIG_MAP}`);
  });

  it('are unknown where some API server published one, once', () => {
    expect(seenOf('certificateAuthentication', published({ hasClientAuthority: true }))).to.equal('unknown');
  });
});

describe('names of the front proxy', () => {
  const authority = '--requestheader-client-ca-file=/etc/proxy.crt';

  it('are any where none is given', () => {
    expect(seenOf('anyFrontProxyName', flags([authority]))).to.equal('true from /flagz');
  });

  it('are those that are given', () => {
    expect(seenOf('anyFrontProxyName', flags([authority, '--requestheader-allowed-names=a']))).to.equal(
      'false from /flagz',
    );
  });

  it('are any where no API server published one', () => {
    expect(seenOf('anyFrontProxyName', published({ hasFrontProxyAuthority: true }))).to.equal(
      `true from ${CONFIG_MAP}`,
    );
  });

  it('are unknown where some API server published one', () => {
    const readings = published({
      hasFrontProxyAuthority: true,
      clientSubjects: [],
      frontProxySubjects: [],
      frontProxyNames: ['front-proxy-client'],
    });

    expect(seenOf('anyFrontProxyName', readings)).to.equal('unknown');
  });

  it('are none where there is no authority', () => {
    expect(seenOf('anyFrontProxyName', published({}))).to.equal(`false from ${CONFIG_MAP}`);
  });
});
