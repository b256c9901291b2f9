/**
 * One admission policy, or one binding: what is to be done about it, and what came of that. What others made is never
 * written to; what came back is compared with what was sent.
 */
import { ENFORCEMENT_ROLE, MUTATING_ENFORCEMENT_ROLE } from '../api/v1alpha1/group.ts';
import type { EnforcementWriter, WriteOutcome } from '../enforcement/plan/enforcement-writer.ts';
import { explainUnserved } from '../enforcement/plan/without-policies.ts';
import type { EnforcementManifest } from '../enforcement/plan/planned-policy.ts';
import { isApplied, isAsMeant, nameOtherWriters } from '../enforcement/plan/stored-object.ts';
import type { EnforcedRef, StoredObject } from '../enforcement/plan/stored-object.ts';

/** `InForce` and `Gone` are what is wanted; everything else says why it is not so. */
export type ObjectState =
  | 'InForce'
  /** The same, made by somebody else. */
  | 'InForceByOthers'
  | 'Gone'
  /** Not wanted, and made by somebody else. */
  | 'Left'
  | 'Foreign'
  | 'Forbidden'
  | 'Contested'
  | 'Refused'
  | 'NotStored'
  | 'NotApplicable'
  | 'Unproven'
  | 'Untried'
  /** For another policy to be in force. */
  | 'Waiting'
  | 'Going';

export interface ObjectResult {
  readonly state: ObjectState;
  readonly message: string;
  /** As it stands after what was written; undefined where nothing was read or written. */
  readonly object?: StoredObject | undefined;
  readonly isWritten?: boolean;
  /** Of `Untried`: nothing was tried, for want of a right or of the guard. */
  readonly isBarred?: boolean;
}

export interface EnforceContext {
  readonly writer: EnforcementWriter;
  /** Why it is not to be written, though it is wanted; undefined where it is. */
  readonly objection: { readonly state: ObjectState; readonly message: string } | undefined;
  /** Tries what is to be written, before it is; undefined where it cannot be tried. @returns why it is not to be written */
  readonly tryOut?: (() => Promise<ObjectResult | undefined>) | undefined;
  /** Whether it was put right as often as it is, lately. */
  readonly isContested: boolean;
  /** @throws {Error} where another process writes now */
  readonly assertMayWrite: () => void;
}

/** @throws what is not foreseen, and where somebody wrote at the same time: to be tried again */
export async function enforceObject(manifest: EnforcementManifest, context: EnforceContext): Promise<ObjectResult> {
  const result = await enforce(manifest, context);
  const isOther = result.object !== undefined && statesOfOther.has(result.state);
  // First, as what the API server says may be long, and is cut.
  return isOther ? { ...result, message: `${OTHER_STANDS}: ${result.message}` } : result;
}

/** In which what Merlon applied before, or what somebody made of it, is left as it is. */
const statesOfOther: ReadonlySet<ObjectState> = new Set(['Untried', 'Unproven', 'Contested']);

const OTHER_STANDS =
  'another text than is meant stands, stays in force and may refuse; spec.enforcement.mode: off takes it away';

async function enforce(manifest: EnforcementManifest, context: EnforceContext): Promise<ObjectResult> {
  const { writer, objection, isContested } = context;
  const ref = { kind: manifest.kind, name: manifest.metadata.name };
  const read = await writer.read(ref);
  if (read.outcome === 'forbidden') return forbidden(ref, read.message);
  const stored = read.outcome === 'read' ? read.object : undefined;
  if (stored?.metadata.deletionTimestamp !== undefined) {
    return { state: 'Going', message: `${print(ref)} is being deleted`, object: stored };
  }
  if (stored !== undefined && isAsMeant(manifest, stored)) return describeInForce(ref, stored);
  if (stored !== undefined && !isApplied(stored)) return foreign(ref, stored);
  if (objection !== undefined) return { ...objection, object: stored };
  if (isContested) return contested(ref, stored);
  context.assertMayWrite();
  const failed = await context.tryOut?.();
  if (failed !== undefined) return { ...failed, object: stored };
  context.assertMayWrite();
  const written = await (stored === undefined ? writer.apply(manifest) : writer.replace(manifest, stored));
  return judge(manifest, ref, written);
}

