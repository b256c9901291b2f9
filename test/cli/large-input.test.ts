/**
 * What memory `merlon scan` may take, measured on what is shipped: the bundle. How long it takes depends on what else the
 * machine does: `make bench` measures that.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { expect } from 'chai';

import { buildBundle } from '../../src/generate/bundle.ts';
import { runProcess } from '../support/run-process.ts';
import { generateManifests, largeInput, writeManifests } from './large-input.ts';
import { merlonEnvironment, repository } from './merlon-process.ts';

/** Printed by the process itself when it ends. */
const meter = 'process.on("exit",()=>process.stderr.write(`${process.resourceUsage().maxRSS/1024}\\n`))';

describe('the memory of merlon scan', function () {
  this.timeout(180_000);
  let folder: string;
  let cli: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-cost-'));
    const bundle = await buildBundle(repository, relative(repository, join(folder, 'dist')));
    cli = join(repository, bundle.cli);
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns the largest resident set, in MiB */
  async function measureScan(path: string): Promise<number> {
    const { code, stdout, stderr } = await runProcess(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(meter)}`, cli, 'scan', path, '-o', 'json'],
      { timeoutMs: 120_000, env: merlonEnvironment },
    );
    expect(code, stderr).to.be.oneOf([0, 1]);
    expect((JSON.parse(stdout) as { readonly kind: string }).kind).to.equal('PostureReport');
    return Number(stderr);
  }

  it('is at most 200 MB for 10,000 manifests in as many files', async () => {
    const path = join(folder, 'files');
    const bytes = await writeManifests(path, generateManifests(largeInput, 1));
    expect(bytes / 1e6).to.be.within(34, 37);
    expect(await measureScan(path)).to.be.lessThan(200);
  });

  it('is at most 200 MB for 10,000 manifests in one file', async () => {
    const path = join(folder, 'one');
    await writeManifests(path, generateManifests(largeInput, 1), true);
    expect(await measureScan(path)).to.be.lessThan(200);
  });
});
