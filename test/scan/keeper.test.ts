import { expect } from 'chai';

import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { Keeper } from '../../src/scan/keeper.ts';
import { findingOf } from '../core/finding-of.ts';

const metadata = { name: 'web', namespace: 'shop' };

describe('what a scan keeps', () => {
  it('says the same', () => {
    const pod = { metadata, spec: { hostPID: true, containers: [{ name: 'a', image: 'registry.example/a:1' }] } };
    const projected = project(kinds.Pod.shape, pod);
    expect(new Keeper().keep(projected)).to.deep.equal(project(kinds.Pod.shape, pod));
  });
  it('goes on throwing where a field of a wrong type is read', () => {
    const kept = new Keeper().keep(
      project(kinds.Pod.shape, { metadata, spec: { hostPID: 'yes', hostIPC: true, containers: [7, { name: 'a' }] } }),
    );
    expect(() => kept.spec.hostPID).to.throw(MalformedField);
    expect(kept.spec.hostIPC).to.equal(true);
    expect(() => kept.spec.containers[0]).to.throw(MalformedField);
    expect(kept.spec.containers[1]).to.deep.equal({ name: 'a' });
  });
  it('takes a key that is called __proto__', () => {
    const labels = JSON.parse('{"__proto__": "a text that is long enough"}') as object;
    const kept = new Keeper().keep(project(kinds.Namespace.shape, { metadata: { name: 'a', labels } }));
    expect(Object.entries(kept.metadata.labels ?? {})).to.deep.equal([['__proto__', 'a text that is long enough']]);
  });
  it('keeps of a finding what is printed of it, and equal texts once', () => {
    const say = (name: string) => `container "${name}" is wrong in a way that takes some words`;
    const path = (index: number) => `spec.containers[${index}].securityContext.privileged`;
    const find = () =>
      findingOf({
        message: say('web'),
        violations: [{ path: path(0), observed: 'true', message: say('web'), severity: 'low' }],
        origin: metadata,
        pods: { concerned: 1, total: 1 },
      });
    const keeper = new Keeper();
    const kept = keeper.keepFinding(find());
    expect(kept).to.deep.equal({
      ...findingOf({
        message: say('web'),
        violations: [{ path: path(0), observed: 'true', message: say('web') }],
      }),
      rule: kept.rule,
      origin: metadata,
    });
    expect(kept.origin).to.equal(metadata);
  });
  it('keeps numbers in few blocks', () => {
    const { numbers } = new Keeper();
    const rows = [[1, 2, 3], [], Array.from({ length: 40_000 }, (_, index) => index), [4]];
    expect(rows.map((row) => Array.from(numbers.keep(row)))).to.deep.equal(rows);
  });
});
