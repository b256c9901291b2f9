/**
 * Prints `src/rules/index.ts`, the list of all rules, which the operator and the command line share, and
 * `src/rules/ids.ts`, by which a rule knows what others are called.
 */
import { formatFile } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';
import { camelCase } from './rule-source.ts';
import type { RuleSource } from './rule-source.ts';

/** @param sources sorted by id */
export async function buildRuleIndex(sources: readonly RuleSource[]): Promise<GeneratedFile> {
  // Imported under the id, because files of two folders may have the same name.
  const imports = sources.map(
    ({ id, exportName, folder, name }) => `import { ${exportName} as ${camelCase(id)} } from './${folder}/${name}.ts';`,
  );
  const content = `/** GENERATED from the files of src/rules by "make generate". */
import type { AnyRule } from '../core/rule.ts';
${imports.join('\n')}

/** Every rule of this Merlon, by id. */
export const rules: readonly AnyRule[] = [${sources.map(({ id }) => camelCase(id)).join(', ')}];
`;
  return formatFile('src/rules/index.ts', content);
}

/** @param sources sorted by id */
export async function buildRuleIds(sources: readonly RuleSource[]): Promise<GeneratedFile> {
  const content = `/** GENERATED from the files of src/rules by "make generate". */

/** The id of every rule of this Merlon. */
export const ruleIds: readonly string[] = [${sources.map(({ id }) => `'${id}'`).join(', ')}];
`;
  return formatFile('src/rules/ids.ts', content);
}
