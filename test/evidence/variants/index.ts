/** Every API server that is started otherwise. */
import { admissionVariants } from './admission.ts';
import { authenticationVariants } from './authentication.ts';
import { authorizationVariants } from './authorization.ts';
import { connectionVariants, versionVariants } from './connections.ts';
import { dataVariants } from './data.ts';
import type { Variant } from './variant.ts';

export const variants: readonly Variant[] = [
  { name: 'the default', start: {}, facts: {} },
  ...authenticationVariants,
  ...authorizationVariants,
  ...admissionVariants,
  ...dataVariants,
  ...connectionVariants,
  ...versionVariants,
];
