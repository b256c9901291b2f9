/**
 * Loads Kubernetes manifests from files, folders and standard input, read as kubectl reads them. One file is held in
 * memory at a time; its objects go to the caller one by one.
 */
import { readFileSync, statSync } from 'node:fs';
import { readDocuments } from './document-stream.ts';
import type { KeyNumbers } from './field-lines.ts';
import { DocumentRefused } from './input-problem.ts';
import type { InputProblem } from './input-problem.ts';
import { explainFileError, findManifestFiles } from './manifest-files.ts';
import { readManifests } from './manifest.ts';
import type { LoadedManifest } from './manifest.ts';
import { renderingHint } from './rendering-hint.ts';

export type LoadedItem =
  | { readonly type: 'manifest'; readonly manifest: LoadedManifest }
  | { readonly type: 'problem'; readonly problem: InputProblem };

/** The outside world, as far as a scan reads it. */
export interface ManifestInput {
  readonly stdin: AsyncIterable<Uint8Array>;
}

/** The name of standard input, as an input and as the path of what came from it. */
export const stdinPath = '-';

/**
 * No file larger than this is read: a Node string ends at 512 MiB, and a file needs about six times its size in memory.
 */
export const maxFileBytes = 256 * 1024 * 1024;

/**
 * @param inputs files, folders and `-` for standard input, in the order in which they are to be read
 * @returns objects and problems in the order of the inputs; none of either if there was nothing
 */
export async function* loadManifests(inputs: readonly string[], { stdin }: ManifestInput): AsyncGenerator<LoadedItem> {
  const keyNumbers: KeyNumbers = new Map();
  for (const input of inputs) {
    if (input === stdinPath) {
      const bytes = await collect(stdin);
      yield* bytes === undefined ? [tooLarge(stdinPath)] : readBytes(bytes, stdinPath, keyNumbers);
      continue;
    }
    for (const found of findManifestFiles(input)) {
      yield* typeof found === 'string' ? readFile(found, keyNumbers) : [problem(found)];
    }
  }
}

function* readFile(path: string, keyNumbers: KeyNumbers): Generator<LoadedItem> {
  let bytes: Buffer;
  try {
    if (statSync(path).size > maxFileBytes) {
      yield tooLarge(path);
      return;
    }
    bytes = readFileSync(path);
  } catch (error) {
    yield problem({ path, reason: explainFileError(error) });
    return;
  }
  yield* readBytes(bytes, path, keyNumbers);
}

/** @returns undefined if there is more than `maxFileBytes` */
async function collect(stdin: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += chunk.byteLength;
    if (size > maxFileBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function* readBytes(bytes: Buffer, path: string, keyNumbers: KeyNumbers): Generator<LoadedItem> {
  for (const event of readDocuments(bytes, keyNumbers)) {
    const found = event instanceof DocumentRefused ? [event] : readManifests(event, path);
    for (const manifest of found) {
      if (manifest instanceof DocumentRefused) {
        const reason = manifest.message + renderingHint(path, bytes, manifest.line);
        yield problem({ path, line: manifest.line, reason });
      } else {
        yield { type: 'manifest', manifest };
      }
    }
  }
}

function tooLarge(path: string): LoadedItem {
  return problem({ path, reason: `is larger than ${maxFileBytes / 1024 ** 2} MiB; split it` });
}

function problem(found: InputProblem): LoadedItem {
  return { type: 'problem', problem: found };
}
