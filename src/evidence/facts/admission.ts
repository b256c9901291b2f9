/** Which admission plugins an API server asks. */
import { ADMISSION, MUTATING_POLICY_CHECKS } from '../metrics.ts';
import { isRead } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';
import { readFlag } from '../server-flags.ts';
import type { ServerFlags } from '../server-flags.ts';
import { tellFromGuard, tellFromPullPolicy, tellFromStranger, tellFromWarnings } from './admission-trials.ts';
import { readGate } from './feature-gate.ts';
import type { FeatureGate } from './feature-gate.ts';
import {
  ask,
  flagWitness,
  isSaid,
  isSettled,
  NOTHING_TO_SAY,
  presence,
  saidBy,
  saidByMetrics,
  silentAbout,
  silentOf,
} from './witness.ts';
import type { Testimony, Witness, Witnesses } from './witness.ts';

interface Plugin {
  readonly names: readonly string[];
  /** From which minor version it is on by default; Infinity for never. */
  readonly onSince: number;
  /** The minor versions that have it. */
  readonly servedSince: number;
  readonly servedUntil: number;
  /** Whether every write asks it, so that it leaves a series soon. */
  readonly isAskedForWrites: boolean;
  /** Without which it does nothing, although it is asked and leaves a series. */
  readonly gate?: FeatureGate;
}

/** Source: kube-apiserver v1.37.2 pkg/kubeapiserver/options/plugins.go, and the changelogs of those that are gone. */
function plugin(name: string, facts: Partial<Omit<Plugin, 'names'>> = {}): Plugin {
  return { names: [name], onSince: 0, servedSince: 0, servedUntil: Infinity, isAskedForWrites: true, ...facts };
}
const OFF = { onSince: Infinity } as const;

export const admission = {
  alwaysAdmit: witnessesOf(plugin('AlwaysAdmit', OFF)),
  alwaysPullImages: witnessesOf(plugin('AlwaysPullImages', OFF), tellFromPullPolicy),
  denyEscalatingExec: witnessesOf({
    ...plugin('DenyEscalatingExec', { ...OFF, servedUntil: 20, isAskedForWrites: false }),
    names: ['DenyEscalatingExec', 'DenyExecOnPrivileged'],
  }),
  denyServiceExternalIPs: witnessesOf(plugin('DenyServiceExternalIPs', { ...OFF, servedSince: 21 })),
  eventRateLimit: witnessesOf(plugin('EventRateLimit', OFF)),
  mutatingAdmissionPolicy: witnessesOf(
    plugin('MutatingAdmissionPolicy', { servedSince: 32, gate: { name: 'MutatingAdmissionPolicy', onSince: 36 } }),
    tellFromMutations,
  ),
  namespaceLifecycle: witnessesOf(plugin('NamespaceLifecycle')),
  nodeRestriction: witnessesOf(plugin('NodeRestriction', OFF)),
  podSecurity: witnessesOf(plugin('PodSecurity', { servedSince: 22, onSince: 23 }), tellFromWarnings),
  podSecurityPolicy: witnessesOf(plugin('PodSecurityPolicy', { ...OFF, servedUntil: 24 })),
  serviceAccountAdmission: witnessesOf(plugin('ServiceAccount'), tellFromStranger),
  validatingAdmissionPolicy: witnessesOf(
    plugin('ValidatingAdmissionPolicy', { servedSince: 26, onSince: 30 }),
    tellFromGuard,
  ),
  validatingWebhooks: witnessesOf(plugin('ValidatingAdmissionWebhook', { onSince: 9 })),
  admissionConfigurationFile: [presence('admission-control-config-file')],
  legacyAdmissionControl: [
    flagWitness((flags) => {
      const { state } = readFlag(flags, 'admission-control');
      if (state === 'unknown') return silentAbout(flags, 'admission-control');
      return state === 'unset'
        ? saidBy(flags, false, '--admission-control is not given')
        : saidBy(flags, true, '--admission-control is given, so that plugins that it does not name are off');
    }),
  ],
} satisfies Partial<Witnesses>;

/** @param seen what was seen of it when pods were tried */
function witnessesOf(one: Plugin, ...seen: readonly Witness<boolean>[]): readonly Witness<boolean>[] {
  return [
    (readings) => tellFromVersion(one, readings),
    ...seen,
    (readings) => tellFromMetrics(one, readings),
    tellFromFlags(one),
  ];
}

