import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { maxYamlDocumentBytes } from '../../src/scan/document-stream.ts';
import { loadManifests, maxFileBytes } from '../../src/scan/manifests.ts';
import type { InputProblem } from '../../src/scan/input-problem.ts';
import { readOne, readText, streamOf } from './read-text.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;

describe('loadManifests', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-scan-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }

  /** What was found, as `path:line name`, with paths below the test's folder. */
  async function load(inputs: readonly string[], stdin: string | AsyncIterable<Uint8Array> = '') {
    const found: string[] = [];
    const problems: InputProblem[] = [];
    const leftOut: string[] = [];
    const below = (path: string) => path.replace(`${folder}/`, '');
    for await (const item of loadManifests(inputs, { stdin: typeof stdin === 'string' ? streamOf(stdin) : stdin })) {
      if (item.type === 'problem') problems.push({ ...item.problem, path: below(item.problem.path) });
      else if (item.type === 'leftOut') leftOut.push(`${below(item.leftOut)} by ${below(item.by)}`);
      else found.push(`${below(item.manifest.place.path)}:${item.manifest.place.line} ${item.manifest.name}`);
    }
    return { found, problems, ...(leftOut.length > 0 && { leftOut }) };
  }

  it('reads a file whatever it is called', async () => {
    await write({ 'a.txt': pod('a') });
    expect((await load([join(folder, 'a.txt')])).found).to.deep.equal(['a.txt:1 a']);
  });
  it('reads .yaml, .yml and .json of a folder to the bottom, sorted', async () => {
    const json = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "j"}}';
    await write({
      'b/z.yml': pod('z'),
      'b/c/w.yaml': pod('w'),
      'a.json': json,
      'B.yaml': pod('b'),
      'x.txt': 'x',
      'y.tpl': '{{',
    });
    const { found, problems } = await load([folder]);
    expect(found).to.deep.equal(['B.yaml:1 b', 'a.json:1 j', 'b/c/w.yaml:1 w', 'b/z.yml:1 z']);
    expect(problems).to.deep.equal([]);
  });
  it('leaves out folders that start with a dot, but not the one that was named', async () => {
    await write({ '.git/a.yaml': pod('a'), '.k8s/.x/b.yaml': pod('b'), '.k8s/c.yaml': pod('c') });
    expect((await load([folder])).found).to.deep.equal([]);
    expect((await load([join(folder, '.k8s')])).found).to.deep.equal(['.k8s/c.yaml:1 c']);
  });
  it('leaves out what .merlonignore names beside it, and says so', async () => {
    await write({
      '.merlonignore': '# careless on purpose\nsamples/\nb.yaml # too\n\n',
      'a.yaml': pod('a'),
      'b.yaml': pod('b'),
      'samples/c.yaml': pod('c'),
      'sub/b.yaml': pod('d'),
    });
    const { found, problems, leftOut } = await load([folder]);
    expect(found).to.deep.equal(['a.yaml:1 a', 'sub/b.yaml:1 d']);
    expect(leftOut).to.deep.equal(['b.yaml by .merlonignore', 'samples by .merlonignore']);
    expect(problems).to.deep.equal([]);
    expect((await load([join(folder, 'samples')])).found).to.deep.equal(['samples/c.yaml:1 c']);
  });
  it('names what .merlonignore leaves out and what is not there', async () => {
    await write({ '.merlonignore': 'sample\n', 'a.yaml': pod('a') });
    const { found, problems } = await load([folder]);
    expect(found).to.deep.equal(['a.yaml:1 a']);
    expect(problems).to.deep.equal([{ path: '.merlonignore', reason: 'names "sample", which is not there' }]);
  });
  it('follows links and reads no folder twice', async () => {
    await write({ 'real/a.yaml': pod('a'), 'elsewhere/x/b.yaml': pod('b') });
    await symlink('..', join(folder, 'real/up'));
    await symlink('real', join(folder, 'twin'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'real/link'));
    await symlink(join(folder, 'elsewhere/x/b.yaml'), join(folder, 'real/c.yaml'));
    const { found, problems } = await load([join(folder, 'real')]);
    expect(found).to.deep.equal(['real/a.yaml:1 a', 'real/c.yaml:1 b', 'real/link/x/b.yaml:1 b']);
    expect(problems).to.deep.equal([]);
  });
  it('names links that lead nowhere or back to themselves', async () => {
    await symlink('nowhere', join(folder, 'a.yaml'));
    await symlink('b.yaml', join(folder, 'b.yaml'));
    const { problems } = await load([folder]);
    expect(problems).to.deep.equal([
      { path: 'a.yaml', reason: 'no such file or folder' },
      { path: 'b.yaml', reason: 'is a link that leads back to itself' },
    ]);
  });
  it('names an input that does not exist and reads the others', async () => {
    await write({ 'a.yaml': pod('a') });
    const { found, problems } = await load([join(folder, 'missing'), join(folder, 'a.yaml')]);
    expect(found).to.deep.equal(['a.yaml:1 a']);
    expect(problems).to.deep.equal([{ path: 'missing', reason: 'no such file or folder' }]);
  });
  it('reads standard input where - stands', async () => {
    await write({ 'a.yaml': pod('a') });
    const { found } = await load([join(folder, 'a.yaml'), '-'], pod('b'));
    expect(found).to.deep.equal(['a.yaml:1 a', '-:1 b']);
  });
  it('reads standard input once', async () => {
    const { found, problems } = await load(['-', '-'], pod('a'));
    expect(found).to.deep.equal(['-:1 a']);
    expect(problems).to.deep.equal([{ path: '-', reason: 'standard input can be read only once' }]);
  });
  it('names a standard input that cannot be read', async () => {
    const broken = new Readable({ read: () => broken.destroy(Object.assign(new Error('EISDIR'), { code: 'EISDIR' })) });
    expect(await load(['-'], broken)).to.deep.equal({ found: [], problems: [{ path: '-', reason: 'is a folder' }] });
  });
  it('reads no file that is too large to hold', async () => {
    await write({ 'a.yaml': '', 'b.yaml': pod('b') });
    await truncate(join(folder, 'a.yaml'), maxFileBytes + 1);
    const { found, problems } = await load([folder]);
    expect(found).to.deep.equal(['b.yaml:1 b']);
    expect(problems).to.deep.equal([{ path: 'a.yaml', reason: 'is larger than 256 MiB; split it' }]);
  });
  it('reads no YAML document that is too large to hold, and the others', async () => {
    const large = Buffer.concat([
      Buffer.from(`${pod('a')}---\n`),
      Buffer.alloc(maxYamlDocumentBytes + 1, '#'),
      Buffer.from(`\n---\n${pod('b')}`),
    ]);
    await writeFile(join(folder, 'a.yaml'), large);
    const { found, problems } = await load([folder]);
    expect(found).to.deep.equal(['a.yaml:1 a', 'a.yaml:7 b']);
    expect(problems).to.deep.equal([
      { path: 'a.yaml', line: 5, reason: 'a YAML document larger than 64 MiB; split it, or give it as JSON' },
    ]);
  });
  it('finds nothing in an empty folder, an empty file and an empty standard input', async () => {
    await write({ 'a.yaml': '', 'b.yaml': '# nothing\n' });
    expect(await load([folder, '-'])).to.deep.equal({ found: [], problems: [] });
  });
  it('names file and line of what does not parse and reads the other documents and files', async () => {
    await write({ 'a.yaml': `${pod('a')}---\nx: [\n---\n${pod('b')}`, 'b.yaml': pod('c') });
    const { found, problems } = await load([folder]);
    expect(found).to.deep.equal(['a.yaml:1 a', 'a.yaml:7 b', 'b.yaml:1 c']);
    expect(problems).to.have.lengthOf(1);
    expect(problems[0]).to.include({ path: 'a.yaml', line: 6 });
  });

  it('says how to render a Helm template', async () => {
    const template = `${pod('a')}spec:\n  {{- if .Values.x }}\n  hostPID: true\n  {{- end }}\n`;
    await write({
      'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
      'chart/templates/a.yaml': template,
    });
    const { found, problems } = await load([folder]);
    expect(found).to.deep.equal(['chart/Chart.yaml:1 shop']);
    expect(problems).to.have.lengthOf(1);
    expect(problems[0]?.reason).to.match(
      /; looks like a Helm template; render it first: helm template .*\/chart \| merlon scan -$/,
    );
  });
  it('says so too for a template from standard input', async () => {
    const { problems } = await load(['-'], 'apiVersion: v1\nkind: {{ .Values.kind }}\n');
    expect(problems[0]?.reason).to.match(
      /; looks like a Helm template; render it first: helm template CHART \| merlon scan -$/,
    );
  });
  it('says that values of a chart belong to it', async () => {
    await write({ 'Chart.yaml': 'apiVersion: v2\nname: shop\n', 'values.yaml': 'image: a:1\n' });
    const { problems } = await load([folder]);
    expect(problems[0]?.reason).to.match(/^has no "kind".*; belongs to a Helm chart; render it first: helm template /);
  });
  it('takes a kustomization for an object that is not judged, and a patch that is no object for a problem', async () => {
    await write({
      'overlay/kustomization.yaml': 'resources: [a.yaml]\n',
      'overlay/patch.yaml': '- op: remove\n  path: /x\n',
    });
    const { found, problems } = await load([folder]);
    expect(found).to.deep.equal(['overlay/kustomization.yaml:1 overlay']);
    expect(problems[0]?.reason).to.match(
      /^is a list.*; if it belongs to the kustomization, render it: kubectl kustomize /,
    );
  });
  it('does not take {{ in a valid string for a template', async () => {
    const { problems, manifests } = await readText(`${pod('a')}x: "{{ .Values.x }}"\n`);
    expect(problems).to.deep.equal([]);
    expect(manifests).to.have.lengthOf(1);
  });
});

