/** Which files an input names: itself, or what a folder holds, in the same order on every machine. */
import { readdirSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { extname, join } from 'node:path';
import type { InputProblem } from './input-problem.ts';

const manifestExtensions: readonly string[] = ['.json', '.yaml', '.yml'];

/**
 * @param input a file (read whatever it is called) or a folder (searched to the bottom for .yaml, .yml and .json; folders
 *   whose name starts with a dot are left out, links are followed but no folder is read twice)
 * @returns the paths as `input/sub/file.yaml`, sorted by folder and name; a problem for what cannot be looked at
 */
export function* findManifestFiles(input: string): Generator<string | InputProblem> {
  try {
    if (statSync(input).isDirectory()) yield* findInFolder(input, new Set());
    else yield input;
  } catch (error) {
    yield { path: input, reason: explainFileError(error) };
  }
}

function* findInFolder(folder: string, visited: Set<string>): Generator<string | InputProblem> {
  const { dev, ino } = statSync(folder);
  const identity = `${String(dev)}:${String(ino)}`;
  if (visited.has(identity)) return;
  visited.add(identity);
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort(byName)) {
    const path = join(folder, entry.name);
    try {
      const isFolder = entry.isSymbolicLink() ? statSync(path).isDirectory() : entry.isDirectory();
      if (isFolder && !entry.name.startsWith('.')) yield* findInFolder(path, visited);
      if (!isFolder && manifestExtensions.includes(extname(entry.name))) yield path;
    } catch (error) {
      yield { path, reason: explainFileError(error) };
    }
  }
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
