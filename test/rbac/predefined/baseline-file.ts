/** The files that baselines are kept in: one line for each rule and binding, so that a diff shows what changed. */
import { bindingKinds, roleKinds } from '../../../src/core/rbac-kinds.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Baseline, BaselineObjects, BaselineRole } from '../../../src/rbac/predefined/baseline-objects.ts';
import type { ApiResource } from '../../../src/rbac/api-resources.ts';
import { mergeApiResources } from './read-api-resources.ts';

const folder = join(import.meta.dirname, '../../../src/rbac/predefined');

/** Path of a minor version's baseline. */
export function baselinePath(minor: number): string {
  return join(folder, `v1.${minor}.json`);
}
const resourcesPath = join(folder, 'api-resources.json');

/** @returns the paths that were written */
export async function writeRecording(
  minor: number,
  baseline: Baseline,
  resources: readonly ApiResource[],
): Promise<readonly string[]> {
  await writeFile(baselinePath(minor), printBaseline(baseline));
  await writeFile(resourcesPath, printResources(mergeApiResources([await readResourcesFile(), resources])));
  return [baselinePath(minor), resourcesPath];
}

/** @returns nothing where no file is there yet */
async function readResourcesFile(): Promise<readonly ApiResource[]> {
  const text = await readFile(resourcesPath, 'utf8').catch(() => '[]');
  return JSON.parse(text) as readonly ApiResource[];
}

export function printBaseline({ release, gated, ...objects }: Baseline): string {
  const parts = [`"release": ${JSON.stringify(release)}`, ...printObjects(objects)];
  return `{\n${parts.join(',\n')},\n"gated": {\n${printObjects(gated).join(',\n')}\n}\n}\n`;
}

function printObjects(objects: BaselineObjects): readonly string[] {
  return [
    ...roleKinds.map((kind) => printList(kind, objects[kind].map(printRole))),
    ...bindingKinds.map((kind) =>
      printList(
        kind,
        objects[kind].map((binding) => ` ${JSON.stringify(binding)}`),
      ),
    ),
  ];
}

function printList(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? `"${name}": []` : `"${name}": [\n${lines.join(',\n')}\n]`;
}

function printRole({ rules, ...role }: BaselineRole): string {
  const head = JSON.stringify(role).slice(0, -1);
  if (rules === undefined) return ` ${head}}`;
  return ` ${head},"rules":[\n${rules.map((rule) => `  ${JSON.stringify(rule)}`).join(',\n')}\n ]}`;
}

function printResources(resources: readonly ApiResource[]): string {
  return `[\n${resources.map((resource) => JSON.stringify(resource)).join(',\n')}\n]\n`;
}
