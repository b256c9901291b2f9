/** By what an object passes for one that Kubernetes creates: anybody who may write it chooses its name and its labels. */
import type { ObjectMeta } from '../../core/metadata-shape.ts';

const BOOTSTRAPPING = 'kubernetes.io/bootstrapping';
const RESERVED_PREFIX = 'system:';

/** `label` is what says it outright; the prefix is only reserved. */
export type Claim = 'label' | 'name';

/** @returns undefined where nothing about it says that it is Kubernetes' own */
export function claimOf({ name, labels }: ObjectMeta): Claim | undefined {
  if (labels?.[BOOTSTRAPPING] === 'rbac-defaults') return 'label';
  return name.startsWith(RESERVED_PREFIX) ? 'name' : undefined;
}
