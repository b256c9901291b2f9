/**
 * Asks a real API server what Pod Security admission says of a pod: it is created on trial (`dryRun=All`) in a namespace
 * that warns at some level and version, and the answer's `Warning` header holds the sentence. Where that was cut, a
 * namespace that enforces the same level refuses the pod with the whole sentence.
 */
import { randomBytes } from 'node:crypto';
import type { Level } from '../../src/pod-security/evaluate.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiResponse } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';
import type { Json } from './generator.ts';
import { workloadForms } from './generator-workloads.ts';
import type { WorkloadKind } from './generator-workloads.ts';
import { isMaybeCut, isMaybeIncomplete, parseWarnings } from './oracle-warnings.ts';

export interface Policy {
  readonly level: Level;
  /** As a label says it: `latest` or `v1.34`, also one that the server does not have yet. */
  readonly version: string;
}

export type Answer =
  | {
      readonly kind: 'judged';
      /** After the level and version; empty where the pod is allowed. */
      readonly text: string;
      /** Only the beginning of the text was to be had. */
      readonly isCut: boolean;
      /** What the API server made of the object, where it would have stored it. */
      readonly stored: Json;
    }
  | { readonly kind: 'invalid'; readonly message: string };

const dryRun = { dryRun: 'All' };
const PREFIX = 'pod-security.kubernetes.io/';

export class PodSecurityOracle {
  readonly #cluster: Cluster;
  readonly #run = randomBytes(4).toString('hex');
  readonly #namespaces = new Map<string, Promise<string>>();
  #pods = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async askPod(policy: Policy, pod: Json): Promise<Answer> {
    const answer = await this.#create(policy, 'warn', 'v1', 'pods', pod);
    if (answer.kind === 'invalid' || !(answer.isCut || isUnprintable(pod))) return answer;
    const enforced = await this.#create(policy, 'enforce', 'v1', 'pods', pod);
    return enforced.kind === 'invalid' ? enforced : { ...enforced, stored: answer.stored };
  }

  /** Workloads are only warned about: where that is cut, the beginning is all there is. */
  async askWorkload(policy: Policy, kind: WorkloadKind, workload: Json): Promise<Answer> {
    const { apiVersion, plural } = workloadForms[kind];
    const answer = await this.#create(policy, 'warn', apiVersion, plural, workload);
    return answer.kind === 'judged' && isUnprintable(workload) ? { ...answer, isCut: true } : answer;
  }

  /** Ephemeral containers come into a pod that exists, so it has to be made. */
  async askEphemeral(policy: Policy, pod: Json, ephemeralContainers: readonly Json[]): Promise<Answer> {
    const namespace = await this.#namespace(policy, 'warn');
    const pods = this.#cluster.client.resource('v1', 'pods', namespace);
    this.#pods += 1;
    const name = `pod-${String(this.#pods)}`;
    const created = await pods.create({ ...pod, metadata: { ...metadataOf(pod), name } });
    if (isRefusal(created)) return { kind: 'invalid', message: messageOf(created) };
    const whole = bodyOf('create a pod', created);
    const path = `${pods.path}/${name}`;
    try {
      const changed = { ...whole, spec: { ...(whole['spec'] as Json), ephemeralContainers } };
      const response = await this.#cluster.client.request('PUT', `${path}/ephemeralcontainers?dryRun=All`, {
        body: changed,
      });
      const answer = readWarning(policy, response);
      return answer.kind === 'judged' && isUnprintable(changed) ? { ...answer, isCut: true } : answer;
    } finally {
      await this.#cluster.client.request('DELETE', `${path}?gracePeriodSeconds=0`);
    }
  }

  async #create(policy: Policy, mode: Mode, apiVersion: string, plural: string, object: Json): Promise<Answer> {
    const namespace = await this.#namespace(policy, mode);
    const response = await this.#cluster.client.resource(apiVersion, plural, namespace).create(object, dryRun);
    return mode === 'warn' ? readWarning(policy, response) : readRefusal(policy, response);
  }

  #namespace({ level, version }: Policy, mode: Mode): Promise<string> {
    const name = `pod-security-${this.#run}-${mode}-${level}-${version.replace('.', '-')}`;
    const known = this.#namespaces.get(name);
    if (known !== undefined) return known;
    const labels = { [PREFIX + mode]: level, [`${PREFIX}${mode}-version`]: version };
    const made = this.#cluster.client.createNamespace(name, labels).then(() => name);
    this.#namespaces.set(name, made);
    return made;
  }
}

type Mode = 'warn' | 'enforce';

/** The API server puts no warning with such characters into a header. */
function isUnprintable(object: Json): boolean {
  return /[\u007f-\u009f]|\\[bfnrt]|\\u00[01]/.test(JSON.stringify(object));
}

function readWarning({ level, version }: Policy, response: ApiResponse): Answer {
  if (isRefusal(response)) return { kind: 'invalid', message: messageOf(response) };
  const stored = bodyOf('ask on trial', response);
  const warnings = parseWarnings(response.headers['warning']);
  const prefix = `would violate PodSecurity "${level}:${version}": `;
  const ours = warnings.filter((warning) => warning.startsWith('would violate PodSecurity'));
  if (ours.length > 1 || ours.some((warning) => !warning.startsWith(prefix))) {
    throw new Error(`not what was asked, ${prefix}… once: ${JSON.stringify(ours)}`);
  }
  const [warning] = ours;
  const isCut = warning === undefined ? isMaybeIncomplete(warnings) : isMaybeCut(warning);
  return { kind: 'judged', text: warning?.slice(prefix.length) ?? '', isCut, stored };
}

function readRefusal({ level, version }: Policy, response: ApiResponse): Answer {
  if (response.status >= 200 && response.status <= 299) {
    return { kind: 'judged', text: '', isCut: false, stored: response.body };
  }
  const message = messageOf(response);
  const start = `violates PodSecurity "${level}:${version}": `;
  const at = message.indexOf(start);
  if (response.status !== 403 || at === -1) return { kind: 'invalid', message };
  return { kind: 'judged', text: message.slice(at + start.length), isCut: false, stored: {} };
}

/** 422 and 400 are about the object; anything else is about the server and no answer. */
function isRefusal({ status }: ApiResponse): boolean {
  return status === 422 || status === 400;
}

function messageOf({ body }: ApiResponse): string {
  return String(body['message'] ?? JSON.stringify(body));
}

function metadataOf(pod: Json): Json {
  return (pod['metadata'] ?? {}) as Json;
}
