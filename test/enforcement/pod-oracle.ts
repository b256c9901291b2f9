/**
 * Asks a real API server under the policies that Merlon prints: a pod is created on trial in a namespace that warns, which
 * names every rule that it breaks, and in one that denies, which names the first. Each set of rules has policies and
 * namespaces of its own.
 */
import { randomBytes } from 'node:crypto';

import { allModes } from '../../src/enforcement/plan/namespace-modes.ts';
import { buildManifests } from '../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest } from '../../src/enforcement/plan/planned-policy.ts';
import { planPodFamily } from '../../src/enforcement/plan/pod-family.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, ApiResponse } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { Json } from '../pod-security/generator.ts';
import { workloadForms } from '../pod-security/generator-workloads.ts';
import { isMaybeShort, parseWarnings } from '../pod-security/oracle-warnings.ts';
import type { PodCase } from './pod-cases.ts';
import { ruleSets } from './rule-sets.ts';

export type PodAnswer =
  | {
      readonly kind: 'judged';
      /** The ids of all rules that a namespace was warned about, in the order of the warnings. */
      readonly warned: readonly string[];
      /** There may have been more warnings than a response has room for. */
      readonly isCut: boolean;
      /** The id of the rule for which it was refused; undefined where it was not. */
      readonly denied: string | undefined;
      /** What the API server made of the object. */
      readonly stored: Json;
    }
  | { readonly kind: 'invalid'; readonly message: string };

const dryRun = { dryRun: 'All' };
const RESCUER = 'rescuers';

export class PodOracle {
  readonly #cluster: Cluster;
  /** One whose requests no policy refuses. */
  readonly #rescuer: ApiClient;
  readonly #run = randomBytes(3).toString('hex');
  #pods = 0;

  private constructor(cluster: Cluster, rescuer: ApiClient) {
    this.#cluster = cluster;
    this.#rescuer = rescuer;
  }

  /** Returns when every policy is in force. */
  static async open(cluster: Cluster): Promise<PodOracle> {
    const rescuer = await cluster.clientFor({ user: 'rescuer', groups: ['system:masters', RESCUER] });
    const oracle = new PodOracle(cluster, rescuer);
    await oracle.#install();
    return oracle;
  }

