/** What the suite about uninstalling needs: Merlon at work in a cluster of people, and a look at all of it. */
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import type { Manifest } from '../support/api-client.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ClientIdentity } from '../support/certificates.ts';
import type { Cluster } from '../support/cluster.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { install } from './installation.ts';
import { deployment, plainPod } from './manifests.ts';
import { OperatorProcess, operatorProgram } from './operator-process.ts';
import { untilLogged } from './operator-suite.ts';
import { repairBinding, switchTo, untilRecord } from './remediation-suite.ts';

/** Where people have switched repairs on. */
export const REPAIRED = 'billing';
const operatorDeadlineMs = 120_000;

export const peoplesPolicy: Manifest = {
  apiVersion: API_VERSION,
  kind: 'ClusterHardeningPolicy',
  metadata: { name: 'platform' },
  spec: { threshold: 'critical' },
};

/** Installs Merlon, however much of it is there, and has it repair a default account. @returns the operator, running */
export async function putMerlonToWork(cluster: Cluster): Promise<OperatorProcess> {
  const { client } = cluster;
  await install(cluster);
  if ((await client.resource('v1', 'namespaces').get(REPAIRED)).status === 404) await createPeoplesObjects(cluster);
  bodyOf('policy', await client.resource(API_VERSION, 'clusterhardeningpolicies').apply('platform', peoplesPolicy));
  const operator = await OperatorProcess.start(cluster, { program: operatorProgram, deadlineMs: operatorDeadlineMs });
  await operator.whileRunning(untilLogged(operator, 'everything is judged'));
  await untilRecord(client, REPAIRED, 'to be applied', ({ state }) => state === 'Applied');
  return operator;
}

async function createPeoplesObjects({ client }: Cluster): Promise<void> {
  await client.createNamespace(REPAIRED);
  await client.create(repairBinding(REPAIRED));
  const web = deployment('default', 'web', plainPod);
  const annotations = { 'exempt.merlon.dev/pod-run-as-non-root': 'the image is old, see SEC-17' };
  await client.create({ ...web, metadata: { ...web.metadata, annotations } });
  await switchTo(client, REPAIRED, 'apply');
}

export async function runUninstall(
  cluster: Cluster,
  args: readonly string[],
  identity?: ClientIdentity,
): Promise<ProcessResult> {
  const kubeconfig = identity === undefined ? cluster.adminKubeconfig : await cluster.kubeconfigFor(identity);
  return runMerlon(['uninstall', '--kubeconfig', kubeconfig, ...args]);
}

/** All that could be changed by it, as `kind namespace/name uid resourceVersion`; other controllers' own objects left out. */
export async function readWorld(cluster: Cluster): Promise<readonly string[]> {
  const kinds =
    'namespaces,serviceaccounts,deployments,clusterroles,clusterrolebindings,roles,rolebindings,customresourcedefinitions,validatingadmissionpolicies,validatingadmissionpolicybindings,secpos,csecpos,hrem,chpol,hpol,chexm,hexm';
  const columns =
    '-o=custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name,U:.metadata.uid,V:.metadata.resourceVersion';
  const { code, stdout, stderr } = await cluster.kubectl(['get', kinds, '-A', '--no-headers', columns]);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim().split('\n');
}

/** Whatever has Merlon's name, of every kind that config/ brings, as `Kind name`. */
export async function readRemains(cluster: Cluster): Promise<readonly string[]> {
  const kinds =
    'namespaces,deployments,serviceaccounts,clusterroles,clusterrolebindings,roles,rolebindings,customresourcedefinitions,validatingadmissionpolicies,validatingadmissionpolicybindings,leases';
  const columns = '-o=custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name';
  const { stdout } = await cluster.kubectl(['get', kinds, '-A', '--no-headers', columns]);
  return stdout
    .split('\n')
    .filter((line) => line.includes('merlon'))
    .map((line) => line.trim().replaceAll(/\s+/g, ' '));
}
