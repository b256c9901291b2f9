/**
 * `make rule ID=pod-host-users`: writes a rule and its test from a template that already works, so that there is
 * something green to change. What is left of the template is named by the catalogue test.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { formatFile, ignoreMissing } from './generated-file.ts';
import { ruleFolderNames, ruleSource } from './rule-source.ts';
import type { RuleSource } from './rule-source.ts';
import { printRuleTemplate, printTestTemplate } from './rule-template.ts';

/** An id, or an existing file, that a new rule cannot have. */
export class UnusableRuleId extends Error {}

/**
 * @returns the paths that a rule with that id has
 * @throws {UnusableRuleId} with a sentence that tells what an id looks like
 */
export function parseRuleId(id: string): RuleSource {
  const folders = ruleFolderNames.join(', ');
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id) || id.length > 63) {
    throw new UnusableRuleId(
      `"${id}" is no rule id: it has at most 63 lower-case letters, digits and hyphens and starts with one of ${folders}`,
    );
  }
  const folder = ruleFolderNames.find((name) => id.startsWith(`${name}-`));
  if (folder === undefined) {
    throw new UnusableRuleId(`"${id}" belongs to no folder of src/rules: it must start with one of ${folders}`);
  }
  const name = id.slice(folder.length + 1);
  if (/^[0-9]/.test(name)) {
    throw new UnusableRuleId(
      `"${id}" is no rule id: "${name}" begins with a digit, and no constant can be called that`,
    );
  }
  return ruleSource(folder, name);
}

/**
 * Writes the two files.
 *
 * @param root folder of the repository
 * @throws {UnusableRuleId} if the id is wrong or one of the files is there already; then nothing is written
 */
export async function scaffoldRule(root: string, id: string): Promise<RuleSource> {
  const source = parseRuleId(id);
  for (const path of [source.path, source.testPath]) {
    if ((await stat(join(root, path)).catch(ignoreMissing)) !== undefined) {
      throw new UnusableRuleId(`${path} is there already`);
    }
  }
  for (const { path, content } of [
    await formatFile(source.path, printRuleTemplate(source)),
    await formatFile(source.testPath, printTestTemplate(source)),
  ]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content, { flag: 'wx' });
  }
  return source;
}

async function main(args: readonly string[]): Promise<number> {
  const [id, ...rest] = args;
  if (id === undefined || rest.length > 0) {
    process.stderr.write('usage: make rule ID=pod-host-users\n');
    return 2;
  }
  try {
    const { path, testPath, pagePath } = await scaffoldRule(process.cwd(), id);
    process.stdout.write(`wrote ${path}
wrote ${testPath}

Next:
  1. Write the rule: replace every TODO in ${path}. A field that nobody reads yet goes into src/core/kinds.ts or the shape that it is made of (src/core/*-shape.ts).
  2. Write its rows in ${testPath}, then: PATH=node_modules/.bin:$PATH mocha ${testPath}
  3. make generate    prints ${pagePath} and lists the rule in src/rules/index.ts
  4. make test        names what is still missing
`);
    return 0;
  } catch (error) {
    if (!(error instanceof UnusableRuleId)) throw error;
    process.stderr.write(`rule: ${error.message}\n`);
    return 2;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));
