import { timeout } from '../../../src/rules/webhook/timeout.ts';
import { testRule } from '../rule-tester.ts';

const path = 'webhooks[0].timeoutSeconds';

function guard(fields: string, kind = 'Validating'): string {
  return `
kind: ${kind}WebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, ${fields} }]
`;
}

testRule(timeout, [
  {
    name: 'half a minute is too long',
    yaml: guard('timeoutSeconds: 30'),
    fails: [{ path, observed: '30', message: /^requests wait 30 s for webhook "guard\.example\.com"/ }],
  },
  {
    name: 'also where it lets pass then, and where it changes objects',
    yaml: guard('timeoutSeconds: 11, failurePolicy: Ignore', 'Mutating'),
    fails: [path],
  },
  {
    name: 'ten seconds are what Kubernetes takes for enough',
    yaml: guard('timeoutSeconds: 10'),
    passes: true,
  },
  {
    name: 'as it does where nothing is said',
    yaml: guard('failurePolicy: Fail'),
    passes: true,
  },
  {
    name: 'a policy may ask for less, also of what says nothing',
    yaml: guard('failurePolicy: Fail'),
    params: { maxSeconds: 5 },
    fails: [{ path, message: /^requests wait 10 s .* to 5 or less$/ }],
  },
  {
    name: 'or be content with more',
    yaml: guard('timeoutSeconds: 20'),
    params: { maxSeconds: 20 },
    passes: true,
  },
  {
    name: 'without a webhook nobody waits',
    yaml: '{ kind: MutatingWebhookConfiguration, metadata: { name: guard } }',
    passes: true,
  },
  {
    name: 'what is no number is unknown',
    yaml: guard('timeoutSeconds: soon'),
    unknown: /field "webhooks\[0\]\.timeoutSeconds" must be/,
  },
]);
