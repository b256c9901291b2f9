/** `merlon can-i --list`: what `kubectl auth can-i --list` prints, to the letter. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { compactRules } from '../rbac/rule-compaction.ts';
import { nameRuleResource } from './grant.ts';
import { displayWidth } from './table-layout.ts';
import { printable, printableJson } from './terminal.ts';

export function printPermissionList(rules: readonly PolicyRule[], hasHeaders: boolean): string {
  const rows = [
    ...(hasHeaders ? [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']] : []),
    ...compactRules(rules).map((rule) => [
      printable(nameRuleResource(rule)),
      printList(rule.nonResourceURLs),
      printList(rule.resourceNames),
      printList(rule.verbs),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? '') + 3)));
  return rows
    .map((row) => row.map((cell, column) => cell + ' '.repeat(padding(cell, widths[column]))).join(''))
    .map((line) => `${line}\n`)
    .join('');
}

/** The last column ends with its text. */
function padding(cell: string, width: number | undefined): number {
  return width === undefined ? 0 : width - displayWidth(cell);
}

export function printPermissionListJson(rules: readonly PolicyRule[]): string {
  return `${printableJson(JSON.stringify(compactRules(rules), null, 2))}\n`;
}

/** As Go prints a list. */
function printList(some: readonly string[] = []): string {
  return printable(`[${some.join(' ')}]`);
}
