/** `merlon api-server` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { severities } from '../../core/severity.ts';
import type { ApiServerOptions } from '../api-server-command.ts';
import { collectEndpoint } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';

export function addApiServer(program: Command, own: CommandProcess): void {
  program
    .command('api-server')
    .summary('judge how the API server is set up')
    .description(
      'Judges how the API server of a live cluster is set up, with your own rights and without touching its host: by its flags, metrics, answers and handshakes. Nothing is written anywhere.',
    )
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option(
      '--dry-run-probes',
      'also try pods in the namespace merlon-probes by dry runs, which nothing comes of, to see which admission plugins are on (needs config/probes in the cluster)',
      false,
    )
    .option(
      '--api-server-endpoint <host:port>',
      'an API server of the cluster, to be judged by itself; repeat it for each (default: the one of the kubeconfig)',
      collectEndpoint,
      [],
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .option(
      '--evidence',
      'also list every fact, who says so, how sure it is and how long ago it was read, or what would make it known',
      false,
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with 1 for failures of this severity or above (default: the threshold of the policy that decides)',
      ).choices(severities),
    )
    .addHelpText(
      'after',
      `
What no source tells is unknown, and says which permission, flag or attestation would make it known
(docs/api-server.md). Six requests are sent without credentials, and four TLS handshakes made.
An API server that you name is asked only once it has shown the certificate of kubernetes.default.svc.

Exit codes: 0 clean; 1 failures at --fail-on or above; 2 usage; 4 incomplete (something could not be observed).

Examples:
  merlon api-server
  merlon api-server --evidence
  merlon api-server --api-server-endpoint 10.0.0.5:6443 --api-server-endpoint 10.0.0.6:6443
  merlon api-server -o json --fail-on medium`,
    )
    .action(async (options: ApiServerOptions) => {
      const { runApiServer } = await import('../api-server-command.ts');
      own.exitCode = await runApiServer(options, own);
    });
}
