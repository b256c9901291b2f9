import { expect } from 'chai';
import { runProcess } from '../support/run-process.ts';

const program = `${import.meta.dirname}/main.ts`;

function run(env: NodeJS.ProcessEnv) {
  return runProcess(process.execPath, [program], { timeoutMs: 10_000, env });
}

describe('make control-plane', () => {
  it('names the three ways on when there is no Go', async () => {
    const { code, stdout, stderr } = await run({ PATH: '/nonexistent' });

    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr)
      .to.include('`go` was not found')
      .and.include('install Go 1.26 or newer')
      .and.include('KUBEBUILDER_ASSETS=')
      .and.include('USE_EXISTING_CLUSTER=true');
  });

  it('names what is missing in KUBEBUILDER_ASSETS', async () => {
    const { code, stderr } = await run({ KUBEBUILDER_ASSETS: '/nonexistent' });

    expect(code).to.equal(1);
    expect(stderr).to.include('there is no /nonexistent/etcd').and.include('Three ways on');
  });

  it('has nothing to build for an existing cluster', async () => {
    const { code, stdout, stderr } = await run({ USE_EXISTING_CLUSTER: 'true' });

    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '' });
    expect(stderr).to.include('nothing to build');
  });
});
