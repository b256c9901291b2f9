/** API servers that admit objects otherwise. */
import { noTrials } from './default-server.ts';
import { UNKNOWN } from './variant.ts';
import type { Variant } from './variant.ts';

function admissionConfiguration(name: string, configuration: object): string {
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [{ name, configuration }],
  });
}

const withConfiguration = { 'admission-control-config-file': '{dir}/admission.yaml' };

export const admissionVariants: readonly Variant[] = [
  {
    name: 'AlwaysPullImages on',
    start: { apiServerFlags: { 'enable-admission-plugins': 'AlwaysPullImages' } },
    facts: { alwaysPullImages: true },
    sources: { alwaysPullImages: 'dry run' },
    // A policy from a file, which flags would rule out, may give Always, too.
    trials: { alwaysPullImages: UNKNOWN },
  },
  {
    name: 'PodSecurity off',
    start: { apiServerFlags: { 'disable-admission-plugins': 'PodSecurity' } },
    facts: { podSecurity: false },
    sources: { podSecurity: 'dry run' },
    trials: { podSecurity: false },
  },
  {
    name: 'ServiceAccount off',
    start: { apiServerFlags: { 'disable-admission-plugins': 'ServiceAccount' } },
    facts: { serviceAccountAdmission: false },
    trials: { serviceAccountAdmission: false },
  },
  {
    name: 'NamespaceLifecycle, policies and webhooks off',
    start: {
      apiServerFlags: {
        'disable-admission-plugins':
          'NamespaceLifecycle,ValidatingAdmissionPolicy,MutatingAdmissionPolicy,ValidatingAdmissionWebhook',
      },
    },
    facts: {
      mutatingAdmissionPolicy: false,
      namespaceLifecycle: false,
      validatingAdmissionPolicy: false,
      validatingWebhooks: false,
    },
    // Nothing guards the namespace of probes.
    trials: noTrials,
  },
  {
    name: 'the feature MutatingAdmissionPolicy off',
    start: { apiServerFlags: { 'feature-gates': 'MutatingAdmissionPolicy=false' } },
    facts: { mutatingAdmissionPolicy: false },
  },
  {
    name: 'NodeRestriction on',
    start: { apiServerFlags: { 'enable-admission-plugins': 'NodeRestriction' } },
    facts: { nodeRestriction: true },
  },
  {
    name: 'AlwaysAdmit on',
    start: { apiServerFlags: { 'enable-admission-plugins': 'AlwaysAdmit' } },
    facts: { alwaysAdmit: true },
  },
  {
    name: 'EventRateLimit on',
    start: {
      apiServerFlags: { 'enable-admission-plugins': 'EventRateLimit', ...withConfiguration },
      files: {
        'admission.yaml': admissionConfiguration('EventRateLimit', {
          apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
          kind: 'Configuration',
          limits: [{ type: 'Server', qps: 5000, burst: 20000 }],
        }),
      },
    },
    facts: { eventRateLimit: true, admissionConfigurationFile: true },
  },
  {
    name: 'DenyServiceExternalIPs on',
    start: { apiServerFlags: { 'enable-admission-plugins': 'DenyServiceExternalIPs' } },
    facts: { denyServiceExternalIPs: true },
  },
  {
    name: 'the legacy --admission-control',
    start: { apiServerFlags: { 'admission-control': 'NamespaceLifecycle,LimitRanger,AlwaysPullImages' } },
    facts: {
      alwaysPullImages: true,
      mutatingAdmissionPolicy: false,
      podSecurity: false,
      serviceAccountAdmission: false,
      validatingAdmissionPolicy: false,
      validatingWebhooks: false,
      legacyAdmissionControl: true,
    },
    trials: noTrials,
  },
  {
    name: 'a PodSecurityConfiguration with defaults and exemptions',
    start: {
      apiServerFlags: withConfiguration,
      files: {
        'admission.yaml': admissionConfiguration('PodSecurity', {
          apiVersion: 'pod-security.admission.config.k8s.io/v1',
          kind: 'PodSecurityConfiguration',
          defaults: { enforce: 'baseline', 'enforce-version': 'latest' },
          exemptions: { usernames: ['jane'], runtimeClasses: ['gvisor'], namespaces: ['kube-system'] },
        }),
      },
    },
    facts: { admissionConfigurationFile: true },
  },
];
