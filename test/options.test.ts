import { expect } from 'chai';
import { parseOperatorOptions } from '../src/options.ts';

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

  it('end with a usage error where an endpoint is none', () => {
    expect(parseOperatorOptions(['--api-server-endpoint', 'https://10.0.0.5:6443'])).to.deep.equal({ exitCode: 2 });
  });
});
