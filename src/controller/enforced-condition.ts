/** What the posture of the cluster, and the policies, say of what is enforced: never more than what stands. */
import type { EnforcedReason } from '../api/v1alpha1/conditions.ts';
import type { UnaskedPolicies } from '../core/asked-policies.ts';
import { NOTHING_ENFORCED } from '../core/cluster-status.ts';
import type { EnforcedStatus } from '../core/cluster-status.ts';
import { rankOfMode } from '../core/enforcement-terms.ts';
import type { EnforcementTerms } from '../core/enforcement-terms.ts';
import type { EnforcementReport } from '../core/policy-status.ts';
import { shorten } from '../core/posture.ts';
import { describeContention } from '../enforcement/plan/contenders.ts';
import type { Contention } from '../enforcement/plan/contenders.ts';
import type { Unserved } from '../enforcement/plan/chosen-families.ts';
import type { LeftOut } from '../enforcement/plan/pod-family.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import type { ObjectState } from './enforced-object.ts';

/** One admission policy with its bindings. */
export interface EnforcedUnit {
  readonly kind: PlannedPolicy['kind'];
  readonly name: string;
  /** Undefined where it is not wanted. */
  readonly planned: PlannedPolicy | undefined;
  readonly state: ObjectState | 'Pending' | 'Unknown';
  readonly message: string;
}

export interface EnforcedView {
  /** Undefined where it is not known what policies say. */
  readonly terms: EnforcementTerms | undefined;
  /** Those that are wanted, and those that are not and of which something stands. */
  readonly units: readonly EnforcedUnit[];
  /** Of the rules that new pods are held to what cannot be enforced, and of exemptions what cannot be told. */
  readonly leftOut: readonly LeftOut[];
  /** What would be set by an API server that can. */
  readonly unserved: readonly Unserved[];
  /** Who may take back what is set. */
  readonly contentions?: readonly Contention[];
  /** Why what stands may refuse nothing; undefined where every API server asks admission policies. */
  readonly unasked: UnaskedPolicies | undefined;
}

export interface EnforcedSummary extends EnforcedStatus {
  /** For the status of the policies that say something. */
  readonly report: EnforcementReport;
}

const NOT_LOOKED_MESSAGE = 'this process was asked for one look at the cluster, and enforces nothing';
/** Of a process that enforces nothing. */
export const NOT_LOOKED: EnforcedSummary = {
  condition: { type: 'Enforced', status: 'Unknown', reason: 'NotLooked', message: NOT_LOOKED_MESSAGE },
  policies: [],
  report: { state: 'NotLooked', message: NOT_LOOKED_MESSAGE },
};

const MAX_CONDITION_MESSAGE = 2048;
const MAX_MESSAGE = 1024;

/** What people can do most about stands first. */
const worstFirst = [
  'Foreign',
  'Contested',
  'NotStored',
  'Refused',
  'Forbidden',
  'Untried',
  'Unproven',
  'NotApplicable',
  'Unknown',
  'Waiting',
  'Going',
  'Pending',
] as const satisfies readonly EnforcedUnit['state'][];

export function summariseEnforcement(view: EnforcedView): EnforcedSummary {
  const { units, leftOut, unserved, contentions = [] } = view;
  const wanted = units.filter(({ planned }) => planned !== undefined);
  const said = judge(view, wanted);
  const condition = {
    type: 'Enforced',
    status: said.status,
    reason: said.reason,
    message: shorten(
      [said.message, ...contentions.map(describeContention)].join('; ') +
        describeLeft(units) +
        describeUnserved(unserved) +
        describeLeftOut(leftOut),
      MAX_CONDITION_MESSAGE,
    ),
  } as const;
  return {
    condition,
    policies: wanted.map(({ kind, name, planned, state, message }) => ({
      policy: name,
      kind,
      state,
      modes: (planned?.bindings ?? []).map(({ mode, where }) => shorten(`${mode}: ${where}`, MAX_MESSAGE)),
      ...(message === '' ? {} : { message: shorten(message, MAX_MESSAGE) }),
    })),
    report: {
      state: said.status === 'True' ? mostOf(wanted) : said.reason,
      message: shorten(condition.message, MAX_MESSAGE),
    },
  };
}

interface Said {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: EnforcedReason;
  readonly message: string;
}

