/**
 * What an API server does, and what its flags or its pod say that it does, are two things: somebody edited one and not the
 * other, or does not tell the truth.
 *
 * Source: every fact of which two sources say different things. The surer one is believed.
 */
import { factNames } from '../../core/evidence.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import { checkApiServers } from '../lib/api-servers.ts';

export const sourcesDiffer = defineRule({
  id: 'api-server-sources-differ',
  title: 'What is declared of the API server must be what it does',
  severity: 'low',
  severityReason: 'The surer source is believed; but somebody relies on the other.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: factNames,
  controls: ['nsa/upgrading-and-application-security'],
  rationale:
    'A manifest that was changed and an API server that was not started anew, or a pod that somebody made up, show what does not hold.',
  remediation:
    'Restart the API server, or correct the manifest, until both say the same. A file of --authentication-config or --authorization-config decides where flags say otherwise.',
  repair: {
    anywhere:
      'Whatever starts kube-apiserver: restart it, so that it runs with what is written down, or write down what it runs with.',
    own: {
      kubeadm:
        "Where /etc/kubernetes/manifests/kube-apiserver.yaml is right, move it out of the folder and back, so that the kubelet starts it anew. Where kube-system/kubeadm-config is behind, write there what the manifest says. A pod that no manifest of the node makes is somebody else's: find out whose.",
      k3s: 'Restart k3s or rke2-server on that server: the annotation of the node and the API server are then of the same config.yaml.',
      talos:
        'Compare talosctl get staticpods -o yaml of that node with what runs; talosctl reboot starts both from the machine configuration.',
      kops: 'kops update cluster --yes and kops rolling-update cluster --yes, which replaces machines that run what does not hold any more.',
      managed:
        'What objects of the cluster say of an API server that a provider runs was written by somebody else: find out who made the pod, the annotation or the ConfigMap that is named, and remove it.',
    },
  },
  example: {
    fails: 'requests without credentials are answered 401; Pod kube-system/kube-apiserver-a: --anonymous-auth=true\n',
    passes: 'requests without credentials are answered 401; Pod kube-system/kube-apiserver-a: --anonymous-auth=false\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      if (factNames.every((name) => server.factIfKnown(name) === undefined))
        return unknown('nothing of it was observed');
      return factNames.flatMap((name) => {
        const fact = server.factIfKnown(name);
        if (fact?.contradicted === undefined) return [];
        const others = fact.contradicted.join(', ');
        return [
          violation(name, undefined, `${fact.detail} (${fact.source}), and yet: ${others}; see which of them holds`),
        ];
      });
    });
  },
});
