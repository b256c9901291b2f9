/** What `merlon policy explain` prints: each setting with the policy and the field that it comes from. */
import type { PolicySource } from '../core/accepted-policy.ts';
import type { ExplainedSetting } from '../core/policy-explanation.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell, Column } from './table-layout.ts';
import { printable, printableJson } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface PolicyExplanation {
  /** `namespace "shop"`. */
  readonly scope: string;
  /** The strongest first, the namespace's own last. */
  readonly policies: readonly PolicySource[];
  readonly settings: readonly ExplainedSetting[];
  /** How many rules are in force. */
  readonly rulesInForce: number;
  /** What of policies has no effect: of the namespace's own, or for the cluster of what is attested. */
  readonly ignored: readonly IgnoredOfPolicy[];
}

export interface IgnoredOfPolicy {
  readonly kind: 'ClusterHardeningPolicy' | 'HardeningPolicy';
  /** Its name. */
  readonly policy: string;
  readonly path: string;
  readonly reason: string;
  readonly message: string;
}

const columns: readonly Column[] = [{ title: 'SETTING' }, { title: 'VALUE' }, { title: 'FROM' }, { title: 'FIELD' }];
const ignoredColumns: readonly Column[] = [
  { title: 'WITHOUT EFFECT' },
  { title: 'FIELD' },
  { title: 'REASON' },
  { title: 'MESSAGE' },
];

export function* printPolicyExplanation(explanation: PolicyExplanation, paint: Painter): Generator<string> {
  const { scope, policies, settings, rulesInForce, ignored } = explanation;
  const names = policies.map(({ kind, name }) => `${kind}/${name}`);
  yield `${printable(scope)}: ${rulesInForce} rules in force; policies, strongest first: ${printable(names.join(', ') || 'none')}\n\n`;
  for (const line of layoutTable(columns, settings.map(toRow), paint)) yield `${line}\n`;
  if (ignored.length === 0) return;
  yield '\n';
  const rows = ignored.map(({ kind, policy, path, reason, message }) => [`${kind}/${policy}`, path, reason, message]);
  for (const line of layoutTable(ignoredColumns, rows, paint)) yield `${line}\n`;
}

function toRow({ setting, value, source, path, remark }: ExplainedSetting): readonly Cell[] {
  const printed = remark === undefined ? printValue(value) : `${printValue(value)} ${remark}`;
  return [setting, printed, source === undefined ? 'Merlon' : `${source.kind}/${source.name}`, path];
}

function printValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The shape that others parse. */
export function printPolicyExplanationJson({ settings, ...rest }: PolicyExplanation): string {
  const report = {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'PolicyExplanation',
    ...rest,
    settings: settings.map(({ setting, value, source, path, remark }) => ({
      setting,
      value,
      ...(source === undefined ? {} : { policy: source, path }),
      ...(remark === undefined ? {} : { remark }),
    })),
  };
  return `${printableJson(JSON.stringify(report, undefined, 2))}\n`;
}
