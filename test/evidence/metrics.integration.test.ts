/** The metrics of a real API server, asked for one by one and all of them. */
import { expect } from 'chai';
import { collectMetrics } from '../../src/evidence/metrics.ts';
import type { MetricsReading, StreamGet } from '../../src/evidence/metrics.ts';
import { isRead } from '../../src/evidence/reading.ts';
import { openServerAccess } from '../../src/kube/server-access.ts';
import { openClusterTransport } from '../kube/cluster-transport.ts';
import { useControlPlane } from '../support/integration.ts';

/** client_golang v1.24.0, the first that heeds which are asked for, came with it. */
const FIRST_SELECTIVE_MINOR = 37;

describe('/metrics of a real API server', () => {
  const controlPlane = useControlPlane();

  it('tells the same of the metrics that are asked for as of all, in a tenth of the bytes', async () => {
    const transport = await openClusterTransport(controlPlane().adminKubeconfig);
    const access = openServerAccess({ transport, anonymous: undefined, handshake: undefined });
    const counted = async (select: boolean): Promise<{ readonly reading: MetricsReading; readonly bytes: number }> => {
      let bytes = 0;
      const get: StreamGet = (path, { headers = {}, query = {} }, take) =>
        access.stream(path, { headers, ...(select ? { query } : {}) }, (piece, start, end) => {
          bytes += end - start;
          return take(piece, start, end);
        });
      const reading = await collectMetrics(get, () => 0);
      if (!isRead(reading)) throw new Error(reading.missing);
      return { reading: reading.read, bytes };
    };
    try {
      // Whoever asks later may find more: what was found between two is what both must have found.
      const before = await counted(true);
      const all = await counted(false);
      const after = await counted(true);
      const [least, full, most] = [before, all, after].map(({ reading }) => show(reading));
      expect(full).to.include.members(least ?? []);
      expect(most).to.include.members(full ?? []);
      expect(full?.length).to.be.greaterThan(10);
      expect(all.reading.startedAtSeconds).to.equal(after.reading.startedAtSeconds);
      if (controlPlane().minor >= FIRST_SELECTIVE_MINOR) expect(10 * after.bytes).to.be.lessThan(all.bytes);
    } finally {
      transport.close();
    }
  });
});

function show({ series }: MetricsReading): readonly string[] {
  return [...series].flatMap(([name, all]) => all.map((labels) => `${name} ${JSON.stringify(labels)}`));
}
