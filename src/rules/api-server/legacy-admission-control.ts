/**
 * --admission-control names every plugin that there is to be: those that it leaves out are off, also such that became
 * defaults after the list was written. The newer flags change the defaults.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/kubeapiserver/options/admission.go; deprecated since 1.10, and still read.
 */
import type { FactName } from '../../core/evidence.ts';
import { defineRule } from '../../core/rule.ts';
import { DISABLE, ENABLE } from '../lib/admission-plugins.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import type { JudgedServer } from '../lib/api-servers.ts';
import { startWithout } from '../lib/start-with.ts';

/** Of the plugins of which there is a fact, those that are on by default, and since which minor version. */
const defaults = [
  { fact: 'namespaceLifecycle', plugin: 'NamespaceLifecycle', since: 0 },
  { fact: 'serviceAccountAdmission', plugin: 'ServiceAccount', since: 0 },
  { fact: 'validatingWebhooks', plugin: 'ValidatingAdmissionWebhook', since: 9 },
  { fact: 'podSecurity', plugin: 'PodSecurity', since: 23 },
  { fact: 'validatingAdmissionPolicy', plugin: 'ValidatingAdmissionPolicy', since: 30 },
] as const satisfies readonly { fact: FactName; plugin: string; since: number }[];

export const legacyAdmissionControl = defineRule({
  id: 'api-server-legacy-admission-control',
  title: 'The API server must not be given its admission plugins by --admission-control',
  severity: 'medium',
  severityReason: 'It disables by omission; what matters of that is a failure of its own.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['legacyAdmissionControl', 'minorVersion', ...defaults.map(({ fact }) => fact)],
  controls: ['cis-1.12/1.2.12', 'cis-1.12/1.2.13', 'nsa/pod-security'],
  rationale:
    'Whatever the list does not name is off, silently: a list from before Kubernetes 1.23 turns PodSecurity off, one from before 1.30 the ValidatingAdmissionPolicies that somebody believes to be in force.',
  remediation: `${startWithout('--admission-control')} Name what is wanted beyond the defaults in ${ENABLE}, and what is not in ${DISABLE}: neither can be given beside the old flag. What a plugin has to be told stands in an AdmissionConfiguration (apiserver.config.k8s.io/v1), in the file of --admission-control-config-file.`,
  repair: { drop: ['admission-control'], enable: ['NodeRestriction'] },
  example: {
    fails: '/flagz: --admission-control=NamespaceLifecycle,ServiceAccount\n',
    passes: '/flagz: --enable-admission-plugins=NodeRestriction\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('legacyAdmissionControl');
      if (!fact.value) return [];
      const off = listDisabled(server);
      const disabled = off.length === 0 ? '' : `; off because of it: ${off.join(', ')}`;
      return [blame(fact, '--admission-control', `name plugins in ${ENABLE} and ${DISABLE} instead${disabled}`)];
    });
  },
});

/** Where the version is not known, what may not be a default yet is not said to be off because of this. */
function listDisabled(server: JudgedServer): readonly string[] {
  const minor = server.factIfKnown('minorVersion')?.value ?? 0;
  return defaults
    .filter(({ fact, since }) => since <= minor && server.factIfKnown(fact)?.value === false)
    .map(({ plugin }) => plugin);
}