describe('a manifest', () => {
  it('knows who it is', async () => {
    const { apiVersion, kind, namespace, name } = await readOne(
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n',
    );
    expect({ apiVersion, kind, namespace, name }).to.deep.equal({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    });
  });
  it('shows a name that is to be generated with a star', async () => {
    const { name } = await readOne('apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-}\n');
    expect(name).to.equal('run-*');
  });
  it('takes an empty namespace for none', async () => {
    const manifest = await readOne('apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ""}\n');
    expect(manifest).not.to.have.property('namespace');
  });

  const refused: readonly (readonly [sentence: string, text: string, line: number, reason: RegExp])[] = [
    [
      'needs an apiVersion, though kubectl guesses v1',
      '# x\n\nkind: Pod\nmetadata: {name: x}\n',
      3,
      /^Pod has no "apiVersion"$/,
    ],
    ['needs a name', 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n', 3, /^Pod has no name/],
    ['needs metadata to have a name', 'apiVersion: v1\nkind: Pod\n', 1, /^Pod has no name/],
    ['needs a name that is a string', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: 010\n', 3, /^Pod has no name/],
    ['needs metadata that is an object', 'apiVersion: v1\nkind: Pod\nmetadata: [name]\n', 3, /^Pod has no name/],
    [
      'needs a namespace that is a string',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: yes}\n',
      3,
      /^Pod "a" has a boolean as "metadata.namespace"$/,
    ],
    ['of a List needs a kind', 'kind: List\napiVersion: v1\nitems:\n- metadata: {name: x}\n', 4, /^has no "kind"/],
  ];
  for (const [sentence, text, line, reason] of refused) {
    it(sentence, async () => {
      const { manifests, problems } = await readText(text);
      expect(manifests).to.deep.equal([]);
      expect(problems).to.have.lengthOf(1);
      expect(problems[0]?.line).to.equal(line);
      expect(problems[0]?.reason).to.match(reason);
    });
  }

  it('unfolds from a List in a List', async () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Pod\n';
    const { manifests } = await readText(`${list}    metadata: {name: a}\n`);
    expect(manifests.map(({ name, place }) => [name, place.line])).to.deep.equal([['a', 7]]);
  });
  it('takes its kind from a typed list where it says nothing of itself', async () => {
    const { manifests } = await readText('apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n');
    expect(manifests.map(({ apiVersion, kind }) => [apiVersion, kind])).to.deep.equal([['apps/v1', 'Deployment']]);
  });
  it('keeps to what it says of itself in a typed list', async () => {
    const text =
      'apiVersion: v1\nkind: PodList\nitems:\n- kind: Secret\n  apiVersion: v1\n  metadata: {name: a}\n- kind: Pod\n  metadata: {name: b}\n';
    const { manifests, problems } = await readText(text);
    expect(manifests.map(({ kind }) => kind)).to.deep.equal(['Secret']);
    expect(problems.map(({ line, reason }) => [line, reason])).to.deep.equal([[7, 'Pod has no "apiVersion"']]);
  });
  it('refuses lists that nest without end', async () => {
    const { manifests, problems } = await readText(
      `${'{"apiVersion":"v1","kind":"List","items":['.repeat(30)}${']}'.repeat(30)}`,
    );
    expect(manifests).to.deep.equal([]);
    expect(problems[0]?.reason).to.equal('lists nest more than 20 levels deep');
  });
});
