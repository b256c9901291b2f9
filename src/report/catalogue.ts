/** The catalogue of rules, printed by the product itself. */
import type { AnyRule } from '../core/rule.ts';
import { layoutTable } from './table-layout.ts';
import { buildPainter } from './terminal.ts';

export function printRules(rules: readonly AnyRule[], format: 'table' | 'json'): string {
  if (format === 'json') {
    const entries = rules.map(({ id, title, severity, subject, controls, rationale, remediation }) => ({
      id,
      title,
      severity,
      subject,
      controls,
      rationale,
      remediation,
    }));
    return `${JSON.stringify(entries, undefined, 2)}\n`;
  }
  const columns = [{ title: 'RULE' }, { title: 'SEVERITY' }, { title: 'SUBJECT' }, { title: 'TITLE' }];
  const rows = rules.map(({ id, severity, subject, title }) => [id, severity, subject, title]);
  return `${[...layoutTable(columns, rows, buildPainter(false))].join('\n')}\n`;
}

export function explainRule({
  id,
  title,
  severity,
  subject,
  controls,
  rationale,
  remediation,
  example,
}: AnyRule): string {
  return `${id}: ${title}

Severity    ${severity}
Subject     ${subject}
Controls    ${controls.join(', ')}

Why
${indent(rationale)}

What to do
${indent(remediation)}

This fails
${indent(example.fails)}

This passes
${indent(example.passes)}
`;
}

/** `, did you mean "pod-privileged"?`, or nothing. */
export function suggestRules(id: string, rules: readonly AnyRule[]): string {
  const near = rules.filter((rule) => rule.id.includes(id) || id.includes(rule.id)).map((rule) => `"${rule.id}"`);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
