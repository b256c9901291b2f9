/** The code cache of a program, each time in a process of its own: flags of V8 belong to a whole process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { CACHE_FILE, PROGRAM_FILE } from '../src/compiled-program.ts';
import { runProcess } from './support/run-process.ts';

const module = JSON.stringify(join(import.meta.dirname, '../src/compiled-program.ts'));

describe('a compiled program', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-compiled-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const evaluate = (script: string, flags: readonly string[] = []) =>
    runProcess(process.execPath, [...flags, '--input-type=module', '--eval', script], {
      env: { FOLDER: folder },
      timeoutMs: 20_000,
    });
  const writeProgram = (text: string) => writeFile(join(folder, PROGRAM_FILE), text);
  const compile = async (flags: readonly string[] = []): Promise<void> => {
    const script = `import { compileProgram } from ${module}; import { writeFileSync } from 'node:fs';
      import { setFlagsFromString } from 'node:v8';
      writeFileSync(process.env.FOLDER + '/${CACHE_FILE}', compileProgram(process.env.FOLDER, setFlagsFromString));`;
    const { code, stderr } = await evaluate(script, flags);
    expect(code, stderr).to.equal(0);
  };
  /** What the program prints, and then whether its cache was of use. */
  const run = async (flags: readonly string[] = []): Promise<string> => {
    const script = `import { runProgram } from ${module}; console.log(runProgram(process.env.FOLDER));`;
    const { code, stdout, stderr } = await evaluate(script, flags);
    return code === 0 ? stdout : stderr;
  };

  it('runs with its cache, as Node runs a CommonJS module', async () => {
    await writeProgram(`const { sep } = require('node:path'); exports.x = 1; console.log(sep, module.exports.x);`);
    await compile();
    expect(await run()).to.equal('/ 1\ntrue\n');
  });

  it('runs without a cache', async () => {
    await writeProgram(`console.log('here')`);
    expect(await run()).to.equal('here\nundefined\n');
  });

  it('is not taken for another one of the same length, of which the cache is', async () => {
    await writeProgram(`const f = () => 'one'; console.log(f())`);
    await compile();
    await writeProgram(`const f = () => 'two'; console.log(f())`);
    expect(await run()).to.equal('two\nfalse\n');
  });

  it('runs with flags of V8 for which its cache is not, and with those for which it is', async () => {
    await writeProgram(`console.log('here')`);
    await compile(['--no-sparkplug']);
    expect(await run()).to.equal('here\nfalse\n');
    expect(await run(['--no-sparkplug'])).to.equal('here\ntrue\n');
    // The limit of memory makes no difference.
    expect(await run(['--no-sparkplug', '--max-old-space-size=200'])).to.equal('here\ntrue\n');
  });

  it('runs where its cache is not as it was made, is cut off, or is none', async () => {
    await writeProgram(`console.log('here')`);
    await compile();
    const cache = await readFile(join(folder, CACHE_FILE));
    const changed = Buffer.from(cache);
    changed.writeUInt8(changed.readUInt8(cache.length - 40) ^ 1, cache.length - 40);
    const cut = cache.subarray(0, cache.length - 8);
    for (const broken of [changed, cut, cache.subarray(0, 32), Buffer.from('none')]) {
      await writeFile(join(folder, CACHE_FILE), broken);
      expect(await run()).to.equal('here\nfalse\n');
    }
  });

  it('has every function compiled, also those that nobody has called', async () => {
    await writeProgram(`const never = () => 'x'; console.log('here');`);
    await compile();
    const small = (await readFile(join(folder, CACHE_FILE))).length;
    await writeProgram(`const never = () => { ${'console.log(process.pid + 1);'.repeat(100)} }; console.log('here');`);
    await compile();
    expect((await readFile(join(folder, CACHE_FILE))).length).to.be.greaterThan(small + 1000);
  });

  it('says where it fails', async () => {
    await writeProgram(`function fail() { throw new Error('broken') }\nfail();`);
    await compile();
    expect(await run()).to.match(/operator\.cjs:1.*\n.*\n.*\n*.*Error: broken\n {4}at fail \(.*operator\.cjs:1/);
  });

  it('is missed by name', async () => {
    expect(await run()).to.match(/ENOENT.*operator\.cjs/);
  });
});
