/** Prints the catalogue: a page per rule and the table of all of them, from the metadata in the rules' files. */
import { formatFile } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';
import { ruleFolderNames, ruleFolders } from './rule-source.ts';
import type { LoadedRule } from './rule-source.ts';

const HEADER = '<!-- GENERATED from the files of src/rules by "make generate". -->\n\n';

/** @param rules sorted by id */
export async function buildRulePages(rules: readonly LoadedRule[]): Promise<GeneratedFile[]> {
  return Promise.all([
    ...rules.map((rule) => formatFile(rule.pagePath, buildPage(rule))),
    formatFile('docs/rules/README.md', buildCatalogue(rules)),
  ]);
}

function buildPage({ rule, path, testPath, folder }: LoadedRule): string {
  const { id, title, severity, subject, reads = [], controls, rationale, remediation, example } = rule;
  // What is observed of an API server is prose, everything else a manifest.
  const language = folder === 'api-server' ? 'text' : 'yaml';
  const block = (text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
  return `${HEADER}# ${id}

**${escapeText(title)}.**

| severity | judges | reads besides | controls |
| --- | --- | --- | --- |
| ${severity} | ${subject} | ${reads.join(', ') || 'nothing'} | ${controls.map(code).join(', ')} |

## Why

${escapeText(rationale)}

## What to do

${escapeText(remediation)}

## Fails

${block(example.fails)}
## Passes

${block(example.passes)}
Source: [${path}](../../${path}), tested by [${testPath}](../../${testPath}).
`;
}

function buildCatalogue(rules: readonly LoadedRule[]): string {
  const sections = ruleFolderNames.flatMap((folder) => {
    const some = rules.filter((rule) => rule.folder === folder);
    if (some.length === 0) return [];
    const rows = some.map(({ id, rule }) => `| [${id}](${id}.md) | ${rule.severity} | ${escapeText(rule.title)} |`);
    return [
      `## ${ruleFolders[folder]}\n\n| rule | severity | what must hold |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
    ];
  });
  return `${HEADER}# Rules

The ${rules.length} rules of this Merlon. \`merlon rules\` lists the same, \`merlon explain RULE\` prints one.

${sections.join('\n')}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A rule's texts are plain: nothing in them is meant as Markdown. */
function escapeText(text: string): string {
  return text.replaceAll(/[\\`*_<>|[\]]/g, (mark) => `\\${mark}`);
}
