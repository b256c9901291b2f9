/**
 * Who may exec into a pod that runs privileged, or shares namespaces of its node, has the node. RBAC cannot tell such pods
 * from others, and a request to connect to a pod does not show it; a policy whose parameters are the pods themselves does.
 *
 * Only the pod that is asked for is looked at, which stands in matchConditions because the other pods of the namespace cost
 * next to nothing there; and whoever may be allowed is asked about last, because that may ask a webhook.
 */
import { celLiteral } from './cel.ts';
import { lookedAt } from './exec-label.ts';
import { bindByNamespace, selectEnforced, silentModes } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import type { PlannedValidatingPolicy, ResourceRule, ValidatingPolicySpec } from './planned-policy.ts';

export const EXEC_GUARD_NAME = 'merlon-exec-guard';
export const DEBUG_GUARD_NAME = 'merlon-exec-guard-debug';
/** Who holds it on `pods/exec`, or the like, may connect to every pod that RBAC lets him. */
export const EXEC_GUARD_VERB = 'connect-privileged';

/** Ways into a pod besides exec and attach. */
export const furtherConnections = ['portforward', 'proxy'] as const;

/** What is refused, and to whom. */
export interface ExecGuardChoice {
  /** Of pods, besides exec and attach. */
  readonly connections: readonly (typeof furtherConnections)[number][];
  /** Whether pods in the network of their node are guarded, too. */
  readonly hostNetwork: boolean;
  /** Whose members are let through. Where there are any, the verb counts no more. */
  readonly breakGlassGroups: readonly string[];
}

export interface ExecGuardOptions extends ExecGuardChoice, NamespaceModes {
  /** Whether debug containers in such pods are refused, too. */
  readonly ephemeralContainers: boolean;
  /** Whether pods that carry the label for it are spared (`exec-label.ts`), which is then to be kept as well. */
  readonly byLabel?: boolean;
}

export function planExecGuard(options: ExecGuardOptions): readonly PlannedValidatingPolicy[] {
  const selector = options.byLabel === true ? lookedAt : {};
  const paramRef = { selector, parameterNotFoundAction: 'Allow' } as const;
  const ways = ['exec', 'attach', ...furtherConnections.filter((one) => options.connections.includes(one))];
  const pods = `pods that are privileged or share the processes or memory${options.hostNetwork ? ' or network' : ''} of their node`;
  const guard: PlannedValidatingPolicy = {
    kind: 'ValidatingAdmissionPolicy',
    name: EXEC_GUARD_NAME,
    what: `${listWords(ways)} into ${pods}`,
    spec: buildExecGuard(options, options),
    bindings: bindByNamespace(EXEC_GUARD_NAME, options, silentModes, paramRef),
  };
  if (!options.ephemeralContainers) return [guard];
  const debug: PlannedValidatingPolicy = {
    kind: 'ValidatingAdmissionPolicy',
    name: DEBUG_GUARD_NAME,
    what: `debug containers that are privileged, and those in ${pods}`,
    spec: buildDebugGuard(options, options),
    bindings: bindByNamespace(DEBUG_GUARD_NAME, options, silentModes),
  };
  return [guard, debug];
}

export function buildExecGuard(
  { connections, hostNetwork, breakGlassGroups }: ExecGuardChoice,
  modes: NamespaceModes,
): ValidatingPolicySpec {
  const resources = ['exec', 'attach', ...furtherConnections.filter((one) => connections.includes(one))];
  return {
    failurePolicy: 'Fail',
    paramKind: { apiVersion: 'v1', kind: 'Pod' },
    matchConstraints: match(modes, {
      operations: ['CONNECT'],
      resources: resources.map((one) => `pods/${one}`),
    }),
    matchConditions: [
      { name: 'target', expression: `params != null && params.metadata.name == ${askedFor(connections)}` },
    ],
    ...refuse(
      'params',
      hostNetwork,
      breakGlassGroups,
      `request.subResource + ' into pod "' + params.metadata.name + '"'`,
    ),
  };
}

/** The name of the pod, also where its proxy is asked for. */
function askedFor(connections: ExecGuardChoice['connections']): string {
  if (!connections.includes('proxy')) return 'request.name';
  return `(request.subResource != 'proxy' ? request.name : ${PROXIED_NAME})`;
}

