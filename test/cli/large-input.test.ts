/**
 * What `merlon scan` may hold, tried on what is shipped: the bundle. How long it takes and what the system gives it depend
 * on the machine: `make bench` measures that.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { expect } from 'chai';

import { buildBundle } from '../../src/generate/bundle.ts';
import { runProcess } from '../support/run-process.ts';
import { generateManifests, largeInput, writeManifests } from './large-input.ts';
import type { GeneratedManifest } from './large-input.ts';
import { merlonEnvironment, repository } from './merlon-process.ts';

/** V8 ends the process where what it holds is more; how much more the system gave it depends on when V8 collects. */
const heapMiB = 80;

describe(`a heap of ${heapMiB} MB for merlon scan`, function () {
  this.timeout(180_000);
  let folder: string;
  let cli: string;
  let manifests: readonly GeneratedManifest[];

  before(async () => {
    manifests = [...generateManifests(largeInput, 1)];
    folder = await mkdtemp(join(tmpdir(), 'merlon-cost-'));
    const bundle = await buildBundle(repository, relative(repository, join(folder, 'dist')));
    cli = join(repository, bundle.cli);
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function scanInSmallHeap(path: string): Promise<void> {
    const { code, stdout, stderr } = await runProcess(
      process.execPath,
      [`--max-old-space-size=${heapMiB}`, cli, 'scan', path, '-o', 'json'],
      { timeoutMs: 120_000, env: merlonEnvironment },
    );
    expect(code, stderr).to.be.oneOf([0, 1]);
    expect((JSON.parse(stdout) as { readonly kind: string }).kind).to.equal('PostureReport');
  }

  it('suffices for 10,000 manifests in as many files', async () => {
    const path = join(folder, 'files');
    const bytes = await writeManifests(path, manifests);
    expect(bytes / 1e6).to.be.within(34, 37);
    await scanInSmallHeap(path);
  });

  it('suffices for 10,000 manifests in one file', async () => {
    const path = join(folder, 'one');
    await writeManifests(path, manifests, true);
    await scanInSmallHeap(path);
  });
});
