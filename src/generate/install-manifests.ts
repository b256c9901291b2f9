/**
 * `make install-manifests`: prints what `kubectl kustomize config/` would, as one YAML stream for those who have no
 * kustomize at hand. Only `resources` are understood, which is all that config/ uses; anything else is an error.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { load } from 'js-yaml';

import { printYaml } from './generated-file.ts';

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

interface Manifest {
  readonly kind: string;
  readonly text: string;
}

/**
 * @param root folder of the repository
 * @returns YAML documents in the order in which they can be applied, comments included
 * @throws {Error} naming the file that is missing or that uses more of kustomize than `resources`
 */
export async function buildInstallManifests(root: string): Promise<string> {
  const manifests = await readKustomization(join(root, 'config'));
  return manifests
    .toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind))
    .map(({ text }) => text)
    .join('---\n');
}

function rankOf(kind: string): number {
  const rank = kindOrder.indexOf(kind);
  if (rank === -1) throw new Error(`install-manifests: say in kindOrder where a ${kind} belongs`);
  return rank;
}

async function readKustomization(folder: string): Promise<Manifest[]> {
  const path = join(folder, 'kustomization.yaml');
  const { resources, ...others } = readObject(path, await readFile(path, 'utf8'));
  const strange = Object.keys(others).filter((key) => key !== 'apiVersion' && key !== 'kind');
  if (strange.length > 0) throw new Error(`${path}: only resources are understood, not ${strange.join(', ')}`);
  const manifests: Manifest[] = [];
  for (const resource of Array.isArray(resources) ? resources : []) {
    const target = join(folder, String(resource));
    if ((await stat(target)).isDirectory()) manifests.push(...(await readKustomization(target)));
    else manifests.push(...splitDocuments(target, await readFile(target, 'utf8')));
  }
  return manifests;
}

function splitDocuments(path: string, text: string): Manifest[] {
  return text.split(/^---\n/m).map((document) => {
    const { kind } = readObject(path, document);
    if (typeof kind !== 'string') throw new Error(`${path}: a document has no kind:\n${printYaml(document)}`);
    return { kind, text: document };
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
