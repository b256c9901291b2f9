/** What the cluster's posture holds besides its own findings: the roll-up, and what Merlon could and could not see. */
import { MAX_INPUT_MESSAGE_LENGTH } from '../api/v1alpha1/cluster-security-posture.ts';
import type { ClusterPostureStatus } from '../api/v1alpha1/cluster-security-posture.ts';
import { factNames } from './evidence.ts';
import type { FactName } from './evidence.ts';
import { observeFact } from './judge.ts';
import { kindNames } from './kinds.ts';
import { shorten } from './posture.ts';
import type { Verdict } from './posture.ts';
import { judgeGuards } from './shipped-guards.ts';
import { factIfKnown, isReadable } from './snapshot.ts';
import type { ApiServer, Observation, Snapshot } from './snapshot.ts';
import type { UntimedCondition, UntimedStatus } from './status.ts';

export type UntimedClusterStatus = UntimedStatus &
  Required<Omit<ClusterPostureStatus, keyof UntimedStatus | 'changedTime' | 'adminPathCounts' | 'enforcement'>> &
  Pick<ClusterPostureStatus, 'adminPathCounts' | 'enforcement'>;

export type AdminPathCounts = NonNullable<ClusterPostureStatus['adminPathCounts']>;

export interface ClusterView {
  readonly snapshot: Snapshot;
  /** Why there may be API servers that were not asked; undefined where there are none. */
  readonly serverDoubt?: string | undefined;
  /** One for each namespace that has a posture. */
  readonly verdicts: readonly Verdict[];
  /** Postures that may not be written, by scope, and who refuses them. */
  readonly refusals: readonly (readonly [string, string])[];
  readonly policyInput: Observation;
  /** Undefined where it cannot be told. */
  readonly adminPaths: AdminPathCounts | undefined;
  readonly ownPolicyInput: Observation;
  readonly exemptionInputs: readonly Observation[];
  /** What has become of what is to be enforced; by default that nothing is. */
  readonly enforced?: EnforcedStatus | undefined;
}

export interface EnforcedStatus {
  readonly condition: UntimedCondition;
  readonly policies: NonNullable<ClusterPostureStatus['enforcement']>;
}

export const NOTHING_ENFORCED: EnforcedStatus = {
  condition: {
    type: 'Enforced',
    status: 'False',
    reason: 'Disabled',
    message: 'nothing is enforced: no policy of the whole cluster sets spec.enforcement.mode',
  },
  policies: [],
};

type Input = NonNullable<ClusterPostureStatus['inputs']>[number];

/** As many refused postures as are worth naming; the others are the same story. */
const MAX_REFUSALS = 20;

export function buildClusterStatus(status: UntimedStatus, view: ClusterView): UntimedClusterStatus {
  const count = (verdict: Verdict): number => view.verdicts.filter((one) => one === verdict).length;
  const total = view.verdicts.length;
  const { enforced = NOTHING_ENFORCED } = view;
  const facts = factNames.map((name) => ({ ...observeFact(view.snapshot, name), source: name }));
  const observed = facts.filter(({ state }) => state === 'observed').length;
  const attested = facts.filter(({ state }) => state === 'attested').length;
  return {
    ...status,
    conditions: [...status.conditions, judgeGuards(view.snapshot), enforced.condition],
    ...(enforced.policies.length === 0 ? {} : { enforcement: enforced.policies }),
    namespaces: { total, compliant: count('True'), nonCompliant: count('False'), unknown: count('Unknown') },
    namespacesCompliant: `${count('True')}/${total}`,
    apiServer: describeCoverage(view, observed),
    apiServerFacts: { observed, attested, unknown: facts.length - observed - attested },
    adminPaths: view.adminPaths === undefined ? 'Unknown' : String(view.adminPaths.reaching),
    ...(view.adminPaths === undefined ? {} : { adminPathCounts: view.adminPaths }),
    inputs: [
      ...kindNames.map((kind) => toInput(view.snapshot.observation(kind))),
      toInput(view.policyInput),
      toInput(view.ownPolicyInput),
      ...view.exemptionInputs.map(toInput),
      describeServers(view),
      ...facts,
      ...view.refusals
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, MAX_REFUSALS)
        .map(([scope, message]) => ({ source: `SecurityPosture ${scope}`, state: 'refused' as const, message })),
    ].map((input) => ({ ...input, message: shorten(input.message, MAX_INPUT_MESSAGE_LENGTH) })),
  };
}

/** Of several, one may hide nothing while another one is not reached. */
function describeCoverage({ snapshot, serverDoubt }: ClusterView, observed: number): UntimedClusterStatus['apiServer'] {
  if (observed === factNames.length && serverDoubt === undefined) return 'Visible';
  const isSeen = serversOf(snapshot).some((server) => factNames.some((name) => isSeenOf(server, name)));
  return isSeen ? 'Partial' : 'NotVisible';
}

/** Which API servers there are: of each, facts follow. */
function describeServers({ snapshot, serverDoubt }: ClusterView): Input {
  const servers = serversOf(snapshot).map(({ instance }) => instance);
  if (servers.length === 0) return { source: 'APIServer', state: 'unobserved', message: 'nobody looked for them' };
  return serverDoubt === undefined
    ? { source: 'APIServer', state: 'observed', message: servers.join(', ') }
    : { source: 'APIServer', state: 'unobserved', message: serverDoubt };
}

function serversOf(snapshot: Snapshot): readonly ApiServer[] {
  return isReadable(snapshot.observation('Evidence')) ? snapshot.apiServers() : [];
}

function isSeenOf(server: ApiServer, name: FactName): boolean {
  const fact = factIfKnown(server, name);
  return fact !== undefined && fact.attestation === undefined;
}

function toInput({ source, state, message }: Observation): Input {
  return { source, state, message };
}
