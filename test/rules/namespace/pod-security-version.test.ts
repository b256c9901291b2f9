import { podSecurityVersion } from '../../../src/rules/namespace/pod-security-version.ts';
import { testRule } from '../rule-tester.ts';

const enforceVersion = 'metadata.labels["pod-security.kubernetes.io/enforce-version"]';
const warnVersion = 'metadata.labels["pod-security.kubernetes.io/warn-version"]';

testRule(podSecurityVersion, [
  {
    name: 'a version that is as old as is allowed passes',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.34 }
`,
    podSecurityVersion: 37,
    passes: true,
  },
  {
    name: 'a version that is one older fails',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.33 }
`,
    podSecurityVersion: 37,
    fails: [
      { path: enforceVersion, observed: 'v1.33', message: /is v1\.33, and the newest is v1\.37; .*at most 3 behind/ },
    ],
  },
  {
    name: 'how old is allowed is a parameter',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.36 }
`,
    podSecurityVersion: 37,
    params: { maxAge: 0 },
    fails: [enforceVersion],
  },
  {
    name: 'age counts from the version of the API server, also where it is newer than the newest check',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.37 }
`,
    podSecurityVersion: 41,
    fails: [{ path: enforceVersion, message: /the newest is v1\.41/ }],
  },
  {
    name: 'age counts from the newest version that is known, where files are judged by the latest',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.24 }
`,
    isFromFiles: true,
    fails: [{ path: enforceVersion, message: /the newest is v1\.37/ }],
  },
  {
    name: 'a version that the API server does not know yet counts as its newest',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.35 }
`,
    podSecurityVersion: 34,
    fails: [
      {
        path: enforceVersion,
        severity: 'info',
        observed: 'v1.35',
        message: /the API server knows v1\.34: it uses its newest/,
      },
    ],
  },
  {
    name: 'a version pinned on a level that cannot be read is pinned on restricted',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: strict, pod-security.kubernetes.io/enforce-version: v1.20 }
`,
    podSecurityVersion: 37,
    fails: [enforceVersion],
  },
  {
    name: 'what only warns is no more than a hint',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/warn: restricted, pod-security.kubernetes.io/warn-version: v1.20 }
`,
    podSecurityVersion: 37,
    fails: [{ path: warnVersion, severity: 'info', observed: 'v1.20' }],
  },
  {
    name: 'latest is not pinned',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: latest }
`,
    notApplicable: /no version .* is pinned/,
  },
  {
    name: 'a version that cannot be read means latest',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: '1.20' }
`,
    notApplicable: /pinned/,
  },
  {
    name: 'privileged has no checks in any version',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: privileged, pod-security.kubernetes.io/enforce-version: v1.0 }
`,
    notApplicable: /pinned/,
  },
  {
    name: 'without labels nothing is pinned',
    yaml: `
kind: Namespace
metadata: { name: shop }
`,
    notApplicable: /pinned/,
  },
  {
    name: 'without the version of the API server it is unknown',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.37 }
`,
    missing: [{ source: 'ServerVersion', state: 'unobserved', message: 'GET /version was answered 403' }],
    unknown: /GET \/version was answered 403/,
  },
]);
