import { expect } from 'chai';

import { declareFlags } from '../../src/evidence/declared/declared-flags.ts';
import { isRead } from '../../src/evidence/reading.ts';
import { textGet } from '../../src/kube/server-access.ts';
import { readDeclaredObjects } from '../../src/scan/declared-objects.ts';
import { mirrorPodJson, nodeJson, serveControlPlane } from '../kube/control-plane-server.ts';
import type { ControlPlaneAnswers } from '../kube/control-plane-server.ts';
import { closeServers } from '../kube/transport-server.ts';

const label = 'node-role.kubernetes.io/control-plane';
const kubeadm = {
  metadata: { name: 'kubeadm-config', namespace: 'kube-system', uid: 'uid-of-map', resourceVersion: '6' },
  data: {
    ClusterConfiguration: 'apiVersion: kubeadm.k8s.io/v1beta4\napiServer: {extraArgs: [{name: v, value: "2"}]}\n',
  },
};

describe('what objects of a cluster declare, read with the rights of whoever asks', () => {
  afterEach(closeServers);

  /** What is told of the API server, or why nothing is. */
  async function tell(answers: ControlPlaneAnswers): Promise<{ told: readonly string[]; asked: readonly string[] }> {
    const { transport, asked } = await serveControlPlane(answers);
    const declared = await readDeclaredObjects(transport, textGet(transport), () => 1_795_536_000_000);
    transport.close();
    const told = declareFlags('x:1', ['x:1'], declared).map((one) => (isRead(one) ? one.read.source : one.missing));
    return { told, asked };
  }

  it('is what pods, nodes and kubeadm tell, in five requests', async () => {
    const { told, asked } = await tell({ pods: [mirrorPodJson], nodes: { [label]: [nodeJson] }, configMap: kubeadm });

    expect(told).to.deep.equal([
      'Pod kube-system/kube-apiserver-a',
      'annotation k3s.io/node-args of node a',
      'ConfigMap kube-system/kubeadm-config',
    ]);
    expect(asked).to.have.length(5);
  });

  it('is nothing where there is nothing', async () => {
    expect((await tell({ pods: [], nodes: {} })).told).to.deep.equal([]);
  });

  it('is missing, with the permission, where that is refused', async () => {
    expect((await tell({ pods: [], nodes: {}, forbidden: /./ })).told).to.deep.equal([
      'listing pods in kube-system is forbidden; grant list on it',
      'listing nodes is forbidden; grant list on it',
      'listing ConfigMap kube-system/kubeadm-config is forbidden; grant list on it',
    ]);
  });
});
