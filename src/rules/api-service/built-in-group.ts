/**
 * An API group of Kubernetes itself is served by the API server. Where an APIService sends it to a service, everything that
 * anybody asks or writes there, Secrets among it for the core group, is read and answered by that.
 *
 * An API server writes the APIServices of its own groups when it starts, but for those that somebody made their own by
 * taking the label away, and does not look at them again until then.
 *
 * Source: k8s.io/kube-aggregator v0.37.2, pkg/controllers/autoregister (`checkAPIService`); which groups are Kubernetes' own
 * is recorded from API servers of several releases.
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { nameService } from '../lib/named-service.ts';
import { isBuiltInGroup } from '../../rbac/api-resources.ts';

export const builtInGroup = defineRule({
  id: 'api-service-built-in-group',
  title: "Kubernetes' own API groups must be served by the API server itself",
  severity: 'high',
  severityReason: 'Whoever runs the service reads and forges everything of that group, past admission.',
  subject: 'APIService',
  controls: ['nsa/network-separation-and-hardening', 'attack/T1557', 'attack/T1565'],
  rationale:
    'What is handed on is not admitted, stored or encrypted by the API server: the service sees it as it was sent, with the name of whoever sent it, and decides alone what becomes of it.',
  remediation:
    'Remove spec.service, spec.caBundle and spec.insecureSkipTLSVerify from the APIService: the API server then serves the group itself again. Find out who wrote it, and what was sent to that group since.',
  example: {
    fails: `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.apps }
spec:
  group: apps
  version: v1
  groupPriorityMinimum: 17800
  versionPriority: 15
  service: { namespace: shop, name: api }
`,
    passes: `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.shop.example.com }
spec:
  group: shop.example.com
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 100
  service: { namespace: shop, name: api }
`,
  },

  check({ spec = {} }) {
    const { service, group = '', version = '' } = spec;
    if (service === undefined) return notApplicable('the API server serves it itself');
    if (!isBuiltInGroup(group)) return [];
    const what = group === '' ? `the core API, version ${version},` : `"${group}/${version}"`;
    const whom = nameService(service);
    const message = `what everybody asks and writes of ${what} goes to service "${whom}"; remove spec.service from this APIService, and find out who wrote it`;
    return [violation('spec.service', whom, message)];
  },
});
