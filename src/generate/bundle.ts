/**
 * `make bundle`: what is shipped.
 *
 * - `dist/operator.cjs`: the operator in one file, without @kubernetes/client-node, which would cost 34 MB and 240 ms.
 * - `dist/operator.mjs` and `dist/operator.cache`: what starts it, with what V8 compiled of it beforehand.
 * - `dist/cli/merlon.mjs` and its chunks: the command line, which loads client-node only to reach a live cluster.
 */
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import type { BuildOptions, Metafile, OutputFile, Plugin } from 'esbuild';

import { CACHE_FILE, PROGRAM_FILE } from '../compiled-program.ts';
import { writeCodeCache } from './code-cache.ts';
import { writeWholeFile } from './whole-file.ts';

const CLIENT = 'node_modules/@kubernetes/client-node/';
/** Packages in it call `require`, which an ES module does not have. */
const REQUIRE_BANNER = `import { createRequire as createRequireOfBundle } from 'node:module';const require = createRequireOfBundle(import.meta.url);`;

export interface Bundle {
  /** Paths from the root of the repository. */
  readonly operator: string;
  readonly cli: string;
}

/**
 * @param root folder of the repository
 * @param outFolder where to write, from the root
 * @throws {Error} if client-node would be loaded where it must not be, or if a file does not build
 */
export async function buildBundle(root: string, outFolder = 'dist'): Promise<Bundle> {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    // Names stay: stack traces are read by people, and to keep only those of functions would define them anew at each call.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'external',
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
    plugins: [versionOnly(root), gettingBuiltins(/^node:https?$/)],
  } as const satisfies BuildOptions;
  const operator = `${outFolder}/operator.mjs`;
  const program = `${outFolder}/${PROGRAM_FILE}`;
  const cli = `${outFolder}/cli/merlon.mjs`;

  const built = await build({ ...shared, format: 'cjs', entryPoints: ['src/main.ts'], outfile: program });
  assertWithoutClient(program, Object.keys(built.metafile.outputs), built.metafile);
  const start = await build({
    ...shared,
    format: 'esm',
    entryPoints: ['src/start.ts'],
    outfile: operator,
    plugins: [gettingBuiltins(/^node:/)],
  });

  const split = await build({
    ...shared,
    format: 'esm',
    banner: { js: REQUIRE_BANNER },
    entryPoints: { merlon: 'src/cli.ts' },
    outdir: `${outFolder}/cli`,
    outExtension: { '.js': '.mjs' },
    splitting: true,
  });
  assertWithoutClient(cli, loadedAtStart(split.metafile, cli), split.metafile);

  assertOneByte([...built.outputFiles, ...split.outputFiles]);
  // It is of the program that stood there before.
  await rm(join(root, outFolder, CACHE_FILE), { force: true });
  await writeFiles(join(root, outFolder), [...built.outputFiles, ...start.outputFiles]);
  await writeFiles(join(root, outFolder, 'cli'), split.outputFiles);
  await removeOthers(join(root, outFolder, 'cli'), split.outputFiles);
  await chmod(join(root, cli), 0o755);
  return { operator, cli };
}

async function writeFiles(folder: string, files: readonly OutputFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of files) await writeWholeFile(path, contents);
}

/** Chunks have their content in their names, so old ones would stay. */
async function removeOthers(folder: string, files: readonly OutputFile[]): Promise<void> {
  for (const name of await readdir(folder)) {
    // Leaves alone what another build has not finished yet.
    if (!/\.mjs(\.map)?$/.test(name)) continue;
    if (!files.some(({ path }) => path === join(folder, name))) await rm(join(folder, name), { force: true });
  }
}

/** The output and those that it imports statically: what Node reads before the first line runs. */
function loadedAtStart({ outputs }: Metafile, entry: string): string[] {
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) visit(imported);
    }
  };
  visit(entry);
  return [...loaded];
}

function assertWithoutClient(entry: string, loaded: readonly string[], { outputs }: Metafile): void {
  for (const path of loaded) {
    const input = Object.keys(outputs[path]?.inputs ?? {}).find((name) => name.includes(CLIENT));
    if (input !== undefined) {
      throw new Error(`bundle: ${entry} would load ${input} at its start; import it lazily, and only in the CLI`);
    }
  }
}

/** One other character, as within a regular expression, and V8 holds two bytes for each character of the program. */
function assertOneByte(files: readonly OutputFile[]): void {
  for (const { path, text } of files) {
    if (path.endsWith('.map')) continue;
    const at = text.search(/[^\0-\x7f]/);
    if (at === -1) continue;
    const shown = JSON.stringify(text.slice(Math.max(0, at - 40), at + 1));
    throw new Error(`bundle: ${path} is not ASCII: write the end of ${shown} as an escape`);
  }
}

/**
 * Who imports a module of Node as an ES module makes Node load all that it has, to list it among the exports: for `node:http`
 * its whole fetch implementation, 10 MB and some 20 ms for what nobody here calls.
 * @param filter of the modules that are got, not imported
 */
function gettingBuiltins(filter: RegExp): Plugin {
  return {
    name: 'getting-builtins',
    setup: (plugin) => {
      plugin.onResolve({ filter }, ({ path, kind }) =>
        kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
      );
      plugin.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
        loader: 'js',
      }));
    },
  };
}

/** Of package.json only the version is shipped. */
function versionOnly(root: string): Plugin {
  return {
    name: 'version-only',
    setup: (plugin) => {
      plugin.onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
        if (path !== join(root, 'package.json')) return undefined;
        const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
        return { contents: JSON.stringify({ version }), loader: 'json' };
      });
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const { operator, cli } = await buildBundle(process.cwd());
    await writeCodeCache(process.cwd(), dirname(operator));
    process.stderr.write(`bundle: wrote ${operator} and ${cli}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
