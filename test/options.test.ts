import { expect } from 'chai';
import { collectEndpoint, parseOperatorOptions } from '../src/options.ts';

describe('the options of the operator', () => {
  it('name no API server by default', () => {
    expect(parseOperatorOptions([])).to.deep.include({ apiServerEndpoints: [] });
  });

  it('name each API server once, in the order in which they are given', () => {
    const endpoints = ['10.0.0.6:6443', '[FD00::5]:6443', '10.0.0.6:6443', 'cp-1.example.com:443'];
    const given = endpoints.flatMap((endpoint) => ['--api-server-endpoint', endpoint]);

    expect(parseOperatorOptions(given)).to.deep.include({
      apiServerEndpoints: ['10.0.0.6:6443', '[fd00::5]:6443', 'cp-1.example.com:443'],
    });
  });

  it('say what an endpoint looks like where one is none', () => {
    expect(() => collectEndpoint('https://10.0.0.5:6443', [])).to.throw(
      'it must be a host and a port, as 10.0.0.5:6443 or [fd00::5]:6443.',
    );
  });
});
