/**
 * `make install-manifests`: prints what `kubectl kustomize config/` would, as one YAML stream for those who have no
 * kustomize at hand. Only `resources` are understood, which is all that config/ uses; anything else is an error.
 */
import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

import { load } from 'js-yaml';

import { printYaml } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

/** What others refer to comes first. Source: kustomize v5, LegacyOrderTransformer. */
const kindOrder = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'Deployment',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

export interface Manifest {
  readonly kind: string;
  readonly text: string;
  readonly object: Readonly<Record<string, unknown>>;
}

interface Files {
  read(path: string): Promise<string>;
  isFolder(path: string): Promise<boolean>;
}

/**
 * @param root folder of the repository
 * @returns YAML documents in the order in which they can be applied, comments included
 * @throws {Error} naming the file that is missing or that uses more of kustomize than `resources`
 */
export async function buildInstallManifests(root: string): Promise<string> {
  const manifests = await readInstallManifests(root);
  return manifests.map(({ text }) => text).join('---\n');
}

/**
 * The same, one by one.
 * @param generated files that are about to be printed: they count, whatever stands in their place
 * @param folder with a kustomization of its own
 */
export async function readInstallManifests(
  root: string,
  generated: readonly GeneratedFile[] = [],
  folder = 'config',
): Promise<readonly Manifest[]> {
  const manifests = await readKustomization(join(root, folder), openFiles(root, generated));
  return manifests.toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));
}

function openFiles(root: string, generated: readonly GeneratedFile[]): Files {
  return {
    async read(path) {
      return generated.find((file) => file.path === relative(root, path))?.content ?? readFile(path, 'utf8');
    },
    async isFolder(path) {
      const name = relative(root, path);
      if (generated.some((file) => file.path === name)) return false;
      return generated.some((file) => file.path.startsWith(`${name}/`)) || (await stat(path)).isDirectory();
    },
  };
}

function rankOf(kind: string): number {
  const rank = kindOrder.indexOf(kind);
  if (rank === -1) throw new Error(`install-manifests: say in kindOrder where a ${kind} belongs`);
  return rank;
}

async function readKustomization(folder: string, files: Files): Promise<Manifest[]> {
  const path = join(folder, 'kustomization.yaml');
  const { resources, ...others } = readObject(path, await files.read(path));
  const strange = Object.keys(others).filter((key) => key !== 'apiVersion' && key !== 'kind');
  if (strange.length > 0) throw new Error(`${path}: only resources are understood, not ${strange.join(', ')}`);
  const manifests: Manifest[] = [];
  for (const resource of Array.isArray(resources) ? resources : []) {
    const target = join(folder, String(resource));
    if (await files.isFolder(target)) manifests.push(...(await readKustomization(target, files)));
    else manifests.push(...splitDocuments(target, await files.read(target)));
  }
  return manifests;
}

/** @throws {Error} naming the file, where a document is no object of a kind */
export function splitDocuments(path: string, text: string): Manifest[] {
  return text.split(/^---\n/m).map((document) => {
    const object = readObject(path, document);
    const { kind } = object;
    if (typeof kind !== 'string') throw new Error(`${path}: a document has no kind:\n${printYaml(document)}`);
    return { kind, text: document, object };
  });
}

function readObject(path: string, text: string): Readonly<Record<string, unknown>> {
  const value: unknown = load(text);
  if (typeof value !== 'object' || value === null) throw new Error(`${path}: holds something that is no object`);
  return Object.fromEntries(Object.entries(value));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(await buildInstallManifests(process.cwd()));
}
