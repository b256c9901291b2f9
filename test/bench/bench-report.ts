/** The numbers as a table for people and as JSON for machines. */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { layoutTable } from '../../src/report/table-layout.ts';
import { buildPainter, hasColour } from '../../src/report/terminal.ts';
import type { Cell } from '../../src/report/table-layout.ts';
import type { BenchOptions } from './bench-options.ts';
import type { QuestionSpeed } from './can-i.ts';
import type { ColdSync } from './cold-sync.ts';
import type { EngineSpeed } from './engine.ts';
import type { EvidenceCost } from './evidence.ts';
import type { ExecGuardCost } from './exec-guard.ts';
import type { ExemptionCost } from './exemptions.ts';
import type { IdleDetails } from './idle.ts';
import type { Latency } from './latency.ts';
import type { PodSecuritySpeed } from './pod-security.ts';
import type { PolicySpeed } from './policy.ts';
import type { RbacJudging } from './rbac-judging.ts';
import type { RepairSpeed } from './repairs.ts';
import type { ProgramCost, ScanCost } from './scan.ts';
import { roundTo } from './statistics.ts';

/** What was measured; a section that was not asked for is absent. */
export interface BenchResults {
  readonly coldSync?: ColdSync;
  readonly engine?: EngineSpeed;
  readonly podSecurity?: PodSecuritySpeed;
  readonly canI?: QuestionSpeed;
  readonly rbac?: RbacJudging;
  readonly scan?: ScanCost;
  readonly exemptions?: ExemptionCost;
  readonly evidence?: EvidenceCost;
  readonly execGuard?: ExecGuardCost;
  readonly policy?: PolicySpeed;
  readonly repairs?: RepairSpeed;
  readonly latency?: Latency;
  readonly idle?: IdleDetails;
}

/** What the numbers hold for. */
export interface Circumstances {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryGB: number;
  /** Of the last minute, before the bench began: other work makes every number worse. */
  readonly loadAverage: number;
  readonly node: string;
  /** Absent where no control plane was needed. */
  readonly kubernetes?: string;
  readonly pods: number;
  readonly workloads: number;
  readonly namespaces: number;
  readonly seed: number;
  readonly runs: number;
}

export function readCircumstances({ pods, workloads, namespaces, seed, runs }: BenchOptions): Circumstances {
  const processors = cpus();
  return {
    cpus: processors.length,
    cpuModel: processors[0]?.model ?? 'unknown',
    memoryGB: roundTo(1, totalmem() / 1e9),
    loadAverage: roundTo(2, loadavg()[0] ?? 0),
    node: process.version,
    pods,
    workloads,
    namespaces,
    seed,
    runs,
  };
}

