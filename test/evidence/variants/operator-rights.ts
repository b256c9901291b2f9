/** Gives the operator's ServiceAccount what the shipped manifests grant, and nothing else. */
import { readFile } from 'node:fs/promises';

import { loadAll } from 'js-yaml';
import {
  OPERATOR_NAME,
  OPERATOR_NAMESPACE,
  PROBE_GUARD_NAME,
  PROBE_NAMESPACE,
} from '../../../src/api/v1alpha1/group.ts';
import { buildProbePods } from '../../../src/evidence/probe-pods.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiClient, Manifest } from '../../support/api-client.ts';
import type { Cluster } from '../../support/cluster.ts';

const config = new URL('../../../config/', import.meta.url);
const guardDeadlineMs = 5000;
const pauseMs = 100;

/** What `kubectl apply -k config` would grant. @returns the operator's kubeconfig */
export async function grantOperator(cluster: Cluster): Promise<string> {
  const { client } = cluster;
  await client.createNamespace(OPERATOR_NAMESPACE);
  const accounts = client.resource('v1', 'serviceaccounts', OPERATOR_NAMESPACE);
  bodyOf('account', await accounts.create({ metadata: { name: OPERATOR_NAME } }));
  await Promise.all((await readManifests('rbac/operator.yaml')).map((object) => client.create(object)));
  return cluster.kubeconfigForServiceAccount(OPERATOR_NAMESPACE, OPERATOR_NAME);
}

/** What `kubectl apply -k config/probes` brings. */
export async function installProbes(client: ApiClient): Promise<void> {
  for (const file of ['probes/namespace.yaml', 'probes/guard.yaml', 'probes/rights.yaml']) {
    for (const object of await readManifests(file)) await client.apply(object);
  }
}

async function readManifests(file: string): Promise<readonly Manifest[]> {
  return loadAll(await readFile(new URL(file, config), 'utf8')) as readonly Manifest[];
}

/** A policy acts about a second after it was created; where its plugin is off it never does. @returns whether it acts */
export async function waitForGuard(client: ApiClient): Promise<boolean> {
  const { guard } = buildProbePods('waiting');
  const pods = client.resource('v1', 'pods', PROBE_NAMESPACE);
  const deadline = Date.now() + guardDeadlineMs;
  while (Date.now() < deadline) {
    const { status, body } = await pods.create(guard, { dryRun: 'All' });
    if (status === 403 && String(body['message']).includes(`'${PROBE_GUARD_NAME}'`)) return true;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return false;
}
