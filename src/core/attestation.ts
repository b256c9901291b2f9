/**
 * Attestations: facts about the API server that somebody vouches for in a ClusterHardeningPolicy. They fill what nobody
 * could observe, and nothing else: an observation counts whatever is attested, and what counts is shown as attested.
 */
import type { AttestationSpec } from '../api/v1alpha1/attestation.ts';
import type { ignoredAttestationReasons } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { MAX_MESSAGE_LENGTH } from '../api/v1alpha1/posture-status.ts';
import { isSameValue, printFactValue, readAttestedValue } from './attested-value.ts';
import { describeAttested, factNames, isObserved, reasonUnobserved } from './evidence.ts';
import type { Evidence, Fact, FactName, Unobserved } from './evidence.ts';
import { isMoment } from './moment.ts';
import type { AcceptedPolicy } from './accepted-policy.ts';
import { selectPolicies, sortPolicies } from './policy-scope.ts';
import { shorten } from './posture.ts';

/** One that can be used. */
export interface Attestation {
  readonly fact: FactName;
  /** As rules read it. */
  readonly value: unknown;
  readonly evidence: string;
  readonly owner: string;
  /** As it is written. */
  readonly expiresAt: string;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
  /** The name of the ClusterHardeningPolicy that holds it. */
  readonly policy: string;
  /** The field: `spec.attestations[0]`. */
  readonly path: string;
}

export interface AttestationProblem {
  readonly reason: 'InvalidAttestation';
  /** One sentence that begins with the path. */
  readonly message: string;
  readonly path: string;
}

/** @param specs as their schema admits them. @returns undefined if nothing is wrong */
export function findAttestationProblem(specs: readonly AttestationSpec[] = []): AttestationProblem | undefined {
  for (const [index, { fact, value, expiresAt }] of specs.entries()) {
    const at = `spec.attestations[${index}]`;
    const read = readAttestedValue(fact, value);
    if ('problem' in read) return problemAt(`${at}.value`, read.problem);
    if (isMoment(expiresAt)) continue;
    return problemAt(`${at}.expiresAt`, `is "${expiresAt}", which is no time; write it as 2027-01-31T12:00:00Z`);
  }
  return undefined;
}

function problemAt(path: string, problem: string): AttestationProblem {
  return { reason: 'InvalidAttestation', message: `${path} ${problem}`, path };
}

const known = new WeakMap<AcceptedPolicy, readonly Attestation[]>();

/** Made once of each version. @param policy one without problems */
export function attestationsOf(policy: AcceptedPolicy): readonly Attestation[] {
  const made = known.get(policy) ?? buildAttestations(policy);
  known.set(policy, made);
  return made;
}

function buildAttestations({ name, spec: { attestations = [] } }: AcceptedPolicy): readonly Attestation[] {
  return attestations.flatMap(({ fact, value, evidence, owner, expiresAt }, index) => {
    const read = readAttestedValue(fact, value);
    if ('problem' in read) return [];
    const path = `spec.attestations[${index}]`;
    const expiresMs = Date.parse(expiresAt);
    return [{ fact, value: read.value, evidence, owner, expiresAt, expiresMs, policy: name, path }];
  });
}

/** Those of the policies that concern the cluster itself, the strongest first: facts are about the whole of it. */
export function listAttestations(policies: readonly AcceptedPolicy[]): readonly Attestation[] {
  return selectPolicies(policies, 'cluster', undefined).flatMap(attestationsOf);
}

/** @param nowMs milliseconds since 1970 */
export function isInForce({ expiresMs }: Attestation, nowMs: number): boolean {
  return expiresMs > nowMs;
}

/** The first of each fact that has not ended. @param nowMs milliseconds since 1970 */
export function attestationsInForce(attestations: readonly Attestation[], nowMs: number): readonly Attestation[] {
  const inForce = new Map<FactName, Attestation>();
  for (const one of attestations) if (isInForce(one, nowMs) && !inForce.has(one.fact)) inForce.set(one.fact, one);
  return [...inForce.values()];
}

/**
 * What is known when what is attested counts for what nobody observed.
 *
 * @param attestations the strongest first; of those about the same fact the first counts that has not ended
 * @param nowMs milliseconds since 1970
 * @returns the evidence itself where nothing of it is attested
 */
