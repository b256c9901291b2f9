/**
 * ClusterRoles and ClusterRoleBindings that Kubernetes creates and that are not there. What does not exist is no subject,
 * so the API server is: it made them, and makes them anew when it next starts. Those of a namespace are
 * namespace-predefined-missing.
 *
 * Source: what fresh API servers have (src/rbac/predefined).
 */
import { defineRule, notApplicable, unknown } from '../../core/rule.ts';
import { findMissing } from '../../rbac/predefined.ts';
import { clusterMinor } from '../lib/cluster-minor.ts';
import { explainNoBaseline, toMissing } from '../lib/predefined-missing.ts';

export const predefinedMissing = defineRule({
  id: 'rbac-predefined-missing',
  title: 'ClusterRoles and ClusterRoleBindings that Kubernetes creates must be there',
  severity: 'low',
  severityReason:
    'It grants nothing to anybody; a part of Kubernetes may not work, and the name is free for somebody else.',
  subject: 'APIServer',
  reads: ['ClusterRole', 'ClusterRoleBinding', 'ServerVersion'],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'Parts of Kubernetes, and many of its users, rely on these; a binding to a role that is not there grants whatever somebody later puts under that name.',
  remediation:
    'Restart the API server: it creates them when it starts. Where one was removed on purpose, as system:public-info-viewer is, exempt the finding.',
  repair: {
    anywhere:
      'No flag does it: every start of the API server creates what is missing. Where a provider starts it, create it as the page of the role in the Kubernetes reference has it.',
    own: {
      kubeadm:
        'Move /etc/kubernetes/manifests/kube-apiserver.yaml of one control plane node out of the folder and back: the kubelet starts kube-apiserver anew.',
      k3s: 'systemctl restart k3s, or rke2-server, on one server.',
      talos: 'talosctl reboot of one control plane node.',
      kops: 'kops rolling-update cluster --force --yes with --instance-group naming one group of the control plane.',
      managed:
        'Create it as the page of the role in the Kubernetes reference has it: nobody but the provider can restart an API server.',
    },
  },
  example: {
    fails: 'ClusterRole "view" does not exist.\n',
    passes: 'All ClusterRoles and ClusterRoleBindings that Kubernetes 1.37 creates exist.\n',
  },

  check(_apiServer, { snapshot }) {
    const minor = clusterMinor(snapshot);
    if (minor === undefined) return notApplicable('files may be a part of anything');
    const names = {
      ClusterRole: new Set(Array.from(snapshot.list('ClusterRole'), ({ metadata }) => metadata.name)),
      ClusterRoleBinding: new Set(Array.from(snapshot.list('ClusterRoleBinding'), ({ metadata }) => metadata.name)),
    };
    const missing = findMissing(
      minor,
      ({ namespace }) => namespace === undefined,
      ({ kind, name }) => (kind === 'ClusterRole' || kind === 'ClusterRoleBinding') && names[kind].has(name),
    );
    return missing === undefined ? unknown(explainNoBaseline(minor)) : missing.map((one) => toMissing(one, minor));
  },
});
