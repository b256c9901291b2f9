/**
 * Without a key for tokens of service accounts, that of the API server's own certificate has to serve for both.
 *
 * Source: --service-account-key-file, --service-account-signing-endpoint and --tls-private-key-file.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWith } from '../lib/start-with.ts';

export const serviceAccountKey = defineRule({
  id: 'api-server-service-account-key',
  title: 'Tokens of service accounts must have a key of their own',
  severity: 'medium',
  severityReason: 'Whoever gets the key of the certificate then signs a token for every service account.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['serviceAccountKeyFile'],
  controls: ['cis-1.12/1.2.22', 'nsa/authentication-and-authorization'],
  rationale:
    'One key for two things is changed for neither: a new certificate would end every token, and a key that leaks opens both.',
  remediation: startWith(
    '--service-account-key-file naming a key that serves nothing else, or from Kubernetes 1.34 with --service-account-signing-endpoint',
  ),
  repair: { set: { 'service-account-key-file': '/etc/kubernetes/pki/sa.pub' } },
  example: {
    fails: 'Arguments of kube-apiserver: --service-account-key-file is not given.\n',
    passes: '/flagz: --service-account-key-file is given.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('serviceAccountKeyFile');
      return fact.value ? [] : [blame(fact, '--service-account-key-file', 'name a key that serves nothing else')];
    });
  },
});
