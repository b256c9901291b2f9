import { expect } from 'chai';

import { findsPodTemplate, UnjudgedKinds } from '../../src/scan/unjudged-kinds.ts';
import { readText } from './read-text.ts';

/** What of a text is not judged, taking all of it as such. */
async function listOf(text: string) {
  const unjudged = new UnjudgedKinds();
  for (const manifest of (await readText(text)).manifests) unjudged.add(manifest);
  return unjudged.list();
}

describe('what no rule is about', () => {
  it('is counted by kind and API version', async () => {
    const services = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n'.repeat(2);
    const other = 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n';
    expect(await listOf(services + other)).to.deep.equal([
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', count: 1, holdsPodTemplate: false },
      { apiVersion: 'v1', kind: 'Service', count: 2, holdsPodTemplate: false },
    ]);
  });

  it('holds a pod template where any of the kind does', async () => {
    const rollout = (rest: string) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n${rest}---\n`;
    const templated = 'spec: {template: {spec: {containers: [{name: a}]}}}\n';
    expect(await listOf(rollout('') + rollout(templated) + rollout('spec: {workloadRef: {name: b}}\n'))).to.deep.equal([
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', count: 3, holdsPodTemplate: true },
    ]);
  });

  const rows: readonly (readonly [sentence: string, body: string, holdsPodTemplate: boolean])[] = [
    ['a PodTemplate', 'template: {spec: {containers: [{name: a}]}}', true],
    ['a Rollout', 'spec: {template: {metadata: {}, spec: {containers: [{name: a}]}}}', true],
    ['a template without containers', 'spec: {template: {spec: {containers: []}}}', true],
    ['a job of tasks', 'spec: {tasks: [{template: {spec: {containers: [{name: a}]}}}]}', true],
    ['a set of jobs', 'spec: {jobs: [{template: {spec: {template: {spec: {containers: [{name: a}]}}}}}]}', true],
    ['a podTemplate by that name', 'spec: {podTemplate: {spec: {containers: [{name: a}]}}}', true],
    ['what is anchored and named again', 'x: &t {spec: {containers: [{name: a}]}}\nspec: {template: *t}', true],
    ['a reference to a workload', 'spec: {workloadRef: {kind: Deployment, name: a}}', false],
    ['a template of something else', 'spec: {template: {spec: {secretName: a}}}', false],
    ['a template that is a text', 'spec: {template: "spec: {containers: []}"}', false],
    [
      'the schema of such a kind',
      'spec: {versions: [{schema: {properties: {template: {properties: {spec: {properties: {containers: {type: array}}}}}}}}]}',
      false,
    ],
  ];
  for (const [sentence, body, holdsPodTemplate] of rows) {
    it(`${holdsPodTemplate ? 'tells' : 'does not take'} ${sentence}${holdsPodTemplate ? '' : ' for a pod template'}`, async () => {
      const [kind] = await listOf(`apiVersion: x.example/v1\nkind: Thing\nmetadata: {name: a}\n${body}\n`);
      expect(kind?.holdsPodTemplate).to.equal(holdsPodTemplate);
    });
  }

  it('is looked through once where it shares what it holds', () => {
    let shared: object = {};
    for (let level = 0; level < 100; level += 1) shared = { left: shared, right: shared };
    expect(findsPodTemplate({ spec: shared })).to.equal(false);
  });
});
