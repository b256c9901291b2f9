/**
 * What a large repository holds, to measure `merlon scan` with: 7,000 Deployments and 3,000 Pods, each of its own
 * template, 2 to 5 KB of YAML each.
 *
 * `node test/cli/large-input.ts FOLDER [--one-file]` writes it.
 */
import { writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { dump } from 'js-yaml';
import { buildPodTemplate } from '../bench/pod-templates.ts';
import { createRandom, integerBetween, oneOf } from '../bench/random.ts';
import type { Random } from '../bench/random.ts';

export interface InputSize {
  readonly deployments: number;
  readonly pods: number;
  readonly namespaces: number;
}

export const largeInput: InputSize = { deployments: 7000, pods: 3000, namespaces: 50 };

/** One manifest and the file that it would be in. */
export interface GeneratedManifest {
  /** As `bench-001/service-00001.yaml`. */
  readonly path: string;
  readonly yaml: string;
}

/** @returns the same manifests for the same size and seed; Deployments and Pods take turns */
export function* generateManifests({ deployments, pods, namespaces }: InputSize, seed: number) {
  const random = createRandom(seed);
  const total = deployments + pods;
  for (let index = 0; index < total; index += 1) {
    const namespace = `bench-${String((index % namespaces) + 1).padStart(3, '0')}`;
    const name = `service-${String(index + 1).padStart(5, '0')}`;
    // Spreads the pods evenly among the Deployments.
    const isPod = Math.floor(((index + 1) * pods) / total) > Math.floor((index * pods) / total);
    const object = isPod ? buildPod(random, namespace, name) : buildDeployment(random, namespace, name);
    yield { path: `${namespace}/${name}.yaml`, yaml: dump(object, { noRefs: true, lineWidth: -1 }) };
  }
}

function buildPod(random: Random, namespace: string, name: string): object {
  const { metadata, spec } = buildTemplate(random, name);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, namespace, name }, spec };
}

function buildDeployment(random: Random, namespace: string, name: string): object {
  const template = buildTemplate(random, name);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: template.metadata.labels },
    spec: {
      replicas: integerBetween(random, 1, 6),
      revisionHistoryLimit: 3,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template,
    },
  };
}

/** As the bench's pods, with as much more to read as manifests of teams have. */
function buildTemplate(random: Random, name: string): ReturnType<typeof buildPodTemplate> {
  const { metadata, spec } = buildPodTemplate(random, name);
  const settings = Array.from({ length: integerBetween(random, 0, oneOf(random, [0, 4, 12, 40])) }, (_, index) => ({
    name: `SETTING_${index}`,
    value: `${oneOf(random, ['eu-central-1', 'https://queue.example/orders', 'enabled', '30s'])}-${integerBetween(random, 0, 1_000_000)}`,
  }));
  const [application, ...sidecars] = spec.containers;
  const env = Array.isArray(application?.['env']) ? (application['env'] as unknown[]) : [];
  return {
    metadata,
    spec: {
      ...spec,
      containers: [...(application === undefined ? [] : [{ ...application, env: [...env, ...settings] }]), ...sidecars],
    },
  };
}

/** @returns how many bytes were written to `folder`: a file for each manifest, or one with all of them */
export async function writeManifests(
  folder: string,
  manifests: Iterable<GeneratedManifest>,
  isOneFile = false,
): Promise<number> {
  let bytes = 0;
  const all: string[] = [];
  await mkdir(folder, { recursive: true });
  const folders = new Set<string>();
  for (const { path, yaml } of manifests) {
    bytes += Buffer.byteLength(yaml);
    if (isOneFile) {
      all.push(yaml);
      continue;
    }
    const parent = dirname(join(folder, path));
    if (!folders.has(parent)) await mkdir(parent, { recursive: true });
    folders.add(parent);
    writeFileSync(join(folder, path), yaml);
  }
  if (isOneFile) await writeFile(join(folder, 'all.yaml'), all.join('---\n'));
  return bytes;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'one-file': { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('say which folder to write to');
  const manifests = generateManifests(largeInput, Number(values.seed));
  const bytes = await writeManifests(folder, manifests, values['one-file']);
  process.stderr.write(`wrote ${(bytes / 1e6).toFixed(1)} MB to ${folder}\n`);
}
