import { annotation } from '../../../src/rules/exemption/annotation.ts';
import { testRule } from '../rule-tester.ts';

const account = (annotations: string) => `
kind: ServiceAccount
metadata: { name: reporter, namespace: shop, annotations: ${annotations} }
`;
const deployment = (own: string, ofTemplate: string) => `
kind: Deployment
metadata: { name: web, namespace: shop, annotations: ${own} }
spec: { template: { metadata: { annotations: ${ofTemplate} }, spec: { containers: [{ name: web }] } } }
`;
const good = '{ exempt.merlon.dev/pod-privileged: until it is rewritten }';
const misspelt = '{ exempt.merlon.dev/pod-privilegd: until it is rewritten }';
const place = 'annotations["exempt.merlon.dev/pod-privilegd"]';

testRule(annotation, [
  { name: 'what names a rule and a reason is right', yaml: account(good), passes: true },
  {
    name: 'what names no rule exempts nothing, and a likely one is suggested',
    yaml: account(misspelt),
    fails: [
      {
        path: `metadata.${place}`,
        observed: 'until it is rewritten',
        message:
          /"exempt\.merlon\.dev\/pod-privilegd" names no rule of this Merlon \(did you mean "pod-privileged"\?\)/,
      },
    ],
  },
  {
    name: 'where no rule is called alike, none is suggested',
    yaml: account('{ exempt.merlon.dev/pets: it is all accepted }'),
    fails: [{ path: 'metadata.annotations["exempt.merlon.dev/pets"]', message: /of this Merlon, so it exempts/ }],
  },
  {
    name: 'a reason that says nothing is none',
    yaml: account('{ exempt.merlon.dev/pod-privileged: because }'),
    fails: [{ path: 'metadata.annotations["exempt.merlon.dev/pod-privileged"]', message: /at least 10 characters/ }],
  },
  {
    name: 'the template of an owner is looked at, too',
    yaml: deployment(misspelt, misspelt),
    fails: [`metadata.${place}`, `spec.template.metadata.${place}`],
  },
  { name: 'other annotations are for others', yaml: deployment(good, '{ example.com/x: y }'), passes: true },
  {
    name: 'a namespace may be annotated',
    yaml: `{ kind: Namespace, metadata: { name: shop, annotations: ${misspelt} } }`,
    fails: [`metadata.${place}`],
  },
  {
    name: 'so may a pod that nobody owns',
    yaml: `{ kind: Pod, metadata: { name: web, namespace: shop, annotations: ${misspelt} }, spec: { containers: [{ name: web }] } }`,
    fails: [`metadata.${place}`],
  },
  {
    name: 'so may what is in no namespace',
    yaml: `{ kind: ClusterRole, metadata: { name: reader, annotations: ${misspelt} }, rules: [] }`,
    fails: [`metadata.${place}`],
  },
  {
    name: 'what is malformed is not decided',
    yaml: account('{ exempt.merlon.dev/pod-privileged: 7 }'),
    unknown: /annotations/,
  },
]);
