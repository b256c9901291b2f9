/**
 * The code cache of the bundled operator (src/compiled-program.ts), for the flags of V8 with which config/ starts it, and for
 * the Node that runs this: `node src/generate/code-cache.ts [FOLDER]`, by default of `dist`.
 */
import '../match-code-caches.ts';

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';

import { CACHE_FILE, compileProgram } from '../compiled-program.ts';
import { readShippedContainer } from './shipped-container.ts';
import { writeWholeFile } from './whole-file.ts';

const COMPILE_TIMEOUT_MS = 60_000;
/** In the process that has the flags. */
const COMPILE = '--compile';

/**
 * @param root folder of the repository
 * @param folder of the program, from the root
 * @throws {Error} if there is no program or no Deployment, or if the program cannot be compiled
 */
export async function writeCodeCache(root: string, folder: string): Promise<void> {
  const { nodeFlags } = readShippedContainer(root);
  const args = [...nodeFlags, import.meta.filename, COMPILE, join(root, folder)];
  await promisify(execFile)(process.execPath, args, { timeout: COMPILE_TIMEOUT_MS, killSignal: 'SIGKILL' });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [first = 'dist', folder = ''] = process.argv.slice(2);
  if (first === COMPILE) await writeWholeFile(join(folder, CACHE_FILE), compileProgram(folder, setFlagsFromString));
  else await writeCodeCache(process.cwd(), first);
}