function judge({ terms, units, unserved, unasked }: EnforcedView, wanted: readonly EnforcedUnit[]): Said {
  if (terms === undefined) {
    const message =
      'what policies say of enforcement, or what is exempt, could not be read: nothing is applied, and nothing taken away';
    return { status: 'Unknown', reason: 'Unknown', message };
  }
  for (const state of worstFirst) {
    const [first, ...others] = units.filter((unit) => unit.state === state);
    if (first === undefined) continue;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return { ...verdicts[state], message: `${first.name}: ${first.message}${more}${countInForce(wanted)}` };
  }
  const { ceiling } = terms;
  if (ceiling === undefined) return { ...NOTHING_ENFORCED.condition, status: 'False', reason: 'Disabled' };
  if (ceiling === 'off') {
    return { status: 'False', reason: 'SwitchedOff', message: 'a policy says off in spec.enforcement.mode' };
  }
  const lacking = unserved.find(({ isRefusedInstead }) => !isRefusedInstead);
  if (lacking !== undefined) {
    return { ...verdicts.NotApplicable, message: `${lacking.family}: ${lacking.message}${countInForce(wanted)}` };
  }
  if (wanted.length === 0) {
    const message = 'no policy has a family enforced, or gives a mode to what has no namespace';
    return { status: 'False', reason: 'NothingSelected', message };
  }
  if (unasked !== undefined) return { status: unasked.reason === 'PluginOff' ? 'False' : 'Unknown', ...unasked };
  const others = wanted.filter(({ state }) => state === 'InForceByOthers').map(({ message }) => message);
  const named = wanted.map(({ name, planned }) => `${name} (${describeModes(planned)})`).join(', ');
  const byOthers = others.length === 0 ? '' : `; ${others.join(', ')}`;
  return { status: 'True', reason: 'Enforced', message: `the API server enforces ${named}${byOthers}` };
}

const verdicts: Readonly<Record<(typeof worstFirst)[number], Pick<Said, 'status' | 'reason'>>> = {
  Foreign: { status: 'False', reason: 'Foreign' },
  Contested: { status: 'False', reason: 'Contested' },
  NotStored: { status: 'False', reason: 'NotStored' },
  Refused: { status: 'False', reason: 'Refused' },
  Forbidden: { status: 'False', reason: 'Forbidden' },
  Untried: { status: 'False', reason: 'Untried' },
  Unproven: { status: 'False', reason: 'Unproven' },
  NotApplicable: { status: 'False', reason: 'NotApplicable' },
  Unknown: { status: 'Unknown', reason: 'Unknown' },
  Waiting: { status: 'False', reason: 'Applying' },
  Going: { status: 'False', reason: 'Applying' },
  Pending: { status: 'False', reason: 'Applying' },
};

function countInForce(wanted: readonly EnforcedUnit[]): string {
  const inForce = wanted.filter(({ state }) => isInForce(state)).length;
  return inForce === 0 ? '' : `; in force: ${inForce} of ${wanted.length}`;
}

export function isInForce(state: EnforcedUnit['state']): boolean {
  return state === 'InForce' || state === 'InForceByOthers';
}

function describeModes(planned: PlannedPolicy | undefined): string {
  return (planned?.bindings ?? []).map(({ mode }) => mode).join(', ');
}

/** The most that is in force anywhere. */
function mostOf(units: readonly EnforcedUnit[]): string {
  const modes = units.flatMap(({ planned }) =>
    (planned?.bindings ?? []).map(({ mode }) => (mode === 'on' ? 'deny' : mode)),
  );
  return modes.toSorted((a, b) => rankOfMode(b) - rankOfMode(a))[0] ?? 'off';
}

/** What stands under a name of Merlon's, though nobody asked Merlon for it. */
function describeLeft(units: readonly EnforcedUnit[]): string {
  const left = units.filter(({ state }) => state === 'Left').map(({ message }) => message);
  return left.length === 0 ? '' : `; ${left.join('; ')}`;
}

/** Of what nothing is refused instead the reason is told. */
function describeUnserved(unserved: readonly Unserved[]): string {
  const told = unserved.filter(({ isRefusedInstead }) => isRefusedInstead);
  return told.length === 0 ? '' : `; left out: ${told.map(({ message }) => message).join('; ')}`;
}

function describeLeftOut(leftOut: readonly LeftOut[]): string {
  return leftOut.length === 0 ? '' : `; left out: ${leftOut.map(({ rule, reason }) => `${rule} ${reason}`).join('; ')}`;
}
