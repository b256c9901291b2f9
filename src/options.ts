/** What the operator can be told on its command line. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { OPERATOR_NAMESPACE } from './api/v1alpha1/group.ts';
import { collectEndpoint, parseCount, parseSeconds } from './cli/option-values.ts';
import { defaultEvidenceIntervals } from './evidence/evidence-loop.ts';
import { DEFAULT_BUDGET } from './remediation/budget.ts';
import { version } from './version.ts';

const logLevels = ['error', 'warn', 'info', 'debug'] as const;

export interface OperatorOptions {
  /** A file with a token or a client certificate; undefined for the pod's own service account. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** Where token, ca.crt and namespace of the service account are. */
  readonly tokenFolder: string;
  /** Judge, write and end. */
  readonly isOnce: boolean;
  /** Undefined for all addresses. */
  readonly healthHost: string | undefined;
  /** 0 for any free port. */
  readonly healthPort: number;
  readonly logLevel: (typeof logLevels)[number];
  /** Where the Lease is. */
  readonly leaseNamespace: string;
  /** Who this process is in the Lease; undefined for a name of its own. */
  readonly identity: string | undefined;
  /** The API servers, as `10.0.0.5:6443`; empty for those that the cluster names. */
  readonly apiServerEndpoints: readonly string[];
  /** Whether the API server is asked without credentials, too. */
  readonly hasAnonymousProbe: boolean;
  /** Whether pods are tried by dry runs, to see what admission makes of them. */
  readonly hasDryRunProbes: boolean;
  readonly evidenceIntervalMs: number;
  /** The most patches of the cluster's objects in any minute. */
  readonly repairsPerMinute: number;
}

const OK = 0;
const USAGE_ERROR = 2;

/**
 * @param argv without the program's own name
 * @returns the exit code where there is nothing to run: help was asked for, or the words are wrong
 */
export function parseOperatorOptions(argv: readonly string[]): OperatorOptions | { readonly exitCode: number } {
  const program = new Command('merlon-operator')
    .description('Watches a cluster, judges it against hardening rules and writes SecurityPosture objects.')
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(run with --help for the options)')
    .allowExcessArguments(false)
    .option('--kubeconfig <file>', "kubeconfig with a token or client certificate (default: the pod's service account)")
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option(
      '--token-folder <folder>',
      'folder with token, ca.crt and namespace of the service account',
      '/var/run/secrets/kubernetes.io/serviceaccount',
    )
    .option('--once', 'judge everything once, write, and end', false)
    .option('--health-host <address>', 'address that /healthz and /readyz are served on (default: all of them)')
    .option('--health-port <port>', 'port that /healthz and /readyz are served on; 0 for any', parsePort, 8081)
    .addOption(new Option('--log-level <level>', 'least severe that is logged').choices(logLevels).default('info'))
    .option('--lease-namespace <name>', 'namespace of the Lease "merlon"', OPERATOR_NAMESPACE)
    .option('--identity <name>', 'holder of the Lease, unique to this pod (default: one made up)')
    .option(
      '--api-server-endpoint <host:port>',
      'an API server of the cluster, to be judged by itself; repeat it for each (default: those that the cluster names)',
      collectEndpoint,
      [],
    )
    .option('--no-anonymous-probe', 'do not ask the API server without credentials; the rule about it is unknown then')
    .option(
      '--dry-run-probes',
      'try pods in the namespace merlon-probes by dry runs, to see which admission plugins are on (needs config/probes)',
      false,
    )
    .option(
      '--evidence-interval <seconds>',
      'time between two looks at the configuration of the API server',
      parseSeconds,
      defaultEvidenceIntervals.intervalMs / 1000,
    )
    .option(
      '--repairs-per-minute <count>',
      `most patches in any minute; in one namespace never more than ${DEFAULT_BUDGET.perNamespaceAndMinute}`,
      parseCount,
      DEFAULT_BUDGET.perMinute,
    );
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed what is wrong, or what was asked for.
    return { exitCode: error.exitCode === 0 ? OK : USAGE_ERROR };
  }
  const given = program.opts<GivenOptions>();
  return {
    kubeconfig: given.kubeconfig,
    context: given.context,
    tokenFolder: given.tokenFolder,
    isOnce: given.once,
    healthHost: given.healthHost,
    healthPort: given.healthPort,
    logLevel: given.logLevel,
    leaseNamespace: given.leaseNamespace,
    identity: given.identity,
    apiServerEndpoints: given.apiServerEndpoint,
    hasAnonymousProbe: given.anonymousProbe,
    hasDryRunProbes: given.dryRunProbes,
    evidenceIntervalMs: given.evidenceInterval * 1000,
    repairsPerMinute: given.repairsPerMinute,
  };
}

interface GivenOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly tokenFolder: string;
  readonly once: boolean;
  readonly healthHost?: string;
  readonly healthPort: number;
  readonly logLevel: (typeof logLevels)[number];
  readonly leaseNamespace: string;
  readonly identity?: string;
  readonly apiServerEndpoint: readonly string[];
  readonly anonymousProbe: boolean;
  readonly dryRunProbes: boolean;
  readonly evidenceInterval: number;
  readonly repairsPerMinute: number;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('it must be from 0 to 65535.');
  return port;
}
