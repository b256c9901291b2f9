/**
 * Takes one repair as far as it goes: reads the target, asks what is to be done next, and does it. What is about to be
 * written to a target stands in the record before, and what was written stands there after, so that whoever comes after a
 * crash finds either nothing done, or what was done and what stood there before.
 */
import { isDeepStrictEqual } from 'node:util';

import type { HardeningRemediation, HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import { GUARD_SETTLING_MS } from '../core/action-guard.ts';
import type { RuleMode } from '../remediation/mode.ts';
import { noteDryRun, noteOutcome } from '../remediation/outcome.ts';
import type { WriteAct } from '../remediation/outcome.ts';
import { actionOf } from '../remediation/record-status.ts';
import { refusalOf } from '../remediation/retry.ts';
import type { PresentFinding, Situation, Step } from '../remediation/situation.ts';
import { nextStep } from '../remediation/transition.ts';
import type { WriteResult } from './posture-writer.ts';
import type { RecordAddress } from './record-address.ts';
import type { RemediationStore } from './remediation-store.ts';
import type { RemediationWriter } from './remediation-writer.ts';
import type { Candidate } from './repair-candidates.ts';

export interface RepairContext {
  readonly writer: RemediationWriter;
  readonly records: RemediationStore;
  /** What is known at this very moment; asked again before each write. */
  readonly finding: () => PresentFinding;
  readonly mode: () => RuleMode;
  readonly policies: () => NonNullable<HardeningRemediationStatus['policies']>;
  /** @throws {Error} unless this process is the one that writes, at this very moment */
  readonly assertMayWrite: () => void;
  /** @returns 0 where a patch may be written now, otherwise in how many milliseconds to ask again */
  readonly takeBudget: () => number;
  /** Told when a patch that budget was taken for has ended, however. */
  readonly noteEnded: () => void;
  /** Until when what failed is not tried again, in milliseconds since 1970. */
  readonly notBeforeMs: () => number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

export type RepairResult =
  /** Nothing more is to be done until something changes, or until then, in milliseconds since 1970. */
  | { readonly outcome: 'settled'; readonly recheckAtMs?: number }
  /** The target was written. */
  | { readonly outcome: 'patched' }
  /** The budget is spent for that long. */
  | { readonly outcome: 'waits'; readonly waitMs: number }
  /** What Merlon may not patch. */
  | { readonly outcome: 'failed' }
  /** The record may not be written, so nothing is. */
  | { readonly outcome: 'unrecorded'; readonly message: string };

/** A target that others write all the time is left to the queue's backoff. */
const MAX_ROUNDS = 4;

/** @throws what is not foreseen, to be tried again */
export async function performRepair(candidate: Candidate, context: RepairContext): Promise<RepairResult> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const situation = await readSituation(candidate, context);
    const step = nextStep(situation);
    const result = await performStep(candidate.address, situation, step, context);
    if (result !== 'again') return result;
  }
  throw new Error('the target or its record is written by somebody else all the time');
}

async function readSituation(candidate: Candidate, context: RepairContext): Promise<Situation> {
  const { rule, remedy, subject, address } = candidate;
  const live = await context.writer.readTarget(subject);
  const record = context.records.get(address.namespace, address.name);
  const isGuarded = await readGuard(candidate, record, context);
  // Last, because the others take their time.
  return {
    rule,
    remedy,
    subject,
    record,
    live,
    isGuarded,
    finding: context.finding(),
    mode: context.mode(),
    policies: context.policies(),
    nowMs: context.nowMs(),
    notBeforeMs: context.notBeforeMs(),
  };
}

/** Whether nothing could ever be said in this record by somebody who may not do it himself. */
async function readGuard(
  { remedy }: Candidate,
  record: HardeningRemediation | undefined,
  { writer, nowMs }: RepairContext,
): Promise<boolean> {
  const action = actionOf(record);
  const isEverWritten = remedy.needsGuard && !remedy.isPlanOnly;
  if (action !== 'Approve' && action !== 'Revert' && !isEverWritten) return false;
  const guard = await writer.readActionGuard();
  if (guard.state === 'missing') return false;
  const bornMs = record === undefined ? nowMs() : Date.parse(record.metadata.creationTimestamp ?? '');
  return bornMs >= guard.sinceMs + GUARD_SETTLING_MS;
}

async function performStep(
  address: RecordAddress,
  situation: Situation,
  { status, act, recheckAtMs }: Step,
  context: RepairContext,
): Promise<RepairResult | 'again'> {
  switch (act.kind) {
    case 'none': {
      const saved = status === undefined ? undefined : await save(address, status, context);
      return saved ?? (recheckAtMs === undefined ? { outcome: 'settled' } : { outcome: 'settled', recheckAtMs });
    }
    case 'deleteRecord':
      // What it was about may need another one.
      return (await forget(address, context)) ?? 'again';
    case 'apply':
    case 'revert':
      return performWrite(address, situation, act, status, context);
  }
}

