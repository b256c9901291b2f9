/**
 * Builds an image without a container engine, as far as files go: each stage is a folder, RUN runs in it, COPY copies.
 * It knows what our Dockerfile uses and refuses everything else. Paths of the image are folders below the stage's.
 */
import { chmod, cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { runProcess } from '../support/run-process.ts';

interface Instruction {
  readonly name: string;
  readonly text: string;
}
interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export interface Image {
  readonly base: string;
  /** The folder that stands for the image's working directory. */
  readonly workdir: string;
  readonly user: string;
  readonly command: readonly string[];
}

export interface BuildOptions {
  /** The build context: .dockerignore in it counts. */
  readonly context: string;
  /** Stages become folders in it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * @returns the last stage
 * @throws {Error} naming the instruction that fails or is not understood
 */
export async function buildImage(dockerfile: string, options: BuildOptions): Promise<Image> {
  let image: Image | undefined;
  const built = new Map<string, Image>();
  for (const stage of parseStages(dockerfile)) {
    const before = built.get(stage.base);
    if (before !== undefined && (await stat(before.workdir).catch(() => undefined)) !== undefined) {
      throw new Error(`this test does not know a stage on ${stage.base}, which has files`);
    }
    image = await buildStage({ ...stage, base: before?.base ?? stage.base }, options);
    built.set(stage.name, image);
  }
  if (image === undefined) throw new Error('the Dockerfile has no stage');
  return image;
}

function parseStages(dockerfile: string): Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const line of dockerfile.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [name = '', ...words] = line.split(' ');
    const text = words.join(' ');
    const from = /^(\S+)(?: AS (\S+))?$/.exec(text);
    if (name === 'FROM' && from !== null) {
      stages.push({ base: from[1] ?? '', name: from[2] ?? 'image', instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ name, text });
    }
  }
  return stages;
}

async function buildStage({ name, base, instructions }: Stage, options: BuildOptions): Promise<Image> {
  const root = join(options.folder, name);
  let workdir = root;
  let user = '';
  let command: string[] = [];
  for (const { name: instruction, text } of instructions) {
    switch (instruction) {
      case 'WORKDIR':
        workdir = join(root, text);
        await mkdir(workdir, { recursive: true });
        break;
      case 'COPY':
        await copy(text, workdir, options);
        break;
      case 'RUN':
        await run(text, workdir, options.env);
        break;
      case 'USER':
        user = text;
        break;
      case 'CMD':
        command = JSON.parse(text) as string[];
        break;
      case 'LABEL':
      case 'EXPOSE':
        break;
      default:
        throw new Error(`this test does not know ${instruction} ${text}`);
    }
  }
  return { base, workdir, user, command };
}

async function copy(text: string, workdir: string, { context, folder }: BuildOptions): Promise<void> {
  const words = text.split(' ');
  const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1];
  const sources = words.slice(from === undefined ? 0 : 1, -1);
  const target = words.at(-1) ?? '';
  const allowed = from === undefined ? await readAllowed(context) : undefined;
  for (const source of sources) {
    if (allowed?.includes(source) === false) throw new Error(`COPY ${text}: .dockerignore leaves "${source}" out`);
    const path = from === undefined ? join(context, source) : join(folder, from, source);
    const isFolder = (await stat(path)).isDirectory();
    // The content of a folder, or a file by its name.
    await cp(path, target.endsWith('/') && !isFolder ? join(workdir, target, basename(path)) : join(workdir, target), {
      recursive: true,
    });
  }
}

/** Our .dockerignore leaves everything out but what it names. */
async function readAllowed(context: string): Promise<string[]> {
  const [first, ...others] = (await readFile(join(context, '.dockerignore'), 'utf8')).trim().split('\n');
  if (first !== '*' || others.some((line) => !line.startsWith('!'))) {
    throw new Error('this test knows only a .dockerignore of "*" and exceptions');
  }
  return others.map((line) => line.slice(1));
}

/** Without a shell where it is a list. Node stands in our image elsewhere than on this machine. */
async function run(text: string, workdir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const [program = '', ...args] = text.startsWith('[') ? (JSON.parse(text) as string[]) : ['/bin/sh', '-c', text];
  const { code, stdout, stderr } = await runProcess(program === '/nodejs/bin/node' ? process.execPath : program, args, {
    cwd: workdir,
    env,
    timeoutMs: 300_000,
  });
  if (code !== 0) throw new Error(`RUN ${text}: exit code ${String(code)}\n${stdout}${stderr}`);
}

/** What `readOnlyRootFilesystem` makes of it. */
export async function makeReadOnly(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  }
  await chmod(folder, 0o555);
}