export function attest(evidence: Evidence, attestations: readonly Attestation[], nowMs: number): Evidence {
  const filled = attestationsInForce(attestations, nowMs).flatMap((attestation) => {
    const said: Said = evidence[attestation.fact];
    return isObserved(said) ? [] : [[attestation.fact, toFact(attestation, reasonUnobserved(said))] as const];
  });
  return filled.length === 0 ? evidence : { ...evidence, ...(Object.fromEntries(filled) as Partial<Evidence>) };
}

type Said = Fact<unknown> | Unobserved | undefined;

function toFact(attestation: Attestation, insteadOf: string): Fact<unknown> {
  const { fact, value, evidence } = attestation;
  return {
    value,
    source: 'attestation',
    confidence: 'attested',
    detail: `${fact} is ${printFactValue(value)} (${evidence})`,
    attestation: { said: describeAttestation(attestation), evidence, insteadOf },
  };
}

/** Who vouches for it, where, and how long. */
export function describeAttestation({ owner, policy, expiresAt }: Attestation): string {
  return `attested by ${owner} in ClusterHardeningPolicy "${policy}" until ${expiresAt}`;
}

/**
 * What counts and what does not of all that is attested, in sentences for whoever asks once.
 *
 * @param nowMs milliseconds since 1970
 * @param wanted the facts that anything is judged by; by default all
 */
export function accountForAttestations(
  policies: readonly AcceptedPolicy[],
  evidence: Evidence,
  nowMs: number,
  wanted = factNames,
): { readonly counting: readonly string[]; readonly idle: readonly string[] } {
  const attestations = listAttestations(policies);
  const merged = attest(evidence, attestations, nowMs);
  const counting = wanted.flatMap((name) => {
    const fact: Said = merged[name];
    return isObserved(fact) && fact.attestation !== undefined ? [`${name} ${describeAttested(fact.attestation)}`] : [];
  });
  const idle = sortPolicies(policies).flatMap((policy) =>
    findIgnoredAttestations(policy, { attestations, evidence, nowMs }).flatMap(({ fact, path, reason, message }) =>
      !wanted.includes(fact)
        ? []
        : `${path} of ClusterHardeningPolicy "${policy.name}" counts for nothing (${reason}): ${message}`,
    ),
  );
  return { counting, idle };
}

/** One that counts for nothing, and why. */
export interface IgnoredAttestation {
  readonly fact: FactName;
  readonly path: string;
  readonly reason: (typeof ignoredAttestationReasons)[number];
  readonly message: string;
}

/** What else there is, and the moment. */
export interface AttestationView {
  /** Of all policies, as `listAttestations` gives them. */
  readonly attestations: readonly Attestation[];
  /** Without what is attested; undefined where none was gathered. */
  readonly evidence: Evidence | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Those of one policy that count for nothing: never silently. */
export function findIgnoredAttestations(policy: AcceptedPolicy, view: AttestationView): readonly IgnoredAttestation[] {
  return attestationsOf(policy).flatMap((attestation) => {
    const found = explainIgnored(attestation, view);
    return found === undefined
      ? []
      : [
          {
            fact: attestation.fact,
            ...found,
            path: attestation.path,
            message: shorten(found.message, MAX_MESSAGE_LENGTH),
          },
        ];
  });
}

function explainIgnored(
  attestation: Attestation,
  { attestations, evidence, nowMs }: AttestationView,
): Pick<IgnoredAttestation, 'reason' | 'message'> | undefined {
  const { fact, value, expiresAt } = attestation;
  if (!attestations.includes(attestation)) {
    const message =
      'facts about the API server are those of the cluster itself, which a policy with namespaceSelector or namespaces does not concern';
    return { reason: 'NotOfCluster', message };
  }
  if (!isInForce(attestation, nowMs)) {
    return { reason: 'Expired', message: `it ended at ${expiresAt}; look again, and say until when` };
  }
  const said: Said | undefined = evidence?.[fact];
  if (said !== undefined && isObserved(said)) {
    const observed = `${fact} is ${printFactValue(said.value)}, by ${said.source} (${said.detail})`;
    return isSameValue(fact, value, said.value)
      ? { reason: 'Observed', message: `Merlon observes the same, so nobody need attest it: ${observed}` }
      : { reason: 'Contradicted', message: `Merlon observes otherwise, and that counts: ${observed}` };
  }
  const first = attestationsInForce(attestations, nowMs).find((one) => one.fact === fact);
  if (first === undefined || first === attestation) return undefined;
  return {
    reason: 'Overruled',
    message: `ClusterHardeningPolicy "${first.policy}" says it in ${first.path}, and goes before this one`,
  };
}
