import { expect } from 'chai';

import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { Keeper } from '../../src/scan/keeper.ts';

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
  it('keeps numbers in few blocks', () => {
    const { numbers } = new Keeper();
    const rows = [[1, 2, 3], [], Array.from({ length: 40_000 }, (_, index) => index), [4]];
    expect(rows.map((row) => Array.from(numbers.keep(row)))).to.deep.equal(rows);
  });
});
