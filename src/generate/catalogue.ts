/** Says by name what a rule still lacks. The catalogue test demands that nothing is said. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { AnyRule } from '../core/rule.ts';
import { findSchemaProblem } from '../core/schema-problem.ts';
import { findSilentPlatforms, platforms } from '../core/server-repair.ts';
import { isSeverity, severities } from '../core/severity.ts';
import { findStaleFiles, ignoreMissing } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';
import { listRuleSources, loadRule, ruleFolderNames } from './rule-source.ts';
import type { LoadedRule, RuleSource } from './rule-source.ts';

/** Folders of src/rules and test/rules that hold no rules. */
const otherFolders = ['lib'];

/**
 * @param root folder of the repository
 * @returns one sentence per problem, each beginning with the path of the file where it is to be put right
 */
export async function findCatalogueProblems(root: string): Promise<string[]> {
  const sources = await listRuleSources(root);
  const problems = await Promise.all([
    findStrayFiles(root, sources),
    ...sources.map((source) => findRuleProblems(root, source)),
  ]);
  return problems.flat();
}

/** @returns one sentence per generated file that is not what `make generate` would print */
export async function findStaleProblems(root: string, files: readonly GeneratedFile[]): Promise<string[]> {
  const stale = await findStaleFiles(root, files);
  return stale.map(({ path, problem }) => `${path} is ${problem}: run "make generate"`);
}

async function findRuleProblems(root: string, source: RuleSource): Promise<string[]> {
  const { path, testPath, pagePath, exportName } = source;
  const text = await readFile(join(root, path), 'utf8');
  const test = await readFile(join(root, testPath), 'utf8').catch(ignoreMissing);
  const page = await readFile(join(root, pagePath), 'utf8').catch(ignoreMissing);
  const problems = [
    ...(/^\/\*\*[\s\S]*?\bSource: [\s\S]*?\*\//.test(text) ? [] : [`${path}: its header must name its "Source: …"`]),
    ...(text.includes('TODO') ? [`${path}: still says TODO`] : []),
    ...(test === undefined ? [`${testPath} is missing`] : []),
    ...(test?.includes('TODO') === true ? [`${testPath}: still says TODO`] : []),
    ...(test === undefined || test.includes(`testRule(${exportName},`)
      ? []
      : [`${testPath}: must test the rule with testRule(${exportName}, …)`]),
    ...(page === undefined ? [`${pagePath} is missing: run "make generate"`] : []),
  ];
  try {
    return [...problems, ...findMetadataProblems(await loadRule(root, source))];
  } catch (error) {
    return [...problems, error instanceof Error ? error.message : String(error)];
  }
}

function findMetadataProblems({ rule: loaded, id, path }: LoadedRule): string[] {
  // The compiler demands what follows, but a rule can be loaded that nobody compiled.
  const rule: Partial<AnyRule> = loaded;
  const problems: string[] = [];
  const demand = (isMet: boolean, problem: string): void => {
    if (!isMet) problems.push(`${path}: ${problem}`);
  };
  demand(rule.id === id, `its id is "${String(rule.id)}", and its path says "${id}"`);
  demand(isSentence(rule.title, /[^.]$/), 'its title must be a sentence without a full stop');
  demand(isSeverity(rule.severity), `its severity must be one of ${severities.join(', ')}`);
  demand(isSentence(rule.severityReason, /\.$/), 'its severityReason must be a sentence with a full stop');
  for (const [name, schema] of Object.entries(rule.params?.properties ?? {})) {
    const problem = findSchemaProblem(schema, schema.default, name);
    demand(problem === undefined, `the default of its parameter is wrong: ${problem?.message ?? ''}`);
    demand(isSentence(schema.description, /\.$/), `its parameter "${name}" must have a description with a full stop`);
  }
  demand(isSentence(rule.rationale, /\.$/), 'its rationale must be a sentence with a full stop');
  demand(isSentence(rule.remediation, /\.$/), 'its remediation must be a sentence with a full stop');
  demand(
    rule.subject !== 'APIServer' || (rule.repair !== undefined && findSilentPlatforms(rule.repair).length === 0),
    `its repair must say which flags or which file put it right, or how it is done on each of ${platforms.join(', ')} (own)`,
  );
  demand(isText(rule.example?.fails), 'its example.fails is missing');
  demand(isText(rule.example?.passes), 'its example.passes is missing');
  demand(rule.example?.fails !== rule.example?.passes, 'its examples are the same');
  demand(
    (rule.controls ?? []).length > 0,
    'its controls must name an item of a published standard, such as "cis-1.12/5.2.2"',
  );
  for (const control of rule.controls ?? []) {
    demand(/^[a-z][a-z0-9.-]*(\/[A-Za-z0-9._-]+)+$/.test(control), `its control "${control}" must read standard/item`);
  }
  return problems;
}

function isSentence(text: string | undefined, end: RegExp): boolean {
  return text !== undefined && isText(text) && /^[A-Z]/.test(text) && end.test(text) && !text.includes('\n');
}

function isText(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}

/** Files that look like rules, their tests or pages, and belong to none. */
async function findStrayFiles(root: string, sources: readonly RuleSource[]): Promise<string[]> {
  const problems: string[] = [];
  for (const entry of await readEntries(root, 'src/rules')) {
    if (!entry.isDirectory() || otherFolders.includes(entry.name)) continue;
    if (!ruleFolderNames.some((name) => name === entry.name)) {
      problems.push(`src/rules/${entry.name}: rules are in ${ruleFolderNames.join(', ')}`);
    }
  }
  for (const folder of ruleFolderNames) {
    for (const { name } of await readEntries(root, `test/rules/${folder}`)) {
      const path = `test/rules/${folder}/${name}`;
      if (name.endsWith('.test.ts') && !sources.some(({ testPath }) => testPath === path)) {
        problems.push(`${path}: tests no rule`);
      }
    }
  }
  return problems;
}

async function readEntries(root: string, folder: string) {
  return (await readdir(join(root, folder), { withFileTypes: true }).catch(ignoreMissing)) ?? [];
}
