/** What a rule is: metadata that the product prints, and one pure function that judges one subject. */
import type { AnnotatedObject } from './annotated.ts';
import type { Enforcement, EnforcementTarget } from './enforcement.ts';
import type { FactName } from './evidence.ts';
import type { Expected, ScopedExpectation } from './expectation.ts';
import type { ObjectOf } from './kinds.ts';
import type { RbacSubject } from './rbac-shape.ts';
import type { Params, ParamsOf, ParamsSchema } from './params.ts';
import type { PodDefault } from './pod-default.ts';
import type { PodTemplate } from './pod-template.ts';
import type { ServerRepair } from './server-repair.ts';
import type { Severity } from './severity.ts';
import type { Snapshot } from './snapshot.ts';
import type { Source } from './source.ts';
import type { SubjectRef } from './subject-ref.ts';

/** What `check` gets for each kind of subject. */
export interface SubjectTypes {
  readonly Workload: PodTemplate;
  readonly ServiceAccount: ObjectOf<'ServiceAccount'>;
  /** A Role or a ClusterRole; `context.subject.kind` tells which. */
  readonly Role: ObjectOf<'ClusterRole'>;
  /** A RoleBinding or a ClusterRoleBinding; `context.subject.kind` tells which. */
  readonly Binding: ObjectOf<'RoleBinding'>;
  readonly Namespace: ObjectOf<'Namespace'>;
  readonly PodSecurityPolicy: ObjectOf<'PodSecurityPolicy'>;
  /** Of either kind; `context.subject.kind` tells which. */
  readonly WebhookConfiguration: ObjectOf<'ValidatingWebhookConfiguration'>;
  readonly APIService: ObjectOf<'APIService'>;
  /** A user, a group or a service account that some binding names; judged for the cluster as a whole. */
  readonly Principal: RbacSubject;
  /** The API server has no object; what is known of it is evidence, read through the snapshot. */
  readonly APIServer: undefined;
  /** A service account, a user or a group of which a policy expects something: one of its expectations. */
  readonly Expectation: ScopedExpectation;
  /** Whatever is annotated with what is to exempt it; of which kind, `context.subject.kind` tells. */
  readonly AnnotatedObject: AnnotatedObject;
}
export type SubjectType = keyof SubjectTypes;

export interface RuleContext<P = Params> {
  /** What the policy sets, and defaults where it is silent. */
  readonly params: P;
  /**
   * The minor version of the Pod Security Standards to judge by: the API server's own, or the one that was asked for;
   * Infinity is the latest. A rule that reads it declares `ServerVersion`.
   * @throws {NotObserved} if it is not known
   */
  readonly podSecurityVersion: number;
  /** What is judged. A workload rule that reads it, or the snapshot, declares `reads`. */
  readonly subject: SubjectRef;
  /** Everything else that is known; reading a kind that the rule does not declare in `reads` is an error. */
  readonly snapshot: Snapshot;
  /** What the policies expect, of whomever; a rule about workloads sees nothing of it. */
  readonly expected: Expected;
}

/** One place in the subject that breaks the rule. */
export interface Violation {
  /** The field: relative to the object for most subjects, to the pod for workloads (`spec.containers[0].image`). */
  readonly path: string;
  /** Set where the path is that of the workload itself, not of its pod: nobody changes it in the template. */
  readonly of?: 'subject';
  /** What stands there, printed; absent when nothing does. */
  readonly observed?: string;
  readonly message: string;
  /** Where this place is worse or more harmless than the rule in general. */
  readonly severity?: Severity;
  /** Where others break the rule by the same: all of them together are one finding, on that. */
  readonly cause?: Cause;
}

/** What somebody breaks a rule by, and others may, too: a role that is granted to all of them. */
export interface Cause {
  readonly subject: SubjectRef;
  /** The `metadata` of it, by identity, where it can be read. */
  readonly origin?: object;
  /** The field there, and what stands in it. */
  readonly path: string;
  readonly observed: string;
  /** Behind the names of those whom it is true of: `may run commands in pods of every namespace`. */
  readonly what: string;
  /** What gives it to this one: `RoleBinding "debuggers/shop"`. */
  readonly by: string;
}

