/** What the cluster's posture says of the policies that guard Merlon's own objects, with a living operator. */
import { expect } from 'chai';

import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { install } from './installation.ts';
import { createHardenedNamespace } from './manifests.ts';
import { conditionOf, readClusterPosture, untilPosture, useOperatorSuite } from './operator-suite.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';

describe('the guards of what is Merlon’s own', () => {
  const suite = useOperatorSuite();
  const policies = () => suite.client.resource(ADMISSION, 'validatingadmissionpolicies');
  const bindings = () => suite.client.resource(ADMISSION, 'validatingadmissionpolicybindings');

  async function untilGuarded(reason: string): Promise<string> {
    return waitUntil(
      async () => {
        const condition = conditionOf((await readClusterPosture(suite.client))?.status, 'Guarded');
        if (condition?.reason !== reason) throw new Error(JSON.stringify(condition));
        return condition.message;
      },
      { what: `the posture of the cluster to say ${reason}`, timeoutMs: 20_000 },
    );
  }

  it('are said to stand, to be gone, to be changed, and to stand again', async () => {
    await suite.startOperator();
    expect(await untilGuarded('Guarded')).to.match(/^the API server lets Merlon alone write postures/);

    bodyOf('delete', await bindings().delete('merlon-own-objects'));
    expect(await untilGuarded('GuardMissing')).to.equal(
      'whoever RBAC lets may write postures: the ValidatingAdmissionPolicyBinding "merlon-own-objects" is not there; apply config/admission',
    );
    const { stdout } = await runMerlon(['status', '--kubeconfig', suite.cluster.adminKubeconfig]);
    expect(stdout).to.match(/^guards: not in force since \S+ \(GuardMissing\): whoever RBAC lets may write postures/m);
    await install(suite.cluster);
    await untilGuarded('Guarded');

    const validations = [{ expression: 'true' }];
    bodyOf('edit', await policies().patch('merlon-namespace-labels', { spec: { validations } }));
    expect(await untilGuarded('GuardChanged')).to.match(
      /"merlon-namespace-labels" is not the one of this version of Merlon/,
    );
    await install(suite.cluster);
    await untilGuarded('Guarded');
  });

  it('are said to be asked by nobody, and do not keep the operator from its work, where the plugin is off', async () => {
    await suite.cluster.apiServer.restart({ flags: { 'disable-admission-plugins': 'ValidatingAdmissionPolicy' } });
    await suite.startOperator();
    expect(await untilGuarded('PluginOff')).to.match(/does not ask admission policies/);
    await createHardenedNamespace(suite.client, 'judged');
    await untilPosture(suite.client, 'judged', 'to be judged', ({ compliant }) => compliant === 'True');
  });

  it('are said to be missing, and do not keep the operator from its work, where the API server serves no such kinds', async () => {
    const kinds = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
    const off = kinds.map((kind) => `${ADMISSION}/${kind}=false`).join(',');
    await suite.cluster.apiServer.restart({
      flags: { 'runtime-config': off, 'disable-admission-plugins': 'ValidatingAdmissionPolicy' },
    });
    // All else is installed.
    const applied = await suite.cluster.kubectl(['apply', '-k', 'config']);
    expect(applied.code).to.equal(1);
    const complaints = applied.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('ensure CRDs'));
    expect(complaints).to.have.length(6);
    // As somebody who has asked which kinds there are, or who remembers it.
    const complaint = /no matches for kind "ValidatingAdmissionPolicy(Binding)?"|could not find the requested resource/;
    for (const line of complaints) expect(line).to.match(complaint);
    await suite.startOperator();
    await untilGuarded('GuardMissing');
    await createHardenedNamespace(suite.client, 'unguarded');
    await untilPosture(suite.client, 'unguarded', 'to be judged', ({ compliant }) => compliant === 'True');
  });
});
