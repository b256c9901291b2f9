/** Reads one text as a scan would read it from standard input. */
import { loadManifests } from '../../src/scan/manifests.ts';
import type { InputProblem } from '../../src/scan/input-problem.ts';
import type { LoadedManifest } from '../../src/scan/manifest.ts';

export interface ReadText {
  readonly manifests: readonly LoadedManifest[];
  readonly problems: readonly InputProblem[];
}

export async function readText(text: string | Buffer): Promise<ReadText> {
  const manifests: LoadedManifest[] = [];
  const problems: InputProblem[] = [];
  for await (const item of loadManifests(['-'], { stdin: streamOf(text) })) {
    if (item.type === 'manifest') manifests.push(item.manifest);
    else if (item.type === 'problem') problems.push(item.problem);
  }
  return { manifests, problems };
}

/** @returns the only object of a text that must hold one and no problem */
export async function readOne(text: string | Buffer): Promise<LoadedManifest> {
  const { manifests, problems } = await readText(text);
  const [manifest] = manifests;
  if (manifest === undefined || manifests.length > 1 || problems.length > 0) {
    throw new Error(`expected one object, got ${manifests.length} and ${JSON.stringify(problems)}`);
  }
  return manifest;
}

export async function* streamOf(text: string | Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
