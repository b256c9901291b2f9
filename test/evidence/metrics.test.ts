import { expect } from 'chai';
import {
  ADMISSION,
  AUDIT_LEVELS,
  collectMetrics,
  DECISIONS,
  SeriesReader,
  VALIDATING_POLICY_CHECKS,
} from '../../src/evidence/metrics.ts';
import type { MetricsReading } from '../../src/evidence/metrics.ts';
import { unusable } from '../../src/evidence/reading.ts';
import { handReused } from '../support/reused-memory.ts';

function read(...chunks: readonly string[]): MetricsReading {
  const reader = new SeriesReader();
  for (const chunk of chunks) handReused(Buffer.from(chunk), (...given) => reader.take(...given));
  return reader.finish(2_000_000);
}

const decision = `${DECISIONS}{decision="allowed",name="rbac",type="RBAC"} 7\n`;

describe('SeriesReader', () => {
  it('keeps the labels of what is wanted', () => {
    expect(read(decision).series.get(DECISIONS)).to.deep.equal([{ decision: 'allowed', name: 'rbac', type: 'RBAC' }]);
  });

  it('forgets what has not happened', () => {
    expect(read(decision.replace(' 7', ' 0')).series.size).to.equal(0);
  });

  it('forgets comments, other metrics, and metrics whose name only begins alike', () => {
    const text = `# HELP ${DECISIONS} x\n# TYPE ${DECISIONS} counter\ngo_threads 9\n${DECISIONS}_created{type="RBAC"} 7\n`;

    expect(read(text).series.size).to.equal(0);
  });

  it('reads a line that comes in pieces', () => {
    const pieces = Array.from(decision);

    expect(read(...pieces).series.get(DECISIONS)).to.have.length(1);
  });

  it("counts how often validations of Merlon's own policies failed, by binding and action, and nobody else's", () => {
    const line = (binding: string, action: string, count: number) =>
      `${VALIDATING_POLICY_CHECKS}{enforcement_action="${action}",error_type="invalid_error",policy="p",policy_binding="${binding}"} ${count}\n`;
    const told = read(
      line('merlon-pod-security-warn', 'audit', 30),
      line('merlon-pod-security-warn', 'warn', 30),
      line('merlon-exec-guard-deny', 'deny', 0),
      line('merlon-exec-guard-audit', 'allow', 7),
      line('no-latest-tag', 'deny', 9),
    );
    expect(told.policyChecks).to.deep.equal([
      { binding: 'merlon-pod-security-warn', action: 'audit', count: 30 },
      { binding: 'merlon-pod-security-warn', action: 'warn', count: 30 },
    ]);
    expect(told.series.size).to.equal(0);
    expect(read(decision)).not.to.have.property('policyChecks');
    const many = Array.from({ length: 3000 }, (_, index) => line(`merlon-${index}`, 'deny', 1)).join('');
    expect(read(many)).to.deep.include({ isWhole: true }).and.property('policyChecks').with.length(200);
  });

  it('reads quotes, braces and commas inside a label', () => {
    expect(read(`${AUDIT_LEVELS}{level="a\\"},b=\\"c"} 1\n`).series.get(AUDIT_LEVELS)).to.deep.equal([
      { level: 'a"},b="c' },
    ]);
  });

  it('reads several labels, with spaces and a comma at the end', () => {
    expect(read(`${DECISIONS}{ a="1", b="2",c="",} 1\n`).series.get(DECISIONS)).to.deep.equal([
      { a: '1', b: '2', c: '' },
    ]);
  });

  it('takes no longer for labels that are none than for others', () => {
    const line = (length: number): string => `${DECISIONS}{${'a'.repeat(length)}} 1\n`;
    const start = process.cpuUsage();
    for (let count = 0; count < 2000; count += 1) read(line(4000));
    const { user, system } = process.cpuUsage(start);

    // In microseconds; letter by letter it is ten times as much on a fast machine.
    expect(user + system).to.be.lessThan(2_000_000);
  }).timeout(60_000);

  it('knows how long the process has been up', () => {
    expect(read('process_start_time_seconds 1.5e+03\n').uptimeSeconds).to.equal(500);
  });

  it('does not know it where the process does not say', () => {
    expect(read(decision).uptimeSeconds).to.equal(undefined);
  });

  it('takes a start in the future for now', () => {
    expect(read('process_start_time_seconds 9e9\n').uptimeSeconds).to.equal(0);
  });

  it('forgets values that are no numbers', () => {
    expect(read(decision.replace(' 7', ' NaN'), 'process_start_time_seconds soon\n')).to.deep.include({
      uptimeSeconds: undefined,
      series: new Map(),
    });
  });

  it('skips a line that does not end, and reads the next', () => {
    const filler = 'x'.repeat(100_000);

    expect(read(`${ADMISSION}{name="${filler}`, filler, `"} 1\n${decision}`).series).to.have.all.keys(DECISIONS);
  });

  it('is whole only where everything was read', () => {
    const reader = new SeriesReader();
    const line = Buffer.from(decision);
    let goesOn = true;
    for (let count = 0; count < 5000 && goesOn; count += 1) goesOn = reader.take(line, 0, line.length);

    expect(goesOn).to.equal(false);
    expect(reader.finish(0).isWhole).to.equal(false);
  });
});

