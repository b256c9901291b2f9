/**
 * AlwaysAdmit refuses nothing. Beside other plugins it does no harm and no good; as the only one, which the old flag
 * --admission-control makes possible, it is no admission at all.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/admit; deprecated since 1.13, off unless it is enabled.
 */
import { defineRule } from '../../core/rule.ts';
import { ENABLE } from '../lib/admission-plugins.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWithout } from '../lib/start-with.ts';

export const alwaysAdmit = defineRule({
  id: 'api-server-always-admit',
  title: 'The API server must not use the admission plugin AlwaysAdmit',
  severity: 'high',
  severityReason:
    'Where it stands in place of the default plugins nothing is refused; where those are known to stand beside it it is low.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['alwaysAdmit', 'legacyAdmissionControl'],
  controls: ['cis-1.12/1.2.10'],
  rationale:
    'The plugin admits every request; who enabled it meant to have no admission control, or took it for something else.',
  remediation: startWithout(`AlwaysAdmit in ${ENABLE} and in the old --admission-control`),
  repair: { unlist: { 'enable-admission-plugins': 'AlwaysAdmit', 'admission-control': 'AlwaysAdmit' } },
  example: {
    fails: '/flagz: --admission-control=AlwaysAdmit\n',
    passes: '/flagz: --enable-admission-plugins=NodeRestriction\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('alwaysAdmit');
      if (!fact.value) return [];
      const hasDefaults = server.factIfKnown('legacyAdmissionControl')?.value === false;
      return [
        hasDefaults
          ? blame(fact, ENABLE, 'take AlwaysAdmit out, which does nothing beside the default plugins', 'low')
          : blame(fact, ENABLE, 'take AlwaysAdmit out, and see that the default plugins are on'),
      ];
    });
  },
});
