/** ClusterHardeningExemption: violations that are accepted anywhere. People write its spec, Merlon its status. */
import { clusterExemptionSpecSchema, exemptionColumns, exemptionStatusSchema } from './exemption.ts';
import type { ClusterHardeningExemptionSpec, ExemptionObject } from './exemption.ts';
import type { CrdDefinition } from './schema.ts';

export const EXEMPTION_KIND = 'ClusterHardeningExemption';

export type ClusterHardeningExemption = ExemptionObject<typeof EXEMPTION_KIND, ClusterHardeningExemptionSpec>;

export const clusterHardeningExemption: CrdDefinition = {
  kind: EXEMPTION_KIND,
  plural: 'clusterhardeningexemptions',
  singular: 'clusterhardeningexemption',
  shortNames: ['chexm'],
  scope: 'Cluster',
  description:
    'Violations in any namespace, or of the cluster itself, that somebody accepts, with a reason and an end. They stay visible as "exempt".',
  columns: exemptionColumns,
  schema: {
    type: 'object',
    required: ['spec'],
    properties: { spec: clusterExemptionSpecSchema, status: exemptionStatusSchema },
  },
};
