/** Changes such as people make, one after the other for as long as it is wanted, in an order that a seed decides. */
import { setTimeout as pause } from 'node:timers/promises';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { ApiClient, Manifest } from '../support/api-client.ts';
import {
  clusterRoleBinding,
  deployment,
  hardenedPod,
  impersonatorRole,
  plainPod,
  pod,
  privilegedPod,
  roleBinding,
} from './manifests.ts';

const pauseMs = 15;
const rbac = 'rbac.authorization.k8s.io/v1';
const pods = [plainPod, privilegedPod, hardenedPod];

export class Churn {
  /** How many changes were tried. */
  changes = 0;
  readonly #client: ApiClient;
  readonly #namespaces: readonly string[];
  #state: number;
  #isStopped = false;
  readonly #running: Promise<void>;

  /** Starts at once. @param prefix of everything that it creates */
  constructor(client: ApiClient, prefix: string, seed: number) {
    this.#client = client;
    this.#namespaces = Array.from({ length: 4 }, (_, index) => `${prefix}-${index}`);
    this.#state = seed;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.changes += 1;
      // What is there or gone already, and an API server that is away, belong to it.
      await this.#change().catch(() => undefined);
      await pause(pauseMs);
    }
  }

  #change(): Promise<unknown> {
    const client = this.#client;
    const namespace = this.#pick(this.#namespaces);
    const name = this.#pick(['web', 'store', 'agent']);
    const resource = (apiVersion: string, plural: string) => client.resource(apiVersion, plural, namespace);
    const policy = (spec: object): Manifest => ({
      apiVersion: API_VERSION,
      kind: 'ClusterHardeningPolicy',
      metadata: { name: namespace },
      spec,
    });
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    const changes: readonly (() => Promise<unknown>)[] = [
      () => client.createNamespace(namespace),
      () => client.createNamespace(namespace),
      () => client.apply(deployment(namespace, name, this.#pick(pods), this.#pick([0, 1, 3]))),
      () => client.apply(deployment(namespace, name, this.#pick(pods), this.#pick([0, 1, 3]))),
      () => resource('apps/v1', 'deployments').delete(name),
      () => client.create(pod(namespace, `${name}-pod`, this.#pick(pods))),
      () => resource('v1', 'pods').delete(`${name}-pod`, { gracePeriodSeconds: 0 }),
      () =>
        resource('v1', 'serviceaccounts').patch('default', { automountServiceAccountToken: this.#pick([true, false]) }),
      () => client.apply(impersonatorRole(namespace, name)),
      () => client.apply(roleBinding(namespace, name, name, 'jane')),
      () => resource(rbac, this.#pick(['roles', 'rolebindings'])).delete(name),
      () => client.apply(clusterRoleBinding(namespace, 'edit', 'jane')),
      () => client.resource(rbac, 'clusterrolebindings').delete(namespace),
      () =>
        client.resource('v1', 'namespaces').patch(namespace, {
          metadata: { labels: { 'pod-security.kubernetes.io/enforce': this.#pick(['privileged', null]) } },
        }),
      () => client.apply(policy({ namespaceSelector, threshold: this.#pick(['low', 'critical']) })),
      () => client.apply(policy({ namespaceSelector, rules: [{ rule: 'pod-nonsense' }] })),
      () => client.resource(API_VERSION, 'clusterhardeningpolicies').delete(namespace),
      () => resource(API_VERSION, 'securitypostures').delete('current'),
      () => resource(API_VERSION, 'securitypostures').patchStatus('current', { compliant: 'True', findings: null }),
      // Now and then: it takes a while until one can be created again.
      () =>
        this.#pick([1, 2, 3, 4, 5]) === 1 ? client.resource('v1', 'namespaces').delete(namespace) : Promise.resolve(),
    ];
    return this.#pick(changes)();
  }

  /** Source: the linear congruential generator of Numerical Recipes. */
  #pick<T>(choices: readonly T[]): T {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    const choice = choices[Math.floor((this.#state / 2 ** 32) * choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }
}
