import { expect } from 'chai';
import fc from 'fast-check';

import type { PodSecurityResult } from '../../src/scan/pod-security-scan.ts';
import { scanPodSecurity } from '../../src/scan/pod-security-scan.ts';
import { streamOf } from './read-text.ts';

const scan = (text: string, level: 'restricted' | 'baseline' = 'baseline', version = 37) =>
  scanPodSecurity(['-'], level, version, { stdin: streamOf(text) });

async function judgeOne(text: string): Promise<PodSecurityResult> {
  const { results, problems } = await scan(text);
  const [result] = results;
  if (result === undefined || results.length > 1 || problems.length > 0) throw new Error('expected one verdict');
  return result;
}

const object = (apiVersion: string, kind: string, body: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n${body}\n`;

describe('the pods of manifests, as Pod Security admission sees them', () => {
  const pod = '{hostPID: true, containers: [{name: c}]}';
  const kinds: readonly (readonly [apiVersion: string, kind: string, body: string])[] = [
    ['v1', 'Pod', `spec: ${pod}`],
    ['v1', 'PodTemplate', `template: {spec: ${pod}}`],
    ['v1', 'ReplicationController', `spec: {template: {spec: ${pod}}}`],
    ['apps/v1', 'Deployment', `spec: {template: {spec: ${pod}}}`],
    ['apps/v1', 'ReplicaSet', `spec: {template: {spec: ${pod}}}`],
    ['apps/v1', 'StatefulSet', `spec: {template: {spec: ${pod}}}`],
    ['apps/v1', 'DaemonSet', `spec: {template: {spec: ${pod}}}`],
    ['batch/v1', 'Job', `spec: {template: {spec: ${pod}}}`],
    ['batch/v1', 'CronJob', `spec: {jobTemplate: {spec: {template: {spec: ${pod}}}}}`],
  ];
  for (const [apiVersion, kind, body] of kinds) {
    it(`are found in a ${kind}`, async () => {
      expect(await judgeOne(object(apiVersion, kind, body))).to.deep.equal({
        subject: { apiVersion, kind, namespace: 'default', name: 'a' },
        path: '-',
        line: 1,
        verdict: {
          allowed: false,
          text: 'host namespaces (hostPID=true)',
          checks: [{ id: 'hostNamespaces', reason: 'host namespaces', detail: 'hostPID=true' }],
        },
      });
    });
  }

  it('are found in an API version that is no longer served', async () => {
    const { subject } = await judgeOne(object('extensions/v1beta1', 'Deployment', `spec: {template: {spec: ${pod}}}`));
    expect(subject.apiVersion).to.equal('apps/v1');
  });

  it('are judged at the level and the version that are asked for', async () => {
    const probing = object(
      'v1',
      'Pod',
      'spec: {containers: [{name: c, livenessProbe: {httpGet: {host: example.com, port: 80}}}]}',
    );
    const allowedOf = async (level: 'restricted' | 'baseline', version: number) =>
      (await scan(probing, level, version)).results.map(({ verdict }) => 'allowed' in verdict && verdict.allowed);
    expect(await allowedOf('baseline', 33)).to.deep.equal([true]);
    expect(await allowedOf('baseline', 34)).to.deep.equal([false]);
    expect(await allowedOf('restricted', 33)).to.deep.equal([false]);
  });

  describe('are completed first:', () => {
    const rows: readonly (readonly [sentence: string, text: string, refusal: string])[] = [
      [
        'a pod on the network of its node uses ports of it',
        object('v1', 'Pod', 'spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]}'),
        'host namespaces (hostNetwork=true), hostPort (container "c" uses hostPort 80)',
      ],
      [
        'a template does not',
        object(
          'v1',
          'PodTemplate',
          'template: {spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]}}',
        ),
        'host namespaces (hostNetwork=true)',
      ],
    ];
    for (const [sentence, text, refusal] of rows) {
      it(sentence, async () => {
        expect((await judgeOne(text)).verdict).to.include({ allowed: false, text: refusal });
      });
    }
    it('a volume of a template that has only its name is an emptyDir', async () => {
      const text = object(
        'v1',
        'PodTemplate',
        'template: {spec: {os: {name: windows}, securityContext: {runAsNonRoot: true}, volumes: [{name: v}], containers: [{name: c}]}}',
      );
      const { results } = await scan(text, 'restricted');
      expect(results.map(({ verdict }) => verdict)).to.deep.equal([{ allowed: true, text: '', checks: [] }]);
    });
  });

  describe('are never allowed where a field cannot be read, and the field is named with its line:', () => {
    const rows: readonly (readonly [sentence: string, text: string, line: number, error: string])[] = [
      [
        'one that a check reads',
        object('v1', 'Pod', 'spec:\n  containers: [{name: c}]\n  hostPID: "yes"'),
        6,
        'field "spec.hostPID" must be a boolean, found the string "yes"',
      ],
      [
        'one that no check reads',
        object('v1', 'Pod', 'spec:\n  containers:\n  - name: c\n    image: 5'),
        7,
        'field "spec.containers[0].image" must be a string, found the number 5',
      ],
      [
        'the way to a template',
        object('apps/v1', 'Deployment', 'spec:\n  template: none'),
        5,
        'field "spec.template" must be an object, found the string "none"',
      ],
      [
        'a template that is missing',
        object('batch/v1', 'CronJob', 'spec:\n  jobTemplate: {}'),
        5,
        'field "spec.jobTemplate.spec" must be present, found nothing',
      ],
      ['a spec that is missing', object('v1', 'Pod', ''), 1, 'field "spec" must be present, found nothing'],
      [
        'containers that are missing, by the path in the object',
        object('v1', 'PodTemplate', 'template:\n  spec:\n    hostPID: true'),
        5,
        'field "template.spec.containers" must be present, found nothing',
      ],
    ];
    for (const [sentence, text, line, error] of rows) {
      it(sentence, async () => {
        const { line: found, verdict } = await judgeOne(text);
        expect([found, verdict]).to.deep.equal([line, { error }]);
      });
    }
  });

  it('are judged or not, whatever stands in place of a field, and never both', async () => {
    const container = fc.record({ name: fc.jsonValue(), securityContext: fc.jsonValue(), ports: fc.jsonValue() });
    const spec = fc.record({
      containers: fc.oneof(fc.array(container), fc.jsonValue()),
      volumes: fc.oneof(fc.array(fc.record({ name: fc.jsonValue(), hostPath: fc.jsonValue() })), fc.jsonValue()),
      hostNetwork: fc.jsonValue(),
      securityContext: fc.jsonValue(),
    });
    const kind = fc.constantFrom('Pod', 'PodTemplate');
    const property = fc.asyncProperty(kind, fc.oneof(spec, fc.jsonValue()), async (name, pod) => {
      const holder = name === 'Pod' ? { spec: pod } : { template: { spec: pod } };
      const { results } = await scan(
        JSON.stringify({ apiVersion: 'v1', kind: name, metadata: { name: 'a' }, ...holder }),
        'restricted',
      );
      // Restricted demands something of every container that none of these says.
      expect(results).to.have.length(1);
      expect(results[0]?.verdict).not.to.include({ allowed: true });
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('that are refused stay refused where a field that no check reads is malformed', async () => {
    const { verdict } = await judgeOne(object('v1', 'Pod', 'spec: {hostPID: true, containers: [{name: c, image: 5}]}'));
    expect(verdict).to.include({ allowed: false });
  });

  it('come in the order of the input; the rest is told apart', async () => {
    const text = [
      object('v1', 'Pod', 'spec: {containers: [{name: c}]}'),
      'kind: [\n',
      object('v1', 'ConfigMap', ''),
      object('v1', 'Deployment', ''),
      object('argoproj.io/v1alpha1', 'Rollout', `spec: {template: {spec: ${pod}}}`),
      object('v1', 'PodTemplate', `template: {spec: ${pod}}`),
    ].join('---\n');
    const { results, problems, notJudged } = await scan(text);
    expect(results.map(({ subject, line }) => [subject.kind, line])).to.deep.equal([
      ['Pod', 1],
      ['PodTemplate', 23],
    ]);
    expect(problems.map(({ line, reason }) => [line, reason.slice(0, 34)])).to.deep.equal([
      [7, problems[0]?.reason.slice(0, 34)],
      [13, 'Kubernetes knows no Deployment in '],
    ]);
    expect(notJudged.map(({ kind, holdsPodTemplate }) => [kind, holdsPodTemplate])).to.deep.equal([
      ['ConfigMap', false],
      ['Rollout', true],
    ]);
  });
});
