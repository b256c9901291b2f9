/**
 * What single sources may say of an API server: enough that every witness of every fact tells all that it can tell, which
 * a test holds true. Pages print what facts are made of it; they need not know how.
 */
import { parseFlags } from '../evidence/arguments.ts';
import {
  ADMISSION,
  AUDIT_LEVELS,
  AUTHENTICATION_FILE,
  AUTHORIZATION_FILE,
  CLIENT_CERTIFICATES,
  DECISIONS,
  ENCRYPTION_FILE,
  MUTATING_POLICY_CHECKS,
  TOKEN_ISSUERS,
  TRANSFORMATIONS,
  WEBHOOK_EVALUATIONS,
  WEBHOOK_FAIL_OPEN,
} from '../evidence/metrics.ts';
import type { DryRunReading } from '../evidence/dry-run-probes.ts';
import type { Labels } from '../evidence/metrics.ts';
import type { Reading, VersionReading } from '../evidence/reading.ts';
import type { ServerReadings } from '../evidence/server-readings.ts';
import { OWN_CHECK, RBAC_CHECK } from '../evidence/readyz.ts';
import type { StatusReading } from '../evidence/statusz.ts';
import type { ServerFlags } from '../evidence/server-flags.ts';
import { withReleaseEnd } from '../evidence/version.ts';
import { publishedAuthorities, sampleAnswers, sampleAuthorities, sampleHandshakes } from './sample-answers.ts';
import { sampleArguments } from './sample-arguments.ts';

export interface SampleReading {
  /** Who says it, as facts name it. */
  readonly source: string;
  readonly readings: ServerReadings;
}

const NEWEST_MINOR = 37;
const nothing = { missing: '' };

/** Nobody says anything. */
export const silentReadings: ServerReadings = {
  anonymousAnswers: nothing,
  flags: [],
  metrics: nothing,
  version: nothing,
  status: nothing,
  checks: nothing,
  tls: nothing,
  unknownUser: nothing,
  unknownNode: nothing,
  ownGrant: nothing,
  identity: nothing,
  clientAuthorities: nothing,
  dryRun: nothing,
};

function sample(source: string, said: Partial<ServerReadings>): SampleReading {
  return { source, readings: { ...silentReadings, ...said } };
}

/** Who shows flags. */
const flagSources: readonly Pick<ServerFlags, 'source' | 'confidence' | 'coverage'>[] = [
  { source: '/flagz', confidence: 'high', coverage: 'effective' },
  { source: 'Pod kube-system/kube-apiserver-NODE', confidence: 'medium', coverage: 'arguments' },
  { source: 'annotation k3s.io/node-args of a node', confidence: 'medium', coverage: 'partial' },
  { source: 'ConfigMap openshift-kube-apiserver/config', confidence: 'medium', coverage: 'partial' },
  { source: 'ConfigMap kube-system/kubeadm-config', confidence: 'low', coverage: 'partial' },
];

function metrics(series: Readonly<Record<string, readonly Labels[]>>, uptimeSeconds = 3600): SampleReading {
  return sample('/metrics', {
    metrics: { read: { uptimeSeconds, isWhole: true, series: new Map(Object.entries(series)) } },
  });
}

/** At the end of November 2026, or 40 days before the oldest that is mended then ends. */
const IN_NOVEMBER_MS = Date.UTC(2026, 10, 26);

function version(minor: number, nowMs = IN_NOVEMBER_MS): Reading<VersionReading> {
  return withReleaseEnd({ read: { minor, gitVersion: `v1.${minor}.0` } }, nowMs);
}

function status(minor: number): Reading<StatusReading> {
  return withReleaseEnd({ read: { minor, binaryVersion: '', startedAtSeconds: undefined } }, IN_NOVEMBER_MS);
}
const IN_JANUARY_MS = Date.UTC(2027, 0, 19);

/** Of a version that reads no policies from files: in later ones /flagz has to show that there is none. */
const asOperator: Partial<ServerReadings> = {
  version: version(35),
  identity: { read: 'system:serviceaccount:merlon:merlon' },
};

const nobodyElse = { read: { mutators: [], webhooks: [] } };

