import type { Evidence } from '../../../src/core/evidence.ts';
import { alwaysAllow } from '../../../src/rules/api-server/always-allow.ts';
import { testRule } from '../rule-tester.ts';

function reviewed(unknownUserAllowed: Required<Evidence>['unknownUserAllowed']): Evidence {
  const unobserved = { unobserved: 'nobody asked' };
  return { anonymousRequests: unobserved, minorVersion: unobserved, unknownUserAllowed };
}

testRule(alwaysAllow, [
  {
    name: 'an API server that allows what nobody granted fails',
    yaml: '',
    evidence: reviewed({
      value: true,
      source: 'SubjectAccessReview',
      confidence: 'high',
      detail: 'a user that nobody knows may delete Secrets in kube-system',
    }),
    fails: [
      {
        path: 'authorization',
        observed: 'allowed',
        message: /^a user that nobody knows may delete Secrets in kube-system; set the authorization mode/,
      },
    ],
  },
  {
    name: 'an API server that refuses it passes',
    yaml: '',
    evidence: reviewed({
      value: false,
      source: 'SubjectAccessReview',
      confidence: 'high',
      detail: 'a user that nobody knows is refused',
    }),
    passes: true,
  },
  {
    name: 'without the permission to ask it is unknown',
    yaml: '',
    evidence: reviewed({ unobserved: 'asking needs the permission to create subjectaccessreviews' }),
    unknown: /^asking needs the permission to create subjectaccessreviews$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
