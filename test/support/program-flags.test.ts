import { expect } from 'chai';
import { apiServerFlags, buildArguments } from './program-flags.ts';

describe('the flags of a program', () => {
  for (const { title, flags, expected } of [
    { title: 'become arguments', flags: { 'allow-privileged': 'true' }, expected: ['--allow-privileged=true'] },
    { title: 'are repeated for a list', flags: { v: ['1', '2'] }, expected: ['--v=1', '--v=2'] },
    { title: 'are left out when null', flags: { 'authorization-mode': null }, expected: [] },
    { title: 'may name the folder', flags: { config: '{dir}/a,{dir}/b' }, expected: ['--config=/tmp/x/a,/tmp/x/b'] },
  ]) {
    it(title, () => {
      expect(buildArguments(flags, '/tmp/x')).to.deep.equal(expected);
    });
  }

  it('give way to those of a test', () => {
    const base = apiServerFlags({ etcd: 1, etcdPeer: 2, apiServer: 3 });

    expect(buildArguments({ ...base, 'authorization-mode': 'AlwaysAllow' }, '/tmp/x'))
      .to.include('--authorization-mode=AlwaysAllow')
      .and.not.include('--authorization-mode=Node,RBAC');
  });
});
