import { kubeletConnection } from '../../../src/rules/api-server/kubelet-connection.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(kubeletConnection, [
  {
    name: 'an API server that verifies no kubelet fails',
    yaml: '',
    evidence: apiServerWith({ kubeletClientCertificate: true, kubeletAuthority: false }),
    fails: ['--kubelet-certificate-authority'],
  },
  {
    name: 'one that shows them nothing either fails twice',
    yaml: '',
    evidence: apiServerWith({ kubeletClientCertificate: false, kubeletAuthority: false }),
    fails: ['--kubelet-client-certificate', '--kubelet-certificate-authority'],
  },
  {
    name: 'one that does both passes',
    yaml: '',
    evidence: apiServerWith({ kubeletClientCertificate: true, kubeletAuthority: true }),
    passes: true,
  },
  {
    name: 'one that is known not to verify kubelets fails, although nobody can tell what it shows',
    yaml: '',
    evidence: {
      kubeletClientCertificate: { unobserved: 'grant get on the URL /flagz' },
      ...apiServerWith({ kubeletAuthority: false }),
    },
    fails: ['--kubelet-certificate-authority'],
  },
  {
    name: 'one that is known to show nothing fails, although nobody can tell whether it verifies',
    yaml: '',
    evidence: {
      kubeletAuthority: { unobserved: 'grant get on the URL /flagz' },
      ...apiServerWith({ kubeletClientCertificate: false }),
    },
    fails: ['--kubelet-client-certificate'],
  },
  {
    name: 'one that verifies them is unknown where nobody can tell what it shows',
    yaml: '',
    evidence: {
      kubeletClientCertificate: { unobserved: 'grant get on the URL /flagz' },
      ...apiServerWith({ kubeletAuthority: true }),
    },
    unknown: /^grant get on the URL \/flagz$/,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { kubeletClientCertificate: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
