/**
 * Asks a real API server under the policies that Merlon prints: a pod is created on trial in a namespace that warns, which
 * names every rule that it breaks, and in one that denies, which names the first. Each set of rules has policies and
 * namespaces of its own.
 */
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest } from '../../../src/enforcement/plan/planned-policy.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiResponse } from '../../support/api-client.ts';
import type { Json } from '../../pod-security/generator.ts';
import { workloadForms } from '../../pod-security/generator-workloads.ts';
import { isMaybeShort, parseWarnings } from '../../pod-security/oracle-warnings.ts';
import { createPolicies, DRY_RUN, isInvalid, messageOf, waitUntilAsked } from './family.ts';
import type { Room, RoomMode } from './family.ts';
import type { PodCase } from './pod-cases.ts';
import type { RuleSet } from './rule-sets.ts';

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

export class PodOracle {
  readonly #room: Room;
  readonly #sets: readonly RuleSet[];
  #pods = 0;

  private constructor(room: Room, sets: readonly RuleSet[]) {
    this.#room = room;
    this.#sets = sets;
  }

  /** Returns when every policy is in force. */
  static async open(room: Room, sets: readonly RuleSet[]): Promise<PodOracle> {
    const oracle = new PodOracle(room, sets);
    await oracle.#install();
    return oracle;
  }

  /** Those of the sets are told apart by the namespaces that they keep out. */
  async #install(): Promise<void> {
    const { cluster, breakGlassGroups, keptOut } = this.#room;
    for (const { name, family, rules } of this.#sets) {
      const others = this.#sets.filter((other) => other.name !== name);
      const { policy, leftOut } = planPodFamily({
        family,
        rules,
        target: { podSecurityVersion: cluster.minor },
        breakGlassGroups,
        exemptions: [],
        withoutLabel: 'off',
        keptOut: [...keptOut, ...others.flatMap((other) => modes.map((mode) => nameNamespace(other, mode)))],
      });
      if (policy === undefined || leftOut.length > 0) throw new Error(`left out: ${JSON.stringify(leftOut)}`);
      await createPolicies(
        cluster,
        buildManifests([policy]).map((manifest) => rename(manifest, policy.name, name)),
      );
    }
    for (const set of this.#sets) {
      for (const mode of modes) {
        await waitUntilAsked(`${set.name} to ${mode}`, async () =>
          isHeard(await this.#createOnTrial(set, mode, 'v1', 'pods', refused)),
        );
      }
    }
  }

  async ask(asked: PodCase): Promise<PodAnswer> {
    const { set, kind, manifest, ephemeralContainers } = asked;
    if (ephemeralContainers !== undefined) return this.#askEphemeral(asked, ephemeralContainers);
    const { apiVersion, plural } = kind === 'Pod' ? { apiVersion: 'v1', plural: 'pods' } : workloadForms[kind];
    const warned = await this.#createOnTrial(set, 'warn', apiVersion, plural, manifest);
    if (isInvalid(warned)) return { kind: 'invalid', message: messageOf(warned) };
    const denied = await this.#createOnTrial(set, 'deny', apiVersion, plural, manifest);
    return readAnswers(warned, denied);
  }

  /** Ephemeral containers come into a pod that exists, so it has to be made, whatever is wrong with it. */
  async #askEphemeral({ set, manifest }: PodCase, ephemeralContainers: readonly Json[]): Promise<PodAnswer> {
    const { cluster, rescuer } = this.#room;
    const responses: ApiResponse[] = [];
    for (const mode of modes) {
      const { path } = cluster.client.resource('v1', 'pods', nameNamespace(set, mode));
      this.#pods += 1;
      const name = `pod-${String(this.#pods)}`;
      const pod = { ...manifest, metadata: { ...(manifest['metadata'] as Json), name } };
      const created = await rescuer.request('POST', path, { body: pod });
      if (isInvalid(created)) return { kind: 'invalid', message: messageOf(created) };
      const whole = bodyOf('create a pod', created);
      const body = { ...whole, spec: { ...(whole['spec'] as Json), ephemeralContainers } };
      const onTrial = `${path}/${name}/ephemeralcontainers?dryRun=All`;
      responses.push(await cluster.client.request('PUT', onTrial, { body }));
      await rescuer.request('DELETE', `${path}/${name}?gracePeriodSeconds=0`);
    }
    const [warned, denied] = responses;
    if (warned === undefined || denied === undefined) throw new Error('no answer');
    if (isInvalid(warned)) return { kind: 'invalid', message: messageOf(warned) };
    return readAnswers(warned, denied);
  }

  #createOnTrial(set: RuleSet, mode: Mode, apiVersion: string, plural: string, object: Json): Promise<ApiResponse> {
    return this.#room.cluster.client.resource(apiVersion, plural, nameNamespace(set, mode)).create(object, DRY_RUN);
  }
}

type Mode = Exclude<RoomMode, 'off'>;
const modes = ['warn', 'deny'] as const satisfies readonly Mode[];

export function namespacesOf(sets: readonly RuleSet[]): Readonly<Record<string, Mode>> {
  return Object.fromEntries(sets.flatMap((set) => modes.map((mode) => [nameNamespace(set, mode), mode])));
}

function nameNamespace({ name }: RuleSet, mode: Mode): string {
  return `${name}-${mode}`;
}

/** Breaks a rule of every set. */
const refused: Json = {
  metadata: { name: 'refused' },
  spec: {
    containers: [{ name: 'main', image: 'web', imagePullPolicy: 'Never', securityContext: { privileged: true } }],
  },
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
