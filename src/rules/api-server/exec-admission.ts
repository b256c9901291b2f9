/**
 * Who may exec into a pod that runs privileged, or attach to it, has its node. RBAC grants exec by namespace, and not by
 * what the pods there are: that takes admission, which the API server asks for CONNECT.
 *
 * DenyEscalatingExec did it until 1.20. Today a ValidatingAdmissionPolicy or a webhook does, and where a namespace enforces
 * baseline there are no such pods to get into. What a policy refuses nobody can tell from outside: that one is asked, that it
 * looks at what tells such requests apart, and that nothing goes on where it fails, is what passes. One with matchConditions or
 * parameters may spare any request, and leaves it unknown; what is called like Merlon's own guard passes only if it is that
 * guard, to the letter. Where it goes by a label of pods, what keeps the label has to be there, to the letter, too, and no pod
 * may carry it wrongly from before.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/handlers/rest.go `ConnectResource`: the object is the options of the
 * request, without labels, so that an objectSelector never selects it.
 */
import { EXEC_LABEL, EXEC_SPARED } from '../../api/v1alpha1/group.ts';
import { OLDEST_POLICY_MINOR } from '../../core/admission-shape.ts';
import { defineRule, pass, unknown } from '../../core/rule.ts';
import type { CheckResult } from '../../core/rule.ts';
import type { ObjectOf } from '../../core/kinds.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { readEnforcedLevel } from '../../pod-security/enforced-level.ts';
import { mutatorsOf, validatorsOf } from '../lib/admission-reviewers.ts';
import type { Reviewer } from '../lib/admission-reviewers.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import type { JudgedServer } from '../lib/api-servers.ts';
import { findExecGuards } from '../lib/exec-guards.ts';
import type { ExecGuards } from '../lib/exec-guards.ts';
import {
  countNamespaces,
  describeIdle,
  findStaticPolicies,
  listNames,
  namespacesByName,
  reviewerFacts,
  reviewerSources,
} from '../lib/other-admission.ts';

export const execAdmission = defineRule({
  id: 'api-server-exec-admission',
  title: 'Exec and attach must be decided by admission where pods may be escalating',
  severity: 'medium',
  severityReason:
    'It takes a right to exec in a namespace with pods that run privileged; where only some namespaces are left open it is low.',
  subject: 'APIServer',
  reads: ['Evidence', 'PodAccess', ...reviewerSources],
  facts: ['denyEscalatingExec', 'podSecurity', ...reviewerFacts],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'A right to debug ordinary pods becomes a right over the node as soon as one pod of the namespace is privileged or shares namespaces of its host.',
  remediation:
    'Apply what "merlon enforce -o yaml --mode deny" prints: a ValidatingAdmissionPolicy for CONNECT on pods/exec and pods/attach that refuses pods which run privileged or share namespaces of the host (a paramKind Pod shows it the pod), with failurePolicy Fail, bound with the action Deny; or write one of your own; or label namespaces pod-security.kubernetes.io/enforce=baseline, so that there are no such pods. Kubernetes before 1.30 serves no ValidatingAdmissionPolicy: there labels or a webhook do it. This needs no flag, and works on kubeadm, k3s, RKE2, Talos, kOps and managed clusters alike. The plugin DenyEscalatingExec of --admission-control is gone since Kubernetes 1.21: an API server that is given it does not start.',
  repair: {
    anywhere:
      'No flag does it since Kubernetes 1.21: a ValidatingAdmissionPolicy ("merlon enforce" prints one) or a label does, and those are objects of the cluster.',
    own: {
      kubeadm:
        'merlon enforce -o yaml --mode deny | kubectl apply -f -; nothing changes in the ClusterConfiguration or on a node.',
      k3s: 'merlon enforce -o yaml --mode deny | kubectl apply -f -, or put what it prints into /var/lib/rancher/k3s/server/manifests or /var/lib/rancher/rke2/server/manifests of a server.',
      talos:
        'merlon enforce -o yaml --mode deny | kubectl apply -f -, or put what it prints under cluster.inlineManifests.',
      kops: 'merlon enforce -o yaml --mode deny | kubectl apply -f -; nothing changes in the spec of the cluster.',
      managed:
        'It takes no flag: merlon enforce -o yaml --mode deny | kubectl apply -f - works with every provider from Kubernetes 1.30 on.',
    },
  },
  example: {
    fails: 'No ValidatingAdmissionPolicy and no webhook is asked about CONNECT pods/exec.\n',
    passes: 'ValidatingAdmissionPolicy merlon-exec-guard: CONNECT pods/exec, pods/attach; bound with Deny.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => judgeExec(snapshot, server));
  },
});

