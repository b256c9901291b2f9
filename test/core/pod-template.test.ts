import { expect } from 'chai';

import { canonicalPod } from '../../src/core/pod-template.ts';
import { objectOf } from './yaml-objects.ts';

describe('the canonical form of a pod', () => {
  it('has one name for the token volume that the API server names anew for each pod', () => {
    const pod = objectOf(
      'Pod',
      `
kind: Pod
metadata: { name: web }
spec:
  volumes:
    - { name: data }
    - { name: kube-api-access-7x2vq, projected: { sources: [{ serviceAccountToken: { path: token } }] } }
  initContainers:
    - { name: setup, volumeMounts: [{ name: kube-api-access-7x2vq, mountPath: /var/run/secrets }] }
  containers:
    - name: web
      volumeMounts:
        - { name: data, mountPath: /data }
        - { name: kube-api-access-7x2vq, mountPath: /var/run/secrets }
  ephemeralContainers:
    - { name: debug, volumeMounts: [{ name: kube-api-access-7x2vq, mountPath: /var/run/secrets }] }
`,
    );
    const { spec } = canonicalPod(pod);
    expect(spec.volumes).to.deep.equal([
      { name: 'data' },
      { name: 'kube-api-access', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
    ]);
    expect(spec.initContainers?.[0]?.volumeMounts?.map(({ name }) => name)).to.deep.equal(['kube-api-access']);
    expect(spec.containers[0]?.volumeMounts?.map(({ name }) => name)).to.deep.equal(['data', 'kube-api-access']);
    expect(spec.ephemeralContainers?.[0]?.volumeMounts?.map(({ name }) => name)).to.deep.equal(['kube-api-access']);
  });

  it('keeps volumes that are called otherwise', () => {
    const pod = objectOf(
      'Pod',
      `
kind: Pod
metadata: { name: web }
spec:
  volumes: [{ name: kube-api-access }, { name: kube-api-access-toolong }, { name: my-kube-api-access-7x2vq }]
  containers: [{ name: web, volumeMounts: [{ name: kube-api-access-toolong, mountPath: /a }] }]
`,
    );
    expect(canonicalPod(pod)).to.deep.equal(pod);
  });

  it('keeps two volumes apart that are both called like a token volume', () => {
    const pod = objectOf(
      'Pod',
      `
kind: Pod
metadata: { name: web }
spec:
  volumes: [{ name: kube-api-access-aaaaa }, { name: kube-api-access-bbbbb }]
  containers: [{ name: web, volumeMounts: [{ name: kube-api-access-bbbbb, mountPath: /a }] }]
`,
    );
    expect(canonicalPod(pod)).to.deep.equal(pod);
  });

  it('keeps a token volume apart from a volume that has its canonical name', () => {
    const pod = objectOf(
      'Pod',
      `
kind: Pod
metadata: { name: web }
spec:
  volumes: [{ name: kube-api-access }, { name: kube-api-access-bbbbb }]
  containers: [{ name: web, volumeMounts: [{ name: kube-api-access-bbbbb, mountPath: /a }] }]
`,
    );
    expect(canonicalPod(pod)).to.deep.equal(pod);
  });

  it('is the pod itself where there is nothing to rename', () => {
    const pod = objectOf(
      'Pod',
      `
kind: Pod
metadata: { name: web, namespace: shop, uid: u1 }
spec: { hostPID: true, containers: [{ name: web, image: 'web:1' }] }
`,
    );
    expect(canonicalPod(pod)).to.deep.equal(pod);
  });

  it('says that a pod is a mirror pod, without the hash of its file', () => {
    const pod = objectOf(
      'Pod',
      `
kind: Pod
metadata: { name: etcd, annotations: { kubernetes.io/config.mirror: d0a3f5b1 } }
spec: { containers: [{ name: etcd }] }
`,
    );
    expect(canonicalPod(pod).metadata.annotations).to.deep.equal({ 'kubernetes.io/config.mirror': '' });
  });
});
