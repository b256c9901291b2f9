/** Evidence in which everything is known. */
import { factDeclarations, factNames } from '../../src/api/v1alpha1/facts.ts';
import type { FactType } from '../../src/api/v1alpha1/facts.ts';
import type { Evidence } from '../../src/core/evidence.ts';

/** @param facts those that are not as harmless as can be, or not known */
export function fullEvidence(facts: Evidence = {}): Evidence {
  const seen = { source: 'a test', confidence: 'high', detail: '' } as const;
  const known = factNames.map((name) => [name, { value: sampleOf(factDeclarations[name].type), ...seen }]);
  return { ...(Object.fromEntries(known) as Evidence), ...facts };
}

function sampleOf(type: FactType): unknown {
  if (typeof type === 'object') return type.oneOf[0];
  return { boolean: false, integer: 0, answers: [], hash: 'none' }[type];
}
