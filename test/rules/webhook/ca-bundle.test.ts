import { caBundle } from '../../../src/rules/webhook/ca-bundle.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';
import { testRule } from '../rule-tester.ts';

const path = 'webhooks[0].clientConfig.caBundle';
const { certificatePem } = await createCertificateAuthority();
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const service = 'service: { namespace: guard, name: guard }';
/** Before any authority ends that is made now. */
const today = '2026-11-26';
const url = 'url: "https://guard.example.com/pods"';

function guard(clientConfig: string, fields = '', kind = 'Validating'): string {
  return `
kind: ${kind}WebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, clientConfig: { ${clientConfig} }, ${fields} }]
`;
}

testRule(caBundle, [
  {
    name: 'a service whose authority is given passes',
    yaml: guard(`${service}, caBundle: ${base64(certificatePem)}`),
    today,
    passes: true,
  },
  {
    name: 'what stands around a certificate, and others that cannot be read, are passed over',
    yaml: guard(
      `${service}, caBundle: ${base64(`# of 2026\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${certificatePem}`)}`,
    ),
    today,
    passes: true,
  },
  {
    name: 'an authority that has ended verifies nothing',
    yaml: guard(`${service}, caBundle: ${base64(certificatePem)}`),
    today: '2999-01-01',
    fails: [{ path, message: /as the last authority of its caBundle has ended on \d{4}-\d\d-\d\d: what it is asked/ }],
  },
  {
    name: 'also behind a URL',
    yaml: guard(`${url}, caBundle: ${base64(certificatePem)}`, 'failurePolicy: Ignore', 'Mutating'),
    today: '2999-01-01',
    fails: [{ path, severity: 'low' }],
  },
  {
    name: 'where nobody knows which day it is, nobody knows whether it has ended',
    yaml: guard(`${service}, caBundle: ${base64(certificatePem)}`),
    unknown: /^on which day this is looked at is not known$/,
  },
  {
    name: 'a service without an authority cannot be verified, and all that it is asked about is refused',
    yaml: guard(service),
    fails: [
      {
        path,
        message:
          /^webhook "guard\.example\.com" cannot be verified, as its service is verified by the roots of the host .*: what it is asked about is refused; put/,
      },
    ],
  },
  {
    name: 'or passes without it',
    yaml: guard(service, 'failurePolicy: Ignore'),
    fails: [{ path, message: /: what it is asked about passes without it;/ }],
  },
  {
    name: 'where it would only change objects that is less',
    yaml: guard(service, 'failurePolicy: Ignore', 'Mutating'),
    fails: [{ path, severity: 'low' }],
  },
  {
    name: 'an empty bundle is none',
    yaml: guard(`${service}, caBundle: ""`),
    fails: [path],
  },
  {
    name: 'a line break is what some leave for others to fill in',
    yaml: guard(`${service}, caBundle: Cg==`),
    fails: [{ path, message: /as there is no certificate in its caBundle that can be read/ }],
  },
  {
    name: 'a certificate that is none cannot be read',
    yaml: guard(`${service}, caBundle: ${base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')}`),
    fails: [path],
  },
  {
    name: 'a key is no certificate',
    yaml: guard(`${service}, caBundle: ${base64(certificatePem.replaceAll('CERTIFICATE', 'PUBLIC KEY'))}`),
    fails: [path],
  },
  {
    name: 'a URL is verified by the roots of the host where nothing is said',
    yaml: guard(url),
    passes: true,
  },
  {
    name: 'and not where what is said cannot be read',
    yaml: guard(`${url}, caBundle: Cg==`),
    fails: [path],
  },
  {
    name: 'a webhook without an address is none that this tells of',
    yaml: guard(''),
    passes: true,
  },
  {
    name: 'in files nobody has filled it in yet',
    yaml: guard(service),
    isFromFiles: true,
    notApplicable: /^who fills in the bundle only a cluster tells$/,
  },
]);
