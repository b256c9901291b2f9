/**
 * The operator: the only file that wires its parts. Options, adapters, controllers and signals meet here; every decision
 * is made elsewhere.
 */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';

import { PostureController } from './controller/posture-controller.ts';
import { collectAnonymousRequests } from './evidence/anonymous-requests.ts';
import { defaultEvidenceIntervals, EvidenceLoop } from './evidence/evidence-loop.ts';
import { collectUnknownUserAllowed } from './evidence/unknown-user.ts';
import { reviewAccess } from './kube/access-review.ts';
import { withoutCredentials } from './kube/cluster-config.ts';
import { readInClusterConfig } from './kube/config.ts';
import { readKubeconfig } from './kube/kubeconfig.ts';
import type { ClusterConfig } from './kube/cluster-config.ts';
import { ClusterFeed } from './kube/cluster-feed.ts';
import { createPostureWriter } from './kube/posture-writer.ts';
import { systemClock } from './kube/system-clock.ts';
import { openTransport } from './kube/transport.ts';
import type { Transport } from './kube/transport.ts';
import { openLog } from './server/log.ts';
import type { OperatorLog } from './server/log.ts';
import { parseOperatorOptions } from './options.ts';
import type { OperatorOptions } from './options.ts';
import { rules } from './rules/index.ts';
import { LivenessWatch } from './server/liveness.ts';
import { startHealthServer } from './server/health.ts';
import { version } from './version.ts';

/** A stop that takes longer is cut short. */
const STOP_DEADLINE_MS = 5_000;

interface Parts {
  readonly log: OperatorLog;
  readonly transport: Transport;
  /** Asks as nobody. */
  readonly anonymous: Transport;
  readonly controller: PostureController;
  readonly feed: ClusterFeed;
  readonly evidence: EvidenceLoop;
}

function createParts(options: OperatorOptions, config: ClusterConfig, log: OperatorLog): Parts {
  const transportOptions = { version, clock: systemClock, environment: process.env };
  const transport = openTransport(config, transportOptions);
  const anonymous = openTransport(withoutCredentials(config), transportOptions);
  const controller = new PostureController({
    rules,
    log,
    writer: createPostureWriter(transport),
    queue: { clock: systemClock, concurrency: 4, minIntervalMs: 20, firstRetryMs: 250, maxRetryMs: 60_000 },
    timestamp: () => `${new Date().toISOString().slice(0, 19)}Z`,
    writeIntervalMs: 250,
    refusedRetryMs: 30_000,
  });
  const evidence = new EvidenceLoop(
    {
      anonymousRequests: () =>
        options.hasAnonymousProbe
          ? collectAnonymousRequests(async (path) => {
              const { status, body } = await anonymous.request({ method: 'GET', path });
              return { status, body: body.toString('utf8') };
            })
          : Promise.resolve({ unobserved: 'requests without credentials are switched off (--no-anonymous-probe)' }),
      unknownUserAllowed: () =>
        collectUnknownUserAllowed((spec) => reviewAccess(transport, spec), randomBytes(8).toString('hex')),
    },
    { ...defaultEvidenceIntervals, intervalMs: options.evidenceIntervalMs },
    systemClock,
    (found) => {
      controller.cluster.setEvidence(found);
    },
  );
  const feed = new ClusterFeed(controller, { transport, clock: systemClock, random: Math.random, log });
  return { log, transport, anonymous, controller, feed, evidence };
}

async function run(options: OperatorOptions, config: ClusterConfig, log: OperatorLog): Promise<number> {
  const { transport, anonymous, controller, feed, evidence } = createParts(options, config, log);
  const liveness = new LivenessWatch(systemClock);
  liveness.start();
  const health = await startHealthServer(options.healthHost, options.healthPort, {
    livenessProblem: () => liveness.problem(),
    readinessProblem: () => (feed.unsettled.length === 0 ? undefined : `not read yet: ${feed.unsettled.join(', ')}`),
  });
  log.info('started', { version, server: transport.server, healthPort: health.port, rules: rules.length });

  const stopped = whenAskedToStop();
  const settled = Promise.all([feed.start(), evidence.start()]).then(() => 'settled' as const);
  if ((await Promise.race([settled, stopped])) === 'settled') {
    log.info('everything is read or refused', { templates: controller.cluster.templates });
    controller.start();
    // A busy cluster may keep it from ever being idle.
    const judged = Promise.race([controller.whenIdle(), stopped]).then((end) => {
      if (end === 'stopped') return;
      log.info('everything is judged', { writes: controller.writes, evaluations: controller.evaluator.evaluations });
    });
    await (options.isOnce ? judged : stopped);
  }

  log.info('stopping');
  evidence.stop();
  await controller.stop();
  await feed.stop();
  await health.close();
  liveness.stop();
  transport.close();
  anonymous.close();
  return 0;
}

/** Resolves with the first SIGTERM or SIGINT; from then on the process has its deadline. */
function whenAskedToStop(): Promise<'stopped'> {
  return new Promise((resolve) => {
    const stop = (): void => {
      setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
      resolve('stopped');
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}

function readConfig({ kubeconfig, context, tokenFolder }: OperatorOptions): Promise<ClusterConfig> {
  const environment = process.env;
  return kubeconfig === undefined
    ? readInClusterConfig({ environment, tokenFolder })
    : readKubeconfig({ path: kubeconfig, context, environment, homeFolder: homedir() });
}

const options = parseOperatorOptions(process.argv.slice(2));
if ('exitCode' in options) {
  process.exitCode = options.exitCode;
} else {
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
