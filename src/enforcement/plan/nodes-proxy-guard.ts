/**
 * Behind `nodes/proxy` is the whole API of the kubelet, which runs commands in every pod of the node: a way round the exec
 * guard. Nodes are in no namespace, so that no label decides here; it is off unless it is asked for by itself.
 */
import { celLiteral } from './cel.ts';
import { EXEC_GUARD_VERB, printMembership, PROXIED_NAME } from './exec-guard.ts';
import { actionsOf } from './planned-policy.ts';
import type { PlannedValidatingPolicy, SilentMode } from './planned-policy.ts';

export const NODES_PROXY_GUARD_NAME = 'merlon-exec-guard-nodes-proxy';

/**
 * The handlers of the kubelet that run something or connect to it; dots and slashes before are those that it cleans away.
 * Source: k8s.io/kubernetes v1.37.2, pkg/kubelet/server/server.go `InstallDebuggingHandlers`.
 */
const INTO_PODS = '^[/.]*(exec|run|attach|portForward|portforward|cri)(/|$)';

export function planNodesProxyGuard(mode: SilentMode, breakGlassGroups: readonly string[]): PlannedValidatingPolicy {
  const name = NODES_PROXY_GUARD_NAME;
  const path = "object.?path.orValue('')";
  const allowed =
    breakGlassGroups.length === 0
      ? `authorizer.group('').resource('nodes').subresource('proxy')
  .name(${PROXIED_NAME}).check(${celLiteral(EXEC_GUARD_VERB)}).allowed()`
      : printMembership(breakGlassGroups);
  const wayOut =
    breakGlassGroups.length === 0
      ? `it takes the verb ${EXEC_GUARD_VERB} on nodes/proxy`
      : 'only a break-glass group may';
  return {
    kind: 'ValidatingAdmissionPolicy',
    name,
    what: 'commands in pods through the proxy to their node',
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CONNECT'],
            resources: ['nodes/proxy'],
            scope: 'Cluster',
          },
        ],
      },
      validations: [
        {
          expression: `!(${path}.matches(${celLiteral(INTO_PODS)}) || ${path}.contains('..')) ||\n${allowed}`,
          message: 'this path of a node leads into its pods',
          messageExpression: `'the path ' + ${path} + ' of node "' + ${PROXIED_NAME} + '" leads into its pods: ${wayOut}'`,
          reason: 'Forbidden',
        },
      ],
    },
    bindings: [{ mode, where: 'every node', spec: { policyName: name, validationActions: actionsOf[mode] } }],
  };
}