export interface NotApplicable {
  readonly outcome: 'notApplicable';
  readonly reason: string;
}
export interface Unknown {
  readonly outcome: 'unknown';
  readonly reason: string;
}
/** A pass where there is more than one way to pass, and it matters which. */
export interface Pass {
  readonly outcome: 'pass';
  readonly reason: string;
}
/** An empty list is a pass. */
export type CheckResult = readonly Violation[] | Pass | NotApplicable | Unknown;

interface RuleMetadata<S extends SubjectType> {
  /** The path of its file: `pod-host-ports` is `src/rules/pod/host-ports.ts`. */
  readonly id: string;
  /** What must hold, as a sentence without a full stop. */
  readonly title: string;
  readonly severity: Severity;
  /** Why it is that severe, in one sentence. */
  readonly severityReason: string;
  /** Where it is in force without a policy that says so; `whereEnabled` is nowhere. */
  readonly inForce?: 'everywhere' | 'whereEnabled';
  readonly subject: S;
  /** What `check` reads besides its subject; decides what is judged again when something changes. */
  readonly reads?: readonly Source[];
  /** What it looks at besides, and does without where that is not known: then it is no input that is missing. */
  readonly considers?: readonly Source[];
  /** The facts that it asks for, where it reads Evidence. */
  readonly facts?: readonly FactName[];
  /** Items of published standards: `pss/baseline/privileged`, `cis-1.12/5.2.2`, `nsa/pod-security`. */
  readonly controls: readonly string[];
  /** Why it matters, in a sentence or two. */
  readonly rationale: string;
  /** What to do, in the modern form first. */
  readonly remediation: string;
  /** Of a rule about workloads: what the API server can set by itself in a new pod that says nothing. */
  readonly sets?: PodDefault;
  /** Of a rule about the API server: the same for programs, from which follows what each distribution has to be told. */
  readonly repair?: ServerRepair;
  /** Two manifests, or for the API server two observations; `params` where the defaults let nothing pass or fail. */
  readonly example: { readonly fails: string; readonly passes: string; readonly params?: Params };
}

export interface Rule<S extends SubjectType = SubjectType> extends RuleMetadata<S> {
  /** What a policy may set of it. */
  readonly params?: ParamsSchema;
  check(subject: SubjectTypes[S], context: RuleContext): CheckResult;
  /** Of a rule about workloads: how the API server holds new ones to it by itself. */
  enforce?(params: Params, target: EnforcementTarget): Enforcement;
}

/** A rule as its file writes it: `check` knows the types of its own parameters. */
export interface RuleDefinition<S extends SubjectType, P extends ParamsSchema | undefined> extends RuleMetadata<S> {
  readonly params?: P;
  check(subject: SubjectTypes[S], context: RuleContext<ParamsOf<P>>): CheckResult;
  enforce?(params: ParamsOf<P>, target: EnforcementTarget): Enforcement;
}

/** Rules of every kind of subject in one list: `check` accepts what its `subject` says. */
export type AnyRule = { [S in SubjectType]: Rule<S> }[SubjectType];

export function defineRule<S extends SubjectType, const P extends ParamsSchema | undefined = undefined>(
  rule: RuleDefinition<S, P>,
): Rule<S> {
  // Parameters are held against the schema before they get here, which the compiler cannot follow.
  return rule as unknown as Rule<S>;
}

/**
 * @param path the field that breaks the rule
 * @param observed what stands there; undefined where the field is absent
 * @param message who, what, where and what to do, in one sentence
 */
export function violation(path: string, observed: unknown, message: string, severity?: Severity): Violation {
  // Written out: to spread would cost more than all else that a check does with a pod that it refuses.
  const printed = observed === undefined ? undefined : printObserved(observed);
  if (severity === undefined) return printed === undefined ? { path, message } : { path, observed: printed, message };
  return printed === undefined ? { path, message, severity } : { path, observed: printed, message, severity };
}

function printObserved(observed: unknown): string {
  if (typeof observed === 'string') return observed;
  return typeof observed === 'boolean' || typeof observed === 'number' ? String(observed) : JSON.stringify(observed);
}

/** The rule holds, and why. */
export function pass(reason: string): Pass {
  return { outcome: 'pass', reason };
}

/** The rule has no meaning for this subject. */
export function notApplicable(reason: string): NotApplicable {
  return { outcome: 'notApplicable', reason };
}

/** The rule could not be decided: never a pass. */
export function unknown(reason: string): Unknown {
  return { outcome: 'unknown', reason };
}
