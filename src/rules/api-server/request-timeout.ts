/**
 * A request that may last for ever holds on to what it was given.
 *
 * Source: --request-timeout, which is one minute by default; 0 is none.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const requestTimeout = defineRule({
  id: 'api-server-request-timeout',
  title: 'The API server must end requests that take too long',
  severity: 'low',
  severityReason: 'It takes somebody who may send requests, and priority and fairness holds him back.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['requestTimeout'],
  controls: ['cis-1.12/1.2.20'],
  rationale: 'Slow requests that never end fill up the API server until it answers nobody.',
  remediation:
    'Leave --request-timeout out, which is one minute then, or set it to a few minutes: under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.',
  repair: { set: { 'request-timeout': '1m0s' } },
  params: {
    type: 'object',
    properties: {
      maxSeconds: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        default: 300,
        description: 'Seconds that a request may take.',
      },
    },
  },
  example: { fails: '/flagz: --request-timeout=1h\n', passes: '/flagz: --request-timeout=1m0s\n' },

  check(_apiServer, { snapshot, params: { maxSeconds } }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('requestTimeout');
      const isBounded = fact.value > 0 && fact.value <= maxSeconds;
      return isBounded ? [] : [blame(fact, '--request-timeout', `set it to ${maxSeconds} seconds or less`)];
    });
  },
});
