/** Every family that is held against a real API server, and what opens them all on one. */
import type { Cluster } from '../../support/cluster.ts';
import { changedDefaults } from './changed-defaults.ts';
import { changedPulls } from './changed-pulls.ts';
import { everything } from './everything.ts';
import type { ComparedFamily, GenerateCase } from './family.ts';
import { comparedGrants } from './grants.ts';
import { refusedPods, refusedPulls } from './refused-pods.ts';
import { comparedAccounts } from './service-accounts.ts';

export const comparedFamilies: readonly ComparedFamily[] = [
  refusedPods,
  refusedPulls,
  changedDefaults,
  changedPulls,
  comparedAccounts,
  comparedGrants,
  everything,
];

export interface OpenedFamily {
  readonly family: ComparedFamily;
  readonly generate: GenerateCase;
  /** Of the API server. */
  readonly minor: number;
}

const RESCUERS = 'rescuers';

/** Those that the API server can have; none is in force in the namespaces of another. */
export async function openFamilies(cluster: Cluster): Promise<readonly OpenedFamily[]> {
  const served = comparedFamilies.filter(({ oldestMinor }) => cluster.minor >= oldestMinor);
  for (const { namespaces } of served) {
    for (const [name, mode] of Object.entries(namespaces)) {
      await cluster.client.createNamespace(name, { 'merlon.dev/enforce': mode });
    }
  }
  const rescuer = await cluster.clientFor({ user: 'rescuer', groups: ['system:masters', RESCUERS] });
  const opened: OpenedFamily[] = [];
  for (const family of served) {
    const others = served.filter((other) => other !== family);
    const keptOut = others.flatMap(({ namespaces }) => Object.keys(namespaces));
    const room = { cluster, rescuer, breakGlassGroups: [RESCUERS], keptOut };
    opened.push({ family, generate: await family.open(room), minor: cluster.minor });
  }
  return opened;
}

/** How many of so many objects a family gets. */
export function countOf(family: ComparedFamily, among: readonly ComparedFamily[], objects: number): number {
  const parts = among.reduce((sum, { part }) => sum + part, 0);
  return Math.round((objects * family.part) / parts);
}
