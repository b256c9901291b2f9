/**
 * The operator: the only file that wires its parts. Options, adapters, controllers and signals meet here; every decision
 * is made elsewhere.
 */
import { randomBytes } from 'node:crypto';
import { homedir, hostname } from 'node:os';

import { LEASE_NAME, TROUBLE_ANNOTATION } from './api/v1alpha1/group.ts';
import { EnforcementController } from './controller/enforcement-controller.ts';
import { PostureController } from './controller/posture-controller.ts';
import { RemediationController } from './controller/remediation-controller.ts';
import { createEnforcementWriter } from './enforcement/apply/enforcement-writer.ts';
import { collectDeclared } from './evidence/declared/collect-declared.ts';
import { defaultEvidenceIntervals, EvidenceLoop } from './evidence/evidence-loop.ts';
import { selectPolicyChecks } from './evidence/policy-checks.ts';
import { findGuardProblem } from './evidence/probe-guard.ts';
import { readInClusterConfig } from './kube/config.ts';
import { readKubeconfig } from './kube/kubeconfig.ts';
import type { ClusterConfig } from './kube/cluster-config.ts';
import { ClusterFeed } from './kube/cluster-feed.ts';
import { ControlPlaneWatch } from './kube/control-plane-watch.ts';
import { LeaderElector } from './kube/lease.ts';
import { openLeaseStore } from './kube/lease-store.ts';
import { createPostureWriter } from './kube/posture-writer.ts';
import { createRemediationWriter } from './kube/remediation-writer.ts';
import { watchServerIdentities } from './kube/server-identities.ts';
import { openServerSet } from './kube/server-instances.ts';
import { systemClock } from './kube/system-clock.ts';
import { openTransport } from './kube/transport.ts';
import { openLog } from './server/log.ts';
import type { OperatorLog } from './server/log.ts';
import { parseOperatorOptions } from './options.ts';
import type { OperatorOptions } from './options.ts';
import { rules } from './rules/index.ts';
import { nameProbeReviewers } from './rules/lib/probe-reviewers.ts';
import { DEFAULT_BUDGET } from './remediation/budget.ts';
import { LivenessWatch } from './server/liveness.ts';
import { startHealthServer } from './server/health.ts';
import { allowOptimisation } from './optimisation.ts';
import { version } from './version.ts';

/** A stop that takes longer is cut short. */
const STOP_DEADLINE_MS = 5_000;
/** Longest that `--once` waits for the API server. */
const ONCE_DEADLINE_MS = 60_000;

/** Far longer than a start takes. */
const START_MS = 30_000;

/** Longest sentence on the Lease. */
const MAX_TROUBLE = 1024;

/** Why `run` went on: everything is read and this process may write, or it must end. */
type Turn = 'ready' | 'asked to stop' | 'lost' | 'too late';

