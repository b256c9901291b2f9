/**
 * Prints a hardening policy that was made of a PodSecurityPolicy, as one YAML document. All that has to be said of it
 * stands in comments: they go where the policy goes.
 */
import { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION } from '../api/v1alpha1/group.ts';
import type { ImportedPolicy } from '../psp/import-policy.ts';
import { comment, flow, scalar } from './yaml-text.ts';

export interface ImportSource {
  /** `PodSecurityPolicy "restricted"` */
  readonly name: string;
  /** `psp.yaml:1`, one for each fragment. */
  readonly places: readonly string[];
}

const levelAnnotation = 'merlon.dev/advised-pod-security-level';
const sourceAnnotation = 'merlon.dev/imported-from';

/** Everything that the comments say, line by line, for whoever does not read the file. */
export function describeImport(imported: ImportedPolicy): readonly string[] {
  const { notes, advised, rules } = imported;
  const differences = rules.flatMap(({ rule, difference }) =>
    difference === undefined ? [] : [`${rule}: ${difference}`],
  );
  return [
    ...section(
      'absent, and kept with the meaning that PodSecurityPolicy gave it (WARNING: most of it refuses)',
      notes.kept,
    ),
    ...section('missing strategies, which the API required', notes.missing),
    ...section('set in pods by the policy; a rule only reports what is not set', notes.mutated),
    ...section('without counterpart', notes.withoutCounterpart),
    ...section('where the rules differ from the policy', differences),
    ...(advised === undefined
      ? ['advised Pod Security level: none, the policy admits no pod']
      : [
          `advised Pod Security level: ${advised.level}`,
          ...section('the policy allows, and a stricter level refuses', advised.keptFrom, '  '),
          ...section('the level also demands, and the policy leaves open', advised.alsoDemands, '  '),
        ]),
  ];
}

function section(title: string, items: readonly string[], indent = ''): readonly string[] {
  return items.length === 0 ? [] : [`${indent}${title}:`, ...items.map((item) => `${indent}- ${item}`)];
}

export function* printImportedPolicy(imported: ImportedPolicy, source: ImportSource): Generator<string> {
  const { name, rules, advised } = imported;
  const from = `${source.name} (${source.places.join(', ')})`;
  yield comment(`Made of ${from} by "merlon import psp".`);
  yield comment(
    'It judges as that policy validated, by these rules alone: with profile baseline it has all others, too.',
  );
  yield comment('');
  for (const line of describeImport(imported)) yield comment(line);
  yield `apiVersion: ${API_VERSION}\nkind: ${POLICY_KIND}\nmetadata:\n  name: ${scalar(name)}\n  annotations:\n`;
  yield `    ${sourceAnnotation}: ${scalar(from)}\n`;
  if (advised !== undefined) yield `    ${levelAnnotation}: ${advised.level}\n`;
  yield 'spec:\n  profile: none\n  # Whatever the policy refused counts.\n  threshold: info\n';
  yield rules.length === 0 ? '  rules: []\n' : '  rules:\n';
  for (const { rule, params, from: fields } of rules) {
    yield `    # ${fields.join(', ')}\n    - rule: ${rule}\n`;
    if (params !== undefined) yield `      params: ${flow(params)}\n`;
  }
}
