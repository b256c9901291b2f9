/**
 * What tests start as the command line and as the operator. A whole run starts them several hundred times, and bundles them
 * first, as they are shipped: a start takes half the time. A single file of tests starts the sources, which cannot be stale.
 */
import { join } from 'node:path';

const variable = 'MERLON_TEST_BUNDLES';
const repository = join(import.meta.dirname, '../..');
const folder = 'node_modules/.cache/tested-programs';

/** Paths from the root of the repository. */
export const testedPrograms = inherit();

/** Bundles the present sources, for every program that this process starts from now on. @throws {Error} if they do not build */
export async function bundleTestedPrograms(): Promise<void> {
  const { buildBundle } = await import('../../src/generate/bundle.ts');
  await buildBundle(repository, folder);
  process.env[variable] = folder;
}

function inherit(): { readonly cli: string; readonly operator: string } {
  const bundles = process.env[variable];
  if (bundles === undefined) return { cli: 'src/cli.ts', operator: 'src/main.ts' };
  return { cli: `${bundles}/cli/merlon.mjs`, operator: `${bundles}/operator.mjs` };
}
