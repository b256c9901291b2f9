/**
 * `make demo`: a real control plane, Merlon under its own ServiceAccount, some careless workloads, and what it says of
 * them. Ends by itself without a terminal or with CI set; otherwise it stays until Ctrl-C. Nothing is left behind.
 */
import { dirname } from 'node:path';
import type { ControlPlane } from '../support/control-plane.ts';
import { startControlPlane } from '../support/control-plane.ts';
import { startFakeKubelet } from '../support/fake-kubelet.ts';
import { enforce } from './demo-enforcement.ts';
import { untilSettled, untilVerdict } from './demo-expectations.ts';
import { DemoScreen } from './demo-screen.ts';
import { repair } from './demo-repair.ts';
import { bundleOperator, installCommand, repository, untilKindsServed } from './installation.ts';
import { operatorBundle, OperatorProcess } from './operator-process.ts';
import { PostureWatch } from './posture-watch.ts';

const changeTimeoutMs = 30_000;
const operatorDeadlineMs = 24 * 3_600_000;
/** Two lines for each: what, and why. */
const findings =
  '{{range .status.findings}}{{printf "%-9s %-36s %s %s\\n          %s\\n" ' +
  '.severity .rule .subject.kind .subject.name .message}}{{end}}';
const unmetExpectations =
  '{{range .status.findings}}{{if eq .rule "rbac-expectations"}}{{printf "%-9s %s %s\\n          %s\\n" ' +
  '.severity .subject.kind .subject.name .message}}{{end}}{{end}}';
const apiServerFindings =
  '{{range .status.findings}}{{if eq .subject.kind "APIServer"}}{{printf "%-9s %s\\n          %s\\n" ' +
  '.severity .rule .message}}{{end}}{{end}}';
const apiServerFacts =
  '{{with .status.apiServerFacts}}{{printf "%v facts about the API server are observed, %v attested, %v unknown.\\n" ' +
  '.observed .attested .unknown}}{{end}}';
/** Whoever holds such a token is let in for ever, and only a restart takes it away. */
const weakApiServer = {
  files: { 'tokens.csv': 'not-in-use,somebody,1000\n' },
  apiServerFlags: { 'token-auth-file': '{dir}/tokens.csv' },
};
const levels =
  'NAMESPACE:.metadata.namespace,ENFORCED:.status.podSecurity.enforced,READY FOR:.status.podSecurity.ready,' +
  'WHY:.status.podSecurity.message';
const screen = new DemoScreen();
const startedAtMs = performance.now();

// The first Ctrl-C cleans up, the second does not wait for that.
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(130));
      resolve('interrupted');
    });
  }
});

