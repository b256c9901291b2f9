/**
 * The webhooks and admission policies that are asked about a request in some namespace: what they answer nobody can tell
 * from outside, but of policies that can refuse nothing; that conditions in CEL may spare a request is noted, and not weighed.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/admission/plugin/webhook/predicates (rules, namespace, object) and
 * pkg/admission/plugin/policy/{matching,validating}.
 */
import type { ValidatedResources } from '../../core/admission-shape.ts';
import type { KindName } from '../../core/kinds.ts';
import { matchesSelector } from '../../core/label-selector.ts';
import type { LabelSelector } from '../../core/label-selector.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { isAbout } from './asked-requests.ts';
import type { AskedRequest } from './asked-requests.ts';
import { findIdleness, TOO_LONG } from './idle-policy.ts';
import type { Idleness } from './idle-policy.ts';

/** A request about an object of the core API, version v1, in a namespace. */
export interface ReviewedRequest {
  readonly operation: 'CREATE' | 'CONNECT';
  readonly resource: 'pods' | 'pods/exec' | 'pods/attach' | 'services';
}

export interface Reviewer {
  readonly kind: 'ValidatingWebhookConfiguration' | 'ValidatingAdmissionPolicy' | MutatorKind;
  readonly name: string;
  /** Of a policy, the name of the binding by which it is asked. */
  readonly binding?: string;
  /** Whether requests go on where it fails, or is not there. */
  readonly failsOpen: boolean;
  /** Whether conditions in CEL may spare a request, or what it says is longer than is read. */
  readonly isConditional: boolean;
  /** In a namespace with these labels. */
  readonly isAskedIn: (labels: Labels | undefined) => boolean;
}

type MutatorKind = 'MutatingWebhookConfiguration' | 'MutatingAdmissionPolicy';
type Labels = Readonly<Record<string, string>>;

/** What `validatorsOf` reads. */
export const validatorKinds = [
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
] as const satisfies readonly KindName[];

/** What `mutatorsOf` reads. */
export const mutatorKinds = [
  'MutatingWebhookConfiguration',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
] as const satisfies readonly KindName[];

/** As people name it. */
export function nameOf({ kind, name }: Reviewer): string {
  return `${kind} "${name}"`;
}

/**
 * Those that can refuse the request; with `Audit` also the policies that do no more than write what they would refuse into
 * the audit log.
 * @throws {NotObserved}
 */
export function validatorsOf(
  snapshot: Snapshot,
  request: ReviewedRequest,
  action: 'Deny' | 'Audit' = 'Deny',
): readonly Reviewer[] {
  const policies = policiesOf(snapshot, request, action).filter(({ idleness }) => idleness === undefined);
  return [
    ...webhooksOf(snapshot, 'ValidatingWebhookConfiguration', request),
    ...policies.map(({ reviewer }) => reviewer),
  ];
}

/** A policy that is bound with Deny and asked about the request, and why it does not guard it. */
export interface IdlePolicy {
  readonly reviewer: Reviewer;
  readonly idleness: Idleness;
}

/** @throws {NotObserved} */
export function idlePoliciesOf(snapshot: Snapshot, request: ReviewedRequest): readonly IdlePolicy[] {
  return policiesOf(snapshot, request, 'Deny').flatMap(({ reviewer, idleness }) =>
    idleness === undefined ? [] : [{ reviewer, idleness }],
  );
}

interface AskedPolicy {
  readonly reviewer: Reviewer;
  readonly idleness: Idleness | undefined;
}

function policiesOf(snapshot: Snapshot, request: ReviewedRequest, action: 'Deny' | 'Audit'): readonly AskedPolicy[] {
  const kind = 'ValidatingAdmissionPolicy';
  const found: AskedPolicy[] = [];
  for (const { metadata, spec } of snapshot.list(kind)) {
    if (spec === undefined) continue;
    const weighed = findIdleness(spec, request.operation);
    const idleness = weighed === TOO_LONG ? undefined : weighed;
    const policy: Policy = {
      name: metadata.name,
      match: spec.matchConstraints,
      failsOpen: isIgnore(spec),
      isConditional: isConditional(spec) || spec.paramKind !== undefined || weighed === TOO_LONG,
    };
    for (const { metadata: binding, spec: bound } of snapshot.list('ValidatingAdmissionPolicyBinding')) {
      if (bound?.policyName !== metadata.name || bound.validationActions?.includes(action) !== true) continue;
      // Whether its parameters are there, and what it makes of them, nobody can tell from outside.
      const bindable = { ...policy, isConditional: policy.isConditional || bound.paramRef !== undefined };
      const asked = policyReviewer(kind, bindable, bound.matchResources, request);
      found.push(...asked.map((one) => ({ reviewer: { ...one, binding: binding.name }, idleness })));
    }
  }
  return found;
}

