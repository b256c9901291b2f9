/**
 * `make baselines VERSION=1.36.3`: records the roles and bindings that a fresh control plane of that release has, and the
 * resources that it serves, into src/rbac/predefined; `make generate` then prints what of it is shipped.
 */
import { relative } from 'node:path';

import { exitOnSignals } from '../../support/run-process.ts';
import { writeRecording } from './baseline-file.ts';
import { recordBaseline } from './record-baseline.ts';

exitOnSignals();
try {
  const { minor, baseline, resources } = await recordBaseline();
  const paths = await writeRecording(minor, baseline, resources);
  for (const path of paths) process.stderr.write(`baselines: wrote ${relative(process.cwd(), path)}\n`);
} catch (error) {
  process.stderr.write(`baselines: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
