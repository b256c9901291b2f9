/** `make campaign-versions`: the integration tests on one Kubernetes release after the other, and a table at the end. */
import { exitOnSignals, runProcess } from './run-process.ts';

const perVersionTimeoutMs = 2 * 3_600_000;

exitOnSignals();
const results: string[] = [];
for (const version of process.argv.slice(2)) {
  process.stdout.write(`\n══ Kubernetes ${version} ══\n`);
  const { code } = await runProcess('make', ['--no-print-directory', 'test-integration', `VERSION=${version}`], {
    timeoutMs: perVersionTimeoutMs,
    output: 'inherit',
  });
  results.push(`${version.padEnd(10)} ${code === 0 ? 'passed' : 'FAILED'}`);
  if (code !== 0) process.exitCode = 1;
}
process.stdout.write(`\n${results.join('\n')}\n`);
