/** `make bench`: measures what Merlon costs and how fast it is, on a real API server. */
import { exitOnSignals } from '../support/run-process.ts';
import { bundleOperator, repository } from '../e2e/installation.ts';
import type { BenchOptions } from './bench-options.ts';
import { clusterSections, parseBenchOptions, UsageError } from './bench-options.ts';
import { buildTable, readCircumstances, writeResults } from './bench-report.ts';
import type { BenchResults } from './bench-report.ts';
import { startBenchCluster, startOperator, untilSettled } from './bench-cluster.ts';
import type { BenchCluster } from './bench-cluster.ts';
import { measureQuestions } from './can-i.ts';
import type { QuestionSpeed } from './can-i.ts';
import { measureColdSync } from './cold-sync.ts';
import { measureEngine } from './engine.ts';
import { measureEvidence } from './evidence.ts';
import { measureExecGuard } from './exec-guard.ts';
import { measureExemptions } from './exemptions.ts';
import { measureIdle } from './idle.ts';
import { measureLatency } from './latency.ts';
import { measurePodSecurity } from './pod-security.ts';
import { measurePolicies } from './policy.ts';
import { say } from './progress.ts';
import { measureRbacJudging } from './rbac-judging.ts';
import { measureRepairs } from './repairs.ts';
import { measureScan } from './scan.ts';
import type { ScanCost } from './scan.ts';

/** One restart differs from the next by a tenth and more. */
const restartsPerRun = 5;
const ownClusterSections = ['evidence', 'execGuard', 'policy', 'repairs'] as const;

exitOnSignals();
process.chdir(repository);
try {
  await run(process.argv.slice(2));
} catch (error) {
  say(error instanceof UsageError ? `${error.message}; --help tells more` : String(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
// Whatever is left open, a bench that has printed its table has ended.
process.exit();

async function run(args: readonly string[]): Promise<void> {
  const options = parseBenchOptions(args);
  if ('help' in options) {
    process.stdout.write(options.help);
    return;
  }
  const circumstances = readCircumstances(options);
  // Before anything else runs beside it.
  const engine = options.only.includes('engine') ? { engine: measureEngine(options, options.seed) } : {};
  const podSecurity = options.only.includes('podSecurity')
    ? { podSecurity: await measurePodSecurity(options.pods, options.seed) }
    : {};
  const scan = options.only.includes('scan') ? { scan: await measureBundledScan(options) } : {};
  const canI = options.only.includes('canI') ? { canI: await measureBundledQuestions(options) } : {};
  const rbac = options.only.includes('rbac') ? { rbac: measureRbacJudging(options.seed) } : {};
  const exemptions = options.only.includes('exemptions') ? { exemptions: measureExemptions() } : {};
  const onOwn = await measureOnOwnClusters(options);
  const { kubernetes = kubernetesOf(onOwn), ...onCluster } = await measureOnCluster(options);
  const results = { ...engine, ...podSecurity, ...scan, ...canI, ...rbac, ...exemptions, ...onOwn, ...onCluster };
  const machine = { ...circumstances, ...(kubernetes !== undefined && { kubernetes }) };
  await writeResults(options.output, results, machine);
  process.stdout.write(buildTable(results, machine));
  say(`the same as JSON: ${options.output}`);
}

async function measureBundledScan({ runs, seed }: BenchOptions): Promise<ScanCost> {
  await bundleOperator();
  return measureScan(runs, seed);
}

async function measureBundledQuestions({ runs, seed }: BenchOptions): Promise<QuestionSpeed> {
  await bundleOperator();
  return measureQuestions(runs, seed);
}

type OnOwnClusters = Pick<BenchResults, (typeof ownClusterSections)[number]>;

function kubernetesOf(results: OnOwnClusters): string | undefined {
  return ownClusterSections.map((section) => results[section]?.kubernetes).find((version) => version !== undefined);
}

async function measureOnOwnClusters({ only, runs }: BenchOptions): Promise<OnOwnClusters> {
  if (!ownClusterSections.some((section) => only.includes(section))) return {};
  await bundleOperator();
  return {
    ...(only.includes('evidence') && { evidence: await measureEvidence() }),
    ...(only.includes('execGuard') && { execGuard: await measureExecGuard() }),
    ...(only.includes('policy') && { policy: await measurePolicies(2 * runs) }),
    ...(only.includes('repairs') && { repairs: await measureRepairs() }),
  };
}

async function measureOnCluster(options: BenchOptions): Promise<BenchResults & { kubernetes?: string }> {
  const { only } = options;
  if (only.every((section) => !clusterSections.includes(section))) return {};
  await bundleOperator();
  const cluster = await startBenchCluster(options);
  try {
    return {
      kubernetes: cluster.controlPlane.version,
      ...(only.includes('coldSync') && { coldSync: await measureColdSync(cluster, restartsPerRun * options.runs) }),
      ...((only.includes('latency') || only.includes('idle')) && (await measureRunning(cluster, options))),
    };
  } finally {
    await cluster.stop();
  }
}

/** The sections that need an operator that has everything written. */
async function measureRunning(cluster: BenchCluster, options: BenchOptions): Promise<BenchResults> {
  const operator = await startOperator(cluster);
  try {
    await untilSettled(cluster, operator);
    return {
      ...(options.only.includes('latency') && { latency: await measureLatency(cluster, operator, options) }),
      ...(options.only.includes('idle') && { idle: await measureIdle(cluster, operator, options.idleSeconds) }),
    };
  } finally {
    await operator.stop();
  }
}
