/** `merlon exempt`: an accepted violation as YAML, to keep in git. */
import type { ExitCode } from '../report/posture-report.ts';
import { printStatedExemption } from '../report/stated-exemption.ts';
import type { StatedExemption } from '../report/stated-exemption.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export async function runExempt(exemption: StatedExemption, { stdout, stderr }: CommandStreams): Promise<ExitCode> {
  if (exemption.namespace === '') {
    stderr.write('without -n it names no namespace: kubectl takes that of its context\n');
  }
  await writeAll(stdout, printStatedExemption(exemption));
  return 0;
}
