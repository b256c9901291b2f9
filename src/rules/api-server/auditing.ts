/**
 * Without an audit log nobody can say afterwards who did what.
 *
 * Source: series of audited requests in /metrics; --audit-policy-file with --audit-log-path or --audit-webhook-config-file, without which nothing is audited.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const auditing = defineRule({
  id: 'api-server-auditing',
  title: 'The API server must audit requests',
  severity: 'medium',
  severityReason: 'Nothing is open because of it, but what happened is not found out.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['auditing'],
  controls: ['cis-1.12/1.2.16', 'cis-1.12/3.2.1', 'nsa/audit-logging-and-threat-detection'],
  rationale:
    'The audit log is the only record of who asked the API server for what; without it an intrusion is neither noticed nor understood.',
  remediation:
    'Start kube-apiserver with --audit-policy-file and --audit-log-path (or --audit-webhook-config-file): under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.',
  repair: {
    set: { 'audit-log-path': '/var/log/kubernetes/audit/audit.log' },
    file: { kind: 'Policy', content: { omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] } },
    own: {
      managed:
        'EKS sends audit logs to CloudWatch Logs where the log type audit is enabled (aws eks update-cluster-config --logging), AKS where a diagnostic setting collects the category kube-audit or kube-audit-admin.',
    },
  },
  example: {
    fails: '/flagz: --audit-policy-file is not given\n',
    passes: '/metrics: requests were audited at Metadata\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('auditing');
      return fact.value
        ? []
        : [blame(fact, '--audit-policy-file', 'give kube-apiserver an audit policy and a backend')];
    });
  },
});
