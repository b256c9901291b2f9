/** What a ClusterHardeningPolicy says of what the API server enforces by itself. */
import { ruleSelectorsSchema } from './policy-settings.ts';
import type { ObjectSchema } from './schema.ts';

/** From the least enforcing to the most. */
export const enforcementModes = ['off', 'audit', 'warn', 'deny'] as const;
/** Of what shows nobody a warning. */
export const silentModes = ['off', 'audit', 'deny'] as const;
/** What is in force in namespaces. */
export const enforcedFamilies = [
  'exec',
  'pod-security',
  'image-pulls',
  'pod-defaults',
  'service-accounts',
  'rbac',
] as const;
/** Ways into a pod besides exec and attach. */
export const guardedConnections = ['portforward', 'proxy'] as const;

/** Who is bound: `User:jane`, `Group:ops` or `ServiceAccount:ci/deployer`. */
export const clusterAdminPattern = '^((User|Group):.+|ServiceAccount:[a-z0-9][-a-z0-9]*/[a-z0-9][-a-z0-9.]*)$';

export const enforcementSchema = {
  type: 'object',
  description:
    'What the API server enforces by itself, in admission policies that Merlon applies. It counts only in a policy without namespaces and namespaceSelector, because an admission policy is of the whole cluster.',
  properties: {
    mode: {
      type: 'string',
      enum: enforcementModes,
      description:
        'The most that is enforced, whatever namespaces ask for by the label merlon.dev/enforce; of several policies the least counts. Off has Merlon take away what it applied. Where no policy says it: off.',
    },
    withoutLabel: {
      type: 'string',
      enum: enforcementModes,
      description: 'What is in force in namespaces without that label; off where no policy says it.',
    },
    families: {
      type: 'array',
      description:
        'What is enforced in namespaces; exec where no policy says it. What image-pulls, pod-defaults and service-accounts set is set where the mode is deny, by API servers from 1.36 on; rbac is of Roles and RoleBindings, and cluster.rbac of the others.',
      maxItems: 16,
      items: { type: 'string', enum: enforcedFamilies },
      'x-kubernetes-list-type': 'set',
    },
    rules: ruleSelectorsSchema(
      'Of the family pod-security only these rules; where no policy says it, all of it that are in force for the cluster itself.',
    ),
    namespacesOut: {
      type: 'array',
      description:
        'Further namespaces in which nothing is enforced, whatever their labels say; of several policies all together. kube-system, merlon and merlon-probes are always among them.',
      maxItems: 256,
      items: { type: 'string', minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
      'x-kubernetes-list-type': 'set',
    },
    breakGlassGroups: {
      type: 'array',
      description:
        'Groups whose members are let through, and nobody else; where there are none, whoever holds the verb connect-privileged is.',
      maxItems: 16,
      items: { type: 'string', minLength: 1, maxLength: 256 },
      'x-kubernetes-list-type': 'set',
    },
    exec: {
      type: 'object',
      description: 'What is guarded besides exec and attach into pods that are as good as their node.',
      properties: {
        connections: {
          type: 'array',
          description: 'Further ways into such pods; none where no policy says it.',
          maxItems: 8,
          items: { type: 'string', enum: guardedConnections },
          'x-kubernetes-list-type': 'set',
        },
        ephemeralContainers: {
          type: 'boolean',
          description: 'Whether debug containers in such pods, and privileged ones in any pod, are guarded too.',
        },
        hostNetwork: {
          type: 'boolean',
          description: 'Whether pods in the network of their node are such pods.',
        },
        byLabel: {
          type: 'boolean',
          description:
            'Whether the guard spares pods of which the label merlon.dev/exec says, from their birth on, that they are none, so that an exec costs the same in a namespace of thousands. It takes mode deny and API servers from 1.36 on; where the label is not kept, or a pod has it wrongly, every pod is looked at as without it.',
        },
      },
    },
    podDefaults: {
      type: 'object',
      description:
        'Of the family pod-defaults, which sets in new pods what they do not say, in namespaces where the mode is deny and nowhere else.',
      properties: {
        rules: ruleSelectorsSchema(
          'Only what passes these rules is set; where no policy says it, what passes all that are in force for the cluster itself.',
        ),
      },
    },
    serviceAccounts: {
      type: 'object',
      description: 'Of the family service-accounts.',
      properties: {
        tokenSecrets: {
          type: 'boolean',
          description: 'Whether new Secrets that hold service account tokens which never expire are refused, too.',
        },
      },
    },
    rbac: {
      type: 'object',
      description: 'Of the family rbac, and of cluster.rbac.',
      properties: {
        clusterAdmins: {
          type: 'array',
          description:
            'To whom cluster-admin may be granted anew, besides system:masters and kubeadm:cluster-admins, as User:NAME, Group:NAME or ServiceAccount:NAMESPACE/NAME; where no policy says it, to anybody.',
          maxItems: 64,
          items: { type: 'string', minLength: 1, maxLength: 320, pattern: clusterAdminPattern },
          'x-kubernetes-list-type': 'set',
        },
      },
    },
    cluster: {
      type: 'object',
      description:
        'What is in no namespace, so that no label decides about it: each has a mode of its own, off where no policy says it, and never more than mode.',
      properties: {
        nodesProxy: {
          type: 'string',
          enum: silentModes,
          description:
            'Of commands in pods through nodes/proxy, a way round the exec guard; of several policies the least counts.',
        },
        rbac: {
          type: 'string',
          enum: enforcementModes,
          description:
            'Of ClusterRoles that let act as just anybody, and of ClusterRoleBindings to whoever has no credentials, or as cluster-admin to others than those named; of several policies the least counts.',
        },
      },
    },
  },
} as const satisfies ObjectSchema;
