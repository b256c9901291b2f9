/** Finds the repairs that stand, and takes one back as the operator would: what Merlon owns, without force, in the very version that was read. */
import type { HardeningRemediation } from '../../api/v1alpha1/hardening-remediation.ts';
import { hardeningRemediation } from '../../api/v1alpha1/hardening-remediation.ts';
import { kinds } from '../../core/kinds.ts';
import type { LiveObject } from '../../remediation/live-object.ts';
import type { PatchOutcome } from '../../remediation/outcome.ts';
import type { TargetWriter } from '../../remediation/target-writer.ts';
import { findKeptFields, findStandingRepairs, noteKept } from '../plan/standing-repairs.ts';
import type { StandingRepair } from '../plan/standing-repairs.ts';
import type { StepPlan } from '../plan/steps.ts';
import { servedAs } from '../plan/written-plan.ts';
import type { PresentObject } from '../plan/present-object.ts';
import type { ObjectReader } from './object-reader.ts';
import type { TaskOutcome } from './task-outcome.ts';
import type { UninstallChoices } from './uninstall-choices.ts';

type Whole<T> = T & PresentObject;

/** A target that others write all the time. */
const MAX_ROUNDS = 4;

export async function planRepairs({ repairs }: UninstallChoices, reader: ObjectReader): Promise<StepPlan> {
  const standing = await readStanding(reader);
  const choice = repairs();
  if (choice === 'revert') return { tasks: standing.map((repair) => ({ kind: 'revert', repair })), notes: [] };
  if (choice === 'keep') return { tasks: [], notes: standing.map(noteKept) };
  return { tasks: [], notes: [], undecided: standing };
}

/** Those are the kinds that Merlon ever writes to. */
async function readStanding(reader: ObjectReader): Promise<readonly StandingRepair[]> {
  const [accounts, namespaces, records] = await Promise.all([
    reader.listWhole<Whole<LiveObject>>(
      { ...kinds.ServiceAccount, kind: 'ServiceAccount' },
      { fieldSelector: 'metadata.name=default' },
    ),
    reader.listWhole<Whole<LiveObject>>({ ...kinds.Namespace, kind: 'Namespace' }),
    reader.listWhole<Whole<HardeningRemediation>>({
      ...servedAs(hardeningRemediation),
      kind: hardeningRemediation.kind,
    }),
  ]);
  return findStandingRepairs([...accounts, ...namespaces], records);
}

/** @throws {RequestError} where no answer came */
export async function takeBack(repair: StandingRepair, writer: TargetWriter): Promise<TaskOutcome> {
  let present: StandingRepair = repair;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const trial = await writer.applyFields(present.object, present.before, true);
    const result =
      trial.outcome === 'written' ? await writer.applyFields(present.object, present.before, false) : trial;
    if (result.outcome !== 'conflict') return judge(present, result);
    const again = await readAgain(present, writer);
    if ('outcome' in again) return again;
    present = again;
  }
  return { outcome: 'failed', message: 'somebody else writes it all the time' };
}

function judge(repair: StandingRepair, result: Exclude<PatchOutcome, { readonly outcome: 'conflict' }>): TaskOutcome {
  switch (result.outcome) {
    case 'written': {
      const kept = findKeptFields(repair, result.object);
      if (kept.length === 0) return { outcome: 'done' };
      return { outcome: 'done', message: `${kept.join(', ')} stays as it is: somebody else has set it, too` };
    }
    case 'gone':
      return { outcome: 'gone' };
    case 'fieldConflict':
      return { outcome: 'failed', message: `"${result.manager}" owns it: ${result.message}` };
    case 'forbidden':
      return { outcome: 'forbidden', message: result.message };
    case 'refused':
      return { outcome: 'failed', message: `the API server refuses it: ${result.message}` };
  }
}

/** As it is now: taken back by somebody else meanwhile, or another object, there is nothing left to do. */
async function readAgain(repair: StandingRepair, writer: TargetWriter): Promise<StandingRepair | TaskOutcome> {
  const { apiVersion, kind, metadata } = repair.object;
  const live = await writer.readTarget({ apiVersion, kind, ...pickAddress(metadata) });
  if (live.outcome === 'forbidden') return { outcome: 'forbidden', message: live.message };
  if (live.outcome === 'gone' || live.object.metadata.uid !== metadata.uid) return { outcome: 'gone' };
  const still = findStandingRepairs([live.object], []).find(({ remedy }) => remedy.rule === repair.remedy.rule);
  return still === undefined ? { outcome: 'gone' } : { ...still, before: repair.before };
}

function pickAddress({ name, namespace }: LiveObject['metadata']) {
  return namespace === undefined ? { name } : { namespace, name };
}
