/**
 * A namespace that pins an old version of the Pod Security Standards goes without the checks of the newer ones; one that
 * pins a version that is still to come changes by itself with every upgrade until then.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/registry.go: a version newer than the API server's counts as its
 * newest; Kubernetes supports a minor release for about a year, which is three of them.
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { resolveAdmissionPolicy } from '../../pod-security/admission.ts';
import type { AdmissionMode } from '../../pod-security/admission.ts';
import { levelLabel, versionLabel } from '../../pod-security/enforced-level.ts';
import { LATEST_VERSION, printVersion } from '../../pod-security/version.ts';

export const podSecurityVersion = defineRule({
  id: 'namespace-pod-security-version',
  title: 'Pod Security versions must be no older than the policy allows, and no newer than the API server',
  severity: 'low',
  severityReason: 'Each version adds or corrects a check or two; the level as such stays in force.',
  subject: 'Namespace',
  reads: ['ServerVersion'],
  controls: ['cis-1.12/5.2.1', 'nsa/pod-security'],
  params: {
    type: 'object',
    properties: {
      maxAge: {
        type: 'integer',
        format: 'int32',
        minimum: 0,
        maximum: 100,
        default: 3,
        description: "How many minor versions a pinned version may be behind the API server's.",
      },
    },
  },
  rationale:
    'A pin keeps an upgrade of the cluster from refusing what ran before, and that is what it is for; forgotten, it keeps out every check that came later. A pin to a version that the API server does not know yet is no pin.',
  remediation: `Judge the workloads by the API server's version ("merlon pod-security --namespaces"), then raise ${versionLabel('enforce')} to it.`,
  example: {
    fails: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { ${levelLabel('enforce')}: restricted, ${versionLabel('enforce')}: v1.24 }
`,
    passes: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: { ${levelLabel('enforce')}: restricted, ${versionLabel('enforce')}: v1.37 }
`,
  },

  check({ metadata: { labels } }, { params, podSecurityVersion: served }) {
    const { policy } = resolveAdmissionPolicy(labels);
    // What is privileged has no checks, in no version.
    const pinned = (['enforce', 'audit', 'warn'] as const).filter(
      (mode) =>
        labels?.[versionLabel(mode)] !== undefined &&
        policy[mode].version !== 'latest' &&
        policy[mode].level !== 'privileged',
    );
    if (pinned.length === 0) return notApplicable('no version of the Pod Security Standards is pinned');
    return pinned.flatMap((mode) => judge(mode, Number(policy[mode].version), served, params.maxAge));
  },
});

/** @param served Infinity for the latest that there is */
function judge(mode: AdmissionMode, version: number, served: number, maxAge: number): readonly Violation[] {
  const label = versionLabel(mode);
  const field = `metadata.labels["${label}"]`;
  const newest = Number.isFinite(served) ? served : LATEST_VERSION;
  // Nothing is refused by what only audits and warns.
  const isHarmless = mode !== 'enforce';
  if (version > served) {
    return [
      violation(
        field,
        printVersion(version),
        `${label} is ${printVersion(version)}, and the API server knows ${printVersion(newest)}: it uses its newest and changes with each upgrade; pin ${printVersion(newest)}`,
        'info',
      ),
    ];
  }
  if (newest - version <= maxAge) return [];
  return [
    violation(
      field,
      printVersion(version),
      `${label} is ${printVersion(version)}, and the newest is ${printVersion(newest)}; raise it once the workloads pass (at most ${maxAge} behind is allowed)`,
      isHarmless ? 'info' : undefined,
    ),
  ];
}
