/**
 * Makes pods for the differential test: valid for the API server, dense in what Pod Security checks read, and odd
 * wherever validation lets them be. The same seed and index give the same pod.
 *
 * What the API server demands is from k8s.io/kubernetes v1.37.2, pkg/apis/core/validation/validation.go.
 */
import { integerBetween } from '../bench/random.ts';
import { generateAnnotations } from './generator-annotations.ts';
import { chance, createDice, optional, pick, pickSome, pickValue } from './generator-dice.ts';
import type { Dice } from './generator-dice.ts';
import { generateContainerSecurityContext, generatePodSecurityContext } from './generator-security-context.ts';
import type { PodPlan } from './generator-security-context.ts';
import { generateVolumes } from './generator-volumes.ts';

export type Json = Readonly<Record<string, unknown>>;

/** As JSON would hold it: without undefined. */
export interface GeneratedPod {
  readonly metadata?: Json;
  readonly spec: Json;
  /** They can only be added to a pod that exists. */
  readonly ephemeralContainers: readonly Json[];
}

const containerNames: readonly string[] = [
  ...['web', 'a', 'b', 'z', '10', '9', '1', 'a-b', 'a0', 'ab', 'init', 'x'.repeat(63)],
  ...['proxy', 'log', 'c1', 'c10', 'c2', '0', '0-0'],
];
const hosts: readonly string[] = [
  ...['127.0.0.1', 'localhost', '::1', 'example.com', '10.0.0.10', '10.0.0.9', 'HOST'],
  ...['a "b"', 'ä', '\uff5e', '\u{1f600}'],
];
const ports: readonly number[] = [1, 9, 10, 80, 443, 8080, 65535];
const protocols: readonly string[] = ['TCP', 'UDP', 'SCTP'];

/** @param isTemplate whether it goes into a workload, where the API server demands and fills in less */
export function generatePod(seed: number, index: number, isTemplate: boolean): GeneratedPod {
  const dice = createDice(seed, index);
  const plan = planPod(dice);
  const { containers, initContainers, ephemeralContainers } = generateContainers(dice, plan);
  const { isWindows, hostUsers, hostNetwork, hostIPC } = plan;
  const canShare = !isWindows && hostUsers !== false;
  const securityContext = optional(dice, 0.97, () => generatePodSecurityContext(dice, plan));
  const spec = {
    os: isWindows ? { name: 'windows' } : optional(dice, 0.15, () => ({ name: 'linux' })),
    hostUsers,
    hostNetwork: hostNetwork || optional(dice, 0.1, () => false),
    hostPID: (canShare && chance(dice, dice.badness * 0.5)) || optional(dice, 0.1, () => false),
    hostIPC: hostIPC || optional(dice, 0.1, () => false),
    automountServiceAccountToken: optional(dice, 0.3, () => false),
    securityContext,
    volumes: optional(dice, 0.6, () => generateVolumes(dice)),
    initContainers,
    containers,
  };
  // An os that says linux forbids Windows options.
  const fixed = plan.hostProcess === undefined || isWindows ? spec : { ...spec, os: undefined };
  const annotations = generateAnnotations(dice, {
    isTemplate,
    isWindows,
    securityContext,
    containers: [...initContainers, ...containers],
  });
  return asJson({ metadata: generateMetadata(dice, annotations), spec: fixed, ephemeralContainers });
}

function planPod(dice: Dice): PodPlan {
  const isWindows = chance(dice, 0.15);
  const hostUsers = isWindows ? undefined : optional(dice, 0.35, () => chance(dice, 0.3));
  const hostProcess = isWindows || chance(dice, 0.1) ? planHostProcess(dice, hostUsers) : undefined;
  const isHostProcess = hostProcess?.pod === true || hostProcess?.containers === true;
  const canShare = hostUsers !== false;
  return {
    isWindows,
    hostUsers,
    hostProcess,
    hostNetwork: isHostProcess || (canShare && chance(dice, dice.badness * 0.5)),
    hostIPC: !isWindows && canShare && chance(dice, dice.badness * 0.5),
    podSays: { runAsNonRoot: chance(dice, 0.5), seccompProfile: chance(dice, 0.5) },
  };
}

/** Pod and containers must not contradict each other, and all containers must agree. */
function planHostProcess(dice: Dice, hostUsers: boolean | null | undefined): PodPlan['hostProcess'] {
  const plans: readonly NonNullable<PodPlan['hostProcess']>[] = [{}, { pod: false }, { containers: false }];
  const bad: typeof plans = [{ pod: true }, { containers: true }, { pod: true, containers: true }];
  return pickValue(dice, { good: plans, bad: hostUsers === false ? plans : bad });
}

