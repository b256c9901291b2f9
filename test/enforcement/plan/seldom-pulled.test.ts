/** Workloads that run otherwise than pulls are set. */
import { expect } from 'chai';

import { describeSeldomPulled, findSeldomPulled } from '../../../src/enforcement/plan/seldom-pulled.ts';
import { snapshotOf } from '../../core/yaml-objects.ts';

const pod = (name: string, fields: string, metadata = ''): string =>
  `\n---\n{ kind: Pod, metadata: { name: ${name}, namespace: shop${metadata} }, spec: { ${fields} } }`;
const always = 'containers: [{ name: main, image: a, imagePullPolicy: Always }]';

describe('pods that are not pulled each time', () => {
  const found = (yaml: string) =>
    findSeldomPulled('shop', snapshotOf(yaml))?.map(({ kind, name }) => `${kind} ${name}`);

  it('are those with another policy in any list, or volume', () => {
    const yaml =
      pod('all', always) +
      pod('first', `${always}, initContainers: [{ name: setup, image: a, imagePullPolicy: IfNotPresent }]`) +
      pod('debug', `${always}, ephemeralContainers: [{ name: debug, image: a, imagePullPolicy: Never }]`) +
      pod('data', `${always}, volumes: [{ name: data, image: { reference: a, pullPolicy: IfNotPresent } }]`) +
      pod(
        'kept',
        `${always}, volumes: [{ name: data, image: { reference: a, pullPolicy: Always } }, { name: b, emptyDir: {} }]`,
      );
    expect(found(yaml)).to.deep.equal(['Pod data', 'Pod debug', 'Pod first']);
  });

  it('are not those of the node, nor templates of which nothing runs', () => {
    const other = 'containers: [{ name: main, image: a, imagePullPolicy: IfNotPresent }]';
    const yaml = `${pod('static', other, ', annotations: { kubernetes.io/config.mirror: x }')}
---
{ kind: Deployment, apiVersion: apps/v1, metadata: { name: web, namespace: shop }, spec: { template: { spec: { ${other} } } } }`;
    expect(found(yaml)).to.deep.equal([]);
  });

  it('are told of by the workload that they are of', () => {
    const shop = { kind: 'Deployment', apiVersion: 'apps/v1', namespace: 'shop', name: 'web' };
    expect(describeSeldomPulled([])).to.deep.equal([]);
    expect(describeSeldomPulled([shop])).to.deep.equal([
      'Deployment "web" runs with another imagePullPolicy than Always, which is set here: it is older, or somebody took it back',
    ]);
    expect(describeSeldomPulled([shop, shop])).to.deep.equal([
      'Deployment "web" and 1 more run with another imagePullPolicy than Always, which is set here: they are older, or somebody took it back',
    ]);
    expect(describeSeldomPulled(undefined)).to.deep.equal(['whether pods here are pulled each time is not known']);
  });
});
