import { podSecurityLabels } from '../../../src/rules/namespace/pod-security-labels.ts';
import { testRule } from '../rule-tester.ts';

const enforce = 'metadata.labels["pod-security.kubernetes.io/enforce"]';
const enforceVersion = 'metadata.labels["pod-security.kubernetes.io/enforce-version"]';
const audit = 'metadata.labels["pod-security.kubernetes.io/audit"]';
const warn = 'metadata.labels["pod-security.kubernetes.io/warn"]';
const warnVersion = 'metadata.labels["pod-security.kubernetes.io/warn-version"]';

testRule(podSecurityLabels, [
  {
    name: 'a namespace without labels passes',
    yaml: `
kind: Namespace
metadata: { name: shop }
`,
    passes: true,
  },
  {
    name: 'every label with a value that can be read passes',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: baseline
    pod-security.kubernetes.io/enforce-version: v1.34
    pod-security.kubernetes.io/audit: restricted
    pod-security.kubernetes.io/audit-version: latest
    pod-security.kubernetes.io/warn: privileged
    pod-security.kubernetes.io/warn-version: v1.0
`,
    passes: true,
  },
  {
    name: 'an enforce level that does not exist means restricted',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: Privileged } }
`,
    fails: [{ path: enforce, observed: 'Privileged', message: /until then the API server enforces restricted$/ }],
  },
  {
    name: 'an audit level that does not exist means privileged',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/audit: strict } }
`,
    fails: [{ path: audit, observed: 'strict', message: /until then the API server audits nothing$/ }],
  },
  {
    name: 'a warn level that does not exist means privileged',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/warn: 'restricted ' } }
`,
    fails: [{ path: warn, observed: 'restricted ', message: /until then the API server warns of nothing$/ }],
  },
  {
    name: 'an empty level is none',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/warn: '' } }
`,
    fails: [{ path: warn, observed: '' }],
  },
  {
    name: 'versions that do not exist mean latest',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce-version: '1.34'
    pod-security.kubernetes.io/warn-version: v1.034
`,
    fails: [
      { path: enforceVersion, observed: '1.34', message: /until then the API server takes the latest version$/ },
      { path: warnVersion, observed: 'v1.034' },
    ],
  },
  {
    name: 'a label of a name that Kubernetes does not read',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforced: restricted } }
`,
    fails: [
      {
        path: 'metadata.labels["pod-security.kubernetes.io/enforced"]',
        observed: 'restricted',
        message: /means nothing/,
      },
    ],
  },
  {
    name: 'labels of others are left alone',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { security.openshift.io/scc.podSecurityLabelSync: 'true', enforce: strict } }
`,
    passes: true,
  },
  {
    name: 'a label that is no string is unknown',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/warn-version: 1.34 } }
`,
    unknown: /must be a string, found the number 1\.34/,
  },
]);