function generateContainers(dice: Dice, plan: PodPlan) {
  const isCrowd = chance(dice, 0.012);
  const names = isCrowd ? longNames(dice) : shuffle(dice, containerNames).slice(0, integerBetween(dice.random, 1, 6));
  // No init containers without another.
  const first = names[0] ?? 'web';
  const hostPorts = new Set<string>();
  const containers: Json[] = [generateContainer(dice, plan, first, hostPorts, true)];
  const initContainers: Json[] = [];
  const ephemeralContainers: Json[] = [];
  for (const name of names.slice(1)) {
    if (chance(dice, 0.5)) containers.push(generateContainer(dice, plan, name, hostPorts, true));
    else if (chance(dice, 0.6)) initContainers.push(generateInitContainer(dice, plan, name));
    else ephemeralContainers.push(generateEphemeralContainer(dice, plan, name));
  }
  return { containers, initContainers, ephemeralContainers };
}

/** So many that the sentence about them does not fit into a warning. */
function longNames({ random }: Dice): string[] {
  return Array.from({ length: integerBetween(random, 20, 60) }, (_, index) => `${String(index)}-${'n'.repeat(48)}`);
}

function generateContainer(dice: Dice, plan: PodPlan, name: string, hostPorts: Set<string>, hasProbes: boolean): Json {
  // Where the containers of a pod are processes of the host, all of them have to say so.
  const saysSomething = plan.hostProcess?.containers === true ? 1 : 1 - dice.badness * 0.1;
  const probe = () => (hasProbes ? optional(dice, 0.15, () => generateAction(dice, true)) : undefined);
  return {
    name,
    image: 'registry.example.com/web:1',
    ports: optional(dice, 0.4, () => generatePorts(dice, plan, hostPorts)),
    livenessProbe: probe(),
    readinessProbe: probe(),
    startupProbe: probe(),
    lifecycle: hasProbes ? optional(dice, 0.15, () => generateLifecycle(dice)) : undefined,
    securityContext: optional(dice, saysSomething, () => generateContainerSecurityContext(dice, plan)),
  };
}

function generateInitContainer(dice: Dice, plan: PodPlan, name: string): Json {
  const isSidecar = chance(dice, 0.3);
  const container = generateContainer(dice, plan, name, new Set(), isSidecar);
  return isSidecar ? { ...container, restartPolicy: 'Always' } : container;
}

function generateEphemeralContainer(dice: Dice, plan: PodPlan, name: string): Json {
  const { image, securityContext } = generateContainer(dice, plan, name, new Set(), false);
  return { name, image, securityContext };
}

/** @param taken what a pod may use once: protocol, address and port of the node */
function generatePorts(dice: Dice, { hostNetwork }: PodPlan, taken: Set<string>): Json[] {
  const chosen: Json[] = [];
  for (const containerPort of pickSome(dice, ports, 4, true)) {
    const protocol = optional(dice, 0.6, () => pick(dice, protocols));
    const hostIP = optional(dice, 0.1, () => '10.0.0.1');
    const hostPort = generateHostPort(dice, hostNetwork, containerPort);
    const used = hostNetwork ? containerPort : (hostPort ?? 0);
    const key = `${protocol ?? 'TCP'}/${hostIP ?? ''}/${String(used)}`;
    if (used !== 0 && taken.has(key)) continue;
    taken.add(key);
    chosen.push({ containerPort, hostPort, protocol, hostIP });
  }
  return chosen;
}

function generateHostPort(dice: Dice, hostNetwork: boolean, containerPort: number): number | null | undefined {
  if (hostNetwork) return optional(dice, 0.3, () => pick(dice, [0, containerPort]));
  return optional(dice, 0.2 + dice.badness * 0.5, () => pickValue(dice, { good: [0], bad: ports }));
}

function generateLifecycle(dice: Dice): Json {
  return {
    postStart: optional(dice, 0.5, () => generateAction(dice, false)),
    preStop: optional(dice, 0.5, () => generateAction(dice, false)),
  };
}

function generateAction(dice: Dice, isProbe: boolean): Json {
  const host = optional(dice, 0.6, () => pickValue(dice, { good: [''], bad: hosts }));
  const port = pick(dice, [80, 8080]);
  return pick<Json>(dice, [
    { httpGet: { path: '/', port, host } },
    { httpGet: { port, host, scheme: 'HTTPS' } },
    { tcpSocket: { port, host } },
    { exec: { command: ['true'] } },
    isProbe ? { grpc: { port, service: null } } : { sleep: { seconds: 1 } },
  ]);
}

function generateMetadata(dice: Dice, annotations: Readonly<Record<string, string>>): Json | undefined {
  if (Object.keys(annotations).length > 0)
    return { annotations: Object.fromEntries(shuffle(dice, Object.entries(annotations))) };
  return chance(dice, 0.6) ? undefined : pick<Json>(dice, [{}, { annotations: {} }, { annotations: null }]);
}

function shuffle<T>({ random }: Dice, values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: random() }))
    .sort((one, other) => one.order - other.order)
    .map(({ value }) => value);
}

function asJson(pod: GeneratedPod | Json): GeneratedPod {
  return JSON.parse(JSON.stringify(pod)) as GeneratedPod;
}
