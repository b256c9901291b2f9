/** Writes a file anew in one step, so that whoever reads it finds the old text or the new one. */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, statSync } from 'node:fs';
import { unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { explainFileError } from '../scan/manifest-files.ts';

/**
 * A link is followed, and what it names is replaced. The mode stays; the owner is whoever writes.
 *
 * @param before what the file held when it was read: if it holds anything else by now it is left alone
 * @returns why nothing was written, in a sentence; undefined where it was
 */
export function replaceFile(path: string, before: Buffer, after: Buffer): string | undefined {
  try {
    const target = realpathSync(path);
    const { mode, nlink } = statSync(target);
    if (nlink > 1) return 'has more than one name (hard links), which would part; not written';
    const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
    try {
      writeDraft(draft, after, mode & 0o7777);
      if (!readFileSync(target).equals(before)) {
        unlinkSync(draft);
        return 'has changed since it was read; not written';
      }
      renameSync(draft, target);
      return undefined;
    } catch (error) {
      removeQuietly(draft);
      throw error;
    }
  } catch (error) {
    return `cannot be written: ${explainWriteError(error)}`;
  }
}

function explainWriteError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isDenied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return isDenied ? 'permission denied' : explainFileError(error);
}

function writeDraft(path: string, bytes: Buffer, mode: number): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, bytes);
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or is the file by now.
  }
}
