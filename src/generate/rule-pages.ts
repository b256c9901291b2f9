/** Prints the catalogue: a page per rule and the table of all of them, from the metadata in the rules' files. */
import { factDeclarations } from '../api/v1alpha1/facts.ts';
import { describeEnforcement } from './enforcement-section.ts';
import { formatFile } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';
import { code, escapeText } from './markdown.ts';
import { describeRepair } from './repair-section.ts';
import { ruleFolderNames, ruleFolders } from './rule-source.ts';
import type { LoadedRule } from './rule-source.ts';
import { describeVerdicts } from './verdict-table.ts';

const HEADER = '<!-- GENERATED from the files of src/rules by "make generate". -->\n\n';

/** @param rules sorted by id */
export async function buildRulePages(rules: readonly LoadedRule[]): Promise<GeneratedFile[]> {
  return Promise.all([
    ...rules.map((rule) => formatFile(rule.pagePath, buildPage(rule))),
    formatFile('docs/rules/README.md', buildCatalogue(rules)),
  ]);
}

function buildPage({ rule, path, testPath, folder }: LoadedRule): string {
  const { id, title, severity, severityReason, inForce, subject, params, facts, controls, repair } = rule;
  const { rationale, remediation, example } = rule;
  // What is observed of an API server is prose, everything else a manifest.
  const language = folder === 'api-server' ? 'text' : 'yaml';
  const block = (text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
  return `${HEADER}# ${id}

**${escapeText(title)}.**

| severity | in force | judges | reads besides | controls |
| --- | --- | --- | --- | --- |
| ${severity} | ${inForce === 'whereEnabled' ? 'where enabled' : 'everywhere'} | ${subject} | ${describeReads(rule)} | ${controls.map(code).join(', ')} |

${escapeText(severityReason)}

## Why

${escapeText(rationale)}

## What to do

${escapeText(remediation)}

${describeFacts(facts)}${folder === 'api-server' ? describeVerdicts(rule) : ''}${describeParams(params)}## Fails

${block(example.fails)}
## Passes

${block(example.passes)}
${repair === undefined ? '' : describeRepair(repair)}${describeEnforcement(rule)}Source: [${path}](../../${path}), tested by [${testPath}](../../${testPath}).
`;
}

function describeReads({ reads = [], considers = [] }: LoadedRule['rule']): string {
  return [...reads, ...considers.map((source) => `${source} where it is known`)].join(', ') || 'nothing';
}

/** Of which API servers it judges: where one of them is not known the verdict is unknown, and says what would help. */
function describeFacts(facts: LoadedRule['rule']['facts']): string {
  if (facts === undefined) return '';
  const rows = facts.map((name) => `| ${code(name)} | ${escapeText(factDeclarations[name].about)} |`);
  return `## Judged by\n\nWhere these come from: [the API server](../api-server.md).\n\n| fact | says |\n| --- | --- |\n${rows.join('\n')}\n\n`;
}

/** What a policy writes in `spec.rules[].params`. */
function describeParams(params: LoadedRule['rule']['params']): string {
  if (params === undefined) return '';
  const rows = Object.entries(params.properties).map(([name, schema]) => {
    const choices =
      schema.type === 'string' && schema.enum !== undefined ? ` One of ${schema.enum.map(code).join(', ')}.` : '';
    return `| ${code(name)} | ${schema.type} | ${code(JSON.stringify(schema.default))} | ${escapeText(schema.description ?? '')}${choices} |`;
  });
  return `## Parameters\n\n| name | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n\n`;
}

function buildCatalogue(rules: readonly LoadedRule[]): string {
  const sections = ruleFolderNames.flatMap((folder) => {
    const some = rules.filter((rule) => rule.folder === folder);
    if (some.length === 0) return [];
    const rows = some.map(
      ({ id, rule }) =>
        `| [${id}](${id}.md) | ${rule.severity} | ${rule.inForce === 'whereEnabled' ? 'where enabled' : 'everywhere'} | ${escapeText(rule.title)} |`,
    );
    return [
      `## ${ruleFolders[folder]}\n\n| rule | severity | in force | what must hold |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`,
    ];
  });
  return `${HEADER}# Rules

The ${rules.length} rules of this Merlon. \`merlon rules\` lists the same, \`merlon explain RULE\` prints one.

${sections.join('\n')}`;
}