function judgeExec(snapshot: Snapshot, server: JudgedServer): CheckResult {
  if (server.factIfKnown('denyEscalatingExec')?.value === true) return [];
  const guards = findExecGuards(snapshot);
  const doors = [validatorsOf(snapshot, exec), validatorsOf(snapshot, { ...exec, resource: 'pods/attach' })];
  const namespaces = namespacesByName(snapshot);
  if (namespaces.length === 0) return unknown('no namespace is known');
  const isFooled = (reviewer: Reviewer, { metadata: { name } }: ObjectOf<'Namespace'>): boolean =>
    guards.isFooledIn(reviewer, name);
  const isKept = (one: ObjectOf<'Namespace'>, isTrusted: (reviewer: Reviewer) => boolean): boolean =>
    doors.every((reviewers) =>
      isGuarded(
        one,
        reviewers.filter((reviewer) => isTrusted(reviewer) && !isFooled(reviewer, one)),
        server,
      ),
    );
  const isDoubtful = (one: Reviewer): boolean => guards.isDoubtful(one) || (one.isConditional && !guards.isGuard(one));
  const unguarded = namespaces.filter((one) => !isKept(one, (reviewer) => !isDoubtful(reviewer)));
  const notFine = unguarded.filter((one) => !isHarmless(one, server));
  const open = notFine.filter((one) => !isKept(one, () => true));
  const doubtful = doors.flat().filter(isDoubtful);
  const [first] = open;
  if (first === undefined) {
    if (notFine.length > 0) return unknown(explainDoubt(doubtful, guards));
    const strangers = doors.flat().filter((one) => !guards.isGuard(one) && !isDoubtful(one));
    const isKnown = namespaces.every((one) => isKept(one, guards.isGuard) || isHarmless(one, server));
    return isKnown ? [] : pass(`${listNames(strangers)} is asked about exec and attach; what it refuses is not seen`);
  }
  const plugin = server.fact('denyEscalatingExec');
  // Those that change objects can refuse, too.
  const changers = mutatorsOf(snapshot, exec);
  if (open.every(({ metadata: { labels } }) => changers.some((one) => one.isAskedIn(labels)))) {
    return unknown(`whether ${listNames(changers)} refuses exec cannot be seen from outside`);
  }
  const hidden = findStaticPolicies(server);
  if (hidden !== undefined) return unknown(`${plugin.detail} (${plugin.source}), and ${hidden}`);
  const where = countNamespaces(first.metadata.name, open.length);
  const asked = doors.flat().filter((one) => !guards.isGuard(one) && !isDoubtful(one));
  const others =
    asked.length === 0 ? '' : `; it is not enough that ${listNames(asked)} is asked${describe(asked, server)}`;
  const guarded = namespaces.filter((one) => isKept(one, guards.isGuard));
  const fooled = open.filter((one) => doors.flat().some((reviewer) => isFooled(reviewer, one)));
  const own =
    guards.names.length === 0
      ? ''
      : `; ${describeGuards(
          guards,
          guarded,
          unguarded.filter((one) => !fooled.includes(one)),
        )}`;
  const [labelled] = fooled;
  const mislabelled = labelled === undefined ? '' : `; ${explainFooled(labelled.metadata.name, fooled.length)}`;
  const doubt = doubtful.length === 0 ? '' : `; ${explainDoubt(doubtful, guards)}`;
  const advice = `no admission policy decides about exec and attach in ${where}${others}${describeIdle(snapshot, exec)}${own}${mislabelled}${doubt}; ${adviseAt(server)}`;
  return [blame(plugin, 'CONNECT pods/exec', advice, unguarded.length < namespaces.length ? 'low' : undefined)];
}

