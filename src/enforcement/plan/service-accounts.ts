/**
 * Keeps API tokens away from pods that did not ask for an account of their own: default accounts are made without, and a
 * pod that runs as one is refused where it carries a token all the same. A field of the pod does not tell: a policy that
 * sets it comes after the API server has added the volume.
 */
import { podVariables } from '../../core/enforcement.ts';
import { DEFAULT_TOKEN_PATH, TOKEN_PLACE } from '../../core/token-mounts.ts';
import { exceptBreakGlass } from './break-glass.ts';
import { celLiteral } from './cel.ts';
import { allModes, bindByNamespace, bindWhereDenied, selectDenied, selectEnforced } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { completeVariables, isNew, matchPods } from './pod-frame.ts';
import type {
  NamedExpression,
  PlannedMutatingPolicy,
  PlannedPolicy,
  PlannedValidatingPolicy,
  ResourceRule,
} from './planned-policy.ts';

/** Of the policy that sets, and of the one that refuses. */
export const SERVICE_ACCOUNTS_NAME = 'merlon-service-accounts';
export const TOKEN_SECRETS_NAME = 'merlon-service-accounts-secrets';

export interface ServiceAccountsChoice {
  /** Whether the API server can set something by itself. */
  readonly canMutate: boolean;
  /** Whether Secrets that hold tokens which never expire are refused. */
  readonly tokenSecrets: boolean;
  /** Whose members' own requests are let through. */
  readonly breakGlassGroups: readonly string[];
}

export function planServiceAccounts(
  { canMutate, tokenSecrets, breakGlassGroups }: ServiceAccountsChoice,
  modes: NamespaceModes,
): readonly PlannedPolicy[] {
  const breakGlass = exceptBreakGlass(breakGlassGroups);
  return [
    ...(canMutate ? [planDefaultAccounts(modes)] : []),
    planDefaultTokens(modes, breakGlass),
    ...(tokenSecrets ? [planTokenSecrets(modes, breakGlass)] : []),
  ];
}

/** Where it fails the account is made as ever: without one no pod of the namespace is. */
function planDefaultAccounts(modes: NamespaceModes): PlannedMutatingPolicy {
  return {
    kind: 'MutatingAdmissionPolicy',
    name: SERVICE_ACCOUNTS_NAME,
    what: 'automountServiceAccountToken false on default service accounts, as they are made',
    spec: {
      failurePolicy: 'Ignore',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: selectDenied(modes),
        objectSelector: {},
        resourceRules: [created('serviceaccounts')],
      },
      matchConditions: [
        {
          name: 'default-and-silent',
          expression: "object.metadata.name == 'default' && !has(object.automountServiceAccountToken)",
        },
      ],
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: 'Object{automountServiceAccountToken: false}' },
        },
      ],
    },
    bindings: bindWhereDenied(SERVICE_ACCOUNTS_NAME, modes),
  };
}

/**
 * Of a pod what it mounts counts; of what makes pods, whether it asks for a token, because without a word the account
 * decides, which does not stand there.
 *
 * Source: core/token-mounts.ts, `predictHeldTokens`.
 */
const tokensOf = (spec: string): string => `(!(${spec}.?serviceAccountName.orValue('default') in ['', 'default']) ? [] :
  ${spec}.?volumes.orValue([])
    .filter(v, v.?projected.?sources.orValue(null) != null && v.projected.sources.exists(s, has(s.serviceAccountToken) &&
      (s.serviceAccountToken.?audience.orValue('kubernetes.default').matches(${celLiteral(API_AUDIENCE)}) || ${isFound})))
    .map(v, 'volume "' + v.name + '" holds its token') +
  ${spec}.?volumes.orValue([])
    .filter(v, has(v.secret) ?
      v.secret.?secretName.orValue('').matches(${celLiteral(TOKEN_SECRET)}) || ${isFound} :
      v.?projected.?sources.orValue(null) != null && v.projected.sources.exists(s, has(s.secret) &&
        (s.secret.?name.orValue('').matches(${celLiteral(TOKEN_SECRET)}) || ${isFound})))
    .map(v, 'volume "' + v.name + '" holds its token, which never expires') +
  (variables.asksForToken && variables.addedVolumes.size() == 0 ? ['automountServiceAccountToken is true'] : []))`;

/** As the token controller named the Secret of the default account before v1.24. */
const TOKEN_SECRET = '^default-token-[a-z0-9]{5}$';

