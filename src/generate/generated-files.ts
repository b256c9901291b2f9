/** Everything that is printed from something else. */
import { buildActionGuardFile } from './action-guard.ts';
import { buildConditionPage } from './condition-page.ts';
import { buildCrdFiles } from './crds.ts';
import { buildEnforcementRoleFiles } from './enforcement-role.ts';
import type { GeneratedFile } from './generated-file.ts';
import { buildOperatorRoleFile } from './operator-role.ts';
import { buildOwnGuardFiles } from './own-guards.ts';
import { buildPrintedBaselines } from './printed-baselines.ts';
import { buildProbeGuardFile } from './probe-guard.ts';
import { buildRuleIds, buildRuleIndex } from './rule-index.ts';
import { buildRulePages } from './rule-pages.ts';
import { listRuleSources, loadRule } from './rule-source.ts';
import { buildShippedObjects } from './shipped-objects.ts';

/**
 * @param root folder of the repository
 * @throws {Error} naming the file, if a rule's file does not hold a rule
 */
export async function buildGeneratedFiles(root: string): Promise<GeneratedFile[]> {
  const sources = await listRuleSources(root);
  const rules = await Promise.all(sources.map((source) => loadRule(root, source)));
  const manifests = (
    await Promise.all([
      buildCrdFiles(),
      buildOperatorRoleFile(),
      buildActionGuardFile(),
      buildOwnGuardFiles(),
      buildProbeGuardFile(),
      buildEnforcementRoleFiles(),
    ])
  ).flat();
  const files = await Promise.all([
    buildShippedObjects(root, manifests),
    buildRuleIndex(sources),
    buildRuleIds(sources),
    buildRulePages(rules),
    buildConditionPage(),
    buildPrintedBaselines(root),
  ]);
  return [...manifests, ...files.flat()];
}
