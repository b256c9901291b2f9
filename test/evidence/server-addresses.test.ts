import { expect } from 'chai';
import { collectServerAddresses } from '../../src/evidence/server-addresses.ts';

const https = { name: 'https', port: 6443, protocol: 'TCP' };

function answered(status: number, body: unknown) {
  return collectServerAddresses(() => Promise.resolve({ status, body: JSON.stringify(body) }));
}

describe('the addresses of the API servers', () => {
  it('are those of the EndpointSlice of Service kubernetes, each once, in order', async () => {
    const asked: string[] = [];
    const body = JSON.stringify({
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.6'] }, { addresses: ['10.0.0.5', '10.0.0.6'] }],
      ports: [https],
    });
    const found = await collectServerAddresses((path) => {
      asked.push(path);
      return Promise.resolve({ status: 200, body });
    });

    expect(found).to.deep.equal({ read: ['10.0.0.5:6443', '10.0.0.6:6443'] });
    expect(asked).to.deep.equal(['/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes']);
  });

  it('are also those of one that says that it is not ready', async () => {
    const endpoints = [{ addresses: ['fd00::5'], conditions: { ready: false } }];
    expect(await answered(200, { endpoints, ports: [{ port: 443 }] })).to.deep.equal({ read: ['[fd00::5]:443'] });
  });

  it('are none where no API server has entered itself', async () => {
    expect(await answered(404, { kind: 'Status' })).to.deep.equal({ read: [] });
    expect(await answered(200, { endpoints: null, ports: [https] })).to.deep.equal({ read: [] });
  });

  it('are not known without the right to read it', async () => {
    expect(await answered(403, {})).to.deep.equal({
      missing: 'reading EndpointSlice default/kubernetes is forbidden; grant get on it',
      permission: 'get on EndpointSlice default/kubernetes',
    });
  });

  it('are not known where nobody answers', async () => {
    expect(await collectServerAddresses(() => Promise.reject(new Error('nobody is there')))).to.deep.equal({
      missing: 'reading EndpointSlice default/kubernetes was not answered: nobody is there',
    });
  });

  const malformed: Readonly<Record<string, unknown>> = {
    'endpoints that are no list': { endpoints: 'all', ports: [https] },
    'an address that is none': { endpoints: [{ addresses: ['10.0.0.5', '10.0.0.6/evil'] }], ports: [https] },
    'an address that is no text': { endpoints: [{ addresses: [5] }], ports: [https] },
    'a port that is none': { endpoints: [{ addresses: ['10.0.0.5'] }], ports: [{ name: 'https', port: 70_000 }] },
    'no port': { endpoints: [{ addresses: ['10.0.0.5'] }] },
    'several ports of other names': { endpoints: [{ addresses: ['10.0.0.5'] }], ports: [{ port: 1 }, { port: 2 }] },
    'no object': null,
  };
  for (const [what, body] of Object.entries(malformed)) {
    it(`are not known, and not none, where there is ${what}`, async () => {
      expect(await answered(200, body))
        .to.have.property('missing')
        .that.includes('EndpointSlice default/kubernetes');
    });
  }
});