function adviseAt(server: JudgedServer): string {
  const minor = server.factIfKnown('minorVersion')?.value;
  return minor !== undefined && minor < OLDEST_POLICY_MINOR
    ? `Kubernetes 1.${minor} serves no ValidatingAdmissionPolicy; label namespaces pod-security.kubernetes.io/enforce=baseline, so that there are no such pods, or let a validating webhook decide about CONNECT on pods/exec and pods/attach there`
    : 'bind a ValidatingAdmissionPolicy for CONNECT on pods/exec and pods/attach there';
}

const exec = { operation: 'CONNECT', resource: 'pods/exec' } as const;

function explainDoubt(doubtful: readonly Reviewer[], guards: ExecGuards): string {
  const own = doubtful.filter(guards.isDoubtful);
  const conditional = doubtful.filter((one) => !guards.isDoubtful(one));
  return [
    ...(own.length === 0
      ? []
      : [
          `${listNames(own)} is called like Merlon's exec guard or bound to some pods only, and is not what this Merlon prints, so that nobody knows what it refuses; print it again with "merlon enforce -o yaml"`,
        ]),
    ...(conditional.length === 0
      ? []
      : [
          `which requests ${listNames(conditional)} spares by its matchConditions or parameters, or in more words than are read, cannot be told from outside`,
        ]),
  ].join('; ');
}

function explainFooled(first: string, count: number): string {
  return `in ${countNamespaces(first, count)} pods that are privileged or share namespaces of their node carry the label ${EXEC_LABEL}=${EXEC_SPARED} from before it was kept, by which the guard spares them: list them with "kubectl get pods -A -l ${EXEC_LABEL}=${EXEC_SPARED}", and make them anew`;
}

/** Which namespaces Merlon's own guard keeps, and of which it only tells. */
function describeGuards(
  guards: ExecGuards,
  guarded: readonly ObjectOf<'Namespace'>[],
  others: readonly ObjectOf<'Namespace'>[],
): string {
  const recorded = others.filter(({ metadata: { labels } }) => guards.isRecordedIn(labels));
  const name = (some: readonly ObjectOf<'Namespace'>[]): string | undefined =>
    some[0] === undefined ? undefined : countNamespaces(some[0].metadata.name, some.length);
  const records = recorded.length === 0 ? '' : `, and only records them in ${name(recorded) ?? ''}`;
  return `Merlon's exec guard "${guards.names.join('", "')}" refuses them in ${name(guarded) ?? 'no namespace'}${records}`;
}

function isGuarded(
  { metadata: { labels } }: ObjectOf<'Namespace'>,
  reviewers: readonly Reviewer[],
  server: JudgedServer,
): boolean {
  return reviewers.some((one) => !one.failsOpen && one.isAskedIn(labels) && isPluginOn(one, server));
}

/** @throws {NotObserved} where it is not known */
function isPluginOn({ kind }: Reviewer, server: JudgedServer): boolean {
  return server.fact(kind === 'ValidatingWebhookConfiguration' ? 'validatingWebhooks' : 'validatingAdmissionPolicy')
    .value;
}

/** Where the namespace admits no pod that it would be worse to get into. @throws {NotObserved} */
function isHarmless({ metadata: { labels } }: ObjectOf<'Namespace'>, server: JudgedServer): boolean {
  const { level } = readEnforcedLevel(labels);
  return (level === 'baseline' || level === 'restricted') && server.fact('podSecurity').value;
}

function describe(asked: readonly Reviewer[], server: JudgedServer): string {
  const inForce = asked.filter((one) => isPluginOn(one, server));
  if (inForce.length === 0) return ', whose admission plugin is off';
  return inForce.every(({ failsOpen }) => failsOpen) ? ', which lets requests pass where it fails' : '';
}
