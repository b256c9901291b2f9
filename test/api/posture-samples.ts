/** Statuses in which every field stands, as Merlon would write them. */
import type { HardeningRemediationStatus } from '../../src/api/v1alpha1/hardening-remediation.ts';
import type { ClusterPostureStatus } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import type { NamespacePostureStatus } from '../../src/api/v1alpha1/security-posture.ts';
import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';

const since = '2026-01-01T00:00:00Z';

export const postureStatus = {
  compliant: 'False',
  policy: 'default',
  observedPolicies: [{ kind: 'ClusterHardeningPolicy', name: 'strict', generation: 3 }],
  threshold: 'high',
  changedTime: since,
  summary: {
    critical: 1,
    high: 2,
    medium: 3,
    low: 5,
    info: 6,
    pass: 60,
    notApplicable: 8,
    unknown: 4,
    exempt: 7,
    subjects: 9,
  },
  findings: [
    {
      rule: 'pod-privileged',
      severity: 'critical',
      outcome: 'fail',
      subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' },
      message: 'container "web" is privileged; remove it or set it to false',
      violations: [
        {
          path: 'spec.template.spec.containers[0].securityContext.privileged',
          observed: 'true',
          message: 'container "web" is privileged; remove it or set it to false',
        },
      ],
      omittedViolations: 2,
    },
    {
      rule: 'rbac-impersonate-any',
      severity: 'high',
      outcome: 'unknown',
      subject: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', namespace: 'default', name: '*' },
      message: 'roles could not be listed',
    },
  ],
  omittedFindings: 10,
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'EvaluationSucceeded',
      message: 'every selected rule was evaluated',
      lastTransitionTime: since,
    },
    {
      type: 'Compliant',
      status: 'False',
      reason: 'FindingsAtThreshold',
      message: '1 critical, 2 high',
      lastTransitionTime: since,
    },
    {
      type: 'InputsComplete',
      status: 'False',
      reason: 'PermissionMissing',
      message: 'roles could not be listed',
      lastTransitionTime: since,
    },
    {
      type: 'Remediated',
      status: 'False',
      reason: 'Disabled',
      message: 'remediation is off',
      lastTransitionTime: since,
    },
  ],
} as const satisfies Required<PostureStatus>;

export const namespacePostureStatus = {
  ...postureStatus,
  podSecurity: {
    enforced: 'baseline',
    enforcedVersion: 'v1.34',
    ready: 'restricted',
    readyVersion: 'v1.37',
    message: 'every workload passes restricted:v1.37',
    command: 'kubectl label namespace shop pod-security.kubernetes.io/enforce=restricted --overwrite',
  },
  enforcement: {
    mode: 'warn',
    wouldRefuse: 1,
    enforced: [
      {
        what: 'pod-security',
        mode: 'warn',
        by: 'ValidatingAdmissionPolicy/merlon-pod-security',
        rules: ['pod-privileged'],
      },
    ],
    message: 'pod-security: warn by ValidatingAdmissionPolicy/merlon-pod-security; deny would refuse one workload',
  },
} as const satisfies Required<NamespacePostureStatus>;

export const clusterPostureStatus = {
  ...postureStatus,
  conditions: [
    ...postureStatus.conditions,
    {
      type: 'Enforced',
      status: 'False',
      reason: 'Contested',
      message: 'it is changed again and again',
      lastTransitionTime: since,
    },
  ],
  namespaces: { total: 15, compliant: 12, nonCompliant: 2, unknown: 1 },
  namespacesCompliant: '12/15',
  enforcement: [
    {
      policy: 'merlon-exec-guard',
      state: 'Contested',
      modes: ['deny: merlon.dev/enforce=deny'],
      message: 'it is changed again and again',
    },
  ],
  apiServer: 'Partial',
  apiServerFacts: { observed: 40, attested: 1, unknown: 10 },
  adminPaths: '3',
  adminPathCounts: { reaching: 3, admins: 1, builtIn: 41 },
  inputs: [
    { source: 'Pod', state: 'observed', message: '' },
    { source: 'Role', state: 'forbidden', message: 'needs list and watch on roles.rbac.authorization.k8s.io' },
  ],
} as const satisfies Required<ClusterPostureStatus>;

/** Every field of a repair. */
export const remediationStatus = {
  state: 'Blocked',
  reason: 'GitOpsOwned',
  message: 'in git',
  rule: 'service-account-default-token-mount',
  target: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    namespace: 'default',
    name: 'default',
    uid: '0b8a1b0e-5f0c-4b58-9c29-6f3ac7f3a2f1',
    display: 'ServiceAccount/default',
  },
  patch: 'automountServiceAccountToken: false\n',
  fields: [{ path: 'automountServiceAccountToken', before: 'true', after: 'false' }],
  risks: ['Deployment/web runs as it'],
  manager: 'argocd',
  policies: [{ kind: 'ClusterHardeningPolicy', name: 'platform', generation: 3 }],
  intent: 'Apply',
  intentVersion: '4711',
  observedAction: 'Skip',
  proposedTime: '2026-11-26T08:00:00Z',
  appliedTime: '2026-11-26T08:00:01Z',
  revertedTime: '2026-11-26T08:00:02Z',
  transitionTime: '2026-11-26T08:00:03Z',
  setBackTimes: ['2026-11-26T08:00:04Z'],
} as const satisfies Required<HardeningRemediationStatus>;
