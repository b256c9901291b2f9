/** `merlon import psp`: a PodSecurityPolicy as a hardening policy, and all that has to be said of it. */
import { isObjectName } from '../core/object-name.ts';
import { DEFAULT_POLICY_NAME } from '../core/policy.ts';
import { importPolicy } from '../psp/import-policy.ts';
import { mergeFragments } from '../psp/merge-fragments.ts';
import { describeImport, printImportedPolicy } from '../report/imported-policy.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { printable } from '../report/terminal.ts';
import type { InputProblem } from '../scan/input-problem.ts';
import { describePlace, describePolicy, loadPolicyDocuments, readPolicyDocument } from '../scan/psp-documents.ts';
import type { LoadedPolicy, PolicyDocument } from '../scan/psp-documents.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export interface ImportPspOptions {
  /** Files, folders, and `-`. */
  readonly paths: readonly string[];
  /** Put fragments of one name together. */
  readonly merge: boolean;
  /** Of the hardening policy; by default that of the PodSecurityPolicy. */
  readonly name?: string;
}

/** @returns what is wrong with the command line; undefined if nothing is */
export function findImportUsageError({ name }: ImportPspOptions): string | undefined {
  return name === undefined ? undefined : findNameProblem(name, '--name');
}

function findNameProblem(name: string, where: string): string | undefined {
  if (name === DEFAULT_POLICY_NAME) {
    return `${where}: "${name}" is the name of the built-in policy; choose another with --name`;
  }
  return isObjectName(name)
    ? undefined
    : `${where}: "${name}" is no name for an object; choose one of lower-case letters, digits, "-" and "." with --name`;
}

/** Nothing is printed where anything is wrong: half a policy would judge less than what was meant. */
export async function runImportPsp(options: ImportPspOptions, streams: CommandStreams): Promise<ExitCode> {
  const { stdout, stderr } = streams;
  const say = (line: string): unknown => stderr.write(`${printable(line)}\n`);
  const loaded = await loadPolicyDocuments(options.paths, streams);
  reportInput(loaded, stderr);
  if (loaded.problems.length > 0) return 3;
  const chosen = choosePolicy(loaded.policies, options);
  if ('problems' in chosen) {
    reportInput({ problems: chosen.problems, leftOut: [] }, stderr);
    return 3;
  }
  const { policy, documents, name } = chosen;
  const imported = importPolicy(name, policy.policy, policy.gaps);
  if (loaded.others.length > 0) say(`no PodSecurityPolicy, and not imported: ${loaded.others.length} other objects`);
  for (const line of describeImport(imported)) say(line);
  const source = { name: describePolicy(policy), places: documents.map(({ place }) => describePlace(place)) };
  await writeAll(stdout, printImportedPolicy(imported, source));
  return 0;
}

interface Chosen {
  readonly policy: LoadedPolicy;
  /** What it was made of. */
  readonly documents: readonly PolicyDocument[];
  readonly name: string;
}

function choosePolicy(
  documents: readonly PolicyDocument[],
  options: ImportPspOptions,
): Chosen | { readonly problems: readonly InputProblem[] } {
  const [first, second] = documents;
  if (first === undefined)
    return { problems: [{ path: options.paths.join(', '), reason: 'holds no PodSecurityPolicy' }] };
  const read = documents.map(readPolicyDocument);
  const unread = read.filter((one) => 'reason' in one);
  if (unread.length > 0) return { problems: unread };
  const strangers = documents.filter(({ name }) => name !== first.name);
  if (strangers.length > 0) return { problems: strangers.map((stranger) => refuseStranger(stranger, first)) };
  if (second !== undefined && !options.merge) return { problems: [refuseRepetition(second, first)] };
  const merged = mergeDocuments(documents, first);
  if ('reason' in merged) return { problems: [merged] };
  const policy = readPolicyDocument(merged);
  if ('reason' in policy) return { problems: [policy] };
  const name = options.name ?? policy.name;
  const wrong = findNameProblem(name, describePolicy(policy));
  return wrong === undefined
    ? { policy, documents, name }
    : { problems: [{ path: first.place.path, line: first.place.line, reason: wrong }] };
}

/** A pod had to satisfy one of two policies; a hardening policy holds all its rules at once. */
function refuseStranger(stranger: PolicyDocument, first: PolicyDocument): InputProblem {
  const { path, line } = stranger.place;
  const before = `${describePolicy(first)} (${describePlace(first.place)})`;
  return {
    path,
    line,
    reason: `${describePolicy(stranger)} is another policy than ${before}: a pod had to satisfy one of them, so import each by itself`,
  };
}

function refuseRepetition(second: PolicyDocument, first: PolicyDocument): InputProblem {
  const { path, line } = second.place;
  return {
    path,
    line,
    reason: `${describePolicy(second)} is already at ${describePlace(first.place)}; put them together with --merge, or import each by itself`,
  };
}

function mergeDocuments(documents: readonly PolicyDocument[], first: PolicyDocument): PolicyDocument | InputProblem {
  const merged = mergeFragments(documents.map(({ json }) => json));
  if ('json' in merged) return { ...first, json: merged.json };
  const { path: field, index, earlier } = merged.conflict;
  const [place, before] = [documents[index]?.place ?? first.place, documents[earlier]?.place ?? first.place];
  return {
    path: place.path,
    line: place.lineOf(field),
    reason: `${describePolicy(first)}: "${field}" is already set to something else at ${before.path}:${before.lineOf(field)}`,
  };
}
