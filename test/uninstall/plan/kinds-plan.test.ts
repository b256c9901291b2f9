import { expect } from 'chai';

import { planKinds } from '../../../src/uninstall/plan/kinds-plan.ts';
import type { FoundKind } from '../../../src/uninstall/plan/kinds-plan.ts';
import { present, shippedLabels, writtenLabels } from './objects.ts';

const API = 'merlon.dev/v1alpha1';
const served = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };

function kind(plural: string, objects: FoundKind['objects'], labels = shippedLabels): FoundKind {
  const crd = present('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${plural}.merlon.dev`, { labels });
  return { place: { served, object: crd }, objects };
}
const policy = (name: string) => present(API, 'HardeningPolicy', name);

describe('a kind of Merlon', () => {
  it('goes where nothing is left of it', () => {
    const found = kind('hardeningpolicies', []);
    expect(planKinds([found], false)).to.deep.equal({ tasks: [{ kind: 'delete', ...found.place }], notes: [] });
  });

  it('stays where people have objects of it, and it is said how to save them', () => {
    const found = kind('hardeningpolicies', ['a/p', 'b/p', 'c/p', 'd/p'].map(policy));
    expect(planKinds([found], false)).to.deep.equal({
      tasks: [],
      notes: [
        {
          about: 'CustomResourceDefinition hardeningpolicies.merlon.dev',
          message:
            'people have made objects of this kind, which would go with it (HardeningPolicy a/p, HardeningPolicy b/p, HardeningPolicy c/p and 1 more); save them with "kubectl get hardeningpolicies.merlon.dev -A -o yaml > hardeningpolicies.yaml" and give --policies',
        },
      ],
    });
  });

  it('goes with them where that is wanted, each named', () => {
    const found = kind('hardeningpolicies', [policy('a/p')]);
    expect(planKinds([found], true).tasks).to.deep.equal([
      { kind: 'delete', ...found.place, takes: ['HardeningPolicy a/p'] },
    ]);
  });

  it('that Merlon writes goes with what it wrote, and stays with what others made of it', () => {
    const ours = present(API, 'HardeningRemediation', 'shop/repair', { labels: writtenLabels });
    const forged = present(API, 'HardeningRemediation', 'shop/forged');
    expect(planKinds([kind('hardeningremediations', [ours])], false).tasks).to.have.length(1);
    const { tasks, notes } = planKinds([kind('hardeningremediations', [ours, forged])], false);
    expect(tasks).to.deep.equal([]);
    expect(notes[0]?.message).to.include('(HardeningRemediation shop/forged)');
  });

  it('stays where nobody can tell what there is of it, unless that may go in any case', () => {
    const found = kind('hardeningpolicies', undefined);
    const { tasks, notes } = planKinds([found], false);
    expect(tasks).to.deep.equal([]);
    expect(notes[0]?.message).to.match(/does not serve this kind now, .*; try again, or give --policies$/);
    expect(planKinds([found], true).tasks).to.deep.equal([{ kind: 'delete', ...found.place }]);
  });

  it('that only has its name stays, whatever is wanted', () => {
    const { tasks, notes } = planKinds(
      [kind('hardeningpolicies', [policy('a/p')], { ...shippedLabels, 'app.kubernetes.io/part-of': 'fork' })],
      true,
    );
    expect(tasks).to.deep.equal([]);
    expect(notes[0]?.message).to.include('not taken for one of them');
  });
});
