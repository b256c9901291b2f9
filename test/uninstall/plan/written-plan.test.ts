import { expect } from 'chai';

import { hardeningRemediation } from '../../../src/api/v1alpha1/hardening-remediation.ts';
import { securityPosture } from '../../../src/api/v1alpha1/security-posture.ts';
import { printObject } from '../../../src/uninstall/plan/present-object.ts';
import { planWritten } from '../../../src/uninstall/plan/written-plan.ts';
import { present, writtenLabels } from './objects.ts';

const API = 'merlon.dev/v1alpha1';
const lease = (annotations: Readonly<Record<string, string>>) =>
  present('coordination.k8s.io/v1', 'Lease', 'merlon/merlon', { annotations });

describe('what Merlon wrote', () => {
  it('goes by its label: records, postures and the heartbeat; what others made of its kinds stays', () => {
    const record = present(API, 'HardeningRemediation', 'shop/repair', { labels: writtenLabels });
    const forged = present(API, 'HardeningRemediation', 'shop/forged', { labels: { team: 'shop' } });
    const posture = present(API, 'SecurityPosture', 'shop/current', { labels: writtenLabels });
    const found = [
      { definition: hardeningRemediation, objects: [record, forged] },
      { definition: securityPosture, objects: [posture] },
    ];
    const { tasks, notes } = planWritten(found, lease({ 'merlon.dev/trouble': '' }));
    expect(tasks.map((task) => task.kind === 'delete' && printObject(task.object))).to.deep.equal([
      'HardeningRemediation shop/repair',
      'SecurityPosture shop/current',
      'Lease merlon/merlon',
    ]);
    expect(notes).to.deep.equal([{ about: 'HardeningRemediation shop/forged', message: 'Merlon did not make it' }]);
  });

  it('has no Lease where that of its name is not the heartbeat', () => {
    expect(planWritten([], lease({}))).to.deep.equal({
      tasks: [],
      notes: [{ about: 'Lease merlon/merlon', message: 'Merlon did not make it' }],
    });
    expect(planWritten([], undefined)).to.deep.equal({ tasks: [], notes: [] });
  });
});
