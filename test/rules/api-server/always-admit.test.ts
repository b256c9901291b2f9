import { alwaysAdmit } from '../../../src/rules/api-server/always-admit.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const path = '--enable-admission-plugins';

testRule(alwaysAdmit, [
  {
    name: 'an API server without it passes',
    yaml: '',
    evidence: apiServerWith({ alwaysAdmit: false }),
    passes: true,
  },
  {
    name: 'beside the default plugins it does little harm',
    yaml: '',
    evidence: apiServerWith({ alwaysAdmit: true, legacyAdmissionControl: false }),
    fails: [{ path, severity: 'low', observed: 'true', message: /does nothing beside the default plugins$/ }],
  },
  {
    name: 'in place of the default plugins it is the worst',
    yaml: '',
    evidence: apiServerWith({ alwaysAdmit: true, legacyAdmissionControl: true }),
    fails: [{ path, message: /see that the default plugins are on$/ }],
  },
  {
    name: 'where nobody knows what stands beside it, nothing may',
    yaml: '',
    evidence: apiServerWith({ alwaysAdmit: true }),
    fails: [path],
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { alwaysAdmit: { unobserved: 'GET /metrics was answered 403; grant get on the URL /metrics' } },
    unknown: /^GET \/metrics was answered 403/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
