/** What the image starts: the operator, with what was compiled of it beforehand. */
import './match-code-caches.ts';

import { CACHE_FILE, runProgram } from './compiled-program.ts';
import { deferOptimisation } from './optimisation.ts';

const isCacheOfUse = runProgram(import.meta.dirname);
deferOptimisation();
if (isCacheOfUse === false) {
  process.stderr.write(
    `${CACHE_FILE} was made for another program, another Node or other flags of V8, or is damaged, and is not used: the operator starts later; ` +
      'have it made by the Node and with the flags that start it (see docs/development.md)\n',
  );
}
