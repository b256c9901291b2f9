/** `merlon can-i --batch`: a line of JSON in, a line of JSON out. */
import { join } from 'node:path';

import { expect } from 'chai';

import { maxLineLength, readLines } from '../../src/cli/text-lines.ts';
import { askMerlon } from './questions.ts';
import { shopRbac, web } from './rbac-manifests.ts';
import { useScanFolder } from './scan-folder.ts';

const groups = ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'];
const list = { user: web, groups, verb: 'list', resource: 'pods', namespace: 'shop' };

describe('merlon can-i --batch', function () {
  this.timeout(30_000);
  const folder = useScanFolder();

  async function ask(lines: readonly (object | string)[], more: readonly string[] = []) {
    await folder().write({ 'rbac.yaml': shopRbac });
    const stdin = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    const args = ['can-i', '--batch', '-', '-f', join(folder().path, 'rbac.yaml'), ...more];
    const { code, stdout, stderr } = await askMerlon(args, stdin);
    const answers = stdout.split('\n').slice(0, -1);
    return { code, stderr, answers: answers.map((line) => JSON.parse(line) as unknown) };
  }

  it('answers in the order of the questions, with binding, role and rule', async () => {
    const { code, answers } = await ask([
      list,
      { ...list, verb: 'create' },
      { ...list, subresource: 'log', verb: 'get' },
    ]);
    expect(code).to.equal(0);
    const granted = {
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "readers/shop" of Role "pod-reader" to ServiceAccount "web/shop"',
      binding: { kind: 'RoleBinding', namespace: 'shop', name: 'readers' },
      role: { kind: 'Role', namespace: 'shop', name: 'pod-reader' },
      rule: 0,
    };
    expect(answers).to.deep.equal([granted, { allowed: false, reason: '' }, { ...granted, rule: 1 }]);
  });

  it('takes groups as given, as a SubjectAccessReview does', async () => {
    const masters = { groups: ['system:masters'], verb: 'get', path: '/metrics' };
    const { answers } = await ask([masters, { user: 'jane', verb: 'get', path: '/metrics' }]);
    expect(answers).to.deep.equal([
      { allowed: true, reason: '' },
      { allowed: false, reason: '' },
    ]);
  });

  it('says what is not known, and exits with 4', async () => {
    const { code, answers } = await ask([list, { user: 'vera', verb: 'get', resource: 'pods' }]);
    expect(code).to.equal(4);
    expect(answers[1]).to.deep.equal({
      allowed: false,
      reason: '',
      unknown: true,
      doubts: ['ClusterRole "view" is not among the files'],
    });
  });

  it('says of a yes that is of no use that it is', async () => {
    const { answers } = await ask([{ ...list, resource: 'nodes' }]);
    expect(answers[0]).to.include({ allowed: true, effective: false });
  });

  it('loses nothing to lines that are no questions, and exits with 3', async () => {
    const { code, answers } = await ask(['{', list, '', '[]', '7', list, '  ']);
    expect(code).to.equal(3);
    expect(answers.map((answer) => Object.keys(answer as object)[0])).to.deep.equal([
      'error',
      'allowed',
      'error',
      'error',
      'error',
      'allowed',
      'error',
    ]);
    expect(answers.map((answer) => (answer as { line?: number }).line)).to.deep.equal([
      1,
      undefined,
      3,
      4,
      5,
      undefined,
      7,
    ]);
    expect(answers[2]).to.deep.equal({ error: 'a blank line is no question', line: 3 });
  });

  it('reads what an editor wrote with a byte order mark, which is no part of the first question', async () => {
    const { code, answers } = await ask([`\uFEFF${JSON.stringify(list)}`, list]);
    expect([code, answers.length]).to.deep.equal([0, 2]);
    expect(answers[0]).to.deep.equal(answers[1]);
    const later = await ask([list, `\uFEFF${JSON.stringify(list)}`]);
    expect(later.code).to.equal(3);
    expect(later.answers[1]).to.have.property('line', 2);
  });

  const malformed: readonly (readonly [question: object, error: RegExp])[] = [
    [{ ...list, user: 7 }, /"user" must be a text/],
    [{ ...list, groups: 'devs' }, /"groups" must be a list of texts/],
    [{ ...list, groups: [null] }, /"groups" must be a list of texts/],
    [{ ...list, namespaces: 'shop' }, /there is no field "namespaces"/],
    [{ verb: 'get', resource: 'pods' }, /neither "user" nor "groups"/],
    [{ user: 'jane', resource: 'pods' }, /no "verb"/],
    [{ user: 'jane', verb: 'get' }, /neither "resource" nor "path"/],
    [{ ...list, path: '/healthz' }, /"path" and "resource" exclude each other/],
  ];
  for (const [question, error] of malformed) {
    it(`refuses ${JSON.stringify(question)}`, async () => {
      const { code, answers } = await ask([question]);
      expect(code).to.equal(3);
      expect((answers[0] as { error: string }).error).to.match(error);
    });
  }

  it('exits with 3 where the file of questions is not there', async () => {
    await folder().write({ 'rbac.yaml': shopRbac });
    const rbac = join(folder().path, 'rbac.yaml');
    const { code, stdout, stderr } = await askMerlon(['can-i', '--batch', join(folder().path, 'none'), '-f', rbac]);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr).to.match(/none: no such file or folder\n$/);
  });
});

describe('the lines of a stream', () => {
  async function linesOf(...chunks: readonly (string | Uint8Array)[]): Promise<readonly unknown[]> {
    const source = (async function* () {
      await Promise.resolve();
      for (const chunk of chunks) yield Buffer.from(chunk);
    })();
    const lines: unknown[] = [];
    for await (const some of readLines(source)) lines.push(...some);
    return lines;
  }

  it('are the same however the stream is cut', async () => {
    expect(await linesOf('a\nb\n')).to.deep.equal(['a', 'b']);
    expect(await linesOf('a', '\n', 'b')).to.deep.equal(['a', 'b']);
    expect(await linesOf('\na\r\n\n')).to.deep.equal(['', 'a', '']);
    const letter = Buffer.from('é\n');
    expect(await linesOf(letter.subarray(0, 1), letter.subarray(1))).to.deep.equal(['é']);
    expect(await linesOf()).to.deep.equal([]);
  });

  it('do not begin with the byte order mark of a stream, however that is cut', async () => {
    const marked = Buffer.from('\uFEFFa\n\uFEFFb\n');
    expect(await linesOf(marked)).to.deep.equal(['a', '\uFEFFb']);
    expect(await linesOf(marked.subarray(0, 1), marked.subarray(1, 2), marked.subarray(2))).to.deep.equal([
      'a',
      '\uFEFFb',
    ]);
    expect(await linesOf(Buffer.from('\uFEFF'))).to.deep.equal([]);
  });

  it('are not held where one has no end', async () => {
    const long = 'x'.repeat(maxLineLength + 1);
    expect(await linesOf('a\n', long, long, '\nb\n')).to.deep.equal(['a', { tooLong: true }, 'b']);
    expect(await linesOf(`${long}\nb`)).to.deep.equal([{ tooLong: true }, 'b']);
    expect(await linesOf(long)).to.deep.equal([{ tooLong: true }]);
  });
});
