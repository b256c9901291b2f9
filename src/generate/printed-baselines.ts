/** Prints `src/rbac/predefined/baselines.json`: what was recorded of all Kubernetes releases, each thing once. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { PolicyRule } from '../core/rbac-shape.ts';
import type { Baseline, BaselineRole } from '../rbac/predefined/baseline-objects.ts';
import type { PrintedBaselines, PrintedRole } from '../rbac/predefined/printed-baselines.ts';
import { shareObjects } from '../rbac/predefined/shared-objects.ts';
import type { BaselineOfMinor, SharedObject } from '../rbac/predefined/shared-objects.ts';
import { ignoreMissing } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

const FOLDER = 'src/rbac/predefined';

/** @throws {Error} naming a recorded file that is no JSON */
export async function buildPrintedBaselines(root: string): Promise<GeneratedFile> {
  return { path: `${FOLDER}/baselines.json`, content: print(toPrinted(await readRecorded(root))) };
}

/** @returns what `make baselines` has written, from the oldest on */
async function readRecorded(root: string): Promise<readonly BaselineOfMinor[]> {
  const recorded: BaselineOfMinor[] = [];
  for (const name of (await readdir(join(root, FOLDER)).catch(ignoreMissing)) ?? []) {
    const minor = /^v1\.(\d+)\.json$/.exec(name)?.[1];
    if (minor === undefined) continue;
    const baseline = parse(`${FOLDER}/${name}`, await readFile(join(root, FOLDER, name), 'utf8'));
    recorded.push({ minor: Number(minor), baseline });
  }
  return recorded.sort((a, b) => a.minor - b.minor);
}

function parse(path: string, text: string): Baseline {
  try {
    return JSON.parse(text) as Baseline;
  } catch (cause) {
    throw new Error(`${path} is no JSON; record it again with make baselines`, { cause });
  }
}

function toPrinted(recorded: readonly BaselineOfMinor[]): PrintedBaselines {
  const { ClusterRole, Role, ...bindings } = shareObjects(recorded);
  const rules: PolicyRule[] = [];
  const places = new Map<string, number>();
  const placeOf = (rule: PolicyRule): number => {
    const text = JSON.stringify(rule);
    const place = places.get(text) ?? rules.push(rule) - 1;
    places.set(text, place);
    return place;
  };
  const withPlaces = ({ object, ...minors }: SharedObject<BaselineRole>): SharedObject<PrintedRole> => {
    const { rules: own, ...role } = object;
    return { ...minors, object: own === undefined ? role : { ...role, rules: own.map(placeOf) } };
  };
  return {
    releases: recorded.map(({ minor, baseline: { release } }) => ({ minor, release })),
    rules,
    ClusterRole: ClusterRole.map(withPlaces),
    Role: Role.map(withPlaces),
    ...bindings,
  };
}

/** One line for each rule, role and binding, so that a diff shows what changed. */
function print(printed: PrintedBaselines): string {
  const lists = Object.entries(printed).map(
    ([name, list]: [string, readonly unknown[]]) =>
      `${JSON.stringify(name)}: [\n${list.map((one) => JSON.stringify(one)).join(',\n')}\n]`,
  );
  return `{\n${lists.join(',\n')}\n}\n`;
}
