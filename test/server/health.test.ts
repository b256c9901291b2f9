import { networkInterfaces } from 'node:os';

import { expect } from 'chai';

import { startHealthServer } from '../../src/server/health.ts';
import type { HealthServer } from '../../src/server/health.ts';

describe('the health server', () => {
  let server: HealthServer | undefined;
  let problem: string | undefined;
  const checks = { livenessProblem: () => undefined, readinessProblem: () => problem };

  beforeEach(() => {
    problem = undefined;
  });
  afterEach(async () => {
    await server?.close();
  });

  async function ask(host: string, path: string): Promise<string> {
    const response = await fetch(`http://${host}:${server?.port}${path}`);
    return `${response.status} ${(await response.text()).trim()}`;
  }

  it('answers on all addresses, of IPv6 as well, where it is given none', async () => {
    server = await startHealthServer(undefined, 0, checks);
    expect(await ask('127.0.0.1', '/healthz')).to.equal('200 ok');
    const hasIpv6 = Object.values(networkInterfaces()).some((some) => some?.some(({ address }) => address === '::1'));
    if (hasIpv6) expect(await ask('[::1]', '/healthz')).to.equal('200 ok');
  });

  it('answers on the address that it is given, and on no other', async () => {
    server = await startHealthServer('127.0.0.1', 0, checks);
    expect(await ask('127.0.0.1', '/healthz')).to.equal('200 ok');
    const refused = await ask('127.0.0.2', '/healthz').catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TypeError);
  });

  it('says what is the matter, and knows no other path', async () => {
    server = await startHealthServer('127.0.0.1', 0, checks);
    problem = 'not read yet: pods';
    expect(await ask('127.0.0.1', '/readyz')).to.equal('503 not read yet: pods');
    expect(await ask('127.0.0.1', '/healthz')).to.equal('200 ok');
    expect(await ask('127.0.0.1', '/')).to.match(/^404 /);
  });
});
