import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { findFreePort } from './free-port.ts';

describe('a free port', () => {
  it('is one of those to choose from, and no port is given twice', async () => {
    const ports = await Promise.all([findFreePort('32100-32102'), findFreePort('32100-32102')]);
    expect(new Set(ports)).to.have.lengthOf(2);
    for (const port of ports) expect(port).to.be.within(32100, 32102);
  });

  it('is none on which somebody listens', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const error = await findFreePort(`${port}-${port}`).catch((caught: unknown) => caught);
      expect(error).to.be.an('error').with.property('message', `no free port in ${port}-${port} in 100 attempts`);
    } finally {
      server.close();
    }
  });
});
