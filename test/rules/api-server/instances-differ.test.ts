import { instancesDiffer } from '../../../src/rules/api-server/instances-differ.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(instancesDiffer, [
  {
    name: 'one API server alone differs from nobody',
    yaml: '',
    evidence: apiServerWith({ profiling: true }),
    notApplicable: /^one API server is known$/,
  },
  {
    name: 'API servers that are alike pass',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ profiling: true, minorVersion: 37 }) },
      { instance: 'b:6443', evidence: apiServerWith({ profiling: true, minorVersion: 37 }) },
    ],
    passes: true,
  },
  {
    name: 'each fact in which they differ fails, and names them',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ profiling: true, minorVersion: 36 }) },
      { instance: 'b:6443', evidence: apiServerWith({ profiling: false, minorVersion: 37 }) },
    ],
    fails: [{ path: 'minorVersion' }, { path: 'profiling', message: /a:6443 true, b:6443 false; set them up alike$/ }],
  },
  {
    name: 'what is not known of one of them is no difference',
    yaml: '',
    servers: [
      { instance: 'a:6443', evidence: apiServerWith({ profiling: true }) },
      { instance: 'b:6443', evidence: {} },
    ],
    passes: true,
  },
]);
