/**
 * In which namespaces what is in force: people say it by a label of the namespace, and an option says what is so without.
 * Policies themselves leave out where it is off: one whose parameters cannot be read refuses all that it matches, bound or
 * not.
 */
import type { LabelSelector } from '../../core/label-selector.ts';
import { actionsOf } from './planned-policy.ts';
import type { EnforcementMode, PlannedBinding, ValidatingBindingSpec } from './planned-policy.ts';

/** Its values: `off`, `audit`, `warn` and `deny`. */
export const ENFORCE_LABEL = 'merlon.dev/enforce';

export const defaultModes = ['off', 'audit', 'deny'] as const;

export interface NamespaceModes {
  /** Of namespaces that do not carry the label, or with another value than it can have. */
  readonly withoutLabel: (typeof defaultModes)[number];
  /** Names of namespaces in which nothing is in force, whatever their labels say. */
  readonly keptOut: readonly string[];
}

/** Values that ask for a mode; warnings do not reach who connects to a pod, so that those who want them get the next less. */
const valuesOf: Readonly<Record<EnforcementMode, readonly string[]>> = { audit: ['audit', 'warn'], deny: ['deny'] };
const allValues = ['off', ...valuesOf.audit, ...valuesOf.deny];

/** Of a policy. */
export function selectEnforced({ withoutLabel, keptOut }: NamespaceModes): LabelSelector {
  const values = [...valuesOf.audit, ...valuesOf.deny];
  return {
    matchExpressions: [
      ...(keptOut.length === 0
        ? []
        : [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...new Set(keptOut)] }]),
      withoutLabel === 'off'
        ? { key: ENFORCE_LABEL, operator: 'In', values }
        : { key: ENFORCE_LABEL, operator: 'NotIn', values: ['off'] },
    ],
  };
}

/** One for each mode. @param paramRef of all of them, for a policy with a paramKind */
export function bindByNamespace(
  policyName: string,
  { withoutLabel }: NamespaceModes,
  paramRef?: ValidatingBindingSpec['paramRef'],
): readonly PlannedBinding[] {
  return (['audit', 'deny'] as const).map((mode) => {
    const isDefault = withoutLabel === mode;
    const others = allValues.filter((value) => !valuesOf[mode].includes(value));
    return {
      mode,
      where: `${ENFORCE_LABEL}=${valuesOf[mode].join(' or ')}${isDefault ? ', and without the label' : ''}`,
      spec: {
        policyName,
        ...(paramRef === undefined ? {} : { paramRef }),
        matchResources: {
          matchPolicy: 'Equivalent',
          namespaceSelector: {
            matchExpressions: [
              isDefault
                ? { key: ENFORCE_LABEL, operator: 'NotIn', values: others }
                : { key: ENFORCE_LABEL, operator: 'In', values: valuesOf[mode] },
            ],
          },
          objectSelector: {},
        },
        validationActions: actionsOf[mode],
      },
    };
  });
}