function tellFromVersion(
  { names, servedSince, servedUntil }: Plugin,
  { version }: ServerReadings,
): ReturnType<Witness<boolean>> {
  return ask(version, ({ minor, source = '/version' }) =>
    minor < servedSince || minor > servedUntil
      ? {
          value: false,
          source,
          confidence: 'high',
          detail: `Kubernetes 1.${minor} has no admission plugin ${names.join(' or ')}`,
        }
      : NOTHING_TO_SAY,
  );
}

function tellFromMetrics(
  { names, isAskedForWrites, gate }: Plugin,
  { metrics }: ServerReadings,
): ReturnType<Witness<boolean>> {
  return ask(metrics, (reading) => {
    const asked = new Set(reading.series.get(ADMISSION)?.map((labels) => labels['name']) ?? []);
    const [name = ''] = names;
    if (gate !== undefined && asked.has(name)) {
      return {
        silent: `/metrics shows that the admission plugin ${name} is asked, and not whether its feature gate is on`,
      };
    }
    if (names.some((one) => asked.has(one))) return saidByMetrics(true, `the admission plugin ${name} was asked`);
    // Others were asked: then it would have been, too.
    return isSettled(reading) && asked.size > 0 && isAskedForWrites
      ? saidByMetrics(false, `the admission plugin ${name} was never asked, and others were`)
      : { silent: `/metrics does not show yet whether the admission plugin ${name} is asked` };
  });
}

/** A policy was evaluated: then both the plugin and its feature are on. */
function tellFromMutations({ metrics }: ServerReadings): ReturnType<Witness<boolean>> {
  return ask(metrics, ({ series }) =>
    (series.get(MUTATING_POLICY_CHECKS)?.length ?? 0) > 0
      ? saidByMetrics(true, 'a MutatingAdmissionPolicy was evaluated')
      : NOTHING_TO_SAY,
  );
}

function tellFromFlags(one: Plugin): Witness<boolean> {
  return flagWitness((flags, { version }) => {
    const testimony = tellFromPluginFlags(one, flags, version);
    if (one.gate === undefined || !isSaid(testimony) || !testimony.value) return testimony;
    return findClosedGate(one.gate, flags, version) ?? testimony;
  });
}

function tellFromPluginFlags(
  { names, onSince }: Plugin,
  flags: ServerFlags,
  version: ServerReadings['version'],
): Testimony<boolean> {
  const [name = ''] = names;
  const isNamed = (values: readonly string[]): boolean => names.some((one) => values.includes(one));
  const legacy = readFlag(flags, 'admission-control');
  if (legacy.state === 'set') {
    const isOn = isNamed(legacy.values);
    return saidBy(flags, isOn, `--admission-control ${isOn ? 'names' : 'does not name'} ${name}`);
  }
  const enabled = readFlag(flags, 'enable-admission-plugins');
  if (enabled.state === 'set' && isNamed(enabled.values)) {
    return saidBy(flags, true, `--enable-admission-plugins names ${name}`);
  }
  const disabled = readFlag(flags, 'disable-admission-plugins');
  if (disabled.state === 'set' && isNamed(disabled.values)) {
    return saidBy(flags, false, `--disable-admission-plugins names ${name}`);
  }
  if ([legacy, enabled, disabled].some(({ state }) => state === 'hidden' || state === 'unknown')) {
    return silentAbout(flags, 'enable-admission-plugins');
  }
  // From some source of flags, what a distribution adds by itself is not shown.
  if (flags.coverage === 'partial') return silentAbout(flags, 'enable-admission-plugins');
  if (onSince === Infinity) return saidBy(flags, false, `--enable-admission-plugins does not name ${name}`);
  if (!isRead(version)) return silentOf(version);
  const isOn = version.read.minor >= onSince;
  return saidBy(flags, isOn, `${name} is ${isOn ? 'on' : 'off'} by default in Kubernetes 1.${version.read.minor}`);
}

/** What is to be said where the plugin does nothing, or may do nothing, for want of its feature. */
function findClosedGate(
  gate: FeatureGate,
  flags: ServerFlags,
  version: ServerReadings['version'],
): Testimony<boolean> | undefined {
  if (!isRead(version)) return silentOf(version);
  const { minor } = version.read;
  const isOpen = readGate(flags, gate, minor);
  if (isOpen === undefined) return silentAbout(flags, 'feature-gates');
  return isOpen ? undefined : saidBy(flags, false, `the feature ${gate.name} is off in Kubernetes 1.${minor}`);
}