process.chdir(repository);
try {
  process.exitCode = await run();
} catch (error) {
  screen.progress(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
// Whatever is left open, the demo has ended.
process.exit();

type Stop = () => Promise<unknown>;

/** @returns the exit code */
async function run(): Promise<number> {
  if (process.env['USE_EXISTING_CLUSTER'] === 'true') {
    throw new Error('it brings a control plane of its own and touches no other cluster: unset USE_EXISTING_CLUSTER');
  }
  screen.progress('bundling the operator, starting etcd, kube-apiserver and kube-controller-manager');
  const started = Promise.all([startControlPlane(weakApiServer), bundleOperator()]).then(
    ([controlPlane]) => controlPlane,
  );
  const controlPlane = await Promise.race([started, interrupted]);
  // What has started by then ends with this process.
  if (controlPlane === 'interrupted') return 130;
  const stops: Stop[] = [() => controlPlane.stop()];
  try {
    const shown = show(controlPlane, (stop) => stops.unshift(stop)).then(() => 'shown' as const);
    if ((await Promise.race([shown, interrupted])) === 'interrupted') {
      // What it waits for will not come.
      shown.catch(() => undefined);
      return 130;
    }
    if (!isInteractive()) return 0;
    invite(controlPlane);
    await interrupted;
    return 0;
  } finally {
    screen.progress('cleaning up');
    for (const stop of stops) await stop();
  }
}

/** @param onStop takes what must be stopped before the control plane */
async function show(controlPlane: ControlPlane, onStop: (stop: Stop) => void): Promise<void> {
  const { client, version } = controlPlane;
  screen.explain(`Merlon on a real Kubernetes ${version} API server, which was just started on this machine.`);

  screen.heading('Install: the kinds, a namespace, a ServiceAccount and the rights that it needs');
  await screen.kubectl(controlPlane, installCommand, { repeatable: true, dim: true });
  await untilKindsServed(controlPlane);

  screen.heading('Run the operator, as the ServiceAccount "merlon" and with no other rights');
  const watch = await PostureWatch.start(client);
  onStop(() => watch.stop());
  const operator = await OperatorProcess.start(controlPlane, { deadlineMs: operatorDeadlineMs });
  onStop(() => operator.stop());
  screen.command(`node ${operatorBundle} --token-folder TOKEN &`);
  // No container starts here; this makes pods Running as a kubelet would.
  const kubelet = await startFakeKubelet(client, { schedules: () => true });
  onStop(() => kubelet.stop());

  screen.heading('Workloads, some of them careless');
  await screen.kubectl(controlPlane, ['apply', '-f', 'config/samples'], { repeatable: true, dim: true });
  await operator.whileRunning(untilSettled(controlPlane, watch));

  screen.heading('The posture of every namespace');
  await screen.kubectl(controlPlane, ['get', 'securityposture', '-A']);

  screen.heading('Pod Security: what each namespace enforces, and the strictest level that everything in it passes');
  await screen.kubectl(controlPlane, ['get', 'securityposture', '-A', '-o', `custom-columns=${levels}`]);
  screen.explain('And what to type where there is something to gain, as in "default":');
  const command = '{.status.podSecurity.command}';
  await screen.kubectl(controlPlane, [
    'get',
    'securityposture',
    'current',
    '-n',
    'default',
    '-o',
    `jsonpath=${command}`,
  ]);

  screen.heading('The posture of the cluster: its own RBAC, its API server, and all namespaces together');
  await screen.kubectl(controlPlane, ['get', 'clustersecurityposture']);

  screen.heading(
    'How the API server is set up, seen from outside: it was started with a file of static tokens, to be found out',
  );
  const clusterPosture = ['get', 'clustersecurityposture', 'cluster', '-o'];
  await screen.kubectl(controlPlane, [...clusterPosture, `go-template=${apiServerFindings}${apiServerFacts}`]);

  screen.heading('What is wrong in the namespace "shop", worst first');
  await screen.kubectl(controlPlane, [
    'get',
    'securityposture',
    'current',
    '-n',
    'shop',
    '-o',
    `go-template=${findings}`,
  ]);

  screen.heading('What "shop" expects of its own service accounts, and what does not hold');
  await screen.kubectl(controlPlane, ['get', 'hardeningpolicy', '-n', 'shop']);
  await screen.kubectl(controlPlane, [
    'get',
    'securityposture',
    'current',
    '-n',
    'shop',
    '-o',
    `go-template=${unmetExpectations}`,
  ]);

  screen.heading('Who can become cluster-admin, by which steps, and which grant to take away');
  await screen.merlon(controlPlane, ['paths', '--limit', '3'], [1]);

  screen.heading('A change, and the posture follows');
  screen.explain('"payments" is compliant. In a hurry, somebody lets its api run as the default account:');
  await operator.whileRunning(changeAccount(controlPlane, watch, 'default', 'False'));
  screen.explain('And back again:');
  await operator.whileRunning(changeAccount(controlPlane, watch, 'api', 'True'));

  screen.heading('Repairs, where a namespace asks for them: no API token for its default service account');
  await operator.whileRunning(repair(controlPlane, watch, screen));

  screen.heading('What the API server refuses by itself, by admission policies that are made of the same rules');
  await operator.whileRunning(enforce(controlPlane, screen));
  screen.explain(`\nThat was all, in ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s.`);
}

/** Changes what the workload runs as, waits for the verdict, and says how long that took. */
async function changeAccount(
  controlPlane: ControlPlane,
  watch: PostureWatch,
  account: string,
  verdict: 'True' | 'False',
): Promise<void> {
  const changed = whenChanged(controlPlane, 'payments', 'api');
  const followed = untilVerdict(watch, 'payments', verdict);
  // Whichever fails first is what is told.
  const [, changedAtMs, followedAtMs] = await Promise.all([
    screen.kubectl(controlPlane, ['set', 'serviceaccount', 'deployment/api', account, '-n', 'payments'], { dim: true }),
    changed,
    followed,
  ]);
  await screen.kubectl(controlPlane, ['get', 'securityposture', 'current', '-n', 'payments']);
  const followedMs = (followedAtMs - changedAtMs).toFixed(0);
  screen.explain(
    `The posture followed ${followedMs} ms after the API server had the change, with new pods in between.`,
  );
}

/** @returns when a watcher saw the next version of a Deployment, by `performance.now()` */
async function whenChanged({ client }: ControlPlane, namespace: string, name: string): Promise<number> {
  const deployments = client.resource('apps/v1', 'deployments', namespace);
  const { generation, resourceVersion } = (await deployments.get(name)).body.metadata;
  const query = { fieldSelector: `metadata.name=${name}`, resourceVersion };
  const seen = new AbortController();
  let changedAtMs: number | undefined;
  try {
    const signal = AbortSignal.any([seen.signal, AbortSignal.timeout(changeTimeoutMs)]);
    for await (const { object } of deployments.watch(query, signal)) {
      if (object.metadata.generation === generation || changedAtMs !== undefined) continue;
      changedAtMs = performance.now();
      // The loop then ends with an error; leaving it would leave the connection open.
      seen.abort();
    }
  } catch (error) {
    if (changedAtMs === undefined) throw error;
  }
  if (changedAtMs === undefined) throw new Error(`no change of Deployment "${name}" was seen`);
  return changedAtMs;
}

function isInteractive(): boolean {
  return process.stdout.isTTY && !process.env['CI'];
}

function invite({ adminKubeconfig, description }: ControlPlane): void {
  screen.heading('Your turn: all of this stays until Ctrl-C');
  screen.explain('In another terminal:');
  screen.command(`export KUBECONFIG=${adminKubeconfig}`);
  screen.command(`export PATH="${dirname(description.kubectl)}:$PATH"`);
  screen.command('kubectl get securityposture -A --watch');
  screen.command('kubectl get hardening -A');
  screen.command('kubectl delete clusterrolebinding dashboard-for-everybody');
}
