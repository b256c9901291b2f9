/**
 * Repairs of manifests: what fails in files, with what its remedy makes of the text. The files are judged again with all
 * of it, and what then still fails is taken back: a repair that leaves its rule failing is none.
 */
import { realpathSync } from 'node:fs';

import type { Finding } from '../core/finding.ts';
import { MalformedField } from '../core/shape.ts';
import { NotObserved } from '../core/snapshot.ts';
import { editManifests } from '../manifest-edit/manifest-edit.ts';
import type { ManifestPatch } from '../manifest-edit/manifest-edit.ts';
import type { PlannedRepair } from '../remediation/planned-repair.ts';
import { planRepair, remedyOf } from '../remediation/remedies.ts';
import { scanFiles } from '../scan/file-scan.ts';
import type { FileScan, FileScanOptions } from '../scan/file-scan.ts';
import { stdinPath } from '../scan/manifests.ts';
import type { ManifestInput } from '../scan/manifests.ts';

export interface FileRepair extends ManifestPatch {
  readonly finding: Finding;
  readonly plan: PlannedRepair;
  readonly path: string;
  readonly line: number;
}

export interface RepairedFile {
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
  readonly repairs: readonly FileRepair[];
}

export interface FileRepairs {
  readonly scan: FileScan;
  /** Those that change, in the order in which they were read. */
  readonly files: readonly RepairedFile[];
  /** What standard input held, where it was read. */
  readonly stdin: Buffer | undefined;
  /** What a patch would repair and the text does not let it. */
  readonly refused: readonly { readonly repair: FileRepair; readonly reason: string }[];
  /** What fails and no patch repairs. */
  readonly unrepaired: readonly Finding[];
  /** What may fail, or fails and may be repaired by a patch: nobody can tell, and the reason says why. */
  readonly undecided: readonly Undecided[];
}

export interface Undecided {
  readonly finding: Finding;
  readonly reason: string;
}

/** @param isWanted whether a rule is to be repaired, by its id */
export async function planFileRepairs(
  options: FileScanOptions,
  input: ManifestInput,
  isWanted: (rule: string) => boolean,
): Promise<FileRepairs> {
  const read = new ReadFiles();
  const scan = await scanFiles(options, { stdin: input.stdin, exchange: (path, bytes) => read.add(path, bytes) });
  const wanted = scan.findings.filter(({ rule }) => isWanted(rule.id));
  const failed = wanted.filter(({ outcome }) => outcome === 'fail');
  const unknown = wanted.filter(({ outcome, rule }) => outcome === 'unknown' && remedyOf(rule.id) !== undefined);
  const planned = failed.map((finding) => ({ finding, repair: planFinding(finding, scan) }));
  let edited = editFiles(
    read,
    planned.flatMap(({ repair }) => (repair === undefined || 'reason' in repair ? [] : [repair])),
  );
  const refused = [...edited.refused];
  for (;;) {
    const made = edited.files.flatMap(({ repairs }) => repairs);
    const failing = made.length === 0 ? nobody : await findFailing(options, read, edited.files);
    const vain = made.filter((repair) => failing.has(keyOf(repair)));
    if (vain.length === 0) break;
    edited = editFiles(
      read,
      made.filter((repair) => !failing.has(keyOf(repair))),
    );
    refused.push(...edited.refused, ...vain.map((repair) => ({ repair, reason: explainVain(repair) })));
  }
  const unrepaired = planned.flatMap(({ finding, repair }) => (repair === undefined ? [finding] : []));
  const undecided = [
    ...planned.flatMap(({ repair }) => (repair !== undefined && 'reason' in repair ? [repair] : [])),
    ...unknown.map((finding) => ({ finding, reason: finding.message })),
  ];
  return { scan, files: edited.files, stdin: read.get(stdinPath), refused, unrepaired, undecided };
}

/** What was read, each file once: under another name it is still the same text. */
class ReadFiles {
  readonly #bytes = new Map<string, Buffer>();
  readonly #identities = new Set<string>();

  add(path: string, bytes: Buffer): Buffer {
    const identity = identityOf(path);
    if (this.#identities.has(identity)) return nothing;
    this.#identities.add(identity);
    this.#bytes.set(path, bytes);
    return bytes;
  }

  get(path: string): Buffer | undefined {
    return this.#bytes.get(path);
  }

  get paths(): readonly string[] {
    return [...this.#bytes.keys()];
  }
}

const nothing = Buffer.alloc(0);
const nobody: ReadonlySet<string> = new Set();

function identityOf(path: string): string {
  if (path === stdinPath) return path;
  try {
    return realpathSync(path);
  } catch {
    // It went away since it was read.
    return path;
  }
}

/** @returns undefined where no patch repairs it */
function planFinding(finding: Finding, scan: FileScan): FileRepair | Undecided | undefined {
  const place = scan.placeOf(finding);
  const index = scan.indexOf(finding);
  if (place === undefined || index === undefined || remedyOf(finding.rule.id) === undefined) return undefined;
  try {
    const plan = planRepair(finding, scan.snapshotOf(finding));
    if (plan === undefined) return undefined;
    const [first] = finding.violations;
    const line = first === undefined ? place.line : place.lineOf(first.path);
    const fields = Object.entries(plan.patch).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
    return {
      finding,
      plan,
      index,
      path: place.path,
      line,
      patch: Object.fromEntries(fields) as ManifestPatch['patch'],
    };
  } catch (error) {
    if (!(error instanceof NotObserved || error instanceof MalformedField)) throw error;
    return { finding, reason: error.message };
  }
}

function editFiles(read: ReadFiles, repairs: readonly FileRepair[]): Pick<FileRepairs, 'files' | 'refused'> {
  const byPath = Map.groupBy(repairs, ({ path }) => path);
  const edited = read.paths.flatMap((path) => {
    const [before, ofFile] = [read.get(path), byPath.get(path)];
    if (before === undefined || ofFile === undefined) return [];
    return [{ path, before, ...editManifests(before, path, ofFile) }];
  });
  return {
    files: edited
      .filter(({ made }) => made.length > 0)
      .map(({ path, before, bytes, made }) => ({ path, before, after: bytes, repairs: made })),
    refused: edited.flatMap(({ refused }) => refused.map(({ patch, reason }) => ({ repair: patch, reason }))),
  };
}

/** What fails, or is not known, once the files are as they would be. */
async function findFailing(
  options: FileScanOptions,
  read: ReadFiles,
  files: readonly RepairedFile[],
): Promise<ReadonlySet<string>> {
  const after = new Map(files.map((file) => [file.path, file.after]));
  const again = new ReadFiles();
  const scan = await scanFiles(options, {
    stdin: noInput(),
    exchange: (path) => again.add(path, after.get(path) ?? read.get(path) ?? nothing),
  });
  return new Set(
    scan.findings
      .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
      .map((finding) =>
        keyOf({ finding, path: scan.placeOf(finding)?.path ?? '', index: scan.indexOf(finding) ?? -1 }),
      ),
  );
}

async function* noInput(): AsyncGenerator<Uint8Array> {
  // Standard input can be read only once: what was in it is given in its place.
}

function keyOf({ finding, path, index }: Pick<FileRepair, 'finding' | 'path' | 'index'>): string {
  return JSON.stringify([finding.rule.id, path, index]);
}

function explainVain({ plan }: FileRepair): string {
  const why = plan.remark === undefined ? '' : `: ${plan.remark}`;
  return `the rule would fail all the same${why}`;
}
