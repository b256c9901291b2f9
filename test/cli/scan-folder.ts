/** A folder of its own for each test, to write manifests to and to run the command line in. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { PostureReport } from '../../src/report/posture-report.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { runMerlon } from './merlon-process.ts';

export interface ScanFolder {
  readonly path: string;
  /** Runs the command line in the folder. */
  run(args: readonly string[], stdin?: string): Promise<ProcessResult>;
  /** @param files texts by their path in the folder */
  write(files: Readonly<Record<string, string>>): Promise<void>;
}

/** Makes it before each test of the suite and takes it away after. */
export function useScanFolder(): () => ScanFolder {
  let path = '';
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'merlon-cli-'));
  });
  afterEach(async () => {
    await rm(path, { recursive: true, force: true });
  });
  return () => ({
    path,
    run: (args, stdin) => runMerlon(args, { cwd: path, ...(stdin === undefined ? {} : { stdin }) }),
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), text);
      }
    },
  });
}

/** The failures of a report, as `rule subject path:line`. */
export function failuresOf(stdout: string): string[] {
  const { findings } = JSON.parse(stdout) as PostureReport;
  return findings
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ rule, subject, source }) => `${rule} ${subject.name} ${source?.path ?? ''}:${source?.line ?? 0}`);
}
