/** `merlon enforce`: what the API server is to enforce by itself, as YAML to keep in git. */
import { planExecGuard } from '../enforcement/plan/exec-guard.ts';
import { planNodesProxyGuard } from '../enforcement/plan/nodes-proxy-guard.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { describeEnforcement, printEnforcement } from '../report/enforcement-text.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour } from '../report/terminal.ts';
import { explainTooOld } from './enforce-options.ts';
import type { EnforceOptions } from './enforce-options.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export async function runEnforce(options: EnforceOptions, { stdout, stderr, env }: CommandStreams): Promise<ExitCode> {
  const { exec, nodesProxy, minor, output } = options;
  const tooOld = minor === undefined ? undefined : explainTooOld(minor);
  if (tooOld !== undefined) {
    stderr.write(`${tooOld}\n`);
    return 3;
  }
  const policies: readonly PlannedPolicy[] = [
    ...planExecGuard(exec),
    ...(nodesProxy === undefined ? [] : [planNodesProxyGuard(nodesProxy, exec.breakGlassGroups)]),
  ];
  await writeAll(
    stdout,
    output === 'yaml'
      ? printEnforcement(policies)
      : describeEnforcement(policies, exec.keptOut, buildPainter(hasColour(stdout, env))),
  );
  return 0;
}
