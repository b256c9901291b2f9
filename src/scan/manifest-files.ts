/** Which files an input names: itself, or what a folder holds, in the same order on every machine. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { extname, join } from 'node:path';
import type { InputProblem } from './input-problem.ts';

const manifestExtensions: readonly string[] = ['.json', '.yaml', '.yml'];

/** What a folder itself says is not to be read: said aloud, so that it never looks as if it had been judged. */
export interface LeftOut {
  readonly leftOut: string;
  /** The file that says so. */
  readonly by: string;
}

/** In it, one name a line of what stands beside it; `#` begins a comment. What is named to `scan` itself is always read. */
const ignoreFileName = '.merlonignore';

/**
 * @param input a file (read whatever it is called) or a folder (searched to the bottom for .yaml, .yml and .json; folders
 *   whose name starts with a dot are left out, links are followed but no folder is read twice)
 * @returns the paths as `input/sub/file.yaml`, sorted by folder and name; a problem for what cannot be looked at
 */
export function* findManifestFiles(input: string): Generator<string | InputProblem | LeftOut> {
  try {
    if (statSync(input).isDirectory()) yield* findInFolder(input, new Set());
    else yield input;
  } catch (error) {
    yield { path: input, reason: explainFileError(error) };
  }
}

function* findInFolder(folder: string, visited: Set<string>): Generator<string | InputProblem | LeftOut> {
  const { dev, ino } = statSync(folder);
  const identity = `${String(dev)}:${String(ino)}`;
  if (visited.has(identity)) return;
  visited.add(identity);
  const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
  const by = join(folder, ignoreFileName);
  const ignored = entries.some(({ name }) => name === ignoreFileName) ? readIgnoreFile(by) : [];
  for (const name of ignored) {
    if (!entries.some((entry) => entry.name === name))
      yield { path: by, reason: `names "${name}", which is not there` };
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (ignored.includes(entry.name)) {
      yield { leftOut: path, by };
      continue;
    }
    try {
      const isFolder = entry.isSymbolicLink() ? statSync(path).isDirectory() : entry.isDirectory();
      if (isFolder && !entry.name.startsWith('.')) yield* findInFolder(path, visited);
      if (!isFolder && manifestExtensions.includes(extname(entry.name))) yield path;
    } catch (error) {
      yield { path, reason: explainFileError(error) };
    }
  }
}

function readIgnoreFile(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().replace(/\/$/, ''))
    .filter((name) => name !== '');
}

/** By code units: what a locale calls sorted differs from machine to machine. */
function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** One sentence for an error of the file system, without the path. */
export function explainFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read: permission denied';
    case 'ELOOP':
      return 'is a link that leads back to itself';
    case 'EISDIR':
      return 'is a folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
