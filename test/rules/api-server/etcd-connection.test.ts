import { etcdConnection } from '../../../src/rules/api-server/etcd-connection.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(etcdConnection, [
  {
    name: 'an API server that verifies no etcd fails',
    yaml: '',
    evidence: apiServerWith({ etcdClientCertificate: true, etcdAuthority: false }),
    fails: ['--etcd-cafile'],
  },
  {
    name: 'one that shows it nothing either fails twice',
    yaml: '',
    evidence: apiServerWith({ etcdClientCertificate: false, etcdAuthority: false }),
    fails: ['--etcd-certfile', '--etcd-cafile'],
  },
  {
    name: 'one that does both passes',
    yaml: '',
    evidence: apiServerWith({ etcdClientCertificate: true, etcdAuthority: true }),
    passes: true,
  },
  {
    name: 'one that is known not to verify etcd fails, although nobody can tell what it shows',
    yaml: '',
    evidence: {
      etcdClientCertificate: { unobserved: 'grant get on the URL /flagz' },
      ...apiServerWith({ etcdAuthority: false }),
    },
    fails: ['--etcd-cafile'],
  },
  {
    name: 'one that is known to show nothing fails, although nobody can tell whether it verifies',
    yaml: '',
    evidence: {
      etcdAuthority: { unobserved: 'grant get on the URL /flagz' },
      ...apiServerWith({ etcdClientCertificate: false }),
    },
    fails: ['--etcd-certfile'],
  },
  {
    name: 'one that verifies it is unknown where nobody can tell what it shows',
    yaml: '',
    evidence: {
      etcdClientCertificate: { unobserved: 'grant get on the URL /flagz' },
      ...apiServerWith({ etcdAuthority: true }),
    },
    unknown: /^grant get on the URL \/flagz$/,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { etcdClientCertificate: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