/** Those that can change the object on its way in. @throws {NotObserved} */
export function mutatorsOf(snapshot: Snapshot, request: ReviewedRequest): readonly Reviewer[] {
  const kind = 'MutatingAdmissionPolicy';
  const found = webhooksOf(snapshot, 'MutatingWebhookConfiguration', request);
  for (const { metadata, spec } of snapshot.list(kind)) {
    const policy: Policy = {
      name: metadata.name,
      match: spec?.matchConstraints,
      failsOpen: false,
      isConditional: false,
    };
    for (const { metadata: binding, spec: bound } of snapshot.list('MutatingAdmissionPolicyBinding')) {
      if (bound?.policyName === metadata.name) {
        const asked = policyReviewer(kind, policy, bound.matchResources, request);
        found.push(...asked.map((one) => ({ ...one, binding: binding.name })));
      }
    }
  }
  return found;
}

function webhooksOf(
  snapshot: Snapshot,
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration',
  request: ReviewedRequest,
): Reviewer[] {
  const found: Reviewer[] = [];
  // One that changes an object may be asked about it in another version.
  const anyhow = kind === 'MutatingWebhookConfiguration' ? { apiVersions: ['*'], scope: '*' } : {};
  for (const { metadata, webhooks = [] } of snapshot.list(kind)) {
    for (const webhook of webhooks) {
      const { rules, namespaceSelector, objectSelector } = webhook;
      if (
        rules?.some((rule) => isAbout({ ...rule, ...anyhow }, asked(request))) !== true ||
        !selectsAll(objectSelector, request)
      )
        continue;
      found.push({
        kind,
        name: metadata.name,
        failsOpen: isIgnore(webhook),
        isConditional: isConditional(webhook),
        isAskedIn: (labels) => selects(namespaceSelector, labels),
      });
    }
  }
  return found;
}

interface Policy {
  readonly name: string;
  readonly match: ValidatedResources | undefined;
  readonly failsOpen: boolean;
  readonly isConditional: boolean;
}

function policyReviewer(
  kind: Reviewer['kind'],
  { match, ...policy }: Policy,
  bound: ValidatedResources | undefined,
  request: ReviewedRequest,
): readonly Reviewer[] {
  if (!isMatch(match, request) || !isMatch(bound, request)) return [];
  const isAskedIn = (labels: Labels | undefined): boolean =>
    selects(match?.namespaceSelector, labels) && selects(bound?.namespaceSelector, labels);
  return [{ kind, ...policy, isAskedIn }];
}

/** Rules that are about some names only are not about the request as such; where names are excluded it is not all. */
function isMatch(match: ValidatedResources | undefined, request: ReviewedRequest): boolean {
  if (match === undefined) return true;
  const { resourceRules = [], excludeResourceRules = [], objectSelector } = match;
  const isNamed =
    resourceRules.length === 0 ||
    resourceRules.some((rule) => (rule.resourceNames ?? []).length === 0 && isAbout(rule, asked(request)));
  return (
    isNamed &&
    !excludeResourceRules.some((rule) => isAbout(rule, asked(request))) &&
    selectsAll(objectSelector, request)
  );
}

function isConditional(reviewer: object): boolean {
  return (
    'matchConditions' in reviewer && Array.isArray(reviewer.matchConditions) && reviewer.matchConditions.length > 0
  );
}

function isIgnore(reviewer: object): boolean {
  return 'failurePolicy' in reviewer && reviewer.failurePolicy === 'Ignore';
}

function asked(request: ReviewedRequest): AskedRequest {
  return { ...request, group: '', scope: 'Namespaced' };
}

/** Whoever makes an object chooses its labels, so that it takes one without; who connects to a pod sends no labels at all. */
function selectsAll(selector: LabelSelector | undefined, { operation }: ReviewedRequest): boolean {
  return operation === 'CONNECT' ? isEmpty(selector) : selects(selector, {});
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

function selects(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  return selector === undefined || matchesSelector(selector, labels);
}
