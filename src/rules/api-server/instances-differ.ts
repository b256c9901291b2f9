/**
 * API servers of one cluster that were started in different ways: a request is judged by the one that it happens to reach.
 *
 * Source: every fact of every API server. A version that differs is an upgrade under way, or one that was forgotten.
 */
import { factNames } from '../../core/evidence.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { findDrift, findUncompared } from '../../core/server-evidence.ts';

const MAX_NAMED = 3;

export const instancesDiffer = defineRule({
  id: 'api-server-instances-differ',
  title: 'All API servers of a cluster must be set up alike',
  severity: 'medium',
  severityReason: 'Whatever one of them refuses can be tried again until another one answers.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: factNames,
  controls: ['nsa/upgrading-and-application-security'],
  rationale:
    'A load balancer sends a request to any of them: the cluster is as safe as the weakest, and what is seen of one says nothing of another.',
  remediation:
    'Start all of them with the same flags and files: look for the node whose manifest, configuration or version was not changed with the others.',
  repair: {
    anywhere:
      'Whatever starts kube-apiserver: give each of them the same flags, files and version, and restart the one that differs.',
  },
  example: {
    fails: '10.0.0.5:6443: --anonymous-auth=false; 10.0.0.6:6443: --anonymous-auth is not given\n',
    passes: '10.0.0.5:6443 and 10.0.0.6:6443: --anonymous-auth=false\n',
  },

  check(_apiServer, { snapshot }) {
    const servers = snapshot.apiServers();
    if (servers.length < 2) return notApplicable('one API server is known');
    const drift = findDrift(servers);
    if (drift.length > 0) {
      return drift.map(({ fact, detail }) =>
        violation(fact, undefined, `API servers differ in ${fact}: ${detail}; set them up alike`),
      );
    }
    const uncompared = findUncompared(servers);
    if (uncompared === undefined) return [];
    const { facts, why } = uncompared;
    const [some, more] = [facts.slice(0, MAX_NAMED).join(', '), facts.length > MAX_NAMED ? ', …' : ''];
    const which = facts.length === 1 ? 'one fact is' : `${facts.length} facts are`;
    return unknown(`${which} not known of every API server (${some}${more}): ${why}`);
  },
});
