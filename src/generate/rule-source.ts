/** Where rules stand on disk, and what their files hold. The path is the id: `src/rules/pod/host-ports.ts`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { AnyRule } from '../core/rule.ts';
import { ignoreMissing } from './generated-file.ts';

/** The folders of rules, and the heading that each has in the catalogue. */
export const ruleFolders = {
  pod: 'Pods and the workloads that run them',
  'service-account': 'Service accounts',
  rbac: 'Roles and bindings',
  namespace: 'Namespaces',
  psp: 'PodSecurityPolicies, in files and old clusters',
  'api-server': 'The API server',
  webhook: 'Admission webhooks',
  'api-service': 'Aggregated APIs',
  exemption: 'Exemptions',
} as const;
export type RuleFolder = keyof typeof ruleFolders;
export const ruleFolderNames = Object.keys(ruleFolders) as readonly RuleFolder[];

/** The files of one rule, all following from its path. */
export interface RuleSource {
  readonly id: string;
  readonly folder: RuleFolder;
  /** `host-ports` */
  readonly name: string;
  /** The constant that the file exports: `hostPorts`. */
  readonly exportName: string;
  readonly path: string;
  readonly testPath: string;
  readonly pagePath: string;
}

export interface LoadedRule extends RuleSource {
  readonly rule: AnyRule;
}

export function ruleSource(folder: RuleFolder, name: string): RuleSource {
  const id = `${folder}-${name}`;
  return {
    id,
    folder,
    name,
    exportName: camelCase(name),
    path: `src/rules/${folder}/${name}.ts`,
    testPath: `test/rules/${folder}/${name}.test.ts`,
    pagePath: `docs/rules/${id}.md`,
  };
}

export function camelCase(kebab: string): string {
  return kebab.replaceAll(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** Every rule file of the tree, by id. Folders that hold no rules (`lib`) are left out. */
export async function listRuleSources(root: string): Promise<RuleSource[]> {
  const sources: RuleSource[] = [];
  for (const folder of ruleFolderNames) {
    const names = (await readdir(join(root, 'src/rules', folder)).catch(ignoreMissing)) ?? [];
    for (const name of names) if (name.endsWith('.ts')) sources.push(ruleSource(folder, name.slice(0, -'.ts'.length)));
  }
  return sources.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * @returns the rule that the file exports
 * @throws {Error} naming the file, if it exports none under the expected name
 */
export async function loadRule(root: string, source: RuleSource): Promise<LoadedRule> {
  const module = (await import(pathToFileURL(join(root, source.path)).href)) as Readonly<Record<string, unknown>>;
  const rule = module[source.exportName];
  if (!isRule(rule)) throw new Error(`${source.path} must export the rule as "${source.exportName}"`);
  return { ...source, rule };
}

/** Whether it is what `defineRule` gives, as far as a program can tell. */
function isRule(value: unknown): value is AnyRule {
  return typeof value === 'object' && value !== null && 'id' in value && 'check' in value;
}
