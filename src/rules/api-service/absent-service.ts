/**
 * An aggregated API whose service is not there answers nobody, and whoever may make a Service in that namespace decides who
 * answers from then on.
 *
 * Source: k8s.io/kube-aggregator v0.37.2, pkg/apiserver; k8s.io/apiserver v0.37.2, pkg/util/proxy. Namespaces are not
 * deleted while an API group cannot be listed (k8s.io/kubernetes v1.37.2, pkg/controller/namespace/deletion).
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { findServiceProblem, nameService, NO_SERVICES_IN_FILES, serviceKinds } from '../lib/named-service.ts';

export const absentService = defineRule({
  id: 'api-service-absent-service',
  title: 'The service that serves an aggregated API must exist',
  severity: 'medium',
  severityReason:
    'Whoever makes a Service of that name in that namespace answers for the API; where its certificate is verified it is low.',
  subject: 'APIService',
  reads: serviceKinds,
  controls: ['nsa/network-separation-and-hardening', 'attack/T1557'],
  rationale:
    'What was uninstalled leaves its APIService behind: discovery is slow and incomplete, no namespace can be deleted, and whoever makes a Service of that name is sent what was meant for another.',
  remediation:
    'Delete the APIService of what is no longer there, or correct spec.service: its namespace, its name, and its port, which is 443 where nothing is said.',
  example: {
    fails: `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.shop.example.com }
spec:
  group: shop.example.com
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 100
  service: { namespace: shop, name: api-of-last-year }
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
---
apiVersion: v1
kind: Service
metadata: { namespace: shop, name: api }
spec: { ports: [{ port: 443 }] }
`,
  },

  check({ spec = {} }, { snapshot }) {
    const { service, group = '', version = '', insecureSkipTLSVerify } = spec;
    if (service === undefined) return notApplicable('the API server serves it itself');
    if (!snapshot.isWholeCluster) return notApplicable(NO_SERVICES_IN_FILES);
    const problem = findServiceProblem(service, snapshot);
    if (problem === undefined) return [];
    const message = `nobody answers for "${group}/${version}", as ${problem}, and whoever makes it does; correct spec.service, or delete the APIService`;
    return [
      violation('spec.service', nameService(service), message, insecureSkipTLSVerify === true ? 'medium' : 'low'),
    ];
  },
});
