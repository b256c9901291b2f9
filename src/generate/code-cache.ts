/**
 * The code cache of the bundled operator (src/compiled-program.ts), for the flags of V8 with which config/ starts it, and for
 * the Node that runs this: `node src/generate/code-cache.ts [FOLDER]`, by default of `dist`.
 */
import { execFile } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';

import { load } from 'js-yaml';

import { CACHE_FILE, compileProgram } from '../compiled-program.ts';

const COMPILE_TIMEOUT_MS = 60_000;
/** In the process that has the flags. */
const COMPILE = '--compile';

interface Deployment {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } };
  };
}

/**
 * @param root folder of the repository
 * @param folder of the program, from the root
 * @throws {Error} if there is no program or no Deployment, or if the program cannot be compiled
 */
export async function writeCodeCache(root: string, folder: string): Promise<void> {
  const flags = await readNodeFlags(root);
  const args = [...flags, import.meta.filename, COMPILE, join(root, folder)];
  await promisify(execFile)(process.execPath, args, { timeout: COMPILE_TIMEOUT_MS, killSignal: 'SIGKILL' });
}

/** What stands before the program in the container's arguments. */
async function readNodeFlags(root: string): Promise<readonly string[]> {
  const path = 'config/manager/deployment.yaml';
  const { spec } = load(await readFile(join(root, path), 'utf8')) as Deployment;
  const args = spec.template.spec.containers[0]?.args ?? [];
  const position = args.findIndex((arg) => !arg.startsWith('-'));
  if (position === -1) throw new Error(`code cache: the container of ${path} starts no program`);
  return args.slice(0, position);
}

/** Whole files only: somebody may start the operator just now. */
async function compile(folder: string): Promise<void> {
  const unfinished = join(folder, `${CACHE_FILE}.${process.pid}`);
  await writeFile(unfinished, compileProgram(folder, setFlagsFromString));
  await rename(unfinished, join(folder, CACHE_FILE));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [first = 'dist', folder = ''] = process.argv.slice(2);
  await (first === COMPILE ? compile(folder) : writeCodeCache(process.cwd(), first));
}
