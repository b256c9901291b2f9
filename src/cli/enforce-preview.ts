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
import { previewNamespace } from '../enforcement/plan/preview.ts';
import type { PreviewOptions } from '../enforcement/plan/preview.ts';
import { explainUnserved } from '../enforcement/plan/without-policies.ts';
import { readJson } from '../evidence/reading.ts';
import type { Get } from '../evidence/reading.ts';
import { systemClock } from '../kube/system-clock.ts';
import { exitCodeOfPreview, printPreview, printPreviewJson } from '../report/enforcement-preview.ts';
import type { PreviewReport } from '../report/enforcement-preview.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { planAsked, reportAsked } from './enforce-command.ts';
import type { AskedEnforcement } from './enforce-command.ts';
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
  const present =
    target.files === undefined
      ? await readCluster(target, streams)
      : await readFiles(target.files, options.minor, streams);
  if (present.unserved !== undefined) {
    stderr.write(`${present.unserved}\n`);
    return 3;
  }
  const asked = await planAsked({ ...options, minor: options.minor ?? present.minor }, rules, streams);
  if (asked === undefined) return 3;
  reportAsked(asked, streams);
  for (const message of present.missing) stderr.write(`not read: ${printable(message)}\n`);
  const names = target.namespace === undefined ? present.namespaces : [target.namespace];
  const nothing = explainNothing(names, present, target);
  if (nothing !== undefined) stderr.write(`nothing to look at: ${printable(nothing)}\n`);
  const report = preview(nothing === undefined ? names : [], present, asked, streams);
  await writeAll(
    stdout,
    options.output === 'json' ? [printPreviewJson(report)] : printPreview(report, buildPainter(hasColour(stdout, env))),
  );
  return present.hasInputProblem || nothing !== undefined ? 3 : exitCodeOfPreview(report);
}

/** What is there now. */
interface Present {
  readonly snapshot: Snapshot;
  readonly namespaces: readonly string[];
  /** Of the API server; undefined where it is not known, and for files. */
  readonly minor: number | undefined;
  /** In sentences. */
  readonly missing: readonly string[];
  readonly hasInputProblem: boolean;
  /** Why nothing can be enforced there, and what would do instead; undefined where it can. */
  readonly unserved?: string | undefined;
}

const wanted: readonly KindName[] = ['Namespace', 'ServiceAccount', ...workloadKinds];

async function readCluster(target: PreviewTarget, { env }: CommandStreams): Promise<Present> {
  const [{ openCluster }, { readObjectsAndVersion }] = await Promise.all([
    import('./cluster-access.ts'),
    import('../scan/cluster-objects.ts'),
  ]);
  const { transport, server, servers } = await openCluster(target, env);
  try {
    const { namespace } = target;
    const scope = namespace === undefined ? 'everything' : { namespace };
    const snapshot = await readObjectsAndVersion(wanted, { transport, scope });
    const inputs = [...wanted, 'ServerVersion' as const].map((source) => snapshot.observation(source));
    return {
      snapshot,
      namespaces: namespacesOf(snapshot).toSorted(compareText),
      minor: readMinor(snapshot),
      missing: inputs.filter(isMissing).map(({ message }) => message),
      hasInputProblem: false,
      unserved: await findUnserved(server.get),
    };
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
  streams: CommandStreams,
): Promise<Present> {
  const { loadWorkloadFiles } = await import('../scan/workload-files.ts');
  const loaded = await loadWorkloadFiles(paths, minor, streams);
  reportInput(loaded, streams.stderr);
  const holding = loaded.notJudged.filter(({ holdsPodTemplate }) => holdsPodTemplate);
  reportUnjudged('no pods in', holding, streams.stderr);
  return {
    ...loaded,
    minor: undefined,
    // What makes pods of which nothing is known may be refused, too.
    missing: holding.map(({ count, kind }) => `${count} ${kind} of a kind that is not read`),
    hasInputProblem: loaded.problems.length > 0 || (loaded.found === 0 && holding.length === 0),
  };
}

function explainNothing(
  names: readonly string[],
  { snapshot, namespaces, missing }: Present,
  { files, namespace }: PreviewTarget,
): string | undefined {
  if (files !== undefined) {
    if (missing.length > 0) return undefined;
    const isThere = namespace === undefined ? names.length > 0 : namespaces.includes(namespace);
    return isThere ? undefined : `no pod, and nothing that makes pods, stands in ${files.join(', ')}`;
  }
  if (namespace === undefined) return undefined;
  return labelsOf(snapshot, namespace) === undefined
    ? `namespace "${namespace}" does not exist, or is being deleted`
    : undefined;
}

function preview(
  names: readonly string[],
  { snapshot, missing }: Present,
  { policies, selected, exemptions }: AskedEnforcement,
  { stderr }: CommandStreams,
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
    out: previews.filter((one) => one.preview === undefined).map(({ namespace }) => namespace),
    policies,
    missing,
  };
}
