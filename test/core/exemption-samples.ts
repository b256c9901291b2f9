/** Exemptions of tests: only what a row is about is written. */
import type { ClusterHardeningExemptionSpec } from '../../src/api/v1alpha1/exemption.ts';
import type { ObjectMeta } from '../../src/api/v1alpha1/schema.ts';
import { judgeExemption } from '../../src/core/exemption.ts';
import type { AnyExemption, Exemption } from '../../src/core/exemption.ts';
import { ExemptionTable } from '../../src/core/exemption-table.ts';
import type { AnyRule } from '../../src/core/rule.ts';

type Parts = Partial<ClusterHardeningExemptionSpec>;

/** Of the cluster, unless the metadata name a namespace. */
export function exemptionObject(metadata: ObjectMeta, spec: Parts = {}): AnyExemption {
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: metadata.namespace === undefined ? 'ClusterHardeningExemption' : 'HardeningExemption',
    metadata,
    spec: { rules: ['*'], subjects: [{ name: '*' }], reason: 'accepted in a test', ...spec },
  };
}

/** @throws {Error} where there is a problem with it */
export function exemptionOf(object: AnyExemption, catalogue: readonly AnyRule[]): Exemption {
  const { exemption, problem } = judgeExemption(object, catalogue);
  if (exemption === undefined) throw new Error(problem?.message);
  return exemption;
}

export function tableOf(exemptions: readonly Exemption[]): ExemptionTable {
  const table = new ExemptionTable();
  for (const exemption of exemptions) table.set(exemption);
  return table;
}
