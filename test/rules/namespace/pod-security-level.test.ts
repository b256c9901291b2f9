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
    name: 'a namespace without labels fails',
    yaml: `
kind: Namespace
metadata: { name: shop }
`,
    fails: [path],
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
    name: 'a level that does not exist is a slip: the API server enforces restricted',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: Privileged } }
`,
    fails: [{ path, severity: 'low', observed: 'Privileged', message: /enforces restricted/ }],
  },
  {
    name: 'an empty level is such a slip too',
    yaml: `
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: '' } }
`,
    fails: [{ path, severity: 'low', observed: '' }],
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
