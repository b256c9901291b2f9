/** Rows of rule tests with their first document repaired, as the API server merges the patch of a remedy into it. */
import { dump } from 'js-yaml';

import { apiVersionOf, kinds } from '../../src/core/kinds.ts';
import type { ObjectSnapshotOptions } from '../../src/core/object-snapshot.ts';
import type { AnyRule, Violation } from '../../src/core/rule.ts';
import type { PlannedRepair } from '../../src/remediation/planned-repair.ts';
import type { Remedy } from '../../src/remediation/remedy.ts';
import { readManifests, snapshotOf } from '../core/yaml-objects.ts';

interface Failure {
  readonly rule: AnyRule;
  readonly yaml: string;
  readonly violations: readonly Violation[];
}

export function planOf(
  remedy: Remedy,
  { rule, yaml, violations }: Failure,
  options: Partial<Omit<ObjectSnapshotOptions, 'objects'>> = {},
): PlannedRepair | undefined {
  const manifests = readManifests(yaml).filter(({ kind }) => kind in kinds);
  const [first] = manifests;
  if (first === undefined) throw new Error('there is no document');
  const { kind, metadata } = first;
  const { name, namespace } = metadata;
  const ref = { apiVersion: apiVersionOf(kinds[kind]), kind, name };
  const subject = namespace === undefined ? ref : { ...ref, namespace };
  const finding = { rule, severity: rule.severity, outcome: 'fail', subject, message: '', violations } as const;
  return remedy.plan(finding, snapshotOf(print(manifests), options));
}

/** @returns the documents, the first with the patch in it */
export function repair(yaml: string, { patch }: PlannedRepair): string {
  const [first, ...others] = readManifests(yaml);
  return print([mergeStrategically(first, patch), ...others]);
}

function print(documents: readonly unknown[]): string {
  return documents.map((document) => dump(document)).join('---\n');
}

/** Lists of what has a name are merged by it; all others are replaced. */
export function mergeStrategically(into: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) {
    const entries = patch as readonly unknown[];
    if (!Array.isArray(into) || entries.length === 0 || !entries.every(isNamedPart)) return entries;
    const present = into as readonly unknown[];
    return present.map((one) => {
      const entry = entries.find((candidate) => hasName(candidate) && hasName(one) && candidate.name === one.name);
      return entry === undefined ? one : mergeStrategically(one, entry);
    });
  }
  if (!isMap(patch)) return patch;
  const base = isMap(into) ? into : {};
  return {
    ...base,
    ...Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, mergeStrategically(base[key], value)])),
  };
}

/** A subject has a kind, and a list of subjects is one value. */
function isNamedPart(entry: unknown): boolean {
  return hasName(entry) && !('kind' in entry);
}

function hasName(value: unknown): value is { readonly name: unknown } {
  return isMap(value) && 'name' in value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
