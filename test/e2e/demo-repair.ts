/** The last act of the demo: one namespace is switched to `apply`, its default account repaired, and its posture turns. */
import { REMEDIATION_LABEL } from '../../src/api/v1alpha1/hardening-remediation.ts';
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { DEFAULT_ACCOUNT_RULE } from '../../src/remediation/remedies/default-account.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { DemoScreen } from './demo-screen.ts';
import type { PostureWatch } from './posture-watch.ts';

const namespace = 'ci';
const timeoutMs = 20_000;

export async function repair(controlPlane: ControlPlane, watch: PostureWatch, screen: DemoScreen): Promise<void> {
  const posture = ['get', 'securityposture', 'current', '-n', namespace];
  const account = ['get', 'serviceaccount', 'default', '-n', namespace, '-o'];
  await screen.kubectl(controlPlane, posture);
  screen.explain('It takes one label, and one role that somebody binds to Merlon:');
  await screen.kubectl(controlPlane, ['label', 'namespace', namespace, `${REMEDIATION_LABEL}=apply`], { dim: true });
  await screen.kubectl(
    controlPlane,
    [
      ...['create', 'rolebinding', 'merlon-repairs', '-n', namespace],
      ...['--clusterrole=merlon-repair-default-accounts', '--serviceaccount=merlon:merlon'],
    ],
    { dim: true },
  );
  await untilRepaired(controlPlane, watch);
  await screen.kubectl(controlPlane, ['get', 'hrem', '-n', namespace]);
  await screen.kubectl(controlPlane, [
    ...account,
    'custom-columns=NAME:.metadata.name,AUTOMOUNT:.automountServiceAccountToken',
  ]);
  await screen.kubectl(controlPlane, posture);
}

async function untilRepaired({ client }: ControlPlane, watch: PostureWatch): Promise<void> {
  const records = client.resource<HardeningRemediation>(API_VERSION, 'hardeningremediations', namespace);
  await waitUntil(
    async () => bodyOf('list repairs', await records.list()).items.some(({ status }) => status?.state === 'Applied'),
    { what: `the default account of "${namespace}" to be repaired`, timeoutMs },
  );
  await watch.until(
    () =>
      watch.namespaces.get(namespace)?.status?.findings?.every(({ rule }) => rule !== DEFAULT_ACCOUNT_RULE) === true,
    { what: `the posture of "${namespace}" to show it`, timeoutMs },
  );
}
