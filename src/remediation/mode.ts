/**
 * Whether Merlon repairs in a namespace, or in what is of the whole cluster: off, plan or apply, for each rule. Several
 * have a say, and each can only hold back: the most restrictive wins, whoever says it. Without anybody who asks for more
 * it is off.
 */
import { REMEDIATION_LABEL } from '../api/v1alpha1/hardening-remediation.ts';
import type { AnyRule } from '../core/rule.ts';
import { remediationModes } from '../core/remediation-terms.ts';
import type { RemediationMode, RemediationTerms } from '../core/remediation-terms.ts';
import { DEFAULT_ACCOUNT_RULE } from './remedies/default-account.ts';

/** Only where a policy names them. */
export const systemNamespaces: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Why the mode is what it is; each stands for the scenario that follows. */
export const modeReasons = {
  SwitchedOff: 'A cluster policy has switched remediation off.',
  Excluded: 'The namespace is one of the cluster itself, or that of Merlon, and no policy names it.',
  InvalidLabel: 'The namespace has the label for it with a value that means nothing, so it is off.',
  Disabled: 'Nobody has switched it on here.',
  NotDelegated: "The namespace's own policy asks for it, and the cluster policy does not let it.",
  AskedOff: 'The label of the namespace, or its own policy, says off.',
  NotListed: 'No policy lists the rule among those that may be repaired.',
  Planned: 'It is planned only, as the label of the namespace or its own policy asks.',
  Capped: 'It is planned only, though more is asked for: the cluster policy, or the default, allows no more.',
  Enabled: 'It is switched on, and what is found is repaired.',
} as const;
export type ModeReason = keyof typeof modeReasons;

export interface Mode {
  readonly mode: RemediationMode;
  readonly reason: ModeReason;
  /** One sentence, and what to do. */
  readonly message: string;
}

export interface RuleMode extends Mode {
  /** A cluster policy says off: nothing at all is written, not even a revert. */
  readonly isKilled: boolean;
  readonly allowInUse: boolean;
}

export interface NamespaceTerms {
  readonly terms: RemediationTerms;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Merlon's own namespace. */
  readonly ownNamespace: string;
  /** Whether a policy names the namespace itself, not by a glob and not by its labels. */
  readonly isNamed: boolean;
}

/** What is of the whole cluster has no label: the policies that concern it are the switch. */
export interface ClusterTerms {
  readonly terms: RemediationTerms;
  /** Those that have a remedy for something that is of the whole cluster. */
  readonly repairable: readonly AnyRule[];
}

export type ScopeTerms = NamespaceTerms | ClusterTerms;

/** What is asked for, before the ceiling: the same for every rule. */
export function readAskedMode(scope: ScopeTerms): Mode {
  return 'repairable' in scope ? readClusterMode(scope) : readNamespaceMode(scope);
}

function readNamespaceMode({ terms, namespace, labels, ownNamespace, isNamed }: NamespaceTerms): Mode {
  if (terms.ceiling === 'off') {
    return off('SwitchedOff', 'a cluster policy sets spec.remediation.mode to off');
  }
  if (!isNamed && (systemNamespaces.includes(namespace) || namespace === ownNamespace)) {
    return off('Excluded', `namespace "${namespace}" is left alone unless a policy names it in spec.namespaces`);
  }
  const label = Object.hasOwn(labels, REMEDIATION_LABEL) ? labels[REMEDIATION_LABEL] : undefined;
  const ofLabel = remediationModes.find((mode) => mode === label);
  if (label !== undefined && ofLabel === undefined) {
    const value = JSON.stringify(label);
    return off('InvalidLabel', `label ${REMEDIATION_LABEL} is ${value}; write off, plan or apply`);
  }
  const by = terms.askedBy === undefined ? 'its own policy' : `${terms.askedBy.kind} "${terms.askedBy.name}"`;
  const isHeard = terms.asked === 'off' || terms.namespacesMaySwitchOn || ofLabel !== undefined;
  const ofPolicy = isHeard ? terms.asked : undefined;
  if (ofLabel === undefined && ofPolicy === undefined) {
    return terms.asked === undefined
      ? off('Disabled', `to switch it on, label the namespace ${REMEDIATION_LABEL}=plan or apply`)
      : off(
          'NotDelegated',
          `${by} asks for ${terms.asked}, and the cluster policy's spec.delegation.remediation is false`,
        );
  }
  const mode = leastOf(ofLabel ?? 'apply', ofPolicy ?? 'apply');
  const who = mode === ofLabel ? `label ${REMEDIATION_LABEL}` : by;
  if (mode === 'off') return off('AskedOff', `${who} says off`);
  return mode === 'plan'
    ? { mode, reason: 'Planned', message: `${who} asks for plan: repairs are proposed, and nothing is written` }
    : { mode, reason: 'Enabled', message: `${who} asks for apply: what may be repaired is repaired` };
}

/** Nothing of the whole cluster is ever written, whatever policies say. */
function readClusterMode({ terms, repairable }: ClusterTerms): Mode {
  if (terms.ceiling === 'off') return off('SwitchedOff', 'a cluster policy sets spec.remediation.mode to off');
  const names = repairable.map(({ id }) => `"${id}"`).join(', ');
  const isListed = repairable.some((rule) => terms.mayRepair(rule));
  if (terms.ceiling === undefined || !isListed) {
    const lacks = terms.ceiling === undefined ? 'sets spec.remediation.mode' : `lists ${names}`;
    return off(
      'Disabled',
      `no policy for the whole cluster ${lacks}; to have repairs of what has no namespace proposed, let one without namespaces and namespaceSelector set spec.remediation.mode, which is the ceiling of every namespace, too, and list ${names} in spec.remediation.rules`,
    );
  }
  return { mode: 'plan', reason: 'Planned', message: 'what is of the whole cluster is planned only' };
}

/** The mode of one rule: what is asked for, under the ceiling that counts for that rule. */
export function resolveMode(scope: ScopeTerms, rule: AnyRule): RuleMode {
  const { terms } = scope;
  const asked = readAskedMode(scope);
  const rest = { isKilled: terms.ceiling === 'off', allowInUse: terms.allowInUse };
  if (asked.mode === 'off') return { ...asked, ...rest };
  if (!terms.mayRepair(rule)) {
    return { ...off('NotListed', `no policy lists rule "${rule.id}" in spec.remediation.rules`), ...rest };
  }
  const ceiling = terms.ceiling ?? defaultCeiling(rule);
  if (leastOf(asked.mode, ceiling) === asked.mode) return { ...asked, ...rest };
  const message =
    terms.ceiling === undefined
      ? `no cluster policy sets spec.remediation.mode, so rule "${rule.id}" is planned only`
      : 'the cluster policy sets spec.remediation.mode to plan';
  return { mode: 'plan', reason: 'Capped', message, ...rest };
}

/** Where no policy says it: the default account's repair needs a role that somebody bound for it. */
function defaultCeiling({ id }: AnyRule): RemediationMode {
  return id === DEFAULT_ACCOUNT_RULE ? 'apply' : 'plan';
}

function leastOf(a: RemediationMode, b: RemediationMode): RemediationMode {
  return remediationModes.indexOf(a) <= remediationModes.indexOf(b) ? a : b;
}

function off(reason: ModeReason, message: string): Mode {
  return { mode: 'off', reason, message: `remediation is off: ${message}` };
}
