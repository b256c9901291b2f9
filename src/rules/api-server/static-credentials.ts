/**
 * Tokens and passwords from a file hold until the API server is started without them, and lie there in clear text.
 *
 * Source: --token-auth-file, and --basic-auth-file, which is gone since Kubernetes 1.19.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWithout } from '../lib/start-with.ts';

const files = [
  { name: 'staticTokenFile', flag: '--token-auth-file' },
  { name: 'basicAuthenticationFile', flag: '--basic-auth-file' },
] as const;

export const staticCredentials = defineRule({
  id: 'api-server-static-credentials',
  title: 'The API server must not accept tokens or passwords from a file',
  severity: 'high',
  severityReason: 'Whoever reads the file, or a backup of it, is every user in it for good.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: files.map(({ name }) => name),
  controls: ['cis-1.12/1.2.2', 'nsa/authentication-and-authorization'],
  rationale:
    'Such a token or password never ends, cannot be taken back without a restart of the API server, and lies on its machine in clear text.',
  remediation: `Let people in by an issuer under jwt in an AuthenticationConfiguration (apiserver.config.k8s.io/v1), and programs by tokens of service accounts. ${startWithout('--token-auth-file and --basic-auth-file')}`,
  repair: { drop: ['token-auth-file', 'basic-auth-file'] },
  example: {
    fails: '/flagz: --token-auth-file is given.\n',
    passes: '/flagz: --token-auth-file is not given.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const given = files.flatMap(({ name, flag }) => {
        const fact = server.factIfKnown(name);
        return fact?.value === true ? [blame(fact, flag, `start kube-apiserver without ${flag}`)] : [];
      });
      if (given.length > 0) return given;
      for (const { name } of files) server.fact(name);
      return [];
    });
  },
});
