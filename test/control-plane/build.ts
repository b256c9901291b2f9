/**
 * Builds the Go module of this folder into a per-user cache. Nothing is built when the cache holds a binary of the same
 * sources, Go version and target.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoMod, parseGoMod } from './go-module.ts';
import { runGo } from './go-command.ts';
import { showProgress } from './progress.ts';
import { readGoVersion } from './toolchain.ts';

/** The names under which others look for these programs: a folder with them serves as KUBEBUILDER_ASSETS. */
const parts = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'];
const sourceFolder = dirname(fileURLToPath(import.meta.url));
const buildTimeoutMs = 60 * 60_000;
const keepUnusedMs = 30 * 24 * 3_600_000;

/**
 * Builds the control plane unless the cache has it. Builds that run at the same time do not disturb each other.
 * @param version a published Kubernetes release such as `1.36.3`; by default the one that go.mod pins
 * @returns path of the binary; its folder also has a link for each part
 * @throws {Error} with what Go said, or naming the three ways on when there is no Go
 */
export async function buildControlPlane(version?: string): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'merlon', 'control-plane');
  const goVersion = await readGoVersion(sourceFolder);
  const sources = await readSources();
  const pinned = pinnedVersion(sources.get('go.mod') ?? '');
  const target = version?.replace(/^v/, '') ?? pinned;
  const key = createHash('sha256')
    .update(JSON.stringify([...sources, goVersion, process.platform, process.arch, target]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, `${target}-${key}`);
  const binary = join(folder, 'control-plane');
  if (existsSync(binary)) {
    await utimes(folder, new Date(), new Date());
    return binary;
  }

  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, '.building-'));
  try {
    const module = target === pinned ? sourceFolder : await generateModule(join(unfinished, 'module'), target);
    await compile(module, target, join(unfinished, 'control-plane'));
    await rm(join(unfinished, 'module'), { recursive: true, force: true });
    for (const part of parts) await symlink('control-plane', join(unfinished, part));
    await rename(unfinished, folder).catch((error: unknown) => {
      // Another build of the same was faster.
      if (!existsSync(binary)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await removeUnused(cache);
  return binary;
}

async function compile(module: string, version: string, binary: string): Promise<void> {
  const progress = showProgress(`building the control plane of Kubernetes ${version}`);
  const options = { folder: module, timeoutMs: buildTimeoutMs, onProgress: progress.line };
  try {
    const packages = await runGo(['list', '-mod=readonly', '-deps', '.'], options);
    progress.expect(packages.split('\n').length);
    const ldflags = `-s -w ${await buildStamp(module, version)}`;
    await runGo(
      ['build', '-v', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', ldflags, '-o', binary, '.'],
      options,
    );
  } finally {
    progress.stop();
  }
}

/** Linker flags with what `/version` and `kubectl version` say. A published module does not name its commit. */
async function buildStamp(module: string, version: string): Promise<string> {
  const { Info } = await readModule(module, version);
  const { Time } = JSON.parse(await readFile(Info, 'utf8')) as { Time: string };
  const [major = '', minor = ''] = version.split('.');
  const values = {
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: 'unknown',
    gitTreeState: 'archive',
    buildDate: Time,
  };
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .flatMap((path) => Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`))
    .join(' ');
}

/** A copy of this module for another version, with that version's dependencies. */
async function generateModule(folder: string, version: string): Promise<string> {
  await mkdir(folder);
  for (const name of await readdir(sourceFolder)) {
    if (name.endsWith('.go')) await copyFile(join(sourceFolder, name), join(folder, name));
  }
  const { GoMod } = await readModule(sourceFolder, version);
  await writeFile(join(folder, 'go.mod'), buildGoMod(version, await readFile(GoMod, 'utf8')));
  const progress = showProgress(`resolving the modules of Kubernetes ${version}`);
  try {
    await runGo(['mod', 'tidy'], { folder, timeoutMs: buildTimeoutMs, onProgress: progress.line });
  } finally {
    progress.stop();
  }
  return folder;
}

/** Files of the module cache that describe a Kubernetes release; fetches them where they are missing. */
async function readModule(folder: string, version: string): Promise<{ GoMod: string; Info: string }> {
  const args = ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`];
  return JSON.parse(await runGo(args, { folder, timeoutMs: buildTimeoutMs })) as { GoMod: string; Info: string };
}

async function readSources(): Promise<Map<string, string>> {
  const names = (await readdir(sourceFolder)).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(sourceFolder, name), 'utf8')] as const)),
  );
}

function pinnedVersion(goMod: string): string {
  const version = parseGoMod(goMod).requires.get('k8s.io/kubernetes');
  if (version === undefined) throw new Error('test/control-plane/go.mod does not require k8s.io/kubernetes');
  return version.replace(/^v/, '');
}

/** A binary is 145 MB: those that nobody has used for a month go, as do builds that were killed. */
async function removeUnused(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    // Another build may just have renamed or removed its own.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > keepUnusedMs)
      await rm(path, { recursive: true, force: true });
  }
}
