import { expect } from 'chai';

import { findModeMistake } from '../../src/cli/pod-security-mode.ts';

describe('merlon pod-security is asked', () => {
  it('about files without --namespaces, and about a cluster with it', () => {
    expect(findModeMistake(false, ['deploy/'], ['level', 'version', 'output'])).to.equal(undefined);
    expect(findModeMistake(true, [], ['namespaces', 'namespace', 'kubeconfig', 'context', 'output'])).to.equal(
      undefined,
    );
  });

  it('never about both', () => {
    expect(findModeMistake(true, ['deploy/'], [])).to.equal('--namespaces asks a live cluster and takes no paths');
  });

  it('with no option of the other', () => {
    expect(findModeMistake(false, ['deploy/'], ['namespace'])).to.equal('--namespace goes with --namespaces');
    expect(findModeMistake(false, ['deploy/'], ['context'])).to.equal('--context goes with --namespaces');
    expect(findModeMistake(true, [], ['version'])).to.match(/^--version goes with files/);
  });
});
