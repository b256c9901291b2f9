/**
 * What breaks when a service account no longer mounts its token. Pods that run keep theirs, so nothing breaks at once:
 * it comes at the next restart, and whether a token that is mounted is used cannot be observed. So whatever would be
 * mounted counts.
 *
 * Source: k8s.io/kubernetes v1.37.2, ServiceAccount admission plugin: what a pod says itself wins over its account.
 */
import type { RoleRef } from '../core/rbac-shape.ts';
import { workloadKinds } from '../core/owners.ts';
import type { PodTemplate } from '../core/pod-template.ts';
import type { Source } from '../core/source.ts';
import { MalformedField, readOr } from '../core/shape.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { accountNameOf, findApiTokens, isAdmitted, isMirrorPod, predictAutomount } from '../core/token-mounts.ts';
import { workloadsOf } from '../core/workload.ts';
import type { Workload } from '../core/workload.ts';
import { serviceAccount } from '../rbac/request.ts';
import { isMeant } from '../rbac/subject-matching.ts';
import type { Risk } from './planned-repair.ts';

/** What `findTokenRisks` looks at. */
export const tokenRiskReads: readonly Source[] = [...workloadKinds, 'RoleBinding', 'ClusterRoleBinding'];

/**
 * @param account whose pods would no longer be given a token
 * @returns what blocks first; at the end, always, what cannot be known
 */
export function findTokenRisks(snapshot: Snapshot, namespace: string, account: string): readonly Risk[] {
  return [
    ...workloadsOf(snapshot, namespace).flatMap((workload) => judgeWorkload(workload, account) ?? []),
    ...findUnread(snapshot, account),
    ...findGrants(snapshot, namespace, account),
    {
      kind: 'Stated',
      message: `what makes pods only later, or is of a kind that Merlon does not read, is not seen: if it runs as "${account}" and asks the API server, its next pod has no token`,
    },
  ];
}

function judgeWorkload(workload: Workload, account: string): Risk | undefined {
  const subject = workload.ref;
  const name = nameOf(subject);
  try {
    const declared = workload.template !== undefined && mountsToken(workload.template, account);
    const running = workload.running.some(({ template }) => mountsToken(template, account));
    if (!declared && !running) return undefined;
    const what = declared ? 'mounts' : 'runs with';
    return {
      kind: 'WorkloadAtRisk',
      subject,
      message: `${name} ${what} the token of "${account}" and would start without it next time: give it a service account of its own if it asks the API server, or set automountServiceAccountToken in its pod template, to true if it needs the token and to false if it does not`,
    };
  } catch (error) {
    if (!(error instanceof MalformedField)) throw error;
    return {
      kind: 'RiskUnknown',
      subject,
      message: `whether ${name} mounts the token cannot be told: ${error.message}`,
    };
  }
}

/** Whether the pod has, or its next one would be given, a token because the account does not refuse it. */
function mountsToken(template: PodTemplate, account: string): boolean {
  if (isMirrorPod(template) || accountNameOf(template) !== account) return false;
  // What the pod says itself is not changed by what its account says.
  if (template.spec.automountServiceAccountToken !== undefined) return false;
  return isAdmitted(template)
    ? findApiTokens(template, undefined).some(({ by }) => by === 'automount')
    : predictAutomount(template, undefined) !== undefined;
}

/** As `Deployment "web"`. */
function nameOf({ kind, name }: SubjectRef): string {
  return `${kind} "${name}"`;
}

function findUnread(snapshot: Snapshot, account: string): readonly Risk[] {
  return workloadKinds.flatMap((kind): readonly Risk[] => {
    const observation = snapshot.observation(kind);
    if (isReadable(observation)) return [];
    const message = `whether a ${kind} runs as "${account}" with its token is not known: ${observation.message}`;
    return [{ kind: 'RiskUnknown', message }];
  });
}

/**
 * What is granted to the account by its name hints at somebody who uses its token. Of what is granted cluster-wide the
 * names are left out: who reads a repair may know his namespace alone.
 */
function findGrants(snapshot: Snapshot, namespace: string, account: string): readonly Risk[] {
  const { user } = serviceAccount(namespace, account);
  const byName = { user, groups: [] };
  const risks: Risk[] = [];
  if (isReadable(snapshot.observation('RoleBinding'))) {
    for (const { metadata, subjects, roleRef } of snapshot.list('RoleBinding', namespace)) {
      const granted = readOr(
        () =>
          (subjects ?? []).some((subject) => isMeant(subject, byName, namespace)) ? printRole(roleRef) : undefined,
        () => undefined,
      );
      if (granted !== undefined) risks.push(hint(`RoleBinding "${metadata.name}" grants ${granted} to "${account}"`));
    }
  }
  if (isReadable(snapshot.observation('ClusterRoleBinding'))) {
    for (const { subjects } of snapshot.list('ClusterRoleBinding')) {
      const isGranted = readOr(
        () => (subjects ?? []).some((subject) => isMeant(subject, byName, '')),
        () => false,
      );
      if (!isGranted) continue;
      risks.push(hint(`a ClusterRoleBinding grants something to "${account}"`));
      break;
    }
  }
  return risks;
}

function printRole({ kind, name }: RoleRef): string {
  return `${kind} "${name}"`;
}

function hint(message: string): Risk {
  return { kind: 'Stated', message: `${message}, which hints at something that uses its token` };
}
