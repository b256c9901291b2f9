/** `merlon enforce --preview`: what would be refused where a namespace were set to deny. Nothing is written anywhere. */
import { Evaluator } from '../core/evaluate.ts';
import { ExemptionTable } from '../core/exemption-table.ts';
import { labelsOf, namespacesOf } from '../core/judge.ts';
import type { KindName } from '../core/kinds.ts';
import { workloadKinds } from '../core/owners.ts';
import type { AnyRule } from '../core/rule.ts';
import { isMissing, NotObserved } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { previewCluster, previewNamespace } from '../enforcement/plan/preview.ts';
import type { PreviewOptions } from '../enforcement/plan/preview.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { CLUSTER_RBAC_GUARD_NAME, RBAC_GUARD_NAME } from '../enforcement/plan/rbac-guard.ts';
import { explainUnserved } from '../enforcement/plan/without-policies.ts';
import { readJson } from '../evidence/reading.ts';
import type { Get } from '../evidence/reading.ts';
import { systemClock } from '../kube/system-clock.ts';
import { exitCodeOfPreview, printPreview, printPreviewJson } from '../report/enforcement-preview.ts';
import type { PreviewReport } from '../report/enforcement-preview.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import type { WorkloadFiles } from '../scan/workload-files.ts';
import { planAsked, reportAsked } from './enforce-command.ts';
import type { AskedEnforcement } from './enforce-command.ts';
import { readCountedChecks } from './counted-checks.ts';
import type { CountedSoFar } from './counted-checks.ts';
import type { EnforceOptions } from './enforce-options.ts';
import { reportFailedRules, reportInput, reportUnjudged } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import type { PreviewTarget } from './preview-target.ts';

export async function runPreview(
  options: EnforceOptions,
  target: PreviewTarget,
  rules: readonly AnyRule[],
  streams: CommandStreams,
): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  const plan = (minor: number | undefined) => planAsked({ ...options, minor }, rules, streams);
  const looked =
    target.files === undefined
      ? await readCluster(target, plan, streams)
      : await readFiles(target.files, options.minor, plan, streams);
  if (looked === undefined) return 3;
  const { present, asked } = looked;
  reportAsked(asked, streams);
  for (const message of present.missing) stderr.write(`not read: ${printable(message)}\n`);
  const names = target.namespace === undefined ? present.namespaces : [target.namespace];
  const nothing = explainNothing(names, present, target);
  if (nothing !== undefined) stderr.write(`nothing to look at: ${printable(nothing)}\n`);
  const report = preview(nothing === undefined ? names : [], present, asked, { target, streams });
  await writeAll(
    stdout,
    options.output === 'json' ? [printPreviewJson(report)] : printPreview(report, buildPainter(hasColour(stdout, env))),
  );
  return present.hasInputProblem || nothing !== undefined ? 3 : exitCodeOfPreview(report);
}

/** What is there, and what is planned for it. */
interface Looked {
  readonly present: Present;
  readonly asked: AskedEnforcement;
}

/** @returns undefined where it cannot be enforced, or not be read; why, stands on stderr */
type Plan = (minor: number | undefined) => Promise<AskedEnforcement | undefined>;

/** What is there now. */
interface Present {
  readonly snapshot: Snapshot;
  readonly namespaces: readonly string[];
  /** In sentences. */
  readonly missing: readonly string[];
  readonly hasInputProblem: boolean;
  /** What API servers have counted so far; undefined for files. */
  readonly counted?: CountedSoFar;
}

/** What is to be read for what is planned: nobody needs more rights than that. */
function selectKinds(policies: readonly PlannedPolicy[], { namespace }: PreviewTarget): readonly KindName[] {
  const isPlanned = (wanted: string): boolean => policies.some(({ name }) => name === wanted);
  return [
    ...(['Namespace', 'ServiceAccount', ...workloadKinds] as const),
    ...(isPlanned(RBAC_GUARD_NAME) ? (['Role', 'RoleBinding'] as const) : []),
    ...(isPlanned(CLUSTER_RBAC_GUARD_NAME) && namespace === undefined
      ? (['ClusterRole', 'ClusterRoleBinding'] as const)
      : []),
  ];
}

async function readCluster(
  target: PreviewTarget,
  plan: Plan,
  { stderr, env }: CommandStreams,
): Promise<Looked | undefined> {
  const [{ openCluster }, { readObjectsAndVersion }] = await Promise.all([
    import('./cluster-access.ts'),
    import('../scan/cluster-objects.ts'),
  ]);
  const { transport, server, servers } = await openCluster(target, env);
  try {
    const { namespace } = target;
    const scope = namespace === undefined ? 'everything' : { namespace };
    const unserved = await findUnserved(server.get);
    if (unserved !== undefined) {
      stderr.write(`${unserved}\n`);
      return undefined;
    }
    const asked = await plan(readMinor(await readObjectsAndVersion([], { transport, scope })));
    if (asked === undefined) return undefined;
    const wanted = selectKinds(asked.policies, target);
    const snapshot = await readObjectsAndVersion(wanted, { transport, scope });
    const inputs = [...wanted, 'ServerVersion' as const].map((source) => snapshot.observation(source));
    const present = {
      snapshot,
      namespaces: namespacesOf(snapshot).toSorted(compareText),
      missing: inputs.filter(isMissing).map(({ message }) => message),
      hasInputProblem: false,
      counted: await readCountedChecks(servers, asked.policies),
    };
    return { present, asked };
  } finally {
    servers.close();
    transport.close();
  }
}

