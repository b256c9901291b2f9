/**
 * How the API server can hold a new object to a rule by itself: what the rule looks for, said in CEL. A rule carries it
 * beside its `check`, so that what is enforced and what is reported stand in one file; that the two never differ is held
 * against a real API server by test/enforcement/differential.
 *
 * What is only noted, with severity info, is enforced nowhere, unless the rule says so.
 */
/** Rules that people switch on together; each becomes one policy. */
export type PodFamily = 'pod-security' | 'image-pulls' | 'service-accounts';

/** What an expression may build on, of a rule about workloads. */
export const podVariables = {
  /** The spec of the pod, or of the pod that a workload makes; what is optional in it has to be asked for each time. */
  spec: 'variables.podSpec',
  /** The annotations of the same, a map that may be empty. */
  annotations: 'variables.podAnnotations',
  /** Its containers of all three lists, as the API server visits them. */
  containers: 'variables.containers',
} as const;

/** What a rule gives for its parameters and an API server. */
export interface Enforcement {
  readonly family: PodFamily;
  /**
   * A list of strings in CEL over `podVariables`, one for each place that breaks the rule, to be read after the name of
   * the pod; empty where none does. An optional is asked for with its whole path, each time: one that is kept in a
   * variable is misread in silence. Two loops at most are within each other.
   */
  readonly violations?: string;
  /** Set where places are refused, too, that `check` only notes. */
  readonly refusesNoted?: true;
  /** Set where annotations decide, too: with what their keys begin. */
  readonly annotationPrefix?: string;
  /** Why CEL cannot say what is wrong; to be read after the rule. */
  readonly notEnforceable?: string;
}

/** The API server that it is for. */
export interface EnforcementTarget {
  /** As `RuleContext.podSecurityVersion`, and never less than 30; undefined where nobody said. */
  readonly podSecurityVersion: number | undefined;
}

/** One change that a MutatingAdmissionPolicy makes of what is about to be stored, in CEL. */
export type Mutation =
  | { readonly patchType: 'ApplyConfiguration'; readonly applyConfiguration: { readonly expression: string } }
  | { readonly patchType: 'JSONPatch'; readonly jsonPatch: { readonly expression: string } };
