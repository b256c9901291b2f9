/**
 * In which namespaces what is in force: people say it by a label of the namespace, and an option says what is so without.
 * Policies themselves leave out where it is off: one whose parameters cannot be read refuses all that it matches, bound or
 * not.
 */
import type { LabelSelector } from '../../core/label-selector.ts';
import { actionsOf } from './planned-policy.ts';
import type {
  EnforcementMode,
  Match,
  MutatingBindingSpec,
  PlannedBinding,
  SilentMode,
  ValidatingBindingSpec,
} from './planned-policy.ts';

/** Its values: `off`, `audit`, `warn` and `deny`. */
export const ENFORCE_LABEL = 'merlon.dev/enforce';

export const defaultModes = ['off', 'audit', 'warn', 'deny'] as const;

export interface NamespaceModes {
  /** Of namespaces that do not carry the label, or with another value than it can have. */
  readonly withoutLabel: (typeof defaultModes)[number];
  /** The most that is in force, whatever labels say; by default deny. */
  readonly ceiling?: EnforcementMode;
  /** Names of namespaces in which nothing is in force, whatever their labels say. */
  readonly keptOut: readonly string[];
}

/** Of a family whose requests are answered as any other. */
export const allModes = ['audit', 'warn', 'deny'] as const satisfies readonly EnforcementMode[];
/** Of one whose requests are not: those who want warnings get the next less. */
export const silentModes = ['audit', 'deny'] as const satisfies readonly SilentMode[];

/** Of a policy. */
export function selectEnforced({ withoutLabel, keptOut }: NamespaceModes): LabelSelector {
  return {
    matchExpressions: [
      ...keepOut(keptOut),
      withoutLabel === 'off'
        ? { key: ENFORCE_LABEL, operator: 'In', values: [...allModes] }
        : { key: ENFORCE_LABEL, operator: 'NotIn', values: ['off'] },
    ],
  };
}

/** Of a policy that has no modes: it acts where what it is about is refused otherwise. */
export function selectDenied({ withoutLabel, keptOut }: NamespaceModes): LabelSelector {
  return { matchExpressions: [...keepOut(keptOut), selectMode('deny', withoutLabel, allModes)] };
}

/**
 * One for each mode.
 * @param all the modes that the policy has; above the ceiling none is planned
 * @param paramRef of all of them, for a policy with a paramKind
 */
export function bindByNamespace<Mode extends EnforcementMode>(
  policyName: string,
  { withoutLabel, ceiling = 'deny' }: NamespaceModes,
  all: readonly Mode[],
  paramRef?: ValidatingBindingSpec['paramRef'],
): readonly PlannedBinding<Mode, ValidatingBindingSpec>[] {
  const modes = all.filter((mode) => rankOf(mode) <= rankOf(ceiling));
  return modes.map((mode) => ({
    mode,
    where: describeWhere(mode, withoutLabel, modes),
    spec: {
      policyName,
      ...(paramRef === undefined ? {} : { paramRef }),
      matchResources: matchNamespaces(mode, withoutLabel, modes),
      validationActions: actionsOf[mode],
    },
  }));
}

/** Of a policy that sets something: in force where refusing is. */
export function bindWhereDenied(
  policyName: string,
  { withoutLabel }: NamespaceModes,
): readonly PlannedBinding<'on', MutatingBindingSpec>[] {
  const matchResources = matchNamespaces('deny', withoutLabel, allModes);
  return [{ mode: 'on', where: describeWhere('deny', withoutLabel, allModes), spec: { policyName, matchResources } }];
}

type Modes = readonly EnforcementMode[];
type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function matchNamespaces(mode: EnforcementMode, withoutLabel: NamespaceModes['withoutLabel'], modes: Modes): Match {
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: { matchExpressions: [selectMode(mode, withoutLabel, modes)] },
    objectSelector: {},
  };
}

function describeWhere(mode: EnforcementMode, withoutLabel: NamespaceModes['withoutLabel'], modes: Modes): string {
  const isDefault = isSameMode(mode, withoutLabel, modes);
  return `${ENFORCE_LABEL}=${valuesOf(mode, modes).join(' or ')}${isDefault ? ', and without the label' : ''}`;
}

function selectMode(mode: EnforcementMode, withoutLabel: NamespaceModes['withoutLabel'], modes: Modes): Expression {
  const values = valuesOf(mode, modes);
  return isSameMode(mode, withoutLabel, modes)
    ? { key: ENFORCE_LABEL, operator: 'NotIn', values: ['off', ...allModes].filter((one) => !values.includes(one)) }
    : { key: ENFORCE_LABEL, operator: 'In', values };
}

/** The values of the label that ask for a mode: whoever wants one that there is not gets the next less. */
function valuesOf(mode: EnforcementMode, modes: Modes): string[] {
  return allModes.filter((value) => modes.findLast((one) => rankOf(one) <= rankOf(value)) === mode);
}

function rankOf(mode: EnforcementMode): number {
  return allModes.indexOf(mode);
}

function isSameMode(mode: EnforcementMode, withoutLabel: NamespaceModes['withoutLabel'], modes: Modes): boolean {
  return valuesOf(mode, modes).includes(withoutLabel);
}

export function keepOut(names: readonly string[]): readonly Expression[] {
  return names.length === 0
    ? []
    : [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...new Set(names)] }];
}
