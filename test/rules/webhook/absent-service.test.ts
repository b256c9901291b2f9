import { absentService } from '../../../src/rules/webhook/absent-service.ts';
import { testRule } from '../rule-tester.ts';

const path = 'webhooks[0].clientConfig.service';

function guard(fields = '', service = 'namespace: guard, name: guard', kind = 'Validating'): string {
  return `
kind: ${kind}WebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, clientConfig: { service: { ${service} } }, ${fields} }]
`;
}

function service(spec: string, namespace = 'guard'): string {
  return `
---
kind: Service
metadata: { namespace: ${namespace}, name: guard }
spec: { ${spec} }
`;
}

testRule(absentService, [
  {
    name: 'a webhook without its service refuses whatever it is asked about',
    yaml: guard(),
    fails: [
      {
        path,
        observed: 'guard/guard',
        message:
          /^webhook "guard\.example\.com" cannot be reached, as service "guard\/guard" does not exist: what it is asked about is refused; correct/,
      },
    ],
  },
  {
    name: 'or lets it pass',
    yaml: guard('failurePolicy: Ignore'),
    fails: [{ path, message: /what it is asked about passes without it/ }],
  },
  {
    name: 'where it would only change objects that is less',
    yaml: guard('failurePolicy: Ignore', undefined, 'Mutating'),
    fails: [{ path, severity: 'low' }],
  },
  {
    name: 'but not where they are refused',
    yaml: guard('failurePolicy: Fail', undefined, 'Mutating'),
    fails: [path],
  },
  {
    name: 'a service with the port for TLS passes',
    yaml: guard() + service('ports: [{ port: 80 }, { port: 443 }]'),
    passes: true,
  },
  {
    name: 'a service of that name in another namespace is another',
    yaml: guard() + service('ports: [{ port: 443 }]', 'shop'),
    fails: [path],
  },
  {
    name: 'a service without that port does not answer',
    yaml: guard() + service('ports: [{ port: 8443 }]'),
    fails: [{ path, message: /as service "guard\/guard" has no port 443:/ }],
  },
  {
    name: 'unless the webhook asks for another',
    yaml: guard('', 'namespace: guard, name: guard, port: 8443') + service('ports: [{ port: 8443 }]'),
    passes: true,
  },
  {
    name: 'a service without an address of its own is not reached',
    yaml: guard() + service('clusterIP: None, ports: [{ port: 443 }]'),
    fails: [{ path, message: /as service "guard\/guard" has no address of its own \(clusterIP: None\):/ }],
  },
  {
    name: 'a name in DNS has any port',
    yaml: guard() + service('type: ExternalName, externalName: guard.example.com'),
    passes: true,
  },
  {
    name: 'a URL names no service',
    yaml: `
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, clientConfig: { url: 'https://guard.example.com' } }]
`,
    passes: true,
  },
  {
    name: 'files do not tell',
    yaml: guard(),
    isFromFiles: true,
    notApplicable: /^whether a service is there only a cluster tells$/,
  },
  {
    name: 'without the right to list services nothing is known',
    yaml: guard(),
    missing: [{ source: 'Service', state: 'forbidden', message: 'listing services is forbidden' }],
    unknown: /^listing services is forbidden$/,
  },
]);
