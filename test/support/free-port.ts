/** Loopback ports for programs that must be told theirs before they start. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below what Linux gives to outgoing connections, so that none takes a port while its program restarts.
const wholeRange = '20000-31999';
const drawn = new Set<number>();

/**
 * @param range the first and the last to choose from, as `20000-23999`; by default MERLON_TEST_PORTS, which keeps runs
 * of mocha side by side from asking for the same
 * @returns a port that nothing listens on now, and that this process has not drawn before
 */
export async function findFreePort(range = process.env['MERLON_TEST_PORTS'] ?? wholeRange): Promise<number> {
  const [lowest = Number.NaN, highest = Number.NaN] = range.split('-').map(Number);
  for (let attempts = 0; attempts < 100; attempts += 1) {
    const port = randomInt(lowest, highest + 1);
    if (drawn.has(port)) continue;
    drawn.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port in ${range} in 100 attempts`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
