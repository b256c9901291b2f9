/**
 * The YAML that docs/enforcement.md shows, each block behind a comment that says what prints it. Run as a program it writes
 * them anew: `node test/cli/enforcement-page.ts`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { repository, runMerlon } from './merlon-process.ts';

export const enforcementPage = join(repository, 'docs/enforcement.md');

const shown = /<!-- (printed by|the file) (.+) -->\n```yaml\n(?:.*\n)*?```\n/g;

/** @returns the page with every block as it is printed now. @throws {Error} where a command does not print */
export async function fillPage(page: string): Promise<string> {
  const filled = new Map<string, string>();
  for (const [block, kind = '', what = ''] of page.matchAll(shown)) {
    const text = kind === 'the file' ? await readFile(join(repository, what), 'utf8') : await print(what);
    filled.set(block, `<!-- ${kind} ${what} -->\n\`\`\`yaml\n${text}\`\`\`\n`);
  }
  return page.replaceAll(shown, (block) => filled.get(block) ?? block);
}

/** @param line as somebody types it, without quotes but of an empty word */
async function print(line: string): Promise<string> {
  const [program, ...args] = line.split(' ').map((word) => (word === "''" ? '' : word));
  const { code, stdout, stderr } = await runMerlon(args);
  if (program !== 'merlon' || code !== 0) throw new Error(`${line}: ${stderr}`);
  return stdout;
}

if (import.meta.main) await writeFile(enforcementPage, await fillPage(await readFile(enforcementPage, 'utf8')));
