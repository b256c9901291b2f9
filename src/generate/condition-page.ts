/** Prints `docs/conditions.md`: every condition that Merlon sets and what each reason stands for. */
import { clusterPostureReasons, exemptionReasons, policyReasons, postureReasons } from '../api/v1alpha1/conditions.ts';
import { formatFile } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

export async function buildConditionPage(): Promise<GeneratedFile> {
  const content = `<!-- GENERATED from src/api/v1alpha1/conditions.ts by "make generate". -->

# Conditions and their reasons

Every condition is there from the creation of the object: the API server fills in \`Unknown\` with the reason \`Pending\`.

## SecurityPosture and ClusterSecurityPosture

${buildTables(postureReasons)}
## ClusterSecurityPosture alone

${buildTables({ Guarded: clusterPostureReasons.Guarded, Enforced: clusterPostureReasons.Enforced })}
## ClusterHardeningPolicy

${buildTables(policyReasons)}
## HardeningExemption and ClusterHardeningExemption

${buildTables(exemptionReasons)}`;
  return formatFile('docs/conditions.md', content);
}

function buildTables(conditions: Reasons): string {
  return Object.entries(conditions)
    .map(([type, reasons]) => {
      const rows = Object.entries(reasons).map(([reason, scenario]) => `| \`${reason}\` | ${scenario} |`);
      return `### ${type}\n\n| reason | when |\n| --- | --- |\n${rows.join('\n')}\n`;
    })
    .join('\n');
}
