/** What the API server is to enforce, as files to keep in git and as a table. */
import { buildManifests } from '../enforcement/plan/planned-policy.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { layoutTable } from './table-layout.ts';
import type { Painter } from './terminal.ts';
import { scalar } from './yaml-text.ts';

export function* printEnforcement(policies: readonly PlannedPolicy[]): Generator<string> {
  for (const [index, manifest] of buildManifests(policies).entries()) {
    yield `${index === 0 ? '' : '---\n'}${block(manifest, '').trimStart()}`;
  }
}

/** Behind a key, or on top: as a block where it has parts, in the line where it has none. */
function block(value: unknown, indent: string): string {
  if (typeof value === 'string') {
    return value.includes('\n') ? ` |-\n${value.replaceAll(/^/gm, indent)}\n` : ` ${scalar(value)}\n`;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    if (value.every((entry) => typeof entry === 'string' && !entry.includes('\n'))) {
      return ` [${value.map((entry) => scalar(String(entry))).join(', ')}]\n`;
    }
    return `\n${value.map((entry) => `${indent}-${block(entry, `${indent}  `).replace(/^\n\s*/, ' ')}`).join('')}`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' {}\n';
    return `\n${entries.map(([key, entry]) => `${indent}${scalar(key)}:${block(entry, `${indent}  `)}`).join('')}`;
  }
  return ` ${JSON.stringify(value)}\n`;
}

/** @param keptOut names of namespaces in which nothing is in force */
export function* describeEnforcement(
  policies: readonly PlannedPolicy[],
  keptOut: readonly string[],
  paint: Painter,
): Generator<string> {
  const rows = policies.flatMap(({ name, what, bindings }) =>
    bindings.map(({ mode, where }) => [name, mode, where, what]),
  );
  const columns = [{ title: 'POLICY' }, { title: 'MODE' }, { title: 'WHERE' }, { title: 'REFUSES, RECORDS OR SETS' }];
  for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
  for (const { kind, name, rules } of policies) {
    const does = kind === 'MutatingAdmissionPolicy' ? 'sets what passes' : 'holds them to';
    if (rules !== undefined) yield `\n${name} ${does}:\n${rules.map((id) => `  ${id}\n`).join('')}`;
  }
  if (keptOut.length > 0) yield `\nnever in these namespaces: ${keptOut.join(', ')}\n`;
  yield '\nNothing was written; -o yaml prints it for git, to be applied with kubectl.\n';
}
