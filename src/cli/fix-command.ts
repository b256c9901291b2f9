/** `merlon fix`: repairs what fails in files or, with the caller's own rights, in a cluster. */
import type { ExitCode } from '../report/posture-report.ts';
import { fixFiles } from './fix-files.ts';
import type { FixOptions } from './fix-options.ts';
import type { CommandStreams } from './output.ts';

export async function runFix({ target, rules }: FixOptions, streams: CommandStreams): Promise<ExitCode> {
  if (target.kind === 'files') return fixFiles(target, rules, streams);
  const { fixCluster } = await import('./fix-cluster.ts');
  return fixCluster(target, rules, streams);
}
