/**
 * The act of the demo in which the API server itself refuses: exec into a privileged pod, and careless new pods where the
 * namespace says deny; where it says warn it only tells. Merlon runs in the way of none of these requests.
 */
import { ENFORCE_LABEL } from '../../src/enforcement/plan/namespace-modes.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { DemoScreen } from './demo-screen.ts';

const refusing = 'shop';
// "ci" enforces restricted, which would refuse before anybody is warned.
const warning = 'default';
const timeoutMs = 20_000;

export async function enforce(controlPlane: ControlPlane, screen: DemoScreen): Promise<void> {
  screen.explain(
    'Policies for git, printed by Merlon and applied as all else is. Not even an administrator is let through:',
  );
  const printed = ['enforce', '--break-glass-group', 'oncall', '-o', 'yaml'];
  await screen.merlonToKubectl(controlPlane, printed, ['apply', '-f', '-']);
  await label(controlPlane, screen, refusing, 'deny');
  await label(controlPlane, screen, warning, 'warn');
  await untilInForce(controlPlane);

  screen.explain(
    'exec into the privileged pod, and into one that is not; that one has no kubelet here that would answer:',
  );
  const exec = (workload: string) => ['exec', '-n', refusing, `deployment/${workload}`, '--', 'id'];
  await screen.refusedKubectl(controlPlane, exec('image-resizer'));
  await screen.refusedKubectl(controlPlane, exec('web'));

  screen.explain(
    'New pods in a namespace that refuses, the first with the latest tag, the second with a directory of its node:',
  );
  await screen.refusedKubectl(controlPlane, runLatest(refusing));
  await screen.refusedKubectl(controlPlane, runWithHostPath(refusing));
  screen.explain('And in one that warns, where they are made all the same:');
  await screen.kubectl(controlPlane, runLatest(warning));
  await screen.kubectl(controlPlane, runWithHostPath(warning));
}

async function label(controlPlane: ControlPlane, screen: DemoScreen, namespace: string, mode: string): Promise<void> {
  await screen.kubectl(controlPlane, ['label', 'namespace', namespace, `${ENFORCE_LABEL}=${mode}`], { dim: true });
}

function runLatest(namespace: string): readonly string[] {
  return ['run', 'hasty', '-n', namespace, '--image=registry.example/tool:latest'];
}

function runWithHostPath(namespace: string): readonly string[] {
  const overrides = JSON.stringify({ spec: { volumes: [{ name: 'node', hostPath: { path: '/' } }] } });
  return ['run', 'nosy', '-n', namespace, '--image=registry.example/tool:1', `--overrides=${overrides}`];
}

/** The API server learns of its policies a second later. */
async function untilInForce(controlPlane: ControlPlane): Promise<void> {
  const tried = async (namespace: string): Promise<string> =>
    (await controlPlane.kubectl([...runLatest(namespace), '--dry-run=server'])).stderr;
  await waitUntil(
    async () => (await tried(refusing)).includes('is forbidden') && (await tried(warning)).includes('Warning'),
    { what: 'the policies to be in force', timeoutMs },
  );
}