/** Of a volume `v`. */
const isFound = `variables.foundVolumes.contains(',' + v.name + ',')`;

/** Whether a workload has the token mounted: there has to be a container in which it finds its place. */
const asksForToken: NamedExpression = {
  name: 'asksForToken',
  expression: `object.kind != 'Pod' && ${podVariables.spec}.?automountServiceAccountToken.orValue(false) &&
${podVariables.containers}.exists(c, !c.?volumeMounts.orValue([]).exists(m, m.mountPath == ${celLiteral(DEFAULT_TOKEN_PATH)}))`,
};

/** The volumes of which the first is mounted in place of that token, by name. */
const addedVolumes: NamedExpression = {
  name: 'addedVolumes',
  expression: `!variables.asksForToken ? [] : ${podVariables.spec}.?volumes.orValue([])
  .filter(v, v.name.startsWith('kube-api-access-')).map(v, v.name)`,
};

/**
 * The volumes that are mounted where clients look for a token, by name, each between commas: by itself, because three loops
 * within each other cost more than the API server gives. An expression is matched only where it may: it costs by the length
 * of both.
 */
const foundVolumes: NamedExpression = {
  name: 'foundVolumes',
  expression: `',' + ${podVariables.containers}.map(c, c.?volumeMounts.orValue([])
  .filter(m, m.mountPath.contains('kubernetes.io') && m.mountPath.matches(${celLiteral(TOKEN_PLACE)}))
  .map(m, m.name).join(',')).join(',') + ',' +
(variables.addedVolumes.size() > 0 ? variables.addedVolumes[0] + ',' : '')`,
};

/** Names of the API server itself. It may have another, so that a token with any counts where clients look for one. */
const API_AUDIENCE = '^(https://)?kubernetes[.]default([.]svc([.][a-z0-9.-]+)?)?$';

function planDefaultTokens(modes: NamespaceModes, breakGlass: readonly NamedExpression[]): PlannedValidatingPolicy {
  return {
    kind: 'ValidatingAdmissionPolicy',
    name: SERVICE_ACCOUNTS_NAME,
    what: 'new pods and workloads that run as a default service account with its token',
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: matchPods(modes),
      matchConditions: [isNew([]), isNoOlderPod, ...breakGlass],
      variables: completeVariables([
        asksForToken,
        addedVolumes,
        foundVolumes,
        { name: 'tokens', expression: tokensOf(podVariables.spec) },
      ]),
      validations: [
        {
          expression: 'variables.tokens.size() == 0',
          message: "the default service account's token is not for pods; name an account of the application",
          messageExpression: `variables.subject + ' runs as the default service account: ' + variables.tokens.join(', ') +
'; name an account of its own, or set automountServiceAccountToken to false'`,
          reason: 'Forbidden',
        },
      ],
    },
    bindings: bindByNamespace(SERVICE_ACCOUNTS_NAME, modes, allModes),
  };
}

/** Neither another image nor a debug container gives a pod a token. */
const isNoOlderPod: NamedExpression = {
  name: 'no-older-pod',
  expression: "object.kind != 'Pod' || request.operation == 'CREATE'",
};

/** Nobody changes the type of a Secret that is there. What it holds is not looked at. */
function planTokenSecrets(modes: NamespaceModes, breakGlass: readonly NamedExpression[]): PlannedValidatingPolicy {
  return {
    kind: 'ValidatingAdmissionPolicy',
    name: TOKEN_SECRETS_NAME,
    what: 'new Secrets that hold a service account token which never expires',
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: selectEnforced(modes),
        objectSelector: {},
        resourceRules: [created('secrets')],
      },
      ...(breakGlass.length === 0 ? {} : { matchConditions: breakGlass }),
      validations: [
        {
          expression: "object.?type.orValue('') != 'kubernetes.io/service-account-token'",
          message: 'a token in a Secret never expires; use a projected token or "kubectl create token"',
          messageExpression: `'Secret "' + object.metadata.?name.orValue('') +
'" holds a service account token that never expires; use a projected token or "kubectl create token"'`,
          reason: 'Forbidden',
        },
      ],
    },
    bindings: bindByNamespace(TOKEN_SECRETS_NAME, modes, allModes),
  };
}

function created(resource: string): ResourceRule {
  return { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource], scope: 'Namespaced' };
}
