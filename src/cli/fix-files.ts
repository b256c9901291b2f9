/** `merlon fix PATH…`: prints what would change in the files as a unified diff, or edits them. */
import { isUtf8 } from 'node:buffer';

import type { Finding } from '../core/finding.ts';
import { systemClock } from '../kube/system-clock.ts';
import { isBlocking } from '../remediation/planned-repair.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { printable } from '../report/terminal.ts';
import { printUnifiedDiff } from '../report/unified-diff.ts';
import { rules } from '../rules/index.ts';
import { loadHardeningExemptions } from '../scan/hardening-exemptions.ts';
import { loadHardeningPolicies } from '../scan/hardening-policies.ts';
import { stdinPath } from '../scan/manifests.ts';
import { replaceFile } from './file-replacement.ts';
import { planFileRepairs } from './file-repairs.ts';
import type { FileRepair, RepairedFile } from './file-repairs.ts';
import type { FixFilesTarget, FixOptions } from './fix-options.ts';
import { reportFailedRules, reportInput, reportUnjudged } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams, OutputStream } from './output.ts';

export async function fixFiles(
  target: FixFilesTarget,
  wanted: FixOptions['rules'],
  streams: CommandStreams,
): Promise<ExitCode> {
  const { stderr } = streams;
  const { paths, podSecurityVersion } = target;
  const loaded = await loadHardeningPolicies(target.policies, streams, rules);
  reportInput(loaded, stderr);
  const accepted = await loadHardeningExemptions(target.exemptions ?? [], streams, rules);
  reportInput(accepted, stderr);
  const { scan, files, stdin, refused, unrepaired, undecided } = await planFileRepairs(
    {
      inputs: paths,
      rules,
      observer: reportFailedRules(stderr),
      policies: loaded.policies,
      ownPolicies: loaded.ownPolicies,
      exemptions: accepted.exemptions,
      nowMs: systemClock.wallTimeMs(),
      ...(podSecurityVersion === undefined ? {} : { podSecurityVersion }),
    },
    streams,
    (rule) => wanted.has(rule),
  );
  reportInput(scan, stderr);
  reportUnjudged('no rule is about', scan.notJudged, stderr);
  if (scan.judged === 0) stderr.write(`nothing to judge in ${paths.map(printable).join(', ')}\n`);
  for (const idle of [...scan.idleExemptions, ...scan.idleAttestations]) stderr.write(`${printable(idle)}\n`);
  for (const doubt of scan.doubts) stderr.write(`not certain: ${printable(doubt)}\n`);
  for (const { repairs } of files) reportRisks(repairs, stderr);
  for (const { repair, reason } of refused) {
    stderr.write(`${describeRepair(repair)}: not possible: ${printable(reason)}\n`);
  }
  for (const one of undecided) {
    const place = scan.placeOf(one.finding);
    const where = place === undefined ? '' : `${printable(place.path)}:${place.line}: `;
    stderr.write(`${where}${describeFinding(one.finding)}: not decided: ${printable(one.reason)}\n`);
  }
  const isWritten = target.isWritten ? await writeFiles(files, stdin, streams) : await printFiles(files, streams);
  if (unrepaired.length > 0) {
    stderr.write(`${unrepaired.length} ${unrepaired.length === 1 ? 'failure' : 'failures'} that no patch repairs\n`);
  }
  const hasProblem = [loaded, accepted, scan].some(({ problems }) => problems.length > 0);
  if (hasProblem || (scan.judged === 0 && scan.notJudged.length === 0)) return 3;
  if (!isWritten || scan.doubts.length > 0 || undecided.length > 0) return 4;
  return refused.length > 0 || (files.length > 0 && !target.isWritten) ? 1 : 0;
}

/** What a person should think of before he takes the change. */
function reportRisks(repairs: readonly FileRepair[], stderr: OutputStream): void {
  for (const repair of repairs) {
    for (const { message } of repair.plan.risks.filter(isBlocking)) {
      stderr.write(`${describeRepair(repair)}: mind that ${printable(message)}\n`);
    }
  }
}

function describeRepair({ path, line, finding }: FileRepair): string {
  return `${printable(path)}:${line}: ${describeFinding(finding)}`;
}

function describeFinding({ rule, subject }: Finding): string {
  return `${rule.id}: ${printable(subject.kind)} "${printable(subject.name)}"`;
}

async function printFiles(files: readonly RepairedFile[], { stdout }: CommandStreams): Promise<true> {
  const diffs = files.map(({ path, before, after }) =>
    printUnifiedDiff(printable(path), before.toString('utf8'), after.toString('utf8')),
  );
  // A terminal obeys some characters, which a patch has to keep.
  await writeAll(stdout, stdout.isTTY === true ? diffs.map(printableLines) : diffs);
  return true;
}

function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line.replace(/\r$/, '')))
    .join('\n');
}

/**
 * Of standard input the whole text is printed, also where nothing changes in it: another command reads on from there.
 *
 * @returns whether all of them could be
 */
async function writeFiles(
  files: readonly RepairedFile[],
  stdin: Buffer | undefined,
  { stdout, stderr }: CommandStreams,
): Promise<boolean> {
  let isWhole = true;
  for (const { path, before, after, repairs } of files.filter((file) => file.path !== stdinPath)) {
    const problem = replaceFile(path, before, after);
    if (problem === undefined) {
      await writeAll(stdin === undefined ? stdout : stderr, [`${printable(path)}: ${repairs.length} fixed\n`]);
    } else {
      stderr.write(`${printable(path)}: ${problem}\n`);
      isWhole = false;
    }
  }
  if (stdin === undefined) return isWhole;
  const text = files.find(({ path }) => path === stdinPath)?.after ?? stdin;
  if (!isUtf8(text)) {
    stderr.write('standard input is not UTF-8, so it is not printed\n');
    return false;
  }
  await writeAll(stdout, [text.toString('utf8')]);
  return isWhole;
}