/**
 * Of the pod or node whose proxy is asked for. The request may name a port, and before that a scheme: `https:web:8443`.
 *
 * Source: k8s.io/apimachinery v0.37.2, pkg/util/net/port_split.go (`SplitSchemeNamePort`).
 */
export const PROXIED_NAME = `request.name.split(':')[request.name.split(':').size() == 3 ? 1 : 0]`;

/** A debug container may be privileged itself, and shares what its pod has. Here the request shows the pod. */
function buildDebugGuard(
  { hostNetwork, breakGlassGroups }: ExecGuardChoice,
  modes: NamespaceModes,
): ValidatingPolicySpec {
  const ephemeral = 'spec.?ephemeralContainers.orValue([])';
  return {
    failurePolicy: 'Fail',
    matchConstraints: match(modes, { operations: ['UPDATE'], resources: ['pods/ephemeralcontainers'] }),
    // What is there stays as it may be.
    matchConditions: [{ name: 'adds-one', expression: `object.${ephemeral} != oldObject.${ephemeral}` }],
    ...refuse('object', hostNetwork, breakGlassGroups, `'a debug container in pod "' + request.name + '"'`),
  };
}

function match(
  modes: NamespaceModes,
  rule: Pick<ResourceRule, 'operations' | 'resources'>,
): ValidatingPolicySpec['matchConstraints'] {
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: selectEnforced(modes),
    objectSelector: {},
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], ...rule, scope: 'Namespaced' }],
  };
}

function refuse(
  pod: 'params' | 'object',
  hostNetwork: boolean,
  breakGlassGroups: readonly string[],
  what: string,
): Pick<ValidatingPolicySpec, 'variables' | 'validations'> {
  const authorized = `authorizer.group('').resource('pods').subresource(request.subResource)
  .namespace(request.namespace).name(${pod}.metadata.name).check(${celLiteral(EXEC_GUARD_VERB)}).allowed()`;
  const wayOut =
    breakGlassGroups.length === 0
      ? `'; it takes the verb ${EXEC_GUARD_VERB} on pods/' + request.subResource`
      : "'; only a break-glass group may'";
  return {
    variables: [{ name: 'escalations', expression: printEscalations(pod, hostNetwork) }],
    validations: [
      {
        expression: `variables.escalations.size() == 0 ||\n${
          breakGlassGroups.length === 0 ? authorized : printMembership(breakGlassGroups)
        }`,
        // Where there is too much to say, the API server says this instead.
        message: 'the pod is privileged or shares namespaces of its node',
        messageExpression: `${what} + ' is refused: ' + variables.escalations.join(', ') +\n${wayOut}`,
        reason: 'Forbidden',
      },
    ],
  };
}

const membership = ['request.userInfo.?groups.orValue([]).exists(g, g in ', ')'] as const;

export function printMembership(groups: readonly string[]): string {
  return membership.join(celLiteral(groups));
}

/** @returns the list in CEL that `printMembership` wrote at the end of an expression; undefined if there is none */
export function findMembership(expression: string): string | undefined {
  const [before, after] = membership;
  const start = expression.indexOf(before);
  return start < 0 || !expression.endsWith(after)
    ? undefined
    : expression.slice(start + before.length, expression.length - after.length);
}

/**
 * The list of all that makes a pod as good as its node, in words. Whole paths each time: an optional that is kept in a
 * variable is misread in silence.
 */
function printEscalations(pod: 'params' | 'object', hostNetwork: boolean): string {
  const privileged = `.filter(c, c.?securityContext.?privileged.orValue(false))
  .map(c, 'container "' + c.name + '" is privileged')`;
  const shared: readonly (readonly [field: string, words: string])[] = [
    ['hostPID', 'it sees the processes of its node'],
    ['hostIPC', 'it shares the memory of its node'],
    ...(hostNetwork ? ([['hostNetwork', 'it is in the network of its node']] as const) : []),
  ];
  return [
    `(${pod}.spec.containers + ${pod}.spec.?initContainers.orValue([]))\n  ${privileged}`,
    // Of another type than the others, so that the lists cannot be joined before.
    `${pod}.spec.?ephemeralContainers.orValue([])\n  ${privileged}`,
    ...shared.map(([field, words]) => `(${pod}.spec.?${field}.orValue(false) ? [${celLiteral(words)}] : [])`),
  ].join(' +\n');
}

function listWords(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
