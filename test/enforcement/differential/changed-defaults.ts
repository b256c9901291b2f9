/** Pods in which is set what they do not say. */
import { resolveParams } from '../../../src/core/params.ts';
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { templateContextOf } from '../../../src/core/rule-contexts.ts';
import type { Rule, Violation } from '../../../src/core/rule.ts';
import { isMirrorPod } from '../../../src/core/token-mounts.ts';
import { defaultingRulesOf } from '../../../src/enforcement/plan/pod-defaults.ts';
import { predictDefaults } from '../../../src/enforcement/plan/predicted-pod.ts';
import { rules } from '../../../src/rules/index.ts';
import { compareChanges } from './changed-pods.ts';

const defaulting = defaultingRulesOf(rules);
const defaults = defaulting.map(({ sets }) => sets);

/** Of which a pod may say what the rule refuses. */
const refusing = [
  'pod-privilege-escalation',
  'pod-run-as-non-root',
  'pod-seccomp-profile',
  'pod-capabilities-restricted',
];

export const changedDefaults = compareChanges({
  family: 'pod-defaults',
  part: 14,
  aims: [
    ...['Windows pods', 'static pods'],
    ...defaulting.map(({ id }) => `passes by what is set: ${id}`),
    ...refusing.map((id) => `fails by what stays: ${id}`),
  ],
  isChanged: (spec) => JSON.stringify(spec).includes('"runAsNonRoot":true'),
  predict: (plain) => predictDefaults(plain, defaults),
  judge(plain, changed) {
    const found = defaulting.map(({ id }) => ({
      id,
      before: violationsOf(id, plain),
      left: violationsOf(id, changed),
    }));
    return {
      counted: [
        ...(isWindows(plain) ? ['Windows pods'] : []),
        ...found
          .filter(({ before, left }) => left.length === 0 && before.length > 0)
          .map(({ id }) => `passes by what is set: ${id}`),
        ...found.filter(({ left }) => left.length > 0).map(({ id }) => `fails by what stays: ${id}`),
      ],
      unexplained: isMirrorPod(plain)
        ? []
        : found.flatMap(({ id, left }) =>
            left.filter((violation) => says[id]?.(changed, violation) !== true).map(({ path }) => `${id} at ${path}`),
          ),
    };
  },
});

function violationsOf(id: string, pod: PodTemplate): readonly Violation[] {
  const rule = rules.find((one): one is Rule<'Workload'> => one.id === id && one.subject === 'Workload');
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const result = rule.check(pod, templateContextOf(resolveParams(rule), Infinity));
  if ('outcome' in result) {
    if (isWindows(pod) || pod.spec.hostUsers === false) return [];
    throw new Error(`${id}: ${result.reason}`);
  }
  // Which groups an application is in only it knows.
  return result.filter(({ path }) => id !== 'pod-root-groups' || path.endsWith('supplementalGroupsPolicy'));
}

type Says = (pod: PodTemplate, violation: Violation) => boolean;

/** Whether it is the pod itself that says what a rule still refuses in it. */
const says: Readonly<Record<string, Says>> = {
  'pod-privilege-escalation': (pod, { path }) => {
    const { privileged, allowPrivilegeEscalation, capabilities } = containerAt(pod, path);
    return (
      privileged === true || allowPrivilegeEscalation === true || capabilities?.add?.includes('CAP_SYS_ADMIN') === true
    );
  },
  'pod-run-as-non-root': (pod) =>
    isWindows(pod) || contextsOf(pod).some((context) => context?.runAsNonRoot === false || context?.runAsUser === 0),
  'pod-seccomp-profile': (pod) =>
    contextsOf(pod).some((context) => context?.seccompProfile?.type === 'Unconfined') ||
    /unconfined|localhost/.test(pod.metadata?.annotations?.['seccomp.security.alpha.kubernetes.io/pod'] ?? ''),
  'pod-capabilities-restricted': (pod, { path }) => {
    const { capabilities } = containerAt(pod, path);
    return capabilities?.drop?.includes('ALL') === false || capabilities?.add !== undefined;
  },
  'pod-read-only-root-filesystem': (pod, { path }) => containerAt(pod, path).readOnlyRootFilesystem === false,
  'pod-root-groups': (pod) => isWindows(pod) || pod.spec.securityContext?.supplementalGroupsPolicy === 'Merge',
};

function isWindows({ spec }: PodTemplate): boolean {
  return spec.os?.name === 'windows';
}

function contextsOf({ spec: { securityContext, containers, initContainers = [] } }: PodTemplate) {
  return [securityContext, ...[...containers, ...initContainers].map((container) => container.securityContext)];
}

function containerAt({ spec }: PodTemplate, path: string) {
  const [, list, index] = /^spec\.(containers|initContainers)\[(\d+)\]/.exec(path) ?? [];
  const container = list === 'initContainers' ? spec.initContainers?.[Number(index)] : spec.containers[Number(index)];
  return container?.securityContext ?? {};
}
