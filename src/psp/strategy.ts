/**
 * The strategies of a PodSecurityPolicy: a rule by name, and for ids the ranges that it is about.
 *
 * Source: kubernetes v1.24, pkg/security/podsecuritypolicy/{group,user,selinux}.
 */
import type { SeLinuxOptions } from '../core/pod-shape.ts';
import { MalformedField } from '../core/shape.ts';

/** Both ends belong to it. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface IdStrategy<Rule extends string> {
  readonly rule: Rule;
  /** At least one where the rule is MustRunAs or MayRunAs. */
  readonly ranges: readonly Range[];
}

export interface SelinuxStrategy {
  readonly rule: 'MustRunAs' | 'RunAsAny';
  /** Set where the rule is MustRunAs. */
  readonly options: SeLinuxOptions | undefined;
}

/** @throws {MalformedField} */
export function readStrategy<Rule extends string>(
  path: string,
  strategy: { readonly rule: string; readonly ranges?: readonly Range[] } | undefined,
  rules: readonly Rule[],
): IdStrategy<Rule> | undefined {
  if (strategy === undefined) return undefined;
  const rule = readRule(path, strategy.rule, rules);
  const ranges = (strategy.ranges ?? []).map(({ min, max }) => ({ min, max }));
  if (ranges.length === 0 && (rule === 'MustRunAs' || rule === 'MayRunAs')) {
    throw new MalformedField(`${path}.ranges`, `a list of at least one range for ${rule}`, 'nothing');
  }
  return { rule, ranges };
}

/** @throws {MalformedField} */
export function readSelinux(
  strategy: { readonly rule: string; readonly seLinuxOptions?: SeLinuxOptions } | undefined,
): SelinuxStrategy | undefined {
  if (strategy === undefined) return undefined;
  const rule = readRule('spec.seLinux', strategy.rule, ['MustRunAs', 'RunAsAny'] as const);
  const options = strategy.seLinuxOptions;
  if (rule === 'MustRunAs' && options === undefined) {
    throw new MalformedField('spec.seLinux.seLinuxOptions', 'present for MustRunAs', 'nothing');
  }
  return { rule, options: options === undefined ? undefined : { ...options } };
}

function readRule<Rule extends string>(path: string, written: string, rules: readonly Rule[]): Rule {
  const rule = rules.find((one) => one === written);
  if (rule === undefined) {
    throw new MalformedField(`${path}.rule`, `one of ${rules.join(', ')}`, JSON.stringify(written));
  }
  return rule;
}

export function isInRanges(id: number, ranges: readonly Range[]): boolean {
  return ranges.some(({ min, max }) => id >= min && id <= max);
}

/** `1-65535, 70000` */
export function printRanges(ranges: readonly Range[]): string {
  return ranges.map(({ min, max }) => (min === max ? String(min) : `${min}-${max}`)).join(', ');
}

/** SELinux levels are equal where only the order of their categories differs: `s0:c1,c2` and `s0:c2,c1`. */
export function isSameLevel(a: string, b: string): boolean {
  return sortCategories(a) === sortCategories(b);
}

function sortCategories(level: string): string {
  const [, sensitivity, categories] = /^([^:]*):(.*)$/s.exec(level) ?? [];
  if (sensitivity === undefined || categories === undefined) return level;
  return `${sensitivity}:${categories.split(',').sort().join(',')}`;
}
