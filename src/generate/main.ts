/**
 * `make generate`: writes every generated file; with `--check` writes nothing and fails when one is stale.
 *
 * Exit codes: 0 done, 1 stale files or rules that cannot be read, 2 usage.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { findStaleFiles } from './generated-file.ts';
import { buildGeneratedFiles } from './generated-files.ts';

const USAGE = 'usage: node src/generate/main.ts [--check] [--root FOLDER]\n';

interface Options {
  readonly check: boolean;
  readonly root: string;
}

async function generate({ check, root }: Options): Promise<number> {
  const files = await buildGeneratedFiles(root);
  const stale = await findStaleFiles(root, files);
  if (check) {
    for (const { path, problem } of stale) process.stderr.write(`generate: ${path} is ${problem}\n`);
    if (stale.length > 0) process.stderr.write('generate: run "make generate" and commit what it writes\n');
    return stale.length > 0 ? 1 : 0;
  }
  for (const { path, problem } of stale) {
    const file = files.find((one) => one.path === path);
    if (file === undefined) {
      await rm(join(root, path), { recursive: true });
    } else {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), file.content);
    }
    process.stderr.write(`generate: ${file === undefined ? 'removed' : 'wrote'} ${path}, which was ${problem}\n`);
  }
  return 0;
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { check: { type: 'boolean', default: false }, root: { type: 'string', default: process.cwd() } },
    });
    return values;
  } catch {
    return undefined;
  }
}

const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await generate(options);
  } catch (error) {
    process.stderr.write(`generate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
