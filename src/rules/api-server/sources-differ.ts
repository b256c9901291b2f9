/**
 * What an API server does, and what its flags or its pod say that it does, are two things: somebody edited one and not the
 * other, or does not tell the truth.
 *
 * Source: every fact of which two sources say different things. The surer one is believed.
 */
import { factNames } from '../../core/evidence.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import { checkApiServers } from '../lib/api-servers.ts';

export const sourcesDiffer = defineRule({
  id: 'api-server-sources-differ',
  title: 'What is declared of the API server must be what it does',
  severity: 'low',
  severityReason: 'The surer source is believed; but somebody relies on the other.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: factNames,
  controls: ['nsa/upgrading-and-application-security'],
  rationale:
    'A manifest that was changed and an API server that was not started anew, or a pod that somebody made up, show what does not hold.',
  remediation:
    'Restart the API server, or correct the manifest, until both say the same. A file of --authentication-config or --authorization-config decides where flags say otherwise.',
  repair: {
    anywhere:
      'Whatever starts kube-apiserver: restart it, so that it runs with what is written down, or write down what it runs with.',
  },
  example: {
    fails: 'requests without credentials are answered 401; Pod kube-system/kube-apiserver-a: --anonymous-auth=true\n',
    passes: 'requests without credentials are answered 401; Pod kube-system/kube-apiserver-a: --anonymous-auth=false\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      if (factNames.every((name) => server.factIfKnown(name) === undefined))
        return unknown('nothing of it was observed');
      return factNames.flatMap((name) => {
        const fact = server.factIfKnown(name);
        if (fact?.contradicted === undefined) return [];
        const others = fact.contradicted.join(', ');
        return [
          violation(name, undefined, `${fact.detail} (${fact.source}), and yet: ${others}; see which of them holds`),
        ];
      });
    });
  },
});
