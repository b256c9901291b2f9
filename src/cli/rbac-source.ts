/** How the questions about RBAC are told where to look. */
import type { Command } from 'commander';

import { collect } from './option-values.ts';

export const outOfReach = `
Without -f a live cluster is asked, with your own rights: whoever may list roles and bindings needs no right to impersonate.
Other authorizers than RBAC may allow more (webhooks, Node): what RBAC refuses is "no" only where the API server says so
too (SubjectAccessReview), or where --authorization-mode says that there are no others.

With -f files, folders and dumps are judged. A role that is not among them, or that only a cluster fills in (aggregation),
makes a refusal "unknown". With
--kubernetes-version 1.37 those that Kubernetes itself makes count as that release makes them; what a cluster has added to
view, edit and admin is still not known. For a dump of everything that a cluster stores, as of
kubectl get roles,rolebindings,clusterroles,clusterrolebindings -A -o yaml, say --whole-cluster.
`;

export function withSource(command: Command): Command {
  return withFiles(command).option(
    '--authorization-mode <modes>',
    "the API server's authorizers, as its flag names them (default with -f: Node,RBAC; live: not known)",
  );
}

export function withFiles(command: Command): Command {
  return command
    .option(
      '-f, --filename <path>',
      'judge that file, folder or standard input (-) instead of a cluster (repeatable)',
      collect,
    )
    .option('--whole-cluster', 'with -f: the files are all that a cluster stores', false)
    .option(
      '--kubernetes-version <version>',
      'with -f: take the roles and bindings that Kubernetes makes (edit, view, cluster-admin, ...) as that release makes them, where the files do not hold them',
    )
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)');
}