const sampleTrials: readonly DryRunReading[] = [
  {
    pullPolicy: { read: 'replaced' },
    reviewers: nobodyElse,
    podSecurity: { read: 'refuses' },
    stranger: { read: 'refused' },
  },
  {
    pullPolicy: { read: 'kept' },
    reviewers: nobodyElse,
    podSecurity: { read: 'silent' },
    stranger: { read: 'admitted' },
  },
  {
    pullPolicy: { read: 'replaced' },
    reviewers: { read: { mutators: ['a webhook'], webhooks: ['a webhook'] } },
    podSecurity: { read: 'warns' },
    stranger: { missing: 'quotas refuse it' },
  },
];

/** Every plugin of which there is a fact. */
const plugins = [
  'AlwaysAdmit',
  'AlwaysPullImages',
  'DenyEscalatingExec',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'NamespaceLifecycle',
  'NodeRestriction',
  'PodSecurity',
  'PodSecurityPolicy',
  'ServiceAccount',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
];
const file = { hash: `sha256:${'0'.repeat(64)}` };
const authorizers = ['AlwaysAllow', 'Node', 'RBAC', 'Webhook', 'ABAC'];
const stored = (resource: string, prefix: string): Labels => ({
  transformation_type: 'to_storage',
  resource,
  transformer_prefix: prefix,
});

export const sampleReadings: readonly SampleReading[] = [
  ...sampleAnswers.map((read) => sample('requests without credentials', { anonymousAnswers: { read } })),
  ...flagSources.flatMap((one) =>
    sampleArguments.map((words) =>
      sample(one.source, { version: version(NEWEST_MINOR), flags: [{ read: { ...one, ...parseFlags(words) } }] }),
    ),
  ),

  metrics({}, 5),
  metrics({ [ADMISSION]: [{ name: 'ResourceQuota' }] }),
  metrics({ [ADMISSION]: plugins.map((name) => ({ name })) }),
  metrics({ [MUTATING_POLICY_CHECKS]: [{ policy: 'sidecars' }] }),
  metrics({ [DECISIONS]: authorizers.map((type) => ({ type })) }),
  metrics({ [WEBHOOK_EVALUATIONS]: [{}], [WEBHOOK_FAIL_OPEN]: [{}] }),
  metrics({ [CLIENT_CERTIFICATES]: [{}], [TOKEN_ISSUERS]: [{}] }),
  metrics({ [AUTHENTICATION_FILE]: [file], [AUTHORIZATION_FILE]: [file], [ENCRYPTION_FILE]: [file] }),
  metrics({ [AUDIT_LEVELS]: [{ level: 'Metadata' }] }),
  metrics({ [AUDIT_LEVELS]: [{ level: 'None' }] }),
  metrics({ [TRANSFORMATIONS]: [stored('secrets', 'k8s:enc:kms:v2:')] }),
  metrics({ [TRANSFORMATIONS]: [stored('secrets', 'identity')] }),

  ...[18, 24, 34, NEWEST_MINOR].map((minor) => sample('/version', { version: version(minor) })),
  sample('/version', { version: version(35, IN_JANUARY_MS) }),
  sample('/statusz', { status: status(NEWEST_MINOR) }),
  sample('/readyz?verbose', { checks: { read: [OWN_CHECK, RBAC_CHECK] } }),
  sample('/readyz?verbose', { checks: { read: [OWN_CHECK] } }),
  ...sampleHandshakes.map((read) =>
    sample('TLS handshake', { tls: { read }, clientAuthorities: { read: publishedAuthorities } }),
  ),

  sample('SubjectAccessReview', { unknownUser: { read: true } }),
  sample('SubjectAccessReview', { unknownUser: { read: false } }),
  sample('SubjectAccessReview', {
    unknownNode: { read: { allowed: false, reason: "NODE: no relationship found between node 'x' and this object" } },
  }),
  sample('SubjectAccessReview', { unknownNode: { read: { allowed: false, reason: '' } } }),
  ...sampleTrials.map((read) => sample('dry run', { ...asOperator, dryRun: { read } })),
  sample('SelfSubjectAccessReview', { ownGrant: { read: { allowed: true, reason: 'RBAC: allowed by X' } } }),
  sample('SelfSubjectAccessReview', { ownGrant: { read: { allowed: true, reason: '' } } }),
  sample('SelfSubjectReview', { identity: { read: 'system:serviceaccount:merlon:merlon' } }),
  ...sampleAuthorities.map((read) =>
    sample('ConfigMap kube-system/extension-apiserver-authentication', { clientAuthorities: { read } }),
  ),
];