/** Takes away what is not wanted any more, where Merlon made it. */
export async function removeObject(
  ref: EnforcedRef,
  { writer, assertMayWrite }: Pick<EnforceContext, 'writer' | 'assertMayWrite'>,
): Promise<ObjectResult> {
  const read = await writer.read(ref);
  if (read.outcome === 'gone') return { state: 'Gone', message: '' };
  if (read.outcome === 'forbidden') {
    // Whoever keeps it in git has not given Merlon any right to it.
    return { state: 'Left', message: `${print(ref)} stands, and who applied it may not be read` };
  }
  const { object } = read;
  if (!isApplied(object)) {
    return { state: 'Left', message: `${print(ref)} stands, and Merlon did not apply it`, object };
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    return { state: 'Going', message: `${print(ref)} is being deleted`, object };
  }
  assertMayWrite();
  const removed = await writer.remove(ref, object);
  if (removed.outcome === 'gone') return { state: 'Gone', message: '', isWritten: true };
  return notWritten(ref, removed);
}

export function print({ kind, name }: EnforcedRef): string {
  return `${kind} "${name}"`;
}

function judge(manifest: EnforcementManifest, ref: EnforcedRef, written: WriteOutcome): ObjectResult {
  if (written.outcome !== 'written') return notWritten(ref, written);
  const { object } = written;
  return isAsMeant(manifest, object)
    ? { state: 'InForce', message: '', object, isWritten: true }
    : {
        state: 'NotStored',
        message: `the API server stores ${print(ref)} otherwise than it was sent; "merlon enforce" prints what it should be`,
        object,
        isWritten: true,
      };
}

/** @throws where somebody wrote at the same time */
function notWritten(ref: EnforcedRef, result: Exclude<WriteOutcome, { readonly outcome: 'written' }>): ObjectResult {
  switch (result.outcome) {
    case 'gone':
    case 'conflict':
      throw new Error(`${print(ref)} changed meanwhile`);
    case 'forbidden':
      return forbidden(ref, result.message);
    case 'unserved':
      return { state: 'NotApplicable', message: explainGone(ref) };
    case 'refused':
      return { state: 'Refused', message: `the API server refuses ${print(ref)}: ${result.message}` };
  }
}

/** Who serves no ValidatingAdmissionPolicy enforces nothing; without the other kind, less is set. */
function explainGone({ kind }: EnforcedRef): string {
  return kind.startsWith('Mutating')
    ? 'the API server does not serve it (any more), and sets nothing by itself'
    : explainUnserved('the API server');
}

function forbidden({ kind }: EnforcedRef, message: string): ObjectResult {
  const role = kind.startsWith('Mutating')
    ? `${MUTATING_ENFORCEMENT_ROLE} (config/enforcement/mutating)`
    : `${ENFORCEMENT_ROLE} (config/enforcement)`;
  const what = kind.startsWith('Mutating') ? 'mutating admission policies' : 'admission policies';
  return {
    state: 'Forbidden',
    message: `Merlon may not apply ${what}: bind the ClusterRole ${role}, or apply what "merlon enforce --policy FILE -o yaml" prints yourself; the API server says: ${message}`,
  };
}

function describeInForce(ref: EnforcedRef, object: StoredObject): ObjectResult {
  return isApplied(object)
    ? { state: 'InForce', message: '', object }
    : { state: 'InForceByOthers', message: `${print(ref)} is not Merlon's${byOthers(object)}`, object };
}

function foreign(ref: EnforcedRef, object: StoredObject): ObjectResult {
  const message = `${print(ref)} says something else, and Merlon did not apply it${byOthers(object)}: it is left alone; delete it, and Merlon applies its own`;
  return { state: 'Foreign', message, object };
}

function contested(ref: EnforcedRef, object: StoredObject | undefined): ObjectResult {
  const what = object === undefined ? 'is deleted' : 'is changed';
  const who = object === undefined ? '' : byOthers(object);
  return {
    state: 'Contested',
    message: `${print(ref)} ${what} again and again${who}; Merlon put it right twice within an hour, and leaves it alone until that is over: find out who`,
    object,
  };
}

function byOthers(object: StoredObject): string {
  const names = nameOtherWriters(object);
  return names === undefined ? '' : ` (written by ${names})`;
}

/** To what somebody else may change any time, Merlon binds nothing. */
export function strangersPolicy(name: string): EnforceContext['objection'] {
  const message = `a binding of "${name}" is missing or says something else, and the policy is not Merlon's: apply it from where the policy comes, or delete the policy`;
  return { state: 'Foreign', message };
}
