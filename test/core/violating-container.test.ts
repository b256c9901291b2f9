import { expect } from 'chai';

import { MalformedField } from '../../src/core/shape.ts';
import { containerNamesAt } from '../../src/core/violating-container.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';

function template(...names: readonly string[]): PodTemplate {
  return { spec: { containers: names.map((name) => ({ name })) } };
}

describe('the container that breaks a rule', () => {
  it('is the one that stands there, by the path of the pod or of its owner', () => {
    const web = [template('app', 'proxy')];
    expect(containerNamesAt(web, 'spec.template.spec.containers[1].image')).to.deep.equal(['proxy']);
    expect(containerNamesAt(web, 'spec.jobTemplate.spec.template.spec.containers[0]')).to.deep.equal(['app']);
    expect(containerNamesAt([template('app')], 'spec.containers[0].image')).to.deep.equal(['app']);
  });

  it('is looked for in the list that the path names', () => {
    const init: PodTemplate = { spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'setup' }] } };
    expect(containerNamesAt([init], 'spec.template.spec.initContainers[0].image')).to.deep.equal(['setup']);
    expect(containerNamesAt([init], 'spec.template.spec.ephemeralContainers[0].image')).to.deep.equal([]);
  });

  it('may be either of two where revisions differ', () => {
    const names = containerNamesAt([template('app'), template('proxy'), template('app')], 'spec.containers[0]');
    expect(names).to.deep.equal(['app', 'proxy']);
  });

  it('is none where the violation is about the pod, or where nothing stands', () => {
    const web = [template('app')];
    expect(containerNamesAt(web, 'spec.template.spec.hostNetwork')).to.deep.equal([]);
    expect(containerNamesAt(web, 'spec.template.spec.containers[7].image')).to.deep.equal([]);
  });

  it('is none where that cannot be read', () => {
    const malformed: PodTemplate = {
      get spec(): never {
        throw new MalformedField('spec', 'an object', 'a text');
      },
    };
    expect(containerNamesAt([malformed], 'spec.containers[0]')).to.deep.equal([]);
  });
});
