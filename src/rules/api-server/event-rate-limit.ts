/**
 * Every pod may make events, and each is stored: a limit keeps one source from filling etcd and keeping the API server
 * busy. Priority and fairness keeps requests in lanes, and does not count events.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/eventratelimit (alpha); off unless it is enabled.
 */
import { defineRule } from '../../core/rule.ts';
import { ENABLE, enablePlugin } from '../lib/admission-plugins.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const eventRateLimit = defineRule({
  id: 'api-server-event-rate-limit',
  title: 'The API server should limit how many events it accepts, EventRateLimit',
  severity: 'low',
  severityReason: 'It takes a right to create events, and costs availability, nothing else.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['eventRateLimit'],
  controls: ['cis-1.12/1.2.9'],
  rationale: 'A controller that runs wild, or a compromised one, can store events as fast as it can send them.',
  remediation: `${enablePlugin('EventRateLimit')} It needs a Configuration of kind eventratelimit.admission.k8s.io/v1alpha1 in the file of --admission-control-config-file, with limits for Server, Namespace, User or SourceAndObject: in Talos under cluster.apiServer.admissionControl.`,
  repair: {
    enable: ['EventRateLimit'],
    file: {
      kind: 'AdmissionConfiguration',
      content: {
        plugins: [
          {
            name: 'EventRateLimit',
            configuration: {
              apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
              kind: 'Configuration',
              limits: [
                { type: 'Namespace', qps: 50, burst: 100, cacheSize: 2000 },
                { type: 'SourceAndObject', qps: 10, burst: 50 },
              ],
            },
          },
        ],
      },
    },
  },
  example: {
    fails: '/flagz: --enable-admission-plugins=NodeRestriction\n',
    passes: '/flagz: --enable-admission-plugins=EventRateLimit\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('eventRateLimit');
      return fact.value
        ? []
        : [blame(fact, ENABLE, 'enable EventRateLimit with limits in the file of --admission-control-config-file')];
    });
  },
});