export async function writeResults(path: string, results: BenchResults, machine: Circumstances): Promise<void> {
  const { idle, ...rest } = results;
  const shown = idle && { seconds: idle.seconds, writes: idle.writes, lists: idle.lists };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ ...rest, idle: shown, machine }, null, 2)}\n`);
}

/** Of the processors; a load average above it is more than a bench leaves behind. */
const busyShare = 0.5;

type Row = readonly [what: string, number: string, goal: string, isReached?: boolean];

/** @returns the text to print, with a line break at its end */
export function buildTable(results: BenchResults, machine: Circumstances): string {
  const {
    coldSync,
    engine,
    podSecurity,
    scan,
    canI,
    rbac,
    exemptions,
    evidence,
    execGuard,
    policy,
    repairs,
    latency,
    idle,
  } = results;
  const paint = buildPainter(hasColour(process.stdout, process.env));
  const rows = [
    ...(coldSync === undefined ? [] : coldSyncRows(coldSync)),
    ...(engine === undefined ? [] : engineRows(engine)),
    ...(podSecurity === undefined ? [] : podSecurityRows(podSecurity)),
    ...(scan === undefined ? [] : scanRows(scan)),
    ...(canI === undefined ? [] : questionRows(canI)),
    ...(rbac === undefined ? [] : rbacRows(rbac)),
    ...(exemptions === undefined ? [] : exemptionRows(exemptions)),
    ...(evidence === undefined ? [] : evidenceRows(evidence)),
    ...(execGuard === undefined ? [] : execGuardRows(execGuard)),
    ...(policy === undefined ? [] : policyRows(policy)),
    ...(repairs === undefined ? [] : repairRows(repairs)),
    ...(latency === undefined ? [] : latencyRows(latency)),
    ...(idle === undefined ? [] : idleRows(idle)),
  ];
  const columns = [
    { title: 'MEASURED' },
    { title: 'RESULT', align: 'right' as const },
    { title: 'GOAL', align: 'right' as const },
    { title: '' },
  ];
  const { pods, workloads, namespaces, kubernetes, cpuModel, memoryGB, loadAverage, node, runs } = machine;
  return [
    `${pods} pods of ${workloads} workloads in ${namespaces} namespaces; median of ${runs} runs`,
    `${machine.cpus} x ${cpuModel}, ${memoryGB} GB, load average ${loadAverage}; Node ${node}, Kubernetes ${kubernetes ?? 'not started'}`,
    ...(loadAverage > busyShare * machine.cpus
      ? ['The machine was busy with other work: every number is worse than it has to be.']
      : []),
    '',
    ...layoutTable(columns, rows.map(toCells), paint),
    '',
  ].join('\n');
}

function toCells([what, number, goal, isReached]: Row): Cell[] {
  if (isReached === undefined) return [what, number, goal];
  return [what, number, goal, isReached ? { text: 'reached', colour: 'green' } : { text: 'missed', colour: 'red' }];
}

function coldSyncRows({ merlon, clientGo, turns, wallRatio, cpuRatio, firstInstallWallS }: ColdSync): Row[] {
  return [
    ['cold sync and evaluation, merlon', `${merlon.wallS.toFixed(2)} s`, ''],
    ['cold sync alone, client-go', `${clientGo.wallS.toFixed(2)} s`, ''],
    [`  wall, merlon to client-go, ${turns} turns`, wallRatio.toFixed(2), '1.00', wallRatio <= 1],
    ['  CPU, merlon', `${merlon.cpuS.toFixed(2)} s`, ''],
    ['  CPU, client-go', `${clientGo.cpuS.toFixed(2)} s`, ''],
    [`  CPU, merlon to client-go, ${turns} turns`, cpuRatio.toFixed(2), ''],
    ['  peak RSS, merlon', `${merlon.peakRssMB.toFixed(0)} MB`, '120 MB', merlon.peakRssMB <= 120],
    ['  peak RSS, client-go', `${clientGo.peakRssMB.toFixed(0)} MB`, ''],
    ['first install, until every posture is written', `${firstInstallWallS.toFixed(2)} s`, ''],
  ];
}

function engineRows({ podsPerS, ruleEvaluationsPerS, podRules }: EngineSpeed): Row[] {
  return [
    [
      `all ${podRules.rules} pod rules together, rule evaluations`,
      `${podRules.ruleEvaluationsPerS.toLocaleString('en')} /s`,
      '5,000,000 /s',
      podRules.ruleEvaluationsPerS >= 5_000_000,
    ],
    ['engine whole, pods of distinct templates', `${podsPerS.toLocaleString('en')} /s`, ''],
    ['  rule evaluations', `${ruleEvaluationsPerS.toLocaleString('en')} /s`, ''],
  ];
}

function rbacRows({ roles, bindings, ...times }: RbacJudging): Row[] {
  const of = `${roles.toLocaleString('en')} roles, ${bindings.toLocaleString('en')} bindings`;
  const ms = (value: number, digits = 0): string => `${value.toFixed(digits)} ms`;
  return [
    [`RBAC, ${of}: judged from cold`, ms(times.coldMs), '3,000 ms', times.coldMs <= 3000],
    ['  of that who can become cluster-admin', ms(times.pathsMs), '2,000 ms', times.pathsMs <= 2000],
    ['  after one binding changed, p50', ms(times.changeP50Ms, 1), ''],
    ['  after one binding changed, p99', ms(times.changeP99Ms, 1), '20 ms', times.changeP99Ms <= 20],
    ['  rules run for one changed binding', times.evaluationsPerChange.toFixed(0), ''],
  ];
}

function exemptionRows({ exemptions, findings, readMs, matchedMs, unindexedMs, heapMB }: ExemptionCost): Row[] {
  return [
    [`${exemptions.toLocaleString('en')} cluster exemptions: read`, `${readMs.toFixed(0)} ms`, ''],
    [
      `  ${findings.toLocaleString('en')} findings matched against them`,
      `${matchedMs.toFixed(0)} ms`,
      '1,000 ms',
      matchedMs <= 1000,
    ],
    ['  the same where every one is a pattern that begins with a star', `${unindexedMs.toFixed(0)} ms`, ''],
    ['  heap that they take', `${heapMB.toFixed(1)} MB`, ''],
  ];
}

function evidenceRows(cost: EvidenceCost): Row[] {
  const cpu = (what: string, ms: number): Row => [what, `${ms.toFixed(0)} ms`, '200 ms', ms <= 200];
  return [
    cpu('CPU of the first round of evidence about an API server', cost.firstCpuMs),
    cpu(`  of a later one, median of ${cost.rounds - 1}`, cost.cpuMedianMs),
    ['  how long that takes', `${cost.wallMedianMs.toFixed(0)} ms`, ''],
    ['  requests of a round, at most', String(cost.requestsPerInstance), '15', cost.requestsPerInstance <= 15],
    ['  facts that are known after it', `${cost.knownFacts} of ${cost.facts}`, ''],
  ];
}

function execGuardRows({ tries, unguardedMedianMs, guarded, guardedByLabel }: ExecGuardCost): Row[] {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const rowsOf = (costs: ExecGuardCost['guarded'], how: string): Row[] =>
    costs.flatMap(({ pods, refusedMedianMs, letInMedianMs }): Row[] => [
      [
        `exec that the guard refuses${how}, ${pods.toLocaleString('en')} pods in the namespace`,
        ms(refusedMedianMs),
        '',
      ],
      ['  that it lets through', ms(letInMedianMs), ''],
    ]);
  return [
    [`exec into one of 3,000 pods without a guard, median of ${tries}`, ms(unguardedMedianMs), ''],
    ...rowsOf(guarded, ''),
    ...rowsOf(guardedByLabel, ' by label'),
  ];
}

function policyRows({ namespaces, changes, settledMedianMs, settledWorstMs, ...rest }: PolicySpeed): Row[] {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  return [
    [
      `a policy of ${namespaces.toLocaleString('en')} namespaces changed, until all say so, median of ${changes}`,
      seconds(settledMedianMs),
      '5.00 s',
      settledMedianMs <= 5000,
    ],
    ['  worst', seconds(settledWorstMs), '5.00 s', settledWorstMs <= 5000],
    [
      '  as a multiple of the same writes by a client that judges nothing',
      (settledMedianMs / rest.bareWritesMedianMs).toFixed(2),
      '',
    ],
    ['  CPU of the operator, a change', `${rest.cpuSPerChange.toFixed(2)} s`, ''],
    ['  postures written for one that selects ten', String(rest.writtenForTen), '10', rest.writtenForTen === 10],
  ];
}

function repairRows({ births, kills, ...times }: RepairSpeed): Row[] {
  const row = (what: string, ms: number): Row => [what, `${ms.toFixed(0)} ms`, '1,000 ms', ms <= 1000];
  return [
    row(`birth of a default account to its repair, median of ${births}`, times.birthMedianMs),
    row('  worst', times.birthWorstMs),
    row(`kill switch to the last patch, worst of ${kills}`, times.killWorstMs),
    ['  patches after it, at most', String(times.killMostPatches), ''],
    ['  namespaces that were left', String(times.killLeft), ''],
  ];
}

function questionRows({ questionsPerS, questionsPerCpuS, peakRssMB }: QuestionSpeed): Row[] {
  return [
    [
      'can-i --batch, 2,000 roles and 10,000 bindings',
      `${questionsPerS.toLocaleString('en')} /s`,
      '50,000 /s',
      questionsPerS >= 50_000,
    ],
    ['  a second of CPU', `${questionsPerCpuS.toLocaleString('en')} /s`, ''],
    ['  peak RSS', `${peakRssMB.toFixed(0)} MB`, ''],
  ];
}

function podSecurityRows({ merlon, kubernetes, ratio }: PodSecuritySpeed): Row[] {
  return [
    [
      'Pod Security restricted, merlon',
      `${merlon.podsPerS.toLocaleString('en')} pods/s`,
      '500,000 pods/s',
      merlon.podsPerS >= 500_000,
    ],
    ...(kubernetes === undefined || ratio === undefined
      ? []
      : ([
          ["Pod Security restricted, Kubernetes' own", `${kubernetes.podsPerS.toLocaleString('en')} pods/s`, ''],
          ["  speed, merlon to Kubernetes' own", ratio.toFixed(2), '1.00', ratio >= 1],
        ] satisfies Row[])),
  ];
}

function scanRows({ manifests, merlon, kubeScore }: ScanCost): Row[] {
  const what = `scan of ${manifests.toLocaleString('en')} manifests`;
  return [
    [`${what}, merlon`, `${merlon.wallS.toFixed(2)} s`, '3.70 s', merlon.wallS <= 3.7],
    ['  CPU', `${merlon.cpuS.toFixed(2)} s`, ''],
    ['  peak RSS', `${merlon.peakRssMB.toFixed(0)} MB`, '200 MB', merlon.peakRssMB <= 200],
    ['  one file, from start to end', `${merlon.startMs.toFixed(0)} ms`, '150 ms', merlon.startMs <= 150],
    ...(kubeScore === undefined ? [] : kubeScoreRows(what, kubeScore, merlon)),
  ];
}

function kubeScoreRows(what: string, kubeScore: ProgramCost, merlon: ProgramCost): Row[] {
  const speed = kubeScore.wallS / merlon.wallS;
  return [
    [`${what}, kube-score`, `${kubeScore.wallS.toFixed(2)} s`, ''],
    ['  CPU', `${kubeScore.cpuS.toFixed(2)} s`, ''],
    ['  peak RSS', `${kubeScore.peakRssMB.toFixed(0)} MB`, ''],
    ['  one file, from start to end', `${kubeScore.startMs.toFixed(0)} ms`, ''],
    ['  speed, merlon to kube-score', speed.toFixed(2), '5.00', speed >= 5],
  ];
}

function latencyRows({ p50Ms, p99Ms }: Latency): Row[] {
  return [
    ['change to posture, p50', `${p50Ms.toFixed(1)} ms`, '50 ms', p50Ms <= 50],
    ['change to posture, p99', `${p99Ms.toFixed(1)} ms`, '300 ms', p99Ms <= 300],
  ];
}

function idleRows({ seconds, writes, lists, requests }: IdleDetails): Row[] {
  return [
    [`idle for ${seconds} s, report writes`, String(writes), '0', writes === 0],
    [`idle for ${seconds} s, LISTs`, String(lists), '0', lists === 0],
    ...[...requests].map(([request, count]): Row => [`  ${request}`, String(count), '']),
  ];
}
