/** The operator, and the command line, where nothing but the pod of a static API server shows how it was started. */
import { expect } from 'chai';

import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import type { ApiServerReport } from '../../src/report/api-server-report.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { revoke } from './operator-role.ts';
import { readClusterPosture, useOperatorSuite } from './operator-suite.ts';

const SOURCE = 'Pod kube-system/kube-apiserver-a';

describe('the pod of a static API server', () => {
  const suite = useOperatorSuite();
  let createPod: (...flags: readonly string[]) => Promise<void>;

  before('an API server that shows its flags to nobody, and its pod', async () => {
    const { client, cluster } = suite;
    await revoke(client, '/flagz');
    const { metadata } = await client.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'a', labels: { 'node-role.kubernetes.io/control-plane': '' } },
    });
    createPod = async (...flags) => {
      await client.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'kube-apiserver-a',
          namespace: 'kube-system',
          annotations: { 'kubernetes.io/config.mirror': 'a0b1' },
          ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'a', uid: metadata.uid, controller: true }],
        },
        spec: {
          nodeName: 'a',
          hostNetwork: true,
          containers: [
            {
              name: 'kube-apiserver',
              image: 'x',
              command: ['kube-apiserver'],
              args: [...cluster.apiServer.arguments, ...flags],
            },
          ],
        },
      });
    };
    await createPod();
  });

  it('tells the operator, and is named in what it writes', async () => {
    const operator = await suite.startOperator();
    const status = (await readClusterPosture(suite.client))?.status;
    await operator.stop();

    const finding = status?.findings?.find(({ rule }) => rule === 'api-server-profiling');
    expect(finding?.outcome).to.equal('fail');
    expect(JSON.stringify(finding)).to.include(`(${SOURCE})`);
    expect(status?.findings?.filter(({ rule }) => rule === 'api-server-sources-differ')).to.deep.equal([]);
  });

  it('tells whoever may read it on the command line', async () => {
    const kubeconfig = await suite.cluster.kubeconfigForServiceAccount(OPERATOR_NAMESPACE, OPERATOR_NAME);
    const { stdout } = await runMerlon(['api-server', '--kubeconfig', kubeconfig, '-o', 'json']);
    const report = JSON.parse(stdout) as ApiServerReport;

    expect(report.verdicts.find(({ rule }) => rule === 'api-server-profiling')).to.deep.include({
      outcome: 'fail',
      sources: [SOURCE],
      confidence: 'medium',
    });
  });

  it('starts a round once it says something else, ten minutes before the next by the clock', async function () {
    this.timeout(120_000);
    const operator = await suite.startOperator();
    await suite.client.resource('v1', 'pods', 'kube-system').delete('kube-apiserver-a', { gracePeriodSeconds: 0 });
    await createPod('--profiling=false');

    // A round comes half a minute after the last, at the earliest.
    await operator.whileRunning(
      waitUntil(
        async () => {
          const findings = (await readClusterPosture(suite.client))?.status?.findings;
          return findings !== undefined && !findings.some(({ rule }) => rule === 'api-server-profiling');
        },
        { what: 'the posture to show what the pod says now', timeoutMs: 90_000 },
      ),
    );
    await operator.stop();
  });
});