/** Without the right to look, it is taken to be served: whoever applies it is told. */
async function findUnserved(get: Get): Promise<string | undefined> {
  const { status, body } = await get(GROUP_PATH);
  const isUnserved = status === 404 || (status === 200 && !servesPolicies(body));
  return isUnserved ? `ValidatingAdmissionPolicy: ${explainUnserved('the API server')}` : undefined;
}

const GROUP_PATH = '/apis/admissionregistration.k8s.io/v1';

function servesPolicies(body: string): boolean {
  const list = readJson(body) as { readonly resources?: readonly { readonly name?: string }[] } | undefined;
  return list?.resources?.some(({ name }) => name === 'validatingadmissionpolicies') === true;
}

function readMinor(snapshot: Snapshot): number | undefined {
  try {
    return snapshot.podSecurityVersion();
  } catch (error) {
    if (error instanceof NotObserved) return undefined;
    throw error;
  }
}

async function readFiles(
  paths: readonly string[],
  minor: number | undefined,
  plan: Plan,
  streams: CommandStreams,
): Promise<Looked | undefined> {
  const { loadWorkloadFiles } = await import('../scan/workload-files.ts');
  const loaded = await loadWorkloadFiles(paths, minor, streams);
  reportInput(loaded, streams.stderr);
  const holding = loaded.notJudged.filter(({ holdsPodTemplate }) => holdsPodTemplate);
  reportUnjudged('no pods in', holding, streams.stderr);
  const asked = await plan(minor);
  if (asked === undefined) return undefined;
  const { namespaces, isAny } = findGuarded(loaded, asked.policies);
  const present = {
    ...loaded,
    namespaces,
    // What makes pods of which nothing is known may be refused, too.
    missing: holding.map(({ count, kind }) => `${count} ${kind} of a kind that is not read`),
    hasInputProblem: loaded.problems.length > 0 || (!isAny && holding.length === 0),
  };
  return { present, asked };
}

/** Where there is something, and whether there is anything, that what is planned is about. */
function findGuarded(
  { snapshot, namespaces, found }: Pick<WorkloadFiles, 'snapshot' | 'namespaces' | 'found'>,
  policies: readonly PlannedPolicy[],
): { readonly namespaces: readonly string[]; readonly isAny: boolean } {
  const isPlanned = (wanted: string): boolean => policies.some(({ name }) => name === wanted);
  const namespaced = isPlanned(RBAC_GUARD_NAME) ? [...snapshot.list('Role'), ...snapshot.list('RoleBinding')] : [];
  const ofCluster = isPlanned(CLUSTER_RBAC_GUARD_NAME)
    ? [...snapshot.list('ClusterRole'), ...snapshot.list('ClusterRoleBinding')]
    : [];
  const all = new Set([...namespaces, ...namespaced.map(({ metadata }) => metadata.namespace ?? '')]);
  return { namespaces: [...all].toSorted(compareText), isAny: found + namespaced.length + ofCluster.length > 0 };
}

function explainNothing(
  names: readonly string[],
  { snapshot, namespaces, missing, hasInputProblem }: Present,
  { files, namespace }: PreviewTarget,
): string | undefined {
  if (files !== undefined) {
    if (missing.length > 0) return undefined;
    const isThere = namespace === undefined ? names.length > 0 || !hasInputProblem : namespaces.includes(namespace);
    return isThere ? undefined : `no pod, and nothing that makes pods, stands in ${files.join(', ')}`;
  }
  if (namespace === undefined) return undefined;
  return labelsOf(snapshot, namespace) === undefined
    ? `namespace "${namespace}" does not exist, or is being deleted`
    : undefined;
}

function preview(
  names: readonly string[],
  { snapshot, missing, counted }: Present,
  { policies, selected, exemptions }: AskedEnforcement,
  { target, streams: { stderr } }: { readonly target: PreviewTarget; readonly streams: CommandStreams },
): PreviewReport {
  const table = new ExemptionTable();
  for (const exemption of exemptions.counting) table.set(exemption);
  const options: PreviewOptions = {
    policies,
    rules: selected,
    exemptions: table.isEmpty ? undefined : { table, nowMs: systemClock.wallTimeMs() },
    evaluator: new Evaluator(reportFailedRules(stderr), { remembersTemplates: false }),
    snapshot,
  };
  const previews = names.map((namespace) => {
    const labels = labelsOf(snapshot, namespace);
    return { namespace, preview: previewNamespace(namespace, labels === 'unknown' ? {} : (labels ?? {}), options) };
  });
  return {
    namespaces: previews.flatMap((one) => one.preview ?? []),
    cluster: target.namespace === undefined ? previewCluster(policies, snapshot) : undefined,
    out: previews.filter((one) => one.preview === undefined).map(({ namespace }) => namespace),
    policies,
    missing,
    ...(counted === undefined ? {} : { counted }),
  };
}
