import { expect } from 'chai';

import { noteAnnotations, noteLabels } from '../../../src/uninstall/plan/marks.ts';
import { present } from './objects.ts';

const annotations = { 'exempt.merlon.dev/pod-privileged': 'a driver, see OPS-3', 'prometheus.io/scrape': 'true' };
const template = { metadata: { annotations } };

describe('what people wrote for Merlon', () => {
  it('is any label of Merlon on a namespace, whatever it says', () => {
    const namespaces = [
      present('v1', 'Namespace', 'shop', { labels: { 'merlon.dev/remediation': 'off' } }),
      present('v1', 'Namespace', 'ci', { labels: { team: 'ci', 'merlon.dev/enforce': 'deny' } }),
      present('v1', 'Namespace', 'plain', { labels: { team: 'plain' } }),
    ];
    expect(noteLabels(namespaces)).to.deep.equal([
      { about: 'Namespace shop', message: 'people set the label merlon.dev/remediation=off' },
      { about: 'Namespace ci', message: 'people set the label merlon.dev/enforce=deny' },
    ]);
  });

  it('is an annotation of an object, of its template, or of the template of its jobs', () => {
    const message = 'people set the annotation exempt.merlon.dev/pod-privileged';
    expect(
      noteAnnotations([
        present('v1', 'Pod', 'shop/own', { annotations }),
        { ...present('apps/v1', 'Deployment', 'shop/web'), spec: { template } },
        { ...present('batch/v1', 'CronJob', 'shop/nightly'), spec: { jobTemplate: { spec: { template } } } },
        { ...present('apps/v1', 'Deployment', 'shop/twice', { annotations }), spec: { template } },
      ]),
    ).to.deep.equal([
      { about: 'Pod shop/own', message },
      { about: 'Deployment shop/web', message },
      { about: 'CronJob shop/nightly', message },
      { about: 'Deployment shop/twice', message },
    ]);
  });

  it('is not what a controller has copied, nor any other annotation', () => {
    const ownerReferences = [{ uid: 'a ReplicaSet', controller: true }];
    expect(
      noteAnnotations([
        present('v1', 'Pod', 'shop/web-x', { annotations, ownerReferences }),
        present('v1', 'Pod', 'shop/own', { annotations: { 'prometheus.io/scrape': 'true' } }),
        { ...present('apps/v1', 'Deployment', 'shop/web'), spec: {} },
      ]),
    ).to.deep.equal([]);
  });
});
