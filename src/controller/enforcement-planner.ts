/**
 * What is to be enforced, from what policies and exemptions say and which API servers there are. Asked at every look, and
 * planned anew only when one of them says something else.
 */
import { isDeepStrictEqual } from 'node:util';

import { OLDEST_POLICY_MINOR } from '../core/admission-shape.ts';
import type { Clock } from '../core/clock.ts';
import type { JudgedExemption } from '../core/exemption.ts';
import type { ExemptionTerms } from '../core/exemption-terms.ts';
import type { EffectivePolicy } from '../core/policy.ts';
import { factIfKnown, isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { planExemptions } from '../enforcement/plan/exemption-conditions.ts';
import type { ExemptionConditions } from '../enforcement/plan/exemption-conditions.ts';
import { planEnforcement } from '../enforcement/plan/planned-enforcement.ts';
import type { PlannedEnforcement } from '../enforcement/plan/planned-enforcement.ts';
import { NOTHING_PLANNED, viewPlanned } from './namespace-enforcement.ts';
import type { PlannedView } from './namespace-enforcement.ts';

export interface EnforcementPlannerOptions {
  readonly snapshot: () => Snapshot;
  /** What policies say of the whole cluster; undefined where not all of them are known. */
  readonly policy: () => EffectivePolicy | undefined;
  /** The oldest first; undefined where those of the cluster could not be read. */
  readonly exemptions: () => readonly JudgedExemption[] | undefined;
  /** What policies say of exemptions, all of them together. */
  readonly exemptionTermsAnywhere: () => ExemptionTerms;
  /** What they say of them in a namespace; undefined where it is not known. */
  readonly exemptionTermsIn: (namespace: string) => ExemptionTerms | undefined;
  readonly clock: Pick<Clock, 'wallTimeMs'>;
  /** Why pods are not to be spared by their label, where policies ask for that; undefined where they may be. */
  readonly labelDoubt: (policy: EffectivePolicy) => string | undefined;
  /** Why new pods are not to get it, in the same way. */
  readonly setterDoubt: (policy: EffectivePolicy) => string | undefined;
}

/** What is planned, as long as it is made from the same. */
export interface CurrentPlan extends PlannedEnforcement {
  readonly policy: EffectivePolicy;
  /** Of the oldest API server. */
  readonly minor: number | undefined;
  readonly conditions: ExemptionConditions;
  readonly labelDoubt: string | undefined;
  readonly setterDoubt: string | undefined;
}

/** What exemptions come to. */
interface Exempted {
  readonly judged: readonly JudgedExemption[];
  readonly policy: EffectivePolicy;
  readonly terms: ExemptionTerms;
  /** Of each namespace that has some what it may exempt. */
  readonly termsIn: ReadonlyMap<string, ExemptionTerms | undefined>;
  /** When the first of them ends, in milliseconds since 1970. */
  readonly untilMs: number;
  readonly conditions: ExemptionConditions;
}

const NO_EXEMPTIONS: ExemptionConditions = { exemptions: [], counting: [], refused: [] };

export class EnforcementPlanner {
  readonly #options: EnforcementPlannerOptions;
  #current: CurrentPlan | undefined;
  #view: PlannedView | undefined;
  #exempted: Exempted | undefined;
  #lastMinors: readonly number[] = [];
  /** Whether it may be that namespaces may exempt something else since exemptions were planned. */
  #areTermsStale = false;

  constructor(options: EnforcementPlannerOptions) {
    this.#options = options;
  }

  /** What policies say may be something else now. */
  review(): void {
    this.#areTermsStale = true;
  }

  /** Whether policies said last that nothing is to be enforced. */
  get isOff(): boolean {
    return this.#current?.policy.enforcement.ceiling === 'off';
  }

  /** Whether policies said last that pods may be spared by their label. */
  get goesByLabel(): boolean {
    return this.#current?.policy.enforcement.exec.byLabel === true;
  }

  /** Whether new pods get the label, or not, though that was planned otherwise. */
  get isSetterStale(): boolean {
    const { policy, setterDoubt } = this.#current ?? {};
    return policy?.enforcement.exec.byLabel === true && this.#options.setterDoubt(policy) !== setterDoubt;
  }

  /** The same as long as policies and API servers are the same; undefined where it is not known. */
  plan(): CurrentPlan | undefined {
    const policy = this.#options.policy();
    if (policy === undefined) return undefined;
    const minor = this.minors().toSorted((a, b) => a - b)[0];
    const conditions = this.#planExemptions(policy);
    if (conditions === undefined) return undefined;
    const { byLabel } = policy.enforcement.exec;
    const labelDoubt = byLabel ? this.#options.labelDoubt(policy) : undefined;
    const setterDoubt = byLabel ? this.#options.setterDoubt(policy) : undefined;
    const isSame =
      this.#current?.policy === policy &&
      this.#current.minor === minor &&
      this.#current.conditions === conditions &&
      this.#current.labelDoubt === labelDoubt &&
      this.#current.setterDoubt === setterDoubt;
    if (this.#current === undefined || !isSame) {
      const { rules, enforcement } = policy;
      const { exemptions, refused } = conditions;
      const before = this.#current?.policies ?? [];
      const {
        policies: planned,
        leftOut,
        ...rest
      } = planEnforcement(enforcement, {
        ...{ rules, minor, exemptions, labelDoubt, setterDoubt },
      });
      // What is the same is not looked at again.
      const policies = planned.map((one) => before.find((old) => isDeepStrictEqual(old, one)) ?? one);
      // That nothing is delegated is how it is by default.
      const notCounting = refused
        .filter(({ reason }) => reason !== 'NotDelegated')
        .map(({ name, message }) => ({ rule: name, reason: message }));
      this.#current = {
        ...rest,
        policy,
        minor,
        conditions,
        labelDoubt,
        setterDoubt,
        policies,
        leftOut: [...leftOut, ...notCounting],
      };
    }
    return this.#current;
  }

  /**
   * Of what new pods are held to; undefined where exemptions are not known: what is exempt must not be refused for that. The
   * same until one of them, or a policy, says something else, or one ends: there may be thousands.
   */
  #planExemptions(policy: EffectivePolicy): ExemptionConditions | undefined {
    const { ceiling = 'off', families } = policy.enforcement;
    const areExempted = families.some((family) => family === 'pod-security' || family === 'image-pulls');
    if (ceiling === 'off' || !areExempted) return NO_EXEMPTIONS;
    const judged = this.#options.exemptions();
    if (judged === undefined) return undefined;
    const nowMs = this.#options.clock.wallTimeMs();
    const known = this.#exempted;
    const isSame = known?.judged === judged && known.policy === policy && nowMs < known.untilMs;
    if (isSame && !(this.#areTermsStale && this.#haveTermsChanged(known))) return known.conditions;
    const terms = this.#options.exemptionTermsAnywhere();
    const namespaces = new Set(judged.flatMap(({ object }) => object.metadata.namespace ?? []));
    const termsIn = new Map([...namespaces].map((one) => [one, this.#options.exemptionTermsIn(one)]));
    this.#areTermsStale = false;
    const conditions = planExemptions(judged, {
      rules: policy.rules.map(({ rule }) => rule).filter((rule) => rule.enforce !== undefined),
      terms,
      termsIn: (namespace) => termsIn.get(namespace),
      nowMs,
      isReplanned: true,
    });
    const ends = judged.flatMap(({ exemption }) => exemption?.expiresMs ?? []).filter((endMs) => endMs > nowMs);
    const untilMs = ends.reduce((first, endMs) => Math.min(first, endMs), Number.POSITIVE_INFINITY);
    this.#exempted = { judged, policy, terms, termsIn, untilMs, conditions };
    return conditions;
  }

  /** Compared by identity: the same policies come to the same terms. */
  #haveTermsChanged({ terms, termsIn }: Exempted): boolean {
    this.#areTermsStale = false;
    const { exemptionTermsAnywhere, exemptionTermsIn } = this.#options;
    return exemptionTermsAnywhere() !== terms || [...termsIn].some(([one, before]) => exemptionTermsIn(one) !== before);
  }

  /** The same for who looks at what it would refuse; undefined where it is not current. */
  view(): PlannedView | undefined {
    const current = this.plan();
    if (current === undefined) return undefined;
    if (current.minor !== undefined && current.minor < OLDEST_POLICY_MINOR) return NOTHING_PLANNED;
    this.#view = this.#view?.policies === current.policies ? this.#view : viewPlanned(current, this.#options.clock);
    return this.#view;
  }

  /** Of the API servers, as it was known last: one that does not answer for a moment has no other version for that. */
  minors(): readonly number[] {
    const snapshot = this.#options.snapshot();
    if (!isReadable(snapshot.observation('Evidence'))) return this.#lastMinors;
    const minors = snapshot.apiServers().map((server) => factIfKnown(server, 'minorVersion')?.value);
    if (minors.every((minor) => minor !== undefined)) this.#lastMinors = [...new Set(minors)];
    return this.#lastMinors;
  }
}
