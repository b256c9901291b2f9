/**
 * A repair as it is planned from a finding: what would be written, what stood there before, and what it may break. It
 * is made anew for each write; the record of a repair is never read for it.
 */
import type { AnyRule } from '../core/rule.ts';
import type { SubjectRef } from '../core/subject-ref.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface PlannedRepair {
  readonly rule: AnyRule;
  /** `uid` is absent for what stands in a file: that is never written to a cluster. */
  readonly target: SubjectRef & { readonly uid?: string };
  /**
   * What is applied on the server's side, besides apiVersion, kind and the names: exactly the fields of the repair. Of a
   * repair that is only planned it is a strategic merge patch.
   */
  readonly patch: PatchFields;
  readonly fields: readonly PlannedField[];
  /** Sorted; those that block stand first. */
  readonly risks: readonly Risk[];
  /** Whether Merlon ever writes it, or leaves it to people. */
  readonly isPlanOnly: boolean;
  /** Why it is only planned, or does not make the rule pass by itself; a sentence. */
  readonly remark?: string;
}

export interface PatchFields {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: Json | undefined;
}

export interface PlannedField {
  /** For people: `metadata.labels["pod-security.kubernetes.io/warn"]`. */
  readonly path: string;
  /** From the object to the value; absent where the way leads through a list, where Merlon never writes. */
  readonly keys?: FieldKeys;
  /** Undefined where nothing stood there. */
  readonly before: Json | undefined;
  /** Undefined where it is taken away. */
  readonly after: Json | undefined;
}

/** `['metadata', 'labels', 'app']` */
export type FieldKeys = readonly string[];

export interface Risk {
  /**
   * `WorkloadAtRisk`: a workload is known to be concerned. `RiskUnknown`: what would tell could not be read, or not be
   * understood. Both wait for a person, or for the policy's allowInUse. `Stated` is always there and stops nothing.
   */
  readonly kind: 'WorkloadAtRisk' | 'RiskUnknown' | 'Stated';
  /** The workload, where it is one. */
  readonly subject?: SubjectRef;
  /** What may break, and what to do, in a sentence without a full stop. */
  readonly message: string;
}

export function isBlocking({ kind }: Risk): boolean {
  return kind !== 'Stated';
}

/** `metadata.labels["app.kubernetes.io/name"]` */
export function printKeys(keys: FieldKeys): string {
  return keys.reduce((path, key) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
    return path === '' ? key : `${path}.${key}`;
  }, '');
}
