import { expect } from 'chai';
import { buildEndpoint, parseEndpoint } from '../../src/evidence/endpoint.ts';

describe('the endpoint of an API server', () => {
  const endpoints: Readonly<Record<string, string | undefined>> = {
    '10.0.0.5:6443': '10.0.0.5:6443',
    '10.0.0.5:443': '10.0.0.5:443',
    '[fd00:0:0::5]:6443': '[fd00::5]:6443',
    'CP-1.example.com:6443': 'cp-1.example.com:6443',
    ' localhost:1 ': 'localhost:1',
    '10.0.0.5': undefined,
    'fd00::5:6443': undefined,
    '[10.0.0.5]:6443': undefined,
    '10.0.0.500:6443': undefined,
    '10.0.0.5:0': undefined,
    '10.0.0.5:65536': undefined,
    'https://10.0.0.5:6443': undefined,
    'user@cp-1:6443': undefined,
    'cp-1/path:6443': undefined,
    '-cp:6443': undefined,
    ':6443': undefined,
    '': undefined,
  };
  for (const [text, endpoint] of Object.entries(endpoints)) {
    it(`"${text}" is ${endpoint ?? 'none'}`, () => {
      expect(parseEndpoint(text)).to.equal(endpoint);
    });
  }

  it('is made of an address and a port', () => {
    expect(buildEndpoint('fd00::5', 6443)).to.equal('[fd00::5]:6443');
    expect(buildEndpoint('10.0.0.5', 6443.5)).to.equal(undefined);
  });
});
