/**
 * Which workloads that are there would be refused as they run as a default service account with its token, were they, or
 * their pods, made anew. What the policy looks for is said twice, here and in CEL by `service-accounts.ts`; that both say the
 * same is held against a real API server by test/enforcement/preview.integration.test.ts.
 *
 * The API server gives a pod its token before it asks the policy, so that of a template which says nothing the account
 * decides. Where the account is not known, nobody can tell.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { MalformedField } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import {
  accountNameOf,
  isForApiServer,
  isMirrorPod,
  isTokenSecretName,
  predictAutomount,
} from '../../core/token-mounts.ts';
import type { AutomountSetting } from '../../core/token-mounts.ts';
import { workloadKinds } from '../../core/owners.ts';
import { workloadsOf } from '../../core/workload.ts';
import type { Workload } from '../../core/workload.ts';
import { undecidedKind } from './previewed-finding.ts';
import type { GuardFindings, PreviewedFinding } from './previewed-finding.ts';

const FAMILY = 'service-accounts';
const DEFAULT = 'default';
const AUTOMOUNT = 'spec.automountServiceAccountToken';

export function previewDefaultTokens(namespace: string, snapshot: Snapshot): GuardFindings {
  const refused: PreviewedFinding[] = [];
  const undecided = workloadKinds
    .filter((kind) => !isReadable(snapshot.observation(kind)))
    .map((kind) => undecidedKind(FAMILY, kind, namespace, snapshot));
  const account = readAccount(namespace, snapshot);
  for (const workload of workloadsOf(snapshot, namespace)) {
    const said = judge(workload, account);
    const previewed = { finding: { rule: { id: FAMILY }, subject: workload.ref, ...said } };
    if (said.violations.length > 0) refused.push(previewed);
    else if (said.message !== '') undecided.push(previewed);
  }
  return { refused, undecided };
}

/** What is known of the account called default: what it says, or why nobody can tell. */
type KnownAccount = AutomountSetting | string;

function readAccount(namespace: string, snapshot: Snapshot): KnownAccount {
  const observation = snapshot.observation('ServiceAccount');
  if (!isReadable(observation)) return `serviceaccounts could not be listed: ${observation.message}`;
  const account = snapshot.get('ServiceAccount', namespace, DEFAULT);
  if (account !== undefined) return account;
  return snapshot.isWholeCluster
    ? {}
    : `whether service account "${DEFAULT}" gives its token to pods is not known, as it is not among the files`;
}

interface Said {
  /** Why nobody can tell, where there are no violations; empty where nothing would be refused. */
  readonly message: string;
  readonly violations: readonly Violation[];
}

function judge({ template, templatePath = 'spec.template', running }: Workload, account: KnownAccount): Said {
  try {
    if (template === undefined) return conclude(running.map((one) => findInPod(one.template, account)));
    const place = (one: Violation): Violation => ({ ...one, path: `${templatePath}.${one.path}` });
    const asked = findAsked(template);
    // Its pods are refused where the account gives them what they do not ask for.
    const said = asked.length > 0 ? { message: '', violations: asked } : findInPod(template, account);
    return conclude([{ ...said, violations: said.violations.map(place) }]);
  } catch (error) {
    if (!(error instanceof MalformedField)) throw error;
    return { message: error.message, violations: [] };
  }
}

function conclude(said: readonly Said[]): Said {
  const refused = said.find(({ violations }) => violations.length > 0);
  const unknown = said.find(({ message }) => message !== '');
  return refused ?? unknown ?? { message: '', violations: [] };
}

/** What a workload asks for itself. */
function findAsked(template: PodTemplate): readonly Violation[] {
  const { automountServiceAccountToken: asks } = template.spec;
  if (!runsAsDefault(template)) return [];
  return [
    ...findVolumes(template),
    ...(asks === true ? [violation(AUTOMOUNT, asks, `it asks for the token of the account "${DEFAULT}"`)] : []),
  ];
}

/** Of a pod what it holds counts, once the API server has added what the account gives. */
function findInPod(pod: PodTemplate, account: KnownAccount): Said {
  if (isMirrorPod(pod) || !runsAsDefault(pod)) return { message: '', violations: [] };
  const volumes = findVolumes(pod);
  if (volumes.length > 0) return say(volumes);
  // What it says itself goes before what the account says.
  const decides = pod.spec.automountServiceAccountToken === undefined ? account : {};
  if (typeof decides === 'string') {
    return predictAutomount(pod, {}) === undefined ? say([]) : { message: decides, violations: [] };
  }
  const automount = predictAutomount(pod, decides);
  // A volume that has the name already is taken in place of it.
  if (automount === undefined || automount.volume !== undefined) return say([]);
  const { automountServiceAccountToken: asks } = pod.spec;
  return say([
    violation(
      AUTOMOUNT,
      asks,
      `the account "${DEFAULT}" gives its token; set it to false, or name an account of its own`,
    ),
  ]);
}

function say(violations: readonly Violation[]): Said {
  return { message: violations[0]?.message ?? '', violations };
}

function runsAsDefault(pod: PodTemplate): boolean {
  return ['', DEFAULT].includes(accountNameOf(pod));
}

/** Mounted or not: a debug container may mount it later. */
function findVolumes({ spec: { volumes = [] } }: PodTemplate): readonly Violation[] {
  return volumes.flatMap(({ name, projected, secret }, index): readonly Violation[] => {
    const path = `spec.volumes[${index}]`;
    const isProjected = (projected?.sources ?? []).some(
      ({ serviceAccountToken: token }) => token !== undefined && isForApiServer(token.audience),
    );
    if (isProjected) return [violation(path, name, `the volume holds the token of the account "${DEFAULT}"`)];
    return secret?.secretName !== undefined && isTokenSecretName(secret.secretName, DEFAULT)
      ? [violation(path, secret.secretName, `the volume holds a token of "${DEFAULT}" that never expires`)]
      : [];
  });
}
