/** The catalogue of rules, printed by the product itself. */
import type { AnyRule } from '../core/rule.ts';
import { briefRepair } from '../core/server-platforms.ts';
import { declarationOf } from '../core/server-repair.ts';
import type { ServerRepair } from '../core/server-repair.ts';
import { explainParameters } from './explain-parameters.ts';
import { layoutTable } from './table-layout.ts';
import { buildPainter } from './terminal.ts';

export function printRules(rules: readonly AnyRule[], format: 'table' | 'json'): string {
  if (format === 'json') {
    const entries = rules.map((rule) => {
      const { id, title, severity, severityReason, inForce = 'everywhere', subject } = rule;
      const { controls, params, rationale, remediation, repair } = rule;
      return {
        id,
        title,
        severity,
        severityReason,
        inForce,
        subject,
        controls,
        params,
        rationale,
        remediation,
        repair,
      };
    });
    return `${JSON.stringify(entries, undefined, 2)}\n`;
  }
  const columns = ['RULE', 'SEVERITY', 'IN FORCE', 'SUBJECT', 'TITLE'].map((title) => ({ title }));
  const rows = rules.map(({ id, severity, inForce, subject, title }) => [
    id,
    severity,
    inForce === 'whereEnabled' ? 'where enabled' : 'everywhere',
    subject,
    title,
  ]);
  return `${[...layoutTable(columns, rows, buildPainter(false))].join('\n')}\n`;
}

export function explainRule({
  id,
  title,
  severity,
  severityReason,
  inForce,
  params,
  subject,
  controls,
  rationale,
  remediation,
  repair,
  example,
}: AnyRule): string {
  return `${id}: ${title}

Severity    ${severity}: ${severityReason}
In force    ${inForce === 'whereEnabled' ? 'where a policy enables it' : 'everywhere, unless a policy disables it'}
Subject     ${subject}
Controls    ${controls.join(', ')}

Why
${indent(rationale)}

What to do
${indent(remediation)}

${explainRepair(id, repair)}${explainParams(id, params)}This fails
${indent(example.fails)}

This passes
${indent(example.passes)}
`;
}

/** Where it is written down, by who starts the API server. */
function explainRepair(id: string, repair: ServerRepair | undefined): string {
  if (repair === undefined) return '';
  const { file, anywhere } = repair;
  const lines = briefRepair(repair).map(({ title, text }) => `${title}\n  ${text}`);
  const ofFile = file === undefined ? [] : [`${declarationOf(file.kind).fileName} is of the kind ${file.kind}`];
  const all = [...(anywhere === undefined ? [] : [anywhere]), ...ofFile, ...lines];
  return `How to repair it (what to write, word for word: docs/rules/${id}.md)\n${indent(all.join('\n'))}\n\n`;
}

function explainParams(id: string, params: AnyRule['params']): string {
  if (params === undefined) return '';
  return `Parameters, with their defaults, as spec.rules of a ClusterHardeningPolicy sets them\n${indent(explainParameters(id, params).join('\n'))}\n\n`;
}

/** ` (did you mean "pod-privileged" or "pod-privilege-escalation"?)`, or nothing. */
export function suggestRules(id: string, rules: readonly AnyRule[]): string {
  const near = rules
    .map((rule) => ({ id: rule.id, distance: distanceOf(id, rule.id) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, maxSuggestions)
    .map((rule) => `"${rule.id}"`);
  return near.length === 0 ? '' : ` (did you mean ${near.join(' or ')}?)`;
}

const maxSuggestions = 3;
const maxDistance = 3;
/** As much as anybody types of an id before it means something. */
const minPartLength = 4;

/** How far what was written is from an id; a part of it (or it with more around) is near. */
function distanceOf(written: string, id: string): number {
  const isPart = written.length >= minPartLength && (id.includes(written) || written.includes(id));
  return isPart ? 1 : editDistance(written, id);
}

/** How many letters must be added, left out or replaced (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
