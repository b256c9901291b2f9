/**
 * Profiles tell what the API server is doing, and taking one costs it.
 *
 * Source: --profiling, which is true by default.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWith } from '../lib/start-with.ts';

export const profiling = defineRule({
  id: 'api-server-profiling',
  title: 'The API server must not serve profiles',
  severity: 'low',
  severityReason: 'Only who may already read every URL of the API server can ask for a profile.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['profiling'],
  controls: ['cis-1.12/1.2.15'],
  rationale:
    'A profile shows what the API server works on, and taking one slows it down, so that it helps whoever wants to know or to disturb.',
  remediation: startWith('--profiling=false'),
  repair: { set: { profiling: 'false' } },
  example: {
    fails: '/flagz: --profiling=true\n',
    passes: '/flagz: --profiling=false\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('profiling');
      return fact.value ? [blame(fact, '--profiling', 'start kube-apiserver with --profiling=false')] : [];
    });
  },
});
