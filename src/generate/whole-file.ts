/** Files that are there as a whole or not at all: somebody may start what a build is about to replace. */
import { rename, writeFile } from 'node:fs/promises';

export async function writeWholeFile(path: string, contents: Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}
