/** What is set in the process concerns the whole of it, so it is set in another one. */
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

import { expect } from 'chai';

/** V8 takes no code cache that was made with other flags; of another script it takes it, and of the same one it has the code itself. */
const program = `
import { Script } from 'node:vm';
import { allowOptimisation, deferOptimisation } from '${pathToFileURL('src/optimisation.ts').href}';
const cachedData = new Script('0').createCachedData();
const isRefused = (script) => new Script(script, { cachedData }).cachedDataRejected;
deferOptimisation();
const whileStarting = isRefused('1');
allowOptimisation();
console.log(JSON.stringify({ whileStarting, afterwards: isRefused('2') }));
`;

describe('optimisation', () => {
  it('is another one while the operator starts, and afterwards as V8 has it', () => {
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    expect(JSON.parse(output)).to.deep.equal({ whileStarting: true, afterwards: false });
  });
});