async function run(options: OperatorOptions, config: ClusterConfig, log: OperatorLog): Promise<number> {
  const transportOptions = { version, clock: systemClock, environment: process.env };
  const transport = openTransport(config, transportOptions);
  // Asked once everything below exists.
  const describeTrouble = (): string =>
    (feed.unsettled.length > 0 ? `not read yet: ${feed.unsettled.join(', ')}` : controller.trouble).slice(
      0,
      MAX_TROUBLE,
    );
  const elected = Promise.withResolvers<undefined>();
  const lost = Promise.withResolvers<Turn>();
  const elector = options.isOnce
    ? undefined
    : new LeaderElector({
        store: openLeaseStore(transport, options.leaseNamespace, LEASE_NAME, () => ({
          [TROUBLE_ANNOTATION]: describeTrouble(),
        })),
        identity: identityOf(options),
        clock: systemClock,
        random: Math.random,
        log,
        onElected: () => {
          elected.resolve(undefined);
        },
        onLost: () => {
          lost.resolve('lost');
        },
      });
  const mayWrite = (): boolean => elector?.isLeading ?? true;
  const repairs: RemediationController = new RemediationController({
    rules,
    log,
    mayWrite,
    writer: createRemediationWriter(transport),
    // Both know one another; neither asks before everything is read.
    snapshot: () => controller.cluster,
    policySay: (scope) => controller.policies.remediationSay(scope),
    onChange: (scope) => {
      controller.review(scope);
    },
    ownNamespace: options.leaseNamespace,
    clock: systemClock,
    queue: { concurrency: 4, minIntervalMs: 20, firstRetryMs: 250, maxRetryMs: 60_000 },
    budget: { ...DEFAULT_BUDGET, perMinute: options.repairsPerMinute },
  });
  const enforcement: EnforcementController = new EnforcementController({
    rules,
    log,
    mayWrite,
    writer: createEnforcementWriter(transport, () => findGuardProblem(servers.configured.get)),
    snapshot: () => controller.cluster,
    policy: () => controller.policies.policyOfCluster(),
    exemptions: () => controller.exemptions.ofEnforcement(),
    exemptionTermsAnywhere: () => controller.policies.exemptionTermsAnywhere(),
    exemptionTermsIn: (namespace) => controller.policies.exemptionTermsIn(namespace),
    onChange: () => {
      controller.reviewEnforcement();
    },
    clock: systemClock,
    queue: { concurrency: 1, minIntervalMs: 20, firstRetryMs: 250, maxRetryMs: 60_000 },
  });
  const controller: PostureController = new PostureController({
    rules,
    log,
    mayWrite,
    repairs,
    // Whoever asks for one look asks for nothing to be changed.
    ...(options.isOnce ? {} : { enforcement }),
    writer: createPostureWriter(transport),
    queue: { clock: systemClock, concurrency: 4, minIntervalMs: 20, firstRetryMs: 250, maxRetryMs: 60_000 },
    timestamp: () => `${new Date().toISOString().slice(0, 19)}Z`,
    writeIntervalMs: 250,
    refusedRetryMs: 10_000,
  });
  const feed = new ClusterFeed(controller, repairs, { transport, clock: systemClock, random: Math.random, log });
  const controlPlane = new ControlPlaneWatch({
    transport,
    clock: systemClock,
    random: Math.random,
    log,
    // Nobody is told before the first round.
    onChanged: () => {
      evidence.hasten();
    },
  });
  const servers = openServerSet({
    config,
    transport,
    transportOptions,
    hasAnonymousProbe: options.hasAnonymousProbe,
    hasDryRunProbes: options.hasDryRunProbes,
    endpoints: options.apiServerEndpoints,
    isInCluster: options.kubeconfig === undefined,
  });
  const evidence: EvidenceLoop = new EvidenceLoop({
    servers,
    declared: async () => collectDeclared(await controlPlane.read(), servers.configured.get),
    intervals: {
      ...defaultEvidenceIntervals,
      intervalMs: options.evidenceIntervalMs,
      leastMs: Math.min(defaultEvidenceIntervals.leastMs, options.evidenceIntervalMs),
    },
    clock: systemClock,
    log,
    nonce: () => randomBytes(8).toString('hex'),
    reviewers: () => nameProbeReviewers(controller.cluster),
    onHeard: (heard) => {
      enforcement.noteCounted(selectPolicyChecks(heard));
    },
    onEvidence: (servers, doubt) => {
      controller.cluster.setEvidence(servers, doubt);
    },
  });
  const identities = watchServerIdentities({
    transport,
    clock: systemClock,
    random: Math.random,
    log,
    onStarted: () => {
      evidence.hasten();
    },
  });
  const liveness = new LivenessWatch(systemClock);
  liveness.start();
  const ended = Promise.race([whenAskedToStop(), lost.promise]);
  const health = await startHealthServer(options.healthHost, options.healthPort, {
    livenessProblem: () => liveness.problem(),
    readinessProblem: () => (feed.unsettled.length === 0 ? undefined : `not read yet: ${feed.unsettled.join(', ')}`),
  });
  // By far the longest that anybody waits for: it begins before all else.
  const read = Promise.all([feed.start(), evidence.start()]);
  setTimeout(allowOptimisation, START_MS).unref();
  log.info('started', { version, server: transport.server, healthPort: health.port, rules: rules.length });

  elector?.start();
  controlPlane.start();
  identities.start();
  const settled = read.then(() => {
    log.info('everything is read or refused', { templates: controller.cluster.templates });
  });
  const ready = Promise.all([settled, elector === undefined ? undefined : elected.promise]).then(
    () => 'ready' as const,
  );
  let turn: Turn = await Promise.race([ready, ended, ...(options.isOnce ? [whenTooLate()] : [])]);
  if (turn === 'ready') {
    controller.start();
    if (!options.isOnce) {
      repairs.start();
      enforcement.start();
    }
    const looked = options.isOnce ? Promise.resolve() : enforcement.whenLooked();
    const judged = looked
      .then(() => controller.whenIdle())
      .then(() => {
        const { writes, scopeJudge } = controller;
        // A stop makes it idle, too.
        if (turn === 'ready')
          log.info('everything is judged', { writes, evaluations: scopeJudge.evaluator.evaluations });
        return 'asked to stop' as const;
      });
    turn = await (options.isOnce ? Promise.race([judged, ended, whenTooLate()]) : ended);
  }
  if (turn === 'too late') log.error('not everything could be read and written in time', { awaited: feed.unsettled });

  const trouble = options.isOnce ? controller.trouble : '';
  if (trouble !== '') log.error('not everything was read and written', { trouble });

  log.info('stopping', { reason: turn });
  evidence.stop();
  await controlPlane.stop();
  await identities.stop();
  await enforcement.stop();
  await repairs.stop();
  await controller.stop();
  await elector?.stop();
  await feed.stop();
  await health.close();
  liveness.stop();
  transport.close();
  return turn === 'asked to stop' && trouble === '' ? 0 : 1;
}

/** Two processes may have the same host name; who is told that his own is unique takes over at once from one that crashed. */
function identityOf({ identity }: OperatorOptions): string {
  return identity ?? `${hostname()}_${randomBytes(4).toString('hex')}`;
}

/** Resolves with the first SIGTERM or SIGINT; from then on the process has its deadline. */
function whenAskedToStop(): Promise<Turn> {
  return new Promise((resolve) => {
    const stop = (): void => {
      setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
      resolve('asked to stop');
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}

function whenTooLate(): Promise<Turn> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve('too late');
    }, ONCE_DEADLINE_MS).unref();
  });
}

function readConfig({ kubeconfig, context, tokenFolder }: OperatorOptions): Promise<ClusterConfig> {
  const environment = process.env;
  return kubeconfig === undefined
    ? readInClusterConfig({ environment, tokenFolder })
    : readKubeconfig({ path: kubeconfig, context, environment, homeFolder: homedir() });
}

async function main(): Promise<void> {
  const options = parseOperatorOptions(process.argv.slice(2));
  if ('exitCode' in options) {
    process.exitCode = options.exitCode;
    return;
  }
  // Until it is known: who ends before has not done what was asked.
  process.exitCode = 1;
  const log = openLog(options.logLevel);
  const crash = (error: unknown): void => {
    log.error('stopped by an error', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    void log.flush().then(() => process.exit(1));
  };
  process.on('uncaughtException', crash);
  try {
    process.exitCode = await run(options, await readConfig(options), log);
    await log.flush();
  } catch (error) {
    crash(error);
  }
}

// Not awaited: it is bundled as a script.
void main();
