/**
 * The repairs that are to be looked at in a namespace, or in what is of the whole cluster: of what fails now, and those that have a record. What a record says
 * is believed no further than its name bears out, and one that Merlon did not make is nothing but a stranger.
 */
import type { HardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import { managedByLabels } from '../api/v1alpha1/group.ts';
import type { Finding } from '../core/finding.ts';
import type { AnyRule } from '../core/rule.ts';
import { MalformedField } from '../core/shape.ts';
import { NotObserved } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { compareText, keyOf } from '../core/subject-ref.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { planRepair, remedyOf } from '../remediation/remedies.ts';
import type { Remedy } from '../remediation/remedy.ts';
import type { PresentFinding } from '../remediation/situation.ts';
import type { PostureScope } from './posture-store.ts';
import { recordAddress, scopeOfRecord } from './record-address.ts';
import type { RecordAddress } from './record-address.ts';

export interface RepairScope {
  readonly scope: PostureScope;
  /** Merlon's own, where the records are of what has no namespace. */
  readonly ownNamespace: string;
  readonly rules: readonly AnyRule[];
  /** What the posture holds: at least what is not passed. */
  readonly findings: readonly Finding[];
  /** Those in the namespace, where it is one, and in Merlon's own. */
  readonly records: readonly HardeningRemediation[];
  /** Repairs whose record somebody has deleted. */
  readonly lost?: readonly HardeningRemediation[];
}

export interface Candidate {
  readonly rule: AnyRule;
  readonly remedy: Remedy;
  readonly subject: SubjectRef;
  readonly address: RecordAddress;
  readonly record: HardeningRemediation | undefined;
  /** Undefined where the rule passes, is not applicable, or is not judged any more. */
  readonly finding: Finding | undefined;
}

export interface Candidates {
  /** By the names of their records. */
  readonly repairs: readonly Candidate[];
  /** Records that Merlon did not make. */
  readonly strangers: readonly HardeningRemediation[];
  /** Of rules that have a remedy: what stands for all subjects of a kind that could not be listed. */
  readonly unlisted: readonly Finding[];
}

export function gatherCandidates({
  scope,
  ownNamespace,
  rules,
  findings,
  records,
  lost = [],
}: RepairScope): Candidates {
  const repairs = new Map<string, Candidate>();
  const add = (rule: AnyRule, subject: SubjectRef, finding: Finding | undefined): void => {
    const remedy = remedyOf(rule.id);
    if (remedy === undefined || subject.name === '*') return;
    const address = recordAddress(rule.id, subject, ownNamespace);
    const key = printAddress(address);
    if (!repairs.has(key)) repairs.set(key, { rule, remedy, subject, address, record: undefined, finding });
  };
  /** By what it says itself; that its name bears it out shows when it is looked for by its name. */
  const addRecorded = ({ status }: HardeningRemediation): void => {
    const rule = rules.find(({ id }) => id === status?.rule);
    if (rule === undefined || status?.target === undefined) return;
    const { apiVersion, kind, namespace, name } = status.target;
    const subject = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
    add(rule, subject, findFinding(findings, { rule, subject }));
  };
  for (const finding of findings) add(finding.rule, finding.subject, finding);
  for (const record of lost) addRecorded(record);

  const strangers: HardeningRemediation[] = [];
  for (const record of records) {
    const address = { namespace: record.metadata.namespace ?? '', name: record.metadata.name };
    if (scopeOfRecord(record) === scope) {
      addRecorded(record);
    } else if (address.namespace !== ownNamespace) {
      strangers.push(record);
      continue;
    } else if (!repairs.has(printAddress(address))) {
      // In Merlon's own namespace there are those of others.
      continue;
    }
    const candidate = repairs.get(printAddress(address));
    if (candidate === undefined || !isOwn(record)) strangers.push(record);
    else repairs.set(printAddress(address), { ...candidate, record });
  }
  return {
    repairs: [...repairs.values()].sort((a, b) => compareText(a.address.name, b.address.name)),
    strangers,
    unlisted: findings.filter(({ rule, subject }) => subject.name === '*' && remedyOf(rule.id) !== undefined),
  };
}

/** Whether something stands where the record would have to be that Merlon did not make. */
export function isTaken({ namespace, name }: RecordAddress, strangers: Candidates['strangers']): boolean {
  return strangers.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
}

export function printAddress({ namespace, name }: RecordAddress): string {
  return `${namespace}/${name}`;
}

/**
 * Only Merlon writes into the status. A record without one was made by a Merlon that died before it could, or looks like
 * that to the letter, which is as good: there is nothing in it to be obeyed.
 */
function isOwn({ metadata, spec, status }: HardeningRemediation): boolean {
  if (status?.state !== undefined) return true;
  const [[label, value] = ['', '']] = Object.entries(managedByLabels);
  return metadata.labels?.[label] === value && spec?.action === undefined;
}

/** One that stands for all subjects of a kind that could not be listed says nothing about any of them. */
export function findFinding(
  findings: readonly Finding[],
  { rule, subject }: Pick<Candidate, 'rule' | 'subject'>,
): Finding | undefined {
  const key = keyOf(subject);
  return findings.find((one) => one.rule.id === rule.id && (one.subject.name === '*' || keyOf(one.subject) === key));
}

/** What a repair makes of what the rule found. */
export function presentFinding(finding: Finding | undefined, snapshot: Snapshot): PresentFinding {
  if (finding === undefined) return { outcome: 'gone' };
  switch (finding.outcome) {
    case 'fail':
      return planFinding(finding, snapshot);
    case 'unknown':
      return { outcome: 'unknown' };
    case 'exempt':
      return { outcome: 'exempt' };
    case 'pass':
    case 'notApplicable':
      return { outcome: 'gone' };
  }
}

function planFinding(finding: Finding, snapshot: Snapshot): PresentFinding {
  try {
    const plan = planRepair(finding, snapshot);
    return plan === undefined ? { outcome: 'unrepairable' } : { outcome: 'fails', plan };
  } catch (error) {
    if (error instanceof NotObserved || error instanceof MalformedField) return { outcome: 'unknown' };
    throw error;
  }
}