describe('an answer of /metrics of 200 MB', () => {
  const piece = Buffer.from(`apiserver_request_total{resource="${'r'.repeat(200)}",verb="LIST"} 12345\n`.repeat(250));
  const pieces = Math.ceil((200 * 1024 * 1024) / piece.length);

  it('is ended early, in little memory, and is not whole', async function () {
    this.timeout(30_000);
    let handed = 0;
    const before = process.memoryUsage();
    const reading = await collectMetrics(
      (_path, _asked, take) => {
        handReused(Buffer.from(decision), take);
        for (let count = 0; count < pieces && take(piece, 0, piece.length); count += 1) handed += piece.length;
        return Promise.resolve(200);
      },
      () => 0,
    );
    const after = process.memoryUsage();

    expect(reading).to.have.nested.property('read.isWhole', false);
    expect(reading).to.have.nested.property('read.series.size', 1);
    expect(handed).to.be.lessThan(100 * 1024 * 1024);
    // Garbage of the reading is among it; the answer itself would be twice as much.
    expect(after.heapUsed + after.external - before.heapUsed - before.external).to.be.lessThan(100 * 1024 * 1024);
  });
});

describe('/metrics', () => {
  it('says which permission is missing', async () => {
    expect(
      await collectMetrics(
        () => Promise.resolve(403),
        () => 0,
      ),
    ).to.deep.equal({
      missing: 'GET /metrics was answered 403; grant get on the URL /metrics',
      permission: 'get on the URL /metrics',
    });
  });

  // A gateway may let one of a parameter through that comes several times: then nobody is to take the others for absent.
  for (const [which, at] of [
    ['first', 0],
    ['last', -1],
  ] as const) {
    it(`does not say since when where nothing but the ${which} of what it asks for is answered`, async () => {
      const reading = await collectMetrics(
        (_path, { query }, take) => {
          const name = query?.['name[]']?.at(at) ?? '';
          handReused(Buffer.from(`${name} 1795000000\n`), take);
          return Promise.resolve(200);
        },
        () => 1_795_100_000_000,
      );
      expect(reading).to.have.nested.property('read.uptimeSeconds', undefined);
    });
  }

  it('is missing where the answer broke off, whatever came before', async () => {
    const reading = await collectMetrics(
      (_path, _asked, take) => {
        handReused(Buffer.from(decision), take);
        return Promise.reject(new Error('it was cut off'));
      },
      () => 0,
    );

    expect(reading).to.deep.equal(unusable('GET /metrics was not answered: it was cut off'));
  });
});