  /** Those of the sets are told apart by the namespaces that they keep out. */
  async #install(): Promise<void> {
    const { client, minor } = this.#cluster;
    for (const set of ruleSets) {
      for (const mode of modes)
        await client.createNamespace(this.#nameOf(set.name, mode), { 'merlon.dev/enforce': mode });
    }
    for (const { name, rules } of ruleSets) {
      const others = ruleSets.filter((other) => other.name !== name);
      const { policy, leftOut } = planPodFamily({
        family: 'pod-security',
        rules,
        target: { podSecurityVersion: minor },
        breakGlassGroups: [RESCUER],
        exemptions: [],
        withoutLabel: 'off',
        keptOut: others.flatMap((other) => modes.map((mode) => this.#nameOf(other.name, mode))),
      });
      if (policy === undefined || leftOut.length > 0) throw new Error(`left out: ${JSON.stringify(leftOut)}`);
      for (const manifest of buildManifests([policy]))
        await this.#create(rename(manifest, policy.name, this.#run + name));
    }
    for (const { name } of ruleSets) {
      for (const mode of modes) {
        await waitUntil(async () => isHeard(await this.#createOnTrial(name, mode, 'v1', 'pods', refused)), {
          what: `the policy of ${name} to ${mode}`,
        });
      }
    }
  }

  async ask(asked: PodCase): Promise<PodAnswer> {
    const { set, kind, manifest, ephemeralContainers } = asked;
    if (ephemeralContainers !== undefined) return this.#askEphemeral(asked, ephemeralContainers);
    const { apiVersion, plural } = kind === 'Pod' ? { apiVersion: 'v1', plural: 'pods' } : workloadForms[kind];
    const warned = await this.#createOnTrial(set.name, 'warn', apiVersion, plural, manifest);
    if (isInvalid(warned)) return { kind: 'invalid', message: messageOf(warned) };
    const denied = await this.#createOnTrial(set.name, 'deny', apiVersion, plural, manifest);
    return readAnswers(warned, denied);
  }

  /** Ephemeral containers come into a pod that exists, so it has to be made, whatever is wrong with it. */
  async #askEphemeral({ set, manifest }: PodCase, ephemeralContainers: readonly Json[]): Promise<PodAnswer> {
    const responses: ApiResponse[] = [];
    for (const mode of ['warn', 'deny'] as const) {
      const { path } = this.#cluster.client.resource('v1', 'pods', this.#nameOf(set.name, mode));
      this.#pods += 1;
      const name = `pod-${String(this.#pods)}`;
      const pod = { ...manifest, metadata: { ...(manifest['metadata'] as Json), name } };
      const created = await this.#rescuer.request('POST', path, { body: pod });
      if (isInvalid(created)) return { kind: 'invalid', message: messageOf(created) };
      const whole = bodyOf('create a pod', created);
      const body = { ...whole, spec: { ...(whole['spec'] as Json), ephemeralContainers } };
      const onTrial = `${path}/${name}/ephemeralcontainers?dryRun=All`;
      responses.push(await this.#cluster.client.request('PUT', onTrial, { body }));
      await this.#rescuer.request('DELETE', `${path}/${name}?gracePeriodSeconds=0`);
    }
    const [warned, denied] = responses;
    if (warned === undefined || denied === undefined) throw new Error('no answer');
    if (isInvalid(warned)) return { kind: 'invalid', message: messageOf(warned) };
    return readAnswers(warned, denied);
  }

  #createOnTrial(set: string, mode: Mode, apiVersion: string, plural: string, object: Json): Promise<ApiResponse> {
    return this.#cluster.client.resource(apiVersion, plural, this.#nameOf(set, mode)).create(object, dryRun);
  }

  async #create({ apiVersion, kind, metadata, spec }: EnforcementManifest): Promise<void> {
    const plural = kind.endsWith('Binding') ? 'validatingadmissionpolicybindings' : 'validatingadmissionpolicies';
    bodyOf(metadata.name, await this.#cluster.client.resource(apiVersion, plural).create({ metadata, spec }));
  }

  #nameOf(set: string, mode: Mode): string {
    return `${this.#run}-${set}-${mode}`;
  }
}

type Mode = Exclude<(typeof allModes)[number], 'audit'>;
const modes = allModes.filter((mode) => mode !== 'audit');

/** Breaks a rule of every set. */
const refused: Json = {
  metadata: { name: 'refused' },
  spec: { containers: [{ name: 'main', image: 'web', securityContext: { privileged: true } }] },
};

function rename(manifest: EnforcementManifest, from: string, suffix: string): EnforcementManifest {
  return JSON.parse(JSON.stringify(manifest).replaceAll(from, `${from}-${suffix}`)) as EnforcementManifest;
}

const DENIED = /denied request: (?<rule>pod-[a-z-]+): /;
const WARNED =
  /^Validation failed for ValidatingAdmissionPolicy '[^']+' with binding '[^']+-warn': (?<rule>pod-[a-z-]+): /;

function isHeard(response: ApiResponse): boolean {
  return response.status === 403 ? DENIED.test(messageOf(response)) : response.headers['warning'] !== undefined;
}

function readAnswers(warned: ApiResponse, denied: ApiResponse): PodAnswer {
  const stored = bodyOf('ask on trial', warned);
  const warnings = parseWarnings(warned.headers['warning']);
  const ours = warnings.filter((one) => one.includes('ValidatingAdmissionPolicy'));
  const rules = ours.map((warning) => WARNED.exec(warning)?.groups?.['rule'] ?? warning);
  return { kind: 'judged', warned: rules, isCut: isMaybeShort(warnings), denied: readRefusal(denied), stored };
}

function readRefusal(response: ApiResponse): string | undefined {
  if (response.status >= 200 && response.status <= 299) return undefined;
  const message = messageOf(response);
  return (response.status === 403 ? DENIED.exec(message)?.groups?.['rule'] : undefined) ?? message;
}

/** 422 and 400 are about the object; no policy of ours answers so. */
function isInvalid({ status }: ApiResponse): boolean {
  return status === 422 || status === 400;
}

function messageOf({ body }: ApiResponse): string {
  return String(body['message'] ?? JSON.stringify(body));
}
