/** How bad it is that somebody holds a permission: by who holds it where, and by what they reach from there. */
import type { RuleContext } from '../../core/rule.ts';
import { isAtLeast, milderOf } from '../../core/severity.ts';
import type { Severity } from '../../core/severity.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { escalationPaths } from '../../rbac/escalation-graph.ts';
import type { EscalationGraph } from '../../rbac/escalation-graph.ts';
import { namespaceNode } from '../../rbac/escalation-node.ts';
import type { NodeKey } from '../../rbac/escalation-node.ts';
import type { Permission } from '../../rbac/permission-catalogue.ts';
import { nameBindings, nameHolders } from './role-holders.ts';
import type { Holder, Holders } from './role-holders.ts';

export interface Grade {
  readonly severity: Severity;
  readonly reason: string;
}

export type Severities = Pick<Permission, 'inCluster' | 'inNamespace'>;

/** In a namespace that holds a path to cluster-admin it is as bad as everywhere; where that is not known, it is said. */
export function gradeHolders(
  { inCluster, inNamespace }: Severities,
  { everywhere, inNamespaces }: Holders,
  { subject: { namespace }, snapshot }: Pick<RuleContext, 'subject' | 'snapshot'>,
): Grade {
  if (everywhere.length > 0) return { severity: inCluster, reason: `${grantOf(everywhere, namespace)} everywhere` };
  const places = [...inNamespaces.keys()];
  if (inNamespace !== undefined && places.length > 0) {
    const worst = findPlaceWithPath(places, snapshot);
    const place = worst ?? places[0] ?? '';
    const others = places.length > 1 ? ` (and in ${places.length - 1} more)` : '';
    const where = `${grantOf(inNamespaces.get(place) ?? [], namespace)} in namespace "${place}"${others}`;
    if (worst !== undefined) {
      return { severity: inCluster, reason: `${where}, from where there is a way to cluster-admin` };
    }
    const doubt = areWaysKnown(snapshot)
      ? ''
      : ', and it is not known whether there is a way to cluster-admin from there';
    return { severity: inNamespace, reason: `${where}${doubt}` };
  }
  if (inNamespace === undefined && places.length > 0) {
    return {
      severity: milderOf(inCluster, 'low'),
      reason: 'only RoleBindings grant it, and it takes a ClusterRoleBinding',
    };
  }
  if (!snapshot.isWholeCluster) {
    return { severity: inNamespace ?? inCluster, reason: 'who holds it is not known from these files' };
  }
  return { severity: milderOf(inNamespace ?? inCluster, 'low'), reason: 'nobody holds it at present' };
}

function grantOf(holders: readonly Holder[], ownNamespace: string | undefined): string {
  return `${nameBindings(holders)} grants it to ${nameHolders(holders, ownNamespace)}`;
}

/** Whether whoever has command of a namespace can become cluster-admin; where that cannot be told, it is not raised. */
export function holdsPath(namespace: string, snapshot: Snapshot): boolean {
  return findPlaceWithPath([namespace], snapshot) !== undefined;
}

function findPlaceWithPath(namespaces: readonly string[], snapshot: Snapshot): string | undefined {
  if (!isReadable(snapshot.observation('EscalationPaths'))) return undefined;
  return namespaces.find((namespace) => snapshot.ask(escalationPaths, leadsToAdmin, namespaceNode(namespace)));
}

const leadsToAdmin = (graph: EscalationGraph, node: NodeKey): boolean => graph.toAdmin().stepsFrom(node) !== undefined;
const isCutShort = (graph: EscalationGraph): boolean => graph.toAdmin().isCut;

/** Not where what it takes cannot be read, or the cluster was too large to look everywhere: then what is not found may be there. */
export function areWaysKnown(snapshot: Snapshot): boolean {
  if (!isReadable(snapshot.observation('EscalationPaths'))) return false;
  return !snapshot.ask(escalationPaths, isCutShort);
}

/** The first where they are as bad as each other. */
export function worse<G extends Pick<Grade, 'severity'>>(a: G, b: G): G {
  return isAtLeast(a.severity, b.severity) ? a : b;
}
