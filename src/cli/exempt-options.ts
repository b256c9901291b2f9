/** What `merlon exempt` is asked for, from what the command line says. */
import { MAX_REASON_LENGTH, MIN_REASON_LENGTH, ownExemptionSpecSchema } from '../api/v1alpha1/exemption.ts';
import { MAX_GLOB_LENGTH } from '../core/glob.ts';
import { selectRules } from '../core/rule-selector.ts';
import type { AnyRule } from '../core/rule.ts';
import { suggestRules } from '../report/catalogue.ts';
import { makeExemptionName } from '../report/stated-exemption.ts';
import type { StatedExemption } from '../report/stated-exemption.ts';
import { parseExpiry } from './expiry-option.ts';
import {
  describeSubjectsOf,
  hasNamespace,
  isOfClusterPosture,
  judgesKind,
  parseExemptedSubject,
} from './exempted-subject.ts';
import type { ExemptedSubject } from './exempted-subject.ts';
import { findNameProblem } from './object-name.ts';
import type { UsageError } from './usage-error.ts';

export interface GivenExemptOptions {
  readonly reason: string;
  readonly expires: string;
  readonly owner?: string;
  readonly ticket?: string;
  readonly namespace?: string;
  /** A pattern of names. */
  readonly container?: string;
  /** For a ClusterHardeningExemption. */
  readonly cluster: boolean;
  /** Of the exemption; made of rule and subject where none is given. */
  readonly name?: string;
}

const { owner: ownerSchema, ticket: ticketSchema, subjects: subjectsSchema } = ownExemptionSpecSchema.properties;
/** In characters, as the API server counts them. */
const maxLengths = {
  owner: ownerSchema.maxLength,
  ticket: ticketSchema.maxLength,
  container: subjectsSchema.items.properties.container.maxLength,
};

/** @param nowMs milliseconds since 1970 */
export function parseExemptOptions(
  ruleText: string,
  subjectText: string,
  given: GivenExemptOptions,
  { rules, nowMs }: { readonly rules: readonly AnyRule[]; readonly nowMs: number },
): { readonly exemption: StatedExemption } | UsageError {
  const selected = ruleText.length <= MAX_GLOB_LENGTH ? selectRules(ruleText, rules) : [];
  if (selected.length === 0) {
    return { usageError: `there is no rule "${ruleText}"${suggestRules(ruleText, rules)}; "merlon rules" lists them` };
  }
  const subject = parseExemptedSubject(subjectText);
  if ('usageError' in subject) return subject;
  const judging = selected.filter((rule) => judgesKind(rule, subject.kind));
  const mistake =
    findTextMistake(given) ??
    (judging.length === 0 ? explainUnjudged(ruleText, selected, subject) : undefined) ??
    findContainerMistake(ruleText, judging, given) ??
    findPlaceMistake(ruleText, judging, subject, given);
  if (mistake !== undefined) return { usageError: mistake };
  const expiry = parseExpiry('--expires', given.expires, nowMs);
  if ('usageError' in expiry) return expiry;
  const { reason, owner, ticket, cluster, container } = given;
  const namespace = given.namespace ?? (subject.kind === 'Namespace' && !cluster ? subject.name : undefined);
  const name = given.name ?? makeExemptionName(ruleText, subject.kind, subject.name, container ?? '');
  return {
    exemption: {
      name,
      ...(cluster ? {} : { namespace: namespace ?? '' }),
      isOfCluster: cluster,
      spec: {
        rules: [ruleText],
        subjects: [
          {
            ...subject,
            ...(cluster && namespace !== undefined ? { namespace } : {}),
            ...(container === undefined ? {} : { container }),
          },
        ],
        reason: reason.trim(),
        ...(owner === undefined ? {} : { owner }),
        ...(ticket === undefined ? {} : { ticket }),
        ...expiry,
      },
    },
  };
}

function findTextMistake(given: GivenExemptOptions): string | undefined {
  const { reason, owner, ticket, container, namespace, name } = given;
  const empty = Object.entries({ owner, ticket, container, namespace }).find(([, word]) => word === '');
  if (empty !== undefined) return `--${empty[0]} is empty: say something, or leave it out`;
  for (const option of ['owner', 'ticket', 'container'] as const) {
    const maxLength = maxLengths[option];
    if (countCharacters(given[option] ?? '') > maxLength) {
      return `--${option} is longer than the ${maxLength} characters that are stored`;
    }
  }
  return findReasonMistake(reason) ?? (name === undefined ? undefined : findNameProblem('--name', name));
}

/** @returns why a reason would not be accepted; undefined if it would */
export function findReasonMistake(reason: string): string | undefined {
  const length = countCharacters(reason.trim());
  if (length < MIN_REASON_LENGTH) {
    return `--reason has ${length} characters: say in at least ${MIN_REASON_LENGTH} why this is accepted`;
  }
  return length > MAX_REASON_LENGTH
    ? `--reason has ${length} characters: at most ${MAX_REASON_LENGTH} are stored`
    : undefined;
}

function countCharacters(text: string): number {
  return Array.from(text).length;
}

function explainUnjudged(text: string, [rule, ...more]: readonly AnyRule[], { kind }: ExemptedSubject): string {
  return rule === undefined || more.length > 0
    ? `none of the ${more.length + 1} rules that "${text}" selects judges a ${kind}: nothing would be exempt`
    : `rule "${rule.id}" does not judge a ${kind}, but ${describeSubjectsOf(rule)}: nothing would be exempt`;
}

function findContainerMistake(
  text: string,
  judging: readonly AnyRule[],
  { container }: GivenExemptOptions,
): string | undefined {
  return container !== undefined && judging.every(({ subject }) => subject !== 'Workload')
    ? `--container goes with rules about pods, which "${text}" is not`
    : undefined;
}

function findPlaceMistake(
  text: string,
  judging: readonly AnyRule[],
  { kind, name }: ExemptedSubject,
  { cluster, namespace }: GivenExemptOptions,
): string | undefined {
  if (cluster) {
    if (namespace !== undefined && !hasNamespace(kind)) return `a ${kind} has no namespace: leave -n out`;
    return namespace === undefined && hasNamespace(kind)
      ? `say in which namespace with -n, or -n '*' for every one`
      : undefined;
  }
  if (judging.every((rule) => isOfClusterPosture(rule, kind))) {
    return `a ${kind} is judged by "${text}" for the cluster as a whole, so that only a ClusterHardeningExemption is asked: add --cluster`;
  }
  if (kind === 'Namespace' && (namespace === undefined ? name.includes('*') : namespace !== name)) {
    return `an exemption of a namespace reaches no other: leave -n out for its own, or add --cluster`;
  }
  return namespace === undefined || /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace)
    ? undefined
    : `"${namespace}" is no name of a namespace`;
}
