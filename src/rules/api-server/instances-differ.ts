/**
 * API servers of one cluster that were started in different ways: a request is judged by the one that it happens to reach.
 *
 * Source: every fact of every API server. A version that differs is an upgrade under way, or one that was forgotten.
 */
import { factDeclarations } from '../../api/v1alpha1/facts.ts';
import { factNames } from '../../core/evidence.ts';
import type { FactName } from '../../core/evidence.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { findDrift, findUncompared } from '../../core/server-evidence.ts';

const MAX_NAMED = 3;

export const instancesDiffer = defineRule({
  id: 'api-server-instances-differ',
  title: 'All API servers of a cluster must be set up alike',
  severity: 'medium',
  severityReason: 'Whatever one of them refuses can be tried again until another one answers.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: factNames,
  controls: ['nsa/upgrading-and-application-security'],
  rationale:
    'A load balancer sends a request to any of them: the cluster is as safe as the weakest, and what is seen of one says nothing of another.',
  remediation:
    'Start all of them with the same flags and files: look for the node whose manifest, configuration or version was not changed with the others.',
  repair: {
    anywhere:
      'Whatever starts kube-apiserver: give each of them the same flags, files and version, and restart the one that differs.',
    own: {
      kubeadm:
        'Compare /etc/kubernetes/manifests/kube-apiserver.yaml, and the files that it names, of all control plane nodes; on the one that differs run kubeadm init phase control-plane apiserver --config FILE with the ClusterConfiguration of kube-system/kubeadm-config, or kubeadm upgrade node where its version does.',
      k3s: 'Compare /etc/rancher/k3s/config.yaml or /etc/rancher/rke2/config.yaml, with what lies in config.yaml.d beside it, of all servers, and the files that they name; correct the one that differs, and restart k3s or rke2-server there.',
      talos:
        'Compare what talosctl get machineconfig -o yaml shows of all control plane nodes, and apply the same patch to each: talosctl patch machineconfig. Where the version differs, talosctl upgrade-k8s.',
      kops: 'Machines that were started before the last change have what held then: kops update cluster --yes, and kops rolling-update cluster --yes, which replaces them.',
      managed:
        'It is an upgrade or a change of the provider under way, or a fault of his: look again an hour later, and then tell him.',
    },
  },
  example: {
    fails: '10.0.0.5:6443: --anonymous-auth=false; 10.0.0.6:6443: --anonymous-auth is not given\n',
    passes: '10.0.0.5:6443 and 10.0.0.6:6443: --anonymous-auth=false\n',
  },

  check(_apiServer, { snapshot }) {
    const servers = snapshot.apiServers();
    if (servers.length < 2) return notApplicable('one API server is known');
    const drift = findDrift(servers);
    if (drift.length > 0) {
      return drift.map(({ fact, detail }) =>
        violation(fact, undefined, `API servers differ in ${nameFact(fact)}: ${detail}; set them up alike`),
      );
    }
    const uncompared = findUncompared(servers);
    if (uncompared === undefined) return [];
    const { facts, why } = uncompared;
    const [some, more] = [facts.slice(0, MAX_NAMED).join(', '), facts.length > MAX_NAMED ? ', …' : ''];
    const which = facts.length === 1 ? 'one fact is' : `${facts.length} facts are`;
    return unknown(`${which} not known of every API server (${some}${more}): ${why}`);
  },
});

/** Of a file, with the flag that names it. */
function nameFact(fact: FactName): string {
  const { type, about } = factDeclarations[fact];
  return type === 'hash' ? `${fact} (${about})` : fact;
}
