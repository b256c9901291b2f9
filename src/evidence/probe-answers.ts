/**
 * What the answers to pods that were tried tell. Only what one admission plugin alone says or does counts for it; every
 * other answer is why nothing is known.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/admission/plugin/{webhook/errors,policy/validating}; k8s.io/kubernetes v1.37.2,
 * plugin/pkg/admission/{serviceaccount,alwayspullimages,security/podsecurity}; k8s.io/pod-security-admission v0.37.2.
 */
import { PROBE_GUARD_NAME, PROBE_NAMESPACE } from '../api/v1alpha1/group.ts';
import { GUARD_STANDS } from '../core/probe-guard.ts';
import { OLD_NODE_LABEL } from './probe-pods.ts';
import type { ProbePod } from './probe-pods.ts';
import type { Missing, Reading } from './reading.ts';

export interface TrialAnswer {
  readonly status: number;
  readonly body: string;
  /** The header of that name; more than one as HTTP joins them. Source: RFC 7234, section 5.5. */
  readonly warning: string;
}

/** What became of a pod that no level of Pod Security but "privileged" admits. */
export type PodSecuritySign = 'refuses' | 'warns' | 'silent';

const MAX_NAME = 200;

/**
 * How those who refuse a pod say who they are. What they say besides is theirs, may be anything, and another thing each
 * time: a port, a time, the pod's random name.
 */
const refusers: readonly RegExp[] = [
  /^admission webhook "[^"]+"/,
  /^failed calling webhook "[^"]+"/,
  /^(?:ValidatingAdmissionPolicy|MutatingAdmissionPolicy|policy) '[^']+'/,
  /^(?:exceeded|failed) quota: [a-z0-9.-]+/,
  /^violates PodSecurity "[a-z0-9:.]+"/,
  /^error looking up service account/,
  /^namespaces "[^"]+" not found/,
  /^unable to create new content in namespace [a-z0-9-]+/,
];

/** @returns at which level the namespace warns, as the guard says it when it refuses what it should */
export function readGuardAnswer(pod: ProbePod, answer: TrialAnswer): Reading<string> {
  if (isAdmitted(answer)) {
    return {
      missing: `the ValidatingAdmissionPolicy "${PROBE_GUARD_NAME}" does not refuse what it should; it takes a moment after it was applied`,
    };
  }
  const start = `${startOf(pod)}ValidatingAdmissionPolicy '${PROBE_GUARD_NAME}' with binding '${PROBE_GUARD_NAME}' denied request: ${GUARD_STANDS}`;
  const message = messageIn(answer);
  return message.startsWith(start)
    ? { read: message.slice(start.length) }
    : missingTrial(answer, 'the guard was not seen to act: ');
}

/** Whether a pod that asked for IfNotPresent was given Always. */
export function readPullPolicy(answer: TrialAnswer): Reading<'kept' | 'replaced'> {
  if (!isAdmitted(answer)) return missingTrial(answer);
  const { containers = [] } = readObject(answer)?.spec ?? {};
  // Webhooks may have put a container of their own beside it, which the plugin would not admit otherwise either.
  if (containers.some(({ imagePullPolicy }) => imagePullPolicy === 'IfNotPresent')) return { read: 'kept' };
  return containers.length > 0 && containers.every(({ imagePullPolicy }) => imagePullPolicy === 'Always')
    ? { read: 'replaced' }
    : { missing: 'a pod that was tried was answered with something else' };
}

/** @param warnsAt what the label of the namespace says */
export function readPodSecurity(pod: ProbePod, answer: TrialAnswer, warnsAt: string): Reading<PodSecuritySign> {
  if (messageIn(answer).startsWith(`${startOf(pod)}violates PodSecurity "`)) return { read: 'refuses' };
  const warnings = readWarnings(answer.warning);
  // Also beside the refusal of another, as those who validate are asked one after the other.
  if (warnings.some((text) => text.startsWith('would violate PodSecurity "'))) return { read: 'warns' };
  if (!isAdmitted(answer)) return missingTrial(answer);
  // Whoever takes it away has made the pod one that nobody needs to warn of.
  if (readObject(answer)?.spec?.hostPID !== true) return { missing: 'hostPID was taken from a pod that was tried' };
  if (warnsAt !== 'restricted') {
    return { missing: `the namespace of probes warns at ${clip(warnsAt)}, not at restricted; apply config/probes` };
  }
  return warnings.some((text) => text.includes(OLD_NODE_LABEL))
    ? { read: 'silent' }
    : { missing: 'warnings of the API server do not arrive' };
}

/** Whether a pod with a service account that does not exist was refused for that. */
export function readStranger(pod: ProbePod, answer: TrialAnswer): Reading<'refused' | 'admitted'> {
  if (isAdmitted(answer)) return { read: 'admitted' };
  return messageIn(answer).startsWith(`${startOf(pod)}error looking up service account `)
    ? { read: 'refused' }
    : missingTrial(answer);
}

/** @param lead stands before the reason */
function missingTrial(answer: TrialAnswer, lead = ''): Missing {
  const missing = lead + explainRefusal(answer);
  return isWithoutRight(answer) ? { missing, permission: `create on pods in ${PROBE_NAMESPACE}` } : { missing };
}

/** Who may not create pods at all; whoever refuses this one names it. */
function isWithoutRight(answer: TrialAnswer): boolean {
  return answer.status === 403 && messageIn(answer).startsWith('pods is forbidden: ');
}

/** The same in every round: what changes is written anew. */
function explainRefusal(answer: TrialAnswer): string {
  const message = messageIn(answer);
  const webhook = /^admission webhook "([^"]+)" does not support dry run/.exec(message)?.[1];
  if (webhook !== undefined) {
    return `the admission webhook "${clip(webhook)}" does not support dry runs; set sideEffects to None or NoneOnDryRun where it has none`;
  }
  if (isWithoutRight(answer)) {
    return 'trying a pod needs the permission to create pods in the namespace of probes; apply config/probes';
  }
  const refuser = refuserIn(message);
  return `a pod that was tried was answered ${answer.status}${refuser === undefined ? '' : `: ${clip(refuser)}`}`;
}

function refuserIn(message: string): string | undefined {
  const said = message.replace(/^(?:pods "[^"]*" is forbidden|Internal error occurred): /, '');
  for (const pattern of refusers) {
    const [refuser] = pattern.exec(said) ?? [];
    if (refuser !== undefined) return refuser;
  }
  return undefined;
}

function startOf({ metadata: { name } }: ProbePod): string {
  return `pods "${name}" is forbidden: `;
}

/** What admits a pod answers with it; a proxy that answers something else has admitted nothing. */
function isAdmitted(answer: TrialAnswer): boolean {
  return answer.status === 201 && readObject(answer)?.kind === 'Pod';
}

interface Answered {
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly spec?: {
    readonly hostPID?: unknown;
    readonly containers?: readonly { readonly imagePullPolicy?: unknown }[];
  };
}

function readObject({ body }: TrialAnswer): Answered | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

function messageIn(answer: TrialAnswer): string {
  const object = readObject(answer);
  return object?.kind === 'Status' && typeof object.message === 'string' ? object.message : '';
}

function readWarnings(header: string): readonly string[] {
  return [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME)}…` : line;
}
