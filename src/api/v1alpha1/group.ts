/** The names that Merlon is known by in a cluster. They are the contract: changing one breaks somebody's file. */

export const GROUP = 'merlon.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;

/** `kubectl get hardening -A` lists the objects of every kind of Merlon. */
export const CATEGORY = 'hardening';

/** Where the operator lives: its namespace, its ServiceAccount, its Deployment and its Lease have this name. */
export const OPERATOR_NAME = 'merlon';
export const OPERATOR_NAMESPACE = 'merlon';
export const LEASE_NAME = 'merlon';
/** Where pods are tried, and never made (config/probes): the ValidatingAdmissionPolicy that sees to it has the same name. */
export const PROBE_NAMESPACE = 'merlon-probes';
export const PROBE_GUARD_NAME = 'merlon-probes';
/** Of a pod, from its birth: whether the exec guard has to look at it. */
export const EXEC_LABEL = 'merlon.dev/exec';
/** Its value for one that is neither privileged nor shares anything of its node. */
export const EXEC_SPARED = 'open';
/** On a pod that is tried: the guard refuses the one with this value, and shows by it that it stands. */
export const PROBE_LABEL = 'merlon.dev/probe';
export const GUARD_PROBE = 'guard';
/** On the Lease: why the operator, though alive, cannot keep the postures true; empty while it can. */
export const TROUBLE_ANNOTATION = 'merlon.dev/trouble';

/** Before the id of a rule: an annotation that exempts its object from that rule, where policy honours such; its value is why. */
export const EXEMPT_ANNOTATION_PREFIX = 'exempt.merlon.dev/';

/** Who writes the status of Merlon's own objects, in `metadata.managedFields`. */
export const STATUS_FIELD_MANAGER = 'merlon-status';

/** Who writes admission policies, in `metadata.managedFields`. */
export const ENFORCER_FIELD_MANAGER = 'merlon-enforcer';
/** The ClusterRole that lets Merlon do that (config/enforcement), which nothing binds by default. */
export const ENFORCEMENT_ROLE = 'merlon-enforcement';
/** The same for those that change what is created (config/enforcement/mutating). */
export const MUTATING_ENFORCEMENT_ROLE = 'merlon-enforcement-mutating';

/** What says of an object that it came with Merlon's manifests. */
export const shippedLabels = { 'app.kubernetes.io/part-of': 'merlon' } as const;

/** On every object that Merlon creates. */
export const managedByLabels = { 'app.kubernetes.io/managed-by': 'merlon' } as const;
