/** `merlon pod-security --namespaces`: the level advisor on a live cluster, with the caller's own rights. */
import { exitCodeOfLevels, printNamespaceLevels, printNamespaceLevelsJson } from '../report/namespace-levels.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { readNamespaceLevels } from '../scan/namespace-levels.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterChoice } from './cluster-access.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export interface NamespaceLevelsOptions extends ClusterChoice {
  readonly output: 'text' | 'json';
  /** Only this one; all where it is left out. */
  readonly namespace?: string;
}

export async function runNamespaceLevels(options: NamespaceLevelsOptions, streams: CommandStreams): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  const { transport } = await openCluster(options, env);
  try {
    const { namespace } = options;
    const { namespaces, missing, nothing } = await readNamespaceLevels(
      transport,
      namespace === undefined ? 'everything' : { namespace },
    );
    for (const message of missing) stderr.write(`not read: ${printable(message)}\n`);
    if (nothing !== undefined) stderr.write(`nothing to advise on: ${printable(nothing)}\n`);
    const paint = buildPainter(hasColour(stdout, env));
    await writeAll(
      stdout,
      options.output === 'json'
        ? [printNamespaceLevelsJson(namespaces, missing)]
        : printNamespaceLevels(namespaces, paint),
    );
    if (nothing !== undefined) return missing.length > 0 ? 4 : 3;
    return exitCodeOfLevels(namespaces);
  } finally {
    transport.close();
  }
}
