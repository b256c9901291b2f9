import type { Evidence } from '../../../src/core/evidence.ts';
import { sourcesDiffer } from '../../../src/rules/api-server/sources-differ.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const contradicted: Evidence = {
  anonymousAuthentication: {
    value: 'off',
    source: 'requests without credentials',
    confidence: 'high',
    detail: 'every request without credentials is answered 401',
    contradicted: ['--anonymous-auth=true (Pod kube-system/kube-apiserver-a)'],
  },
};

testRule(sourcesDiffer, [
  {
    name: 'a fact of which two sources say different things fails, and both are named',
    yaml: '',
    evidence: contradicted,
    fails: [
      {
        path: 'anonymousAuthentication',
        message: /^every request .* \(requests without credentials\), and yet: --anonymous-auth=true \(Pod kube-system/,
      },
    ],
  },
  {
    name: 'facts of which nobody says otherwise pass',
    yaml: '',
    evidence: apiServerWith({ profiling: true, anonymousAuthentication: 'off' }),
    passes: true,
  },
  {
    name: 'where nothing is known at all, nobody knows that nothing differs',
    yaml: '',
    evidence: {},
    unknown: /^nothing of it was observed$/,
  },
]);
