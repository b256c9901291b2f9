/** A file that is printed, not written: its path from the root of the repository and all of its text. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { dump } from 'js-yaml';
import { format } from 'prettier';

export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** Folders in which every file is generated: what is not printed any more is stale. */
const generatedFolders = ['crds', 'docs/rules'] as const;

/**
 * One YAML document. The same value gives the same text: keys stand in the order of the object, strings that YAML 1.1
 * would read as something else (`True`, `no`, `010`) are quoted.
 */
export function printYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

/** As prettier would write it, so that `make lint` has nothing to say about generated files. */
export async function formatFile(path: string, content: string): Promise<GeneratedFile> {
  // The same as .prettierrc.json: tests run from copies of the repository, where no file need be there.
  const options = { printWidth: 120, singleQuote: true, trailingComma: 'all' } as const;
  return { path, content: await format(content, { ...options, filepath: path }) };
}

export interface StaleFile {
  readonly path: string;
  readonly problem: 'missing' | 'out of date' | 'not generated any more';
}

/** @returns the files that `make generate` would write or remove, by path */
export async function findStaleFiles(root: string, files: readonly GeneratedFile[]): Promise<StaleFile[]> {
  const stale: StaleFile[] = [];
  for (const { path, content } of files) {
    const present = await readFile(join(root, path), 'utf8').catch(ignoreMissing);
    if (present === undefined) stale.push({ path, problem: 'missing' });
    else if (present !== content) stale.push({ path, problem: 'out of date' });
  }
  for (const folder of generatedFolders) {
    const names = (await readdir(join(root, folder)).catch(ignoreMissing)) ?? [];
    for (const name of names) {
      const path = `${folder}/${name}`;
      if (!files.some((file) => file.path === path)) stale.push({ path, problem: 'not generated any more' });
    }
  }
  return stale.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** For `catch`: what is not there is undefined; every other error is thrown on. */
export function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
