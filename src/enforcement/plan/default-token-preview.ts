/**
 * Which workloads that are there would be refused as they run as a default service account with its token, were they, or
 * their pods, made anew. Which tokens there are is read as rules read it, by `core/token-mounts.ts`; that `service-accounts.ts`
 * says the same in CEL is held against a real API server by test/enforcement/preview-guards.integration.test.ts and, object by
 * generated object, by test/enforcement/differential.
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
import { accountNameOf, isMirrorPod, predictHeldTokens } from '../../core/token-mounts.ts';
import type { AutomountSetting, MountedToken } from '../../core/token-mounts.ts';
import { workloadKinds } from '../../core/owners.ts';
import { workloadsOf } from '../../core/workload.ts';
import type { Workload } from '../../core/workload.ts';
import { undecidedKind } from './previewed-finding.ts';
import type { GuardFindings, PreviewedFinding } from './previewed-finding.ts';

const FAMILY = 'service-accounts';
const DEFAULT = 'default';

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
    if (template === undefined) {
      const pods = running.filter((one) => !isMirrorPod(one.template));
      return conclude(pods.map((one) => judgePod(one.template, account)));
    }
    // A workload is refused where it asks for the token itself, its pods also where the account gives it.
    const said = judgePod(template, isMirrorPod(template) ? GIVES_NOT : account);
    const place = (one: Violation): Violation => ({ ...one, path: `${templatePath}.${one.path}` });
    return { ...said, violations: said.violations.map(place) };
  } catch (error) {
    if (!(error instanceof MalformedField)) throw error;
    return { message: error.message, violations: [] };
  }
}

function conclude(said: readonly Said[]): Said {
  const refused = said.find(({ violations }) => violations.length > 0);
  const unknown = said.find(({ message }) => message !== '');
  return refused ?? unknown ?? NOTHING;
}

const NOTHING: Said = { message: '', violations: [] };
const GIVES: AutomountSetting = {};
const GIVES_NOT: AutomountSetting = { automountServiceAccountToken: false };

function judgePod(pod: PodTemplate, account: KnownAccount): Said {
  if (!['', DEFAULT].includes(accountNameOf(pod))) return NOTHING;
  const held = predictHeldTokens(pod, typeof account === 'string' ? GIVES_NOT : account);
  const violations = held.map((token) => describe(token, pod));
  const [first] = violations;
  if (first !== undefined) return { message: first.message, violations };
  return typeof account === 'string' && predictHeldTokens(pod, GIVES).length > 0
    ? { message: account, violations: [] }
    : NOTHING;
}

function describe({ path, by, volume = '' }: MountedToken, { spec }: PodTemplate): Violation {
  const { automountServiceAccountToken: asks } = spec;
  switch (by) {
    case 'automount':
      return violation(
        path,
        asks,
        asks === true
          ? `it asks for the token of the account "${DEFAULT}"`
          : `the account "${DEFAULT}" gives its token; set it to false, or name an account of its own`,
      );
    case 'projection':
      return violation(path, volume, `the volume holds the token of the account "${DEFAULT}"`);
    case 'secret':
      return violation(path, volume, `the volume holds a token of "${DEFAULT}" that never expires`);
  }
}