async function performWrite(
  address: RecordAddress,
  situation: Situation,
  act: WriteAct,
  intended: HardeningRemediationStatus | undefined,
  context: RepairContext,
): Promise<RepairResult | 'again'> {
  const { writer, takeBudget, records } = context;
  context.assertMayWrite();
  const trial = await writer.applyFields(act.target, act.fields, true);
  const objection = noteDryRun(situation, act, intended, trial);
  if (objection !== undefined) return conclude(address, situation, objection, context);
  const waitMs = takeBudget();
  if (waitMs > 0) return { outcome: 'waits', waitMs };
  if (intended !== undefined) {
    const unsaved = await save(address, intended, context);
    if (unsaved !== undefined) return unsaved;
  }
  if (!isStillMeant(address, situation, context)) return 'again';
  context.assertMayWrite();
  const result = await writer.applyFields(act.target, act.fields, false).finally(context.noteEnded);
  const record = withAction(records.get(address.namespace, address.name), situation.record);
  const outcome = noteOutcome({ ...situation, record, nowMs: context.nowMs() }, act, result);
  const concluded = await conclude(address, situation, outcome, context);
  return result.outcome === 'written' && concluded !== 'again' && concluded.outcome === 'settled'
    ? { outcome: 'patched' }
    : concluded;
}

/** As it is stored now, with what was asked for when it was decided: what came since then is looked at next. */
function withAction(
  record: HardeningRemediation | undefined,
  decided: HardeningRemediation | undefined,
): HardeningRemediation | undefined {
  if (record === undefined) return undefined;
  const { spec: _since, ...rest } = record;
  return decided?.spec === undefined ? rest : { ...rest, spec: decided.spec };
}

/** Whatever was switched off, exempt, put at risk or skipped while the record was written: nothing begins after that. */
function isStillMeant(
  { namespace, name }: RecordAddress,
  { mode, finding, record }: Situation,
  context: RepairContext,
): boolean {
  const now = [context.mode(), context.finding(), actionOf(context.records.get(namespace, name))];
  return isDeepStrictEqual(now, [mode, finding, actionOf(record)]);
}

/** What was tried is written down; what has to be looked at again is. */
async function conclude(
  address: RecordAddress,
  { nowMs }: Situation,
  { status, recheckAtMs }: Step,
  context: RepairContext,
): Promise<RepairResult | 'again'> {
  const saved = status === undefined ? undefined : await save(address, status, context);
  if (saved !== undefined) return saved;
  if (recheckAtMs !== undefined && recheckAtMs <= nowMs) return 'again';
  if (status !== undefined && refusalOf(status) !== undefined) return { outcome: 'failed' };
  return recheckAtMs === undefined ? { outcome: 'settled' } : { outcome: 'settled', recheckAtMs };
}

/** @returns undefined where it stands as it should */
async function save(
  address: RecordAddress,
  status: HardeningRemediationStatus,
  context: RepairContext,
): Promise<RepairResult | undefined> {
  const { writer, records } = context;
  let record = records.get(address.namespace, address.name);
  if (record !== undefined && isDeepStrictEqual(record.status, status)) return undefined;
  if (record === undefined) {
    context.assertMayWrite();
    const created = await writer.createRecord(address.namespace, address.name);
    if (created.outcome !== 'written') return unsaved(created);
    records.written(created.object);
    record = created.object;
  }
  context.assertMayWrite();
  const replaced = await writer.replaceRecordStatus(record, status);
  if (replaced.outcome === 'gone') records.absent(record);
  if (replaced.outcome !== 'written') return unsaved(replaced);
  records.written(replaced.object);
  return undefined;
}

async function forget(address: RecordAddress, context: RepairContext): Promise<RepairResult | undefined> {
  const { writer, records } = context;
  const record = records.get(address.namespace, address.name);
  if (record === undefined) return undefined;
  context.assertMayWrite();
  const deleted = await writer.deleteRecord(record);
  if (deleted.outcome !== 'written' && deleted.outcome !== 'gone') return unsaved(deleted);
  records.absent(record);
  return undefined;
}

/** @throws {Error} where the record is another one than was known: the watch shows it */
function unsaved(result: Exclude<WriteResult<unknown>, { readonly outcome: 'written' }>): RepairResult {
  switch (result.outcome) {
    case 'conflict':
      throw new Error('the record changed meanwhile');
    case 'gone':
      return { outcome: 'unrecorded', message: 'the namespace of the record, or its kind, is gone' };
    case 'refused':
      return { outcome: 'unrecorded', message: result.message };
  }
}
