/**
 * Prints the list of all that Merlon ships for a cluster, from the manifests themselves: what "merlon uninstall" takes away
 * is what config/ brings, and cannot lag behind it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { shippedLabels } from '../api/v1alpha1/group.ts';
import { formatFile } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';
import { readInstallManifests, splitDocuments } from './install-manifests.ts';
import type { Manifest } from './install-manifests.ts';

const PATH = 'src/uninstall/plan/shipped-objects.ts';
/** Manifests that people apply by hand, where they want them: what is labelled as Merlon's there comes with Merlon, too. */
const SAMPLES = 'config/samples/remediation';
/** What is applied as a whole, by who wants it. */
const OPTIONAL = ['config/probes', 'config/enforcement', 'config/enforcement/mutating'] as const;

const header = `// GENERATED from config/ by "make generate".
/** Every object of "kubectl apply -k config/", and what is shipped besides: what of a cluster is Merlon's. */
export interface ShippedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As shipped: people may have called Merlon's own namespace otherwise. Absent from what is in none. */
  readonly namespace?: string;
  /** Whether it carries Merlon's label. What does not is there with or without Merlon. */
  readonly isLabelled: boolean;
}

`;

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** @param generated manifests that are about to be printed themselves. @throws {Error} naming a manifest that is none */
export async function buildShippedObjects(root: string, generated: readonly GeneratedFile[]): Promise<GeneratedFile> {
  const installed = (await readInstallManifests(root, generated)).map(describe);
  const optional = (await Promise.all(OPTIONAL.map((folder) => readInstallManifests(root, generated, folder))))
    .flat()
    .map(describe);
  const samples = (await readSamples(root)).map(describe).filter(({ isLabelled }) => isLabelled);
  const rows = [...installed, ...optional, ...samples].map((row) => `  ${JSON.stringify(row)},\n`);
  return formatFile(PATH, `${header}export const shippedObjects: readonly ShippedObject[] = [\n${rows.join('')}];\n`);
}

async function readSamples(root: string): Promise<Manifest[]> {
  const names = (await readdir(join(root, SAMPLES))).toSorted();
  const files = await Promise.all(names.map((name) => readFile(join(root, SAMPLES, name), 'utf8')));
  return files.flatMap((text, index) => splitDocuments(`${SAMPLES}/${names[index] ?? ''}`, text));
}

function describe({ kind, object }: Manifest) {
  const { name, namespace, labels } = object['metadata'] as Metadata;
  if (name === undefined) throw new Error(`shipped-objects: a ${kind} of config/ has no name`);
  return {
    apiVersion: String(object['apiVersion']),
    kind,
    name,
    namespace,
    isLabelled: Object.entries(shippedLabels).every(([key, value]) => labels?.[key] === value),
  };
}
