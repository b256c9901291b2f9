/** `make control-plane`: prints the path of the control plane's binary as the only line on stdout; builds it if need be. */
import { realpathSync } from 'node:fs';
import { exitOnSignals } from '../support/run-process.ts';
import { selectAssets } from './assets.ts';

exitOnSignals();
try {
  const { source, kubeApiServer } = await selectAssets(process.env);
  if (kubeApiServer === undefined) {
    process.stderr.write('control-plane: USE_EXISTING_CLUSTER is set: nothing to build\n');
  } else {
    process.stdout.write(`${source === 'build' ? realpathSync(kubeApiServer) : kubeApiServer}\n`);
  }
} catch (error) {
  process.stderr.write(`control-plane: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
