/**
 * The API server hands requests for an aggregated API on to a service. Told to skip TLS verification, it does not know whom
 * it hands them to, and believes whatever comes back.
 *
 * Source: Kubernetes "Kubernetes API Aggregation Layer"; k8s.io/kube-aggregator v0.37.2, apiregistration/v1. An APIService
 * without a service is served by the API server itself.
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { nameService } from '../lib/named-service.ts';

/** What answers for these is read by autoscalers and by people, and grants nothing. */
const metricsGroups: readonly string[] = ['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io'];

export const tlsVerification = defineRule({
  id: 'api-service-tls-verification',
  title: 'The API server must verify whom it hands requests for an aggregated API to',
  severity: 'medium',
  severityReason:
    'It takes a place in the network between the API server and the service; where that serves nothing but metrics it is low.',
  subject: 'APIService',
  controls: ['nsa/network-separation-and-hardening', 'attack/T1557'],
  rationale:
    'Whoever answers in place of the service reads what everybody sends to that API, with the name and the groups of whoever sends it, and answers what they like: objects that nobody wrote, metrics that scale workloads up or down.',
  remediation:
    'Set spec.caBundle to the authority of the certificate that the service shows (cert-manager fills it in with the annotation cert-manager.io/inject-ca-from) and remove insecureSkipTLSVerify. The certificate must be for SERVICE.NAMESPACE.svc. Of metrics-server give its chart a certificate with tls.type, and apiService.insecureSkipTLSVerify=false.',
  example: {
    fails: `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.shop.example.com }
spec:
  group: shop.example.com
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 100
  insecureSkipTLSVerify: true
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
  caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
  service: { namespace: shop, name: api }
`,
  },

  check({ spec = {} }) {
    const { service, group = '', insecureSkipTLSVerify } = spec;
    if (service === undefined) return notApplicable('the API server serves it itself');
    if (insecureSkipTLSVerify !== true) return [];
    const whom = nameService(service);
    const message = `requests for API group "${group}" go to service "${whom}", whose certificate nobody verifies; set caBundle and remove insecureSkipTLSVerify`;
    const severity = metricsGroups.includes(group) ? 'low' : undefined;
    return [violation('spec.insecureSkipTLSVerify', insecureSkipTLSVerify, message, severity)];
  },
});
