/** What may be in a bundle, tried on small repositories. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect } from 'chai';

import { buildBundle } from '../../src/generate/bundle.ts';
import { writeCodeCache } from '../../src/generate/code-cache.ts';
import { runProcess } from '../support/run-process.ts';

const root = join(import.meta.dirname, '../..');
const lazyCli = `const { connect } = await import('./client.ts'); console.log(typeof connect);`;
const client = `import { KubeConfig } from '@kubernetes/client-node'; export const connect = () => new KubeConfig();`;

describe('the bundle', () => {
  let copy = '';
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'merlon-bundle-'));
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterEach(async () => {
    await rm(copy, { recursive: true });
  });
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    const all = {
      'package.json': JSON.stringify({ version: '1.2.3', type: 'module', secret: 'not shipped' }),
      'src/main.ts': `import p from '../package.json' with { type: 'json' }; console.log(p.version);`,
      'src/start.ts': `import { runProgram } from ${JSON.stringify(join(root, 'src/compiled-program.ts'))}; runProgram(import.meta.dirname);`,
      'src/cli.ts': '',
      'src/client.ts': client,
      ...files,
    };
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), text);
    }
  };
  const run = (path: string) => runProcess(process.execPath, [join(copy, path)], { timeoutMs: 20_000, env: {} });
  const failure = () =>
    buildBundle(copy).then(
      () => 'it built',
      (error: unknown) => String(error),
    );

  it('of the operator is one file that needs no node_modules, and of package.json holds the version alone', async () => {
    await write({});
    const { operator } = await buildBundle(copy);
    await rm(join(copy, 'node_modules'));
    expect(await run('dist/operator.cjs')).to.include({ code: 0, stdout: '1.2.3\n' });
    expect(await readFile(join(copy, 'dist/operator.cjs'), 'utf8')).not.to.include('not shipped');
    expect(await run(operator)).to.include({ code: 0, stdout: '1.2.3\n' });
  });

  it('of the operator takes away what was compiled of another', async () => {
    await write({ 'dist/operator.cache': 'of another' });
    await buildBundle(copy);
    expect(await readdir(join(copy, 'dist'))).to.have.members(
      ['operator.mjs', 'operator.cjs'].flatMap((file) => [file, `${file}.map`]).concat('cli'),
    );
  });

  it('of the operator has a code cache for the flags with which it is deployed', async () => {
    const args = ['--no-sparkplug', '--max-old-space-size=300', 'operator.mjs', '--once'];
    const container = { args };
    await write({
      'config/manager/deployment.yaml': JSON.stringify({ spec: { template: { spec: { containers: [container] } } } }),
    });
    await buildBundle(copy);
    await writeCodeCache(copy, 'dist');
    const script = `import { runProgram } from ${JSON.stringify(join(root, 'src/compiled-program.ts'))};
      console.log(runProgram(${JSON.stringify(join(copy, 'dist'))}));`;
    const start = (flags: readonly string[]) =>
      runProcess(process.execPath, [...flags, '--input-type=module', '-e', script], { timeoutMs: 20_000, env: {} });
    expect(await start(['--no-sparkplug', '--max-old-space-size=300'])).to.include({ stdout: '1.2.3\ntrue\n' });
    expect(await start([])).to.include({ stdout: '1.2.3\nfalse\n' });
  });

  it('of the operator has a code cache that a heap of another size at first does not make unfit', async () => {
    const args = ['--initial-old-space-size=64', 'operator.mjs'];
    await write({
      'src/start.ts': `import ${JSON.stringify(join(root, 'src/start.ts'))};`,
      'config/manager/deployment.yaml': JSON.stringify({ spec: { template: { spec: { containers: [{ args }] } } } }),
    });
    const { operator } = await buildBundle(copy);
    await writeCodeCache(copy, 'dist');
    for (const flags of [['--initial-old-space-size=64'], ['--initial-old-space-size=32'], []]) {
      const started = await runProcess(process.execPath, [...flags, join(copy, operator)], {
        timeoutMs: 20_000,
        env: {},
      });
      expect(started).to.include({ code: 0, stdout: '1.2.3\n', stderr: '' });
    }
    const others = await runProcess(process.execPath, ['--no-sparkplug', join(copy, operator)], {
      timeoutMs: 20_000,
      env: {},
    });
    expect(others.stderr).to.match(/^operator\.cache was made for/);
  });

  it('of the operator has the names of functions, for who reads a stack trace', async () => {
    await write({ 'src/main.ts': `const failHere = () => { throw new Error('broken'); }; failHere();` });
    const { operator } = await buildBundle(copy);
    expect((await run(operator)).stderr).to.match(/Error: broken\n {4}at failHere /);
  });

  it('of the operator says when its code cache is of no use', async () => {
    await write({ 'src/start.ts': `import ${JSON.stringify(join(root, 'src/start.ts'))};` });
    const { operator } = await buildBundle(copy);
    expect(await run(operator)).to.include({ code: 0, stdout: '1.2.3\n', stderr: '' });
    await write({ 'dist/operator.cache': 'of another' });
    const { stdout, stderr } = await run(operator);
    expect(stdout).to.equal('1.2.3\n');
    expect(stderr).to.match(/^operator\.cache was made for another program, .*: the operator starts later; .*\n$/);
  });

  it('lets packages require what Node has, as winston does', async () => {
    await write({ 'src/main.ts': `import winston from 'winston'; console.log(typeof winston.createLogger);` });
    const { operator } = await buildBundle(copy);
    await rm(join(copy, 'node_modules'));
    expect(await run(operator)).to.include({ code: 0, stdout: 'function\n' });
  });

  it('of the operator is refused with client-node in it, however it is imported', async () => {
    await write({ 'src/main.ts': `void import('./client.ts').then(({ connect }) => console.log(typeof connect));` });
    expect(await failure()).to.match(/dist\/operator\.cjs would load .*@kubernetes\/client-node/);
  });

  it('of the command line is refused when client-node would be loaded at its start', async () => {
    await write({ 'src/cli.ts': `import './client.ts';` + client });
    expect(await failure()).to.match(/dist\/cli\/merlon\.mjs would load .*@kubernetes\/client-node/);
  });

  it('is refused with a character of which V8 would make two bytes of every other', async () => {
    await write({ 'src/main.ts': 'console.log(/\u03bc/.test(process.title), "\u03bc");' });
    expect(await failure()).to.match(/dist\/operator\.cjs is not ASCII: write the end of ".*\u03bc" as an escape/);
  });

  it('of the command line has client-node in a chunk that is loaded when it is needed', async () => {
    await write({ 'src/cli.ts': lazyCli });
    const { cli } = await buildBundle(copy);
    await rm(join(copy, 'node_modules'));
    expect(await run(cli)).to.include({ code: 0, stdout: 'function\n' });
  });

  it('leaves no chunk of an earlier one behind', async () => {
    await write({ 'src/cli.ts': lazyCli });
    await buildBundle(copy);
    await write({});
    await buildBundle(copy);
    expect(await readdir(join(copy, 'dist/cli'))).to.have.members(['merlon.mjs', 'merlon.mjs.map']);
  });
});
