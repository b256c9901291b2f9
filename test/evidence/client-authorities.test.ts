import { expect } from 'chai';
import { collectClientAuthorities } from '../../src/evidence/client-authorities.ts';

const NAME = 'ConfigMap kube-system/extension-apiserver-authentication';

function read(data: unknown, status = 200): ReturnType<typeof collectClientAuthorities> {
  return collectClientAuthorities(() => Promise.resolve({ status, body: JSON.stringify({ kind: 'ConfigMap', data }) }));
}

describe('what API servers publish about client certificates', () => {
  it('has authorities, and names of the front proxy', async () => {
    const data = {
      'client-ca-file': 'x',
      'requestheader-client-ca-file': 'y',
      'requestheader-allowed-names': '["front-proxy-client"]',
    };

    expect(await read(data)).to.deep.equal({
      read: { hasClientAuthority: true, hasFrontProxyAuthority: true, frontProxyNames: ['front-proxy-client'] },
    });
  });

  it('has none where nothing was published', async () => {
    expect(await read(undefined)).to.deep.equal({
      read: { hasClientAuthority: false, hasFrontProxyAuthority: false, frontProxyNames: [] },
    });
  });

  const rows: readonly (readonly [string, unknown])[] = [
    ['data is text', 'client-ca-file'],
    ['names are no list', { 'requestheader-allowed-names': '{}' }],
    ['names are no text', { 'requestheader-allowed-names': [] }],
  ];
  for (const [what, data] of rows) {
    it(`is missing where ${what}`, async () => {
      expect(await read(data)).to.deep.equal({ missing: `${NAME} is not what an API server publishes` });
    });
  }

  it('is missing where names are no JSON', async () => {
    expect(await read({ 'requestheader-allowed-names': 'front-proxy-client' })).to.have.property('missing');
  });

  it('says which permission is missing', async () => {
    expect(await read({}, 403)).to.deep.equal({ missing: `reading ${NAME} is forbidden; grant get on it` });
  });

  it('is missing where there is no such object, which every API server makes', async () => {
    expect(await read({}, 404)).to.deep.equal({ missing: `reading ${NAME} was answered 404` });
  });
});
