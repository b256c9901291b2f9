import { expect } from 'chai';
import { kinds } from '../../src/core/kinds.ts';
import { hasMalformedField, project } from '../../src/core/project.ts';
import { buildPodTemplate } from './pod-templates.ts';
import { ownedBy, planPopulation, withTokenVolume } from './population.ts';
import { createRandom } from './random.ts';

describe('the population that the bench measures', () => {
  const size = { pods: 1003, workloads: 40, namespaces: 7 };

  it('is the same for the same seed', () => {
    expect(planPopulation(size, 1)).to.deep.equal(planPopulation(size, 1));
    expect(planPopulation(size, 1)).not.to.deep.equal(planPopulation(size, 2));
  });

  it('has exactly as many pods, workloads and namespaces as asked for', () => {
    const { namespaces, workloads } = planPopulation(size, 1);
    const pods = workloads.flatMap((workload) => workload.pods);

    expect(namespaces).to.have.length(7);
    expect(workloads).to.have.length(40);
    expect(pods).to.have.length(1003);
    expect(new Set(pods)).to.have.property('size', 1003);
    expect(new Set(workloads.map(({ namespace }) => namespace))).to.deep.equal(new Set(namespaces));
  });

  it('has a sidecar in about every fourth workload and nothing that the operator cannot read', () => {
    const random = createRandom(1);
    const specs = Array.from({ length: 400 }, (_, index) => {
      const { metadata, spec } = buildPodTemplate(random, `service-${index}`);
      const pod = { metadata: { ...metadata, name: 'pod' }, spec: withTokenVolume(spec, 'abcde') };
      expect(hasMalformedField(project(kinds.Pod.shape, pod))).to.equal(false);
      return spec;
    });

    expect(specs.filter(({ containers }) => containers.length === 2).length).to.be.within(70, 130);
  });

  it('mounts a token where the template does not refuse it', () => {
    const { spec } = buildPodTemplate(createRandom(1), 'web');
    const mounting = withTokenVolume({ ...spec, automountServiceAccountToken: true }, 'abcde');
    const refusing = withTokenVolume({ ...spec, automountServiceAccountToken: false }, 'abcde');

    expect(mounting.volumes.map(({ name }) => name)).to.include('kube-api-access-abcde');
    expect(refusing.volumes).to.deep.equal(spec.volumes);
  });

  it('refers to owners as controllers do', () => {
    expect(ownedBy('apps/v1', 'ReplicaSet', { name: 'web-1', uid: 'u' }).ownerReferences).to.deep.equal([
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'web-1',
        uid: 'u',
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  });
});
