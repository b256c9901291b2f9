/**
 * Loads Kubernetes manifests from files, folders and standard input, read as kubectl reads them. One file is held in
 * memory at a time; its objects go to the caller one by one.
 */
import { readFileSync, statSync } from 'node:fs';
import { readDocuments } from './document-stream.ts';
import { KeyTable } from './key-table.ts';
import { DocumentRefused } from './input-problem.ts';
import type { InputProblem } from './input-problem.ts';
import { explainFileError, findManifestFiles } from './manifest-files.ts';
import type { LeftOut } from './manifest-files.ts';
import { readManifests } from './manifest.ts';
import type { LoadedManifest } from './manifest.ts';
import { ownText } from './own-text.ts';
import { RenderingHint } from './rendering-hint.ts';

export type LoadedItem =
  | { readonly type: 'manifest'; readonly manifest: LoadedManifest }
  | { readonly type: 'problem'; readonly problem: InputProblem }
  | ({ readonly type: 'leftOut' } & LeftOut);

/** The outside world, as far as a scan reads it. */
export interface ManifestInput {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Is told of each file that was read, and standard input, and says what is judged in its place. */
  readonly exchange?: (path: string, bytes: Buffer) => Buffer;
}

/** The name of standard input, as an input and as the path of what came from it. */
export const stdinPath = '-';

/**
 * No file larger than this is read: a Node string ends at 512 MiB, and a file of JSON needs six times its size in memory.
 */
export const maxFileBytes = 256 * 1024 * 1024;

/**
 * @param inputs files, folders and `-` for standard input, in the order in which they are to be read
 * @returns objects and problems in the order of the inputs; none of either if there was nothing
 */
export async function* loadManifests(inputs: readonly string[], input: ManifestInput): AsyncGenerator<LoadedItem> {
  const keys = new KeyTable();
  const { stdin, exchange } = input;
  const read: ReadBytes = (bytes, path) => readBytes(exchange?.(path, bytes) ?? bytes, path, keys);
  for (const [index, named] of inputs.entries()) {
    if (named === stdinPath) {
      if (inputs.indexOf(stdinPath) === index) yield* readStdin(stdin, read);
      else yield problem({ path: stdinPath, reason: 'standard input can be read only once' });
      continue;
    }
    for (const found of findManifestFiles(named)) {
      if (typeof found === 'string') yield* readFile(found, read);
      else yield 'leftOut' in found ? { type: 'leftOut', ...found } : problem(found);
    }
  }
}

type ReadBytes = (bytes: Buffer, path: string) => Generator<LoadedItem>;

function* readFile(path: string, read: ReadBytes): Generator<LoadedItem> {
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
  yield* read(bytes, path);
}

async function* readStdin(stdin: AsyncIterable<Uint8Array>, read: ReadBytes): AsyncGenerator<LoadedItem> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stdin) {
      size += chunk.byteLength;
      if (size > maxFileBytes) {
        yield tooLarge(stdinPath);
        return;
      }
      chunks.push(chunk);
    }
  } catch (error) {
    yield problem({ path: stdinPath, reason: explainFileError(error) });
    return;
  }
  const bytes = Buffer.concat(chunks);
  // They would lie there as long as the objects are read.
  chunks.length = 0;
  yield* read(bytes, stdinPath);
}

function* readBytes(bytes: Buffer, path: string, keys: KeyTable): Generator<LoadedItem> {
  const hint = new RenderingHint(path, bytes);
  for (const event of readDocuments(bytes, keys)) {
    const found = event instanceof DocumentRefused ? [event] : readManifests(event, path);
    for (const manifest of found) {
      if (manifest instanceof DocumentRefused) {
        const reason = ownText(manifest.message + hint.at(manifest.line));
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
