import { podSecurityLevel } from '../../../src/rules/namespace/pod-security-level.ts';
import { testRule } from '../rule-tester.ts';

const path = 'metadata.labels["pod-security.kubernetes.io/enforce"]';

testRule(podSecurityLevel, [
  {
    name: 'a namespace that enforces restricted passes',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: restricted } }
`,
    passes: true,
  },
  {
    name: 'a namespace that enforces baseline passes',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline } }
`,
    passes: true,
  },
  {
    name: 'a namespace that enforces privileged fails',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: privileged } }
`,
    fails: [{ path, observed: 'privileged' }],
  },
  {
    name: 'a namespace without labels fails: the default of the API server cannot be seen',
    yaml: `
kind: Namespace
metadata: { name: shop }
`,
    fails: [{ path, message: /API server's default decides, which is not known/ }],
  },
  {
    name: 'null labels are absent',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: null }
`,
    fails: [path],
  },
  {
    name: 'a namespace that only warns and audits fails',
    yaml: `
kind: Namespace
metadata:
  name: shop
  labels: { pod-security.kubernetes.io/warn: restricted, pod-security.kubernetes.io/audit: restricted }
`,
    fails: [path],
  },
  {
    name: 'a version without a level is no level',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce-version: v1.37 } }
`,
    fails: [path],
  },
  {
    name: 'a level that does not exist is enforced as restricted',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: Privileged } }
`,
    passes: true,
  },
  {
    name: 'an empty level is enforced as restricted, too',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: '' } }
`,
    passes: true,
  },
  {
    name: 'a level that is no string is unknown',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: true } }
`,
    unknown: /"metadata\.labels\["pod-security\.kubernetes\.io\/enforce"\]" must be a string, found the boolean true/,
  },
  {
    name: 'labels that are no map are unknown',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: [restricted] }
`,
    unknown: /"metadata\.labels" must be a map of strings, found a list/,
  },
]);
