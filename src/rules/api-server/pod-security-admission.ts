/**
 * Without any mechanism that refuses pods, who may create pods may create privileged ones, and has the nodes.
 *
 * The plugin PodSecurity is on by default, and enforces nothing until a namespace asks for it, or the file of
 * --admission-control-config-file says what holds where none does. Which namespaces ask for nothing,
 * namespace-pod-security-level tells one by one.
 *
 * Source: k8s.io/pod-security-admission v0.37.2; PodSecurityPolicy until 1.24, which refuses what no policy allows.
 */
import { shippedLabels } from '../../api/v1alpha1/group.ts';
import { defineRule, unknown } from '../../core/rule.ts';
import type { CheckResult } from '../../core/rule.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { levelLabel, readEnforcedLevel } from '../../pod-security/enforced-level.ts';
import { DISABLE, keepPlugin } from '../lib/admission-plugins.ts';
import { checkApiServers } from '../lib/api-servers.ts';
import type { JudgedServer } from '../lib/api-servers.ts';
import { judgeWithoutPlugin, otherAdmissionFacts, reviewerSources } from '../lib/other-admission.ts';

const ENFORCE = levelLabel('enforce');

export const podSecurityAdmission = defineRule({
  id: 'api-server-pod-security-admission',
  title: 'The API server must have a mechanism in force that refuses dangerous pods',
  severity: 'high',
  severityReason: 'A right to create pods, which many have, is then a right over the nodes.',
  subject: 'APIServer',
  reads: ['Evidence', ...reviewerSources],
  facts: ['podSecurity', 'podSecurityPolicy', ...otherAdmissionFacts],
  controls: ['cis-1.12/5.2.1', 'nsa/pod-security'],
  rationale:
    'RBAC says who may create pods, and not which: only admission refuses one that is privileged or mounts the disk of its node.',
  remediation: `Label namespaces ${ENFORCE}=baseline or restricted, or set that as the default of a PodSecurityConfiguration in the file of --admission-control-config-file (cluster.apiServer.admissionControl in Talos). ${keepPlugin('PodSecurity')}`,
  repair: {
    unlist: { 'disable-admission-plugins': 'PodSecurity' },
    file: {
      kind: 'AdmissionConfiguration',
      content: {
        plugins: [
          {
            name: 'PodSecurity',
            configuration: {
              apiVersion: 'pod-security.admission.config.k8s.io/v1',
              kind: 'PodSecurityConfiguration',
              defaults: { enforce: 'baseline', audit: 'restricted', warn: 'restricted' },
              exemptions: { namespaces: ['kube-system'] },
            },
          },
        ],
      },
    },
    own: { managed: 'Labels of namespaces take no flag and no file.' },
  },
  example: {
    fails: '/flagz: --disable-admission-plugins=PodSecurity\n',
    passes: `/flagz: PodSecurity is on by default; namespace shop: ${ENFORCE}=baseline\n`,
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => judgeMechanism(snapshot, server));
  },
});

function judgeMechanism(snapshot: Snapshot, server: JudgedServer): CheckResult {
  // Until 1.24, beside the other or in its place.
  if (server.factIfKnown('podSecurityPolicy')?.value === true) return [];
  const plugin = server.fact('podSecurity');
  const request = { operation: 'CREATE', resource: 'pods' } as const;
  const instead = 'refuse dangerous pods';
  if (plugin.value && isAnyEnforced(snapshot)) return [];
  server.fact('podSecurityPolicy');
  if (!plugin.value) {
    const advice = 'do not disable PodSecurity, and label namespaces with a level to enforce';
    return judgeWithoutPlugin(plugin, snapshot, server, { request, path: DISABLE, advice, instead });
  }
  if (server.fact('admissionConfigurationFile').value) {
    return unknown(
      `no namespace has the label ${ENFORCE}, and whether the file of --admission-control-config-file sets a default cannot be seen from outside`,
    );
  }
  const advice = `no namespace has the label ${ENFORCE} at baseline or restricted, so that it refuses nothing; label namespaces`;
  return judgeWithoutPlugin(plugin, snapshot, server, { request, path: ENFORCE, advice, instead });
}

/** That Merlon's own namespaces enforce a level says nothing of what people's do. */
function isAnyEnforced(snapshot: Snapshot): boolean {
  for (const { metadata } of snapshot.list('Namespace')) {
    if (isShipped(metadata.labels)) continue;
    const { level } = readEnforcedLevel(metadata.labels);
    if (level === 'baseline' || level === 'restricted') return true;
  }
  return false;
}

function isShipped(labels: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(shippedLabels).every(([name, value]) => labels[name] === value);
}
