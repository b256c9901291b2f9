import { auditRetention } from '../../../src/rules/api-server/audit-retention.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const unlimited = { auditing: true, auditLogMaxAge: 0, auditLogMaxBackups: 0, auditLogMaxSize: 0 };

testRule(auditRetention, [
  { name: 'an API server that limits nothing passes', yaml: '', evidence: apiServerWith(unlimited), passes: true },
  {
    name: 'one that keeps logs for as long as it must passes',
    yaml: '',
    evidence: apiServerWith({ auditing: true, auditLogMaxAge: 30, auditLogMaxBackups: 10, auditLogMaxSize: 100 }),
    passes: true,
  },
  {
    name: 'each limit that is too low fails',
    yaml: '',
    evidence: apiServerWith({ auditing: true, auditLogMaxAge: 29, auditLogMaxBackups: 9, auditLogMaxSize: 99 }),
    fails: [
      { path: '--audit-log-maxage', observed: '29', message: /set it to 30 or more$/ },
      '--audit-log-maxbackup',
      '--audit-log-maxsize',
    ],
  },
  {
    name: 'one that is known to be too low fails, although nobody can tell of the others',
    yaml: '',
    evidence: {
      ...apiServerWith({ auditing: true, auditLogMaxAge: 29 }),
      auditLogMaxSize: { unobserved: 'grant get on the URL /flagz' },
    },
    fails: ['--audit-log-maxage'],
  },
  {
    name: 'a policy says how long is long enough',
    yaml: '',
    evidence: apiServerWith({ ...unlimited, auditLogMaxAge: 29 }),
    params: { minDays: 7 },
    passes: true,
  },
  {
    name: 'where nothing is audited nothing is kept',
    yaml: '',
    evidence: apiServerWith({ auditing: false }),
    notApplicable: /^nothing is audited$/,
  },
  {
    name: 'where the flags cannot be seen it is unknown',
    yaml: '',
    evidence: { ...apiServerWith({ auditing: true }), auditLogMaxAge: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
