/**
 * An audit log that is thrown away after a day tells nothing of last week.
 *
 * Source: --audit-log-maxage, --audit-log-maxbackup and --audit-log-maxsize; where one is not given there is no such limit.
 */
import { defineRule, notApplicable } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const auditRetention = defineRule({
  id: 'api-server-audit-retention',
  title: 'Audit logs must be kept long enough to look into what happened',
  severity: 'low',
  severityReason: 'What happened is not found out; nothing is open because of it.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['auditing', 'auditLogMaxAge', 'auditLogMaxBackups', 'auditLogMaxSize'],
  controls: ['cis-1.12/1.2.17', 'cis-1.12/1.2.18', 'cis-1.12/1.2.19', 'nsa/audit-logging-and-threat-detection'],
  rationale: 'An intrusion is mostly noticed weeks after it happened; by then the log of that day must still be there.',
  remediation:
    'Set --audit-log-maxage to 30 or more, --audit-log-maxbackup to 10 or more and --audit-log-maxsize to 100 or more, or send audit events elsewhere with --audit-webhook-config-file and keep them there; what is not given does not limit. kubeadm: apiServer.extraArgs; k3s and RKE2: kube-apiserver-arg; Talos: cluster.apiServer.extraArgs; kOps: kubeAPIServer; on managed clusters the provider keeps them.',
  repair: {
    set: { 'audit-log-maxage': '30', 'audit-log-maxbackup': '10', 'audit-log-maxsize': '100' },
    own: {
      managed:
        'How long audit logs are kept is said where the provider sends them: EKS to CloudWatch Logs, AKS to the destination of a diagnostic setting.',
    },
  },
  params: {
    type: 'object',
    properties: {
      minDays: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        default: 30,
        description: 'Days that logs must be kept.',
      },
      minBackups: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        default: 10,
        description: 'Rotated logs that must be kept.',
      },
      minMegabytes: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        default: 100,
        description: 'Size that a log must reach before it is rotated.',
      },
    },
  },
  example: {
    fails: '/flagz: --audit-log-maxage=7\n',
    passes: '/flagz: --audit-log-maxage=30, --audit-log-maxbackup=10 and --audit-log-maxsize=100\n',
  },

  check(_apiServer, { snapshot, params: { minDays, minBackups, minMegabytes } }) {
    return checkApiServers(snapshot, (server) => {
      if (!server.fact('auditing').value) return notApplicable('nothing is audited');
      const limits = [
        ['auditLogMaxAge', '--audit-log-maxage', minDays],
        ['auditLogMaxBackups', '--audit-log-maxbackup', minBackups],
        ['auditLogMaxSize', '--audit-log-maxsize', minMegabytes],
      ] as const;
      const wrong = limits.flatMap(([name, flag, least]) => {
        const fact = server.factIfKnown(name);
        const isTooLow = fact !== undefined && fact.value !== 0 && fact.value < least;
        return isTooLow ? [blame(fact, flag, `set it to ${least} or more`)] : [];
      });
      if (wrong.length === 0) for (const [name] of limits) server.fact(name);
      return wrong;
    });
  },
});
