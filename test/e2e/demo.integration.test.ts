import { expect } from 'chai';
import { runProcess } from '../support/run-process.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { skipUnlessMet } from '../support/integration.ts';
import { repository } from './installation.ts';

const demoTimeoutMs = 120_000;

describe('make demo', () => {
  let demo: ProcessResult;

  before('run it', async function () {
    this.timeout(demoTimeoutMs + 10_000);
    skipUnlessMet(this, ['own', 'controller-manager']);
    demo = await runProcess(process.execPath, ['test/e2e/demo.ts'], {
      cwd: repository,
      env: { ...process.env, CI: 'true' },
      timeoutMs: demoTimeoutMs,
    });
  });

  it('ends by itself and says that everything happened as told', () => {
    expect(demo.stderr).not.to.match(/error/i);
    expect(demo).to.include({ code: 0, timedOut: false });
  });

  it('shows what is careless and what is not', () => {
    expect(demo.stdout).to.match(/^shop +current +False +[1-9]/m);
    expect(demo.stdout).to.match(/^legacy-monitoring +current +False +[1-9]/m);
    expect(demo.stdout).to.match(/^payments +current +True +0 +0 /m);
    expect(demo.stdout).to.match(/^merlon +current +True +0 +0 /m);
    expect(demo.stdout).to.match(/^cluster +False +[1-9]/m);
    expect(demo.stdout).to.match(/^critical +pod-privileged +Deployment image-resizer$/m);
  });

  it('shows the level that each namespace could enforce, and what to type', () => {
    expect(demo.stdout).to.match(/^payments +restricted +restricted +every workload passes restricted:/m);
    expect(demo.stdout).to.match(
      /^shop +unknown +privileged +not every workload passes baseline; in the way of baseline:/m,
    );
    expect(demo.stdout).to.match(/^kubectl label namespace default pod-security\.kubernetes\.io\/enforce=restricted /m);
  });

  it('shows what is weak about the API server, and how much of it is known', () => {
    expect(demo.stdout).to.match(/^high +api-server-static-credentials\n +.*token-auth-file/m);
    expect(demo.stdout).to.match(/^\d+ facts about the API server are observed, 0 attested, \d+ unknown\.$/m);
  });

  it('shows what is expected and does not hold', () => {
    expect(demo.stdout).to.match(/^high +ServiceAccount \S+\n +.*list/m);
  });

  it('shows who can become cluster-admin, and how', () => {
    expect(demo.stdout).to.match(/^sa:ci\/deployer -\[impersonate \S+ system:masters\]-> cluster-admin \(1 step\)$/m);
    expect(demo.stdout).to.match(/^ +cut: ClusterRoleBinding "ci-act-as-anybody" /m);
  });

  it('shows the posture follow a change, there and back', () => {
    expect(demo.stdout).to.match(
      /^current +False[^]*The posture followed \d+ ms[^]*^current +True[^]*followed \d+ ms/m,
    );
  });

  it('shows a default account repaired where a namespace asks for it', () => {
    expect(demo.stdout).to.match(/^service-account-default-token-mount\S* +Applied +ServiceAccount/m);
    expect(demo.stdout).to.match(/^default +false$/m);
  });

  it('shows what the API server refuses by itself, and of what it only warns', () => {
    expect(demo.stdout).to.match(
      /^error: .*pods "image-resizer-\S+" is forbidden: .*merlon-exec-guard-deny.* container "resizer" is privileged/m,
    );
    expect(demo.stdout).to.match(/exec -n shop deployment\/web -- id\n(?!.*is forbidden)/);
    expect(demo.stdout).to.match(/^Error from server \(Forbidden\): pods "hasty" is forbidden: .*pod-image-tag: /m);
    expect(demo.stdout).to.match(/^Error from server \(Forbidden\): pods "nosy" is forbidden: /m);
    expect(demo.stdout).to.match(/^Warning: .*pod-image-tag: Pod "hasty"[^]*^pod\/hasty created$/m);
    expect(demo.stdout).to.match(/^Warning: .*pod-host-path-volumes: Pod "nosy"[^]*^pod\/nosy created$/m);
  });
});
