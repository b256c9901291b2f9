/** HardeningExemption: violations that a namespace accepts in itself. People write its spec, Merlon its status. */
import { exemptionColumns, exemptionStatusSchema, ownExemptionSpecSchema } from './exemption.ts';
import type { ExemptionObject, HardeningExemptionSpec } from './exemption.ts';
import type { CrdDefinition } from './schema.ts';

export const OWN_EXEMPTION_KIND = 'HardeningExemption';

export type HardeningExemption = ExemptionObject<typeof OWN_EXEMPTION_KIND, HardeningExemptionSpec>;

export const hardeningExemption: CrdDefinition = {
  kind: OWN_EXEMPTION_KIND,
  plural: 'hardeningexemptions',
  singular: 'hardeningexemption',
  shortNames: ['hexm'],
  scope: 'Namespaced',
  description:
    'Violations in this namespace that somebody accepts, with a reason and an end. They stay visible as "exempt". It holds for those rules alone that the policy lets a namespace exempt by itself: by default for none.',
  columns: exemptionColumns,
  schema: {
    type: 'object',
    required: ['spec'],
    properties: { spec: ownExemptionSpecSchema, status: exemptionStatusSchema },
  },
};
