/** What `make bench ARGS="…"` can be told. */
import { parseArgs } from 'node:util';
import type { PopulationSize } from './population.ts';

export const sections = [
  'coldSync',
  'engine',
  'podSecurity',
  'scan',
  'canI',
  'rbac',
  'exemptions',
  'evidence',
  'execGuard',
  'policy',
  'repairs',
  'latency',
  'idle',
] as const;
export type Section = (typeof sections)[number];
/** Those that need the API server with the population. */
export const clusterSections: readonly Section[] = ['coldSync', 'latency', 'idle'];

export interface BenchOptions extends PopulationSize {
  readonly seed: number;
  /** Of what is measured in turns, for each programme; of the cold sync five times as many. */
  readonly runs: number;
  readonly idleSeconds: number;
  readonly latencySeconds: number;
  readonly changesPerSecond: number;
  readonly only: readonly Section[];
  /** Where the JSON goes. */
  readonly output: string;
}

const help = `Measures Merlon on a real API server of its own, beside a client-go programme that reads the same kinds.

  make bench                                            everything, with 10,000 pods: about nine minutes
  make bench ARGS="--pods 2000 --runs 1"                smaller
  make bench ARGS="--only engine --only latency"        some sections

  --pods N                 default 10000
  --workloads N            Deployments that own them, default 400
  --namespaces N           default 50
  --seed N                 of the generated cluster, default 1
  --runs N                 scans of each programme, by turns, and five times as many cold syncs; the median counts, default 3
  --latency-seconds N      default 30
  --changes-per-second N   default 20
  --idle-seconds N         default 60
  --only SECTION           ${sections.join(', ')}; may be repeated
  --output FILE            default .bench/latest.json
  --help

A table goes to stdout, the same as JSON to the file, progress to stderr. Other work on the machine makes every number
worse: look at the load average that the table begins with.
`;

export class UsageError extends Error {}

/** @returns the text of `--help` where that was asked for */
export function parseBenchOptions(args: readonly string[]): BenchOptions | { readonly help: string } {
  const { values } = parse(args);
  if (values.help) return { help };
  const number = (name: keyof typeof values): number => {
    const text = String(values[name]);
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} wants a whole number, not "${text}"`);
    return value;
  };
  const options: BenchOptions = {
    pods: number('pods'),
    workloads: number('workloads'),
    namespaces: number('namespaces'),
    seed: number('seed'),
    runs: number('runs'),
    latencySeconds: number('latency-seconds'),
    changesPerSecond: number('changes-per-second'),
    idleSeconds: number('idle-seconds'),
    only: values.only === undefined ? sections : values.only.map(parseSection),
    output: values.output,
  };
  if (options.pods < options.workloads) throw new UsageError('there must be at least as many pods as workloads');
  return options;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        pods: { type: 'string', default: '10000' },
        workloads: { type: 'string', default: '400' },
        namespaces: { type: 'string', default: '50' },
        seed: { type: 'string', default: '1' },
        runs: { type: 'string', default: '3' },
        'latency-seconds': { type: 'string', default: '30' },
        'changes-per-second': { type: 'string', default: '20' },
        'idle-seconds': { type: 'string', default: '60' },
        only: { type: 'string', multiple: true },
        output: { type: 'string', default: '.bench/latest.json' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parseSection(text: string): Section {
  const section = sections.find((name) => name === text);
  if (section === undefined) throw new UsageError(`--only "${text}": there are ${sections.join(', ')}`);
  return section;
}
