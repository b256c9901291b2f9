import { expect } from 'chai';
import { parseFieldPath } from '../../src/scan/field-path.ts';
import { readOne, readText } from './read-text.ts';

const deployment = `# A comment first.

apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
    "quoted key": yes
  annotations: {a.b/c: x, "d": y}
spec:
  template:
    spec:
      hostPID: true
      containers:
      - name: first
        image: a:1
        command:
        - sh
        - |
          spec:
            hostPID: false
        securityContext:
          privileged: true

      # Another comment.
      - image: b:1
        name: second
      -
        name: third
      volumes: [{name: v},
        {name: w}]
`;

describe('lineOf', () => {
  const rows: readonly (readonly [sentence: string, path: string, line: number])[] = [
    ['gives the first line of the object for no path', '', 3],
    ['gives the line of a field', 'kind', 4],
    ['gives the line of a nested field', 'spec.template.spec.hostPID', 14],
    ['gives the line of a map', 'spec.template', 12],
    ['gives the line of a list', 'spec.template.spec.containers', 15],
    ['gives the line of a list item', 'spec.template.spec.containers[1]', 27],
    ['gives the line of an item whose dash stands alone', 'spec.template.spec.containers[2]', 30],
    ['gives the line of a field of an item', 'spec.template.spec.containers[1].name', 28],
    ['gives the line of a field deep in an item', 'spec.template.spec.containers[0].securityContext.privileged', 24],
    ['gives the line of a scalar item', 'spec.template.spec.containers[0].command[0]', 19],
    ['gives the line on which a block begins', 'spec.template.spec.containers[0].command[1]', 20],
    ['gives the line of a key with dots', 'metadata.labels["app.kubernetes.io/name"]', 8],
    ['gives the line of a quoted key', 'metadata.labels["quoted key"]', 9],
    ['gives the line of a key in braces', 'metadata.annotations["d"]', 10],
    ['gives the line of an item in brackets', 'spec.template.spec.volumes[1].name', 32],
    ['gives the parent of an absent field', 'spec.template.spec.containers[1].securityContext.privileged', 27],
    ['gives the nearest parent of an absent branch', 'spec.strategy.type', 11],
    ['gives the list for an absent item', 'spec.template.spec.containers[3].name', 15],
    ['gives the object for a field of which nobody has heard', 'status.phase', 3],
    ['gives the field for an index into no list', 'spec.template[0]', 12],
    ['does not look for fields in the text of a block', 'spec.template.spec.containers[0].command[1].spec', 20],
    ['ends at what reads as no path', 'spec.template..spec', 12],
  ];
  for (const [sentence, path, line] of rows) {
    it(sentence, async () => {
      const manifest = await readOne(deployment);
      expect(manifest.place.lineOf(path)).to.equal(line);
    });
  }

  const header = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';

  it('follows an alias to the line where the field is written', async () => {
    const { place } = await readOne(`${header}x: &a\n  p: 1\nspec: *a\n`);
    expect([place.lineOf('spec'), place.lineOf('spec.p'), place.lineOf('spec.q')]).to.deep.equal([6, 5, 6]);
  });
  it('follows a merge to the line where the field is written', async () => {
    const { place } = await readOne(`${header}x: &a\n  p: 1\nspec:\n  <<: *a\n  q: 2\n`);
    expect([place.lineOf('spec.p'), place.lineOf('spec.q'), place.lineOf('spec.r')]).to.deep.equal([5, 8, 6]);
  });
  it('gives the value that counts where a merge and a field give the same key', async () => {
    const { place } = await readOne(`${header}x: &a\n  p: 1\nspec:\n  p: 2\n  <<: *a\nstatus:\n  <<: *a\n  p: 3\n`);
    expect([place.lineOf('spec.p'), place.lineOf('status.p')]).to.deep.equal([5, 11]);
  });
  it('follows the first of several merged maps that gives the key', async () => {
    const { place } = await readOne(`${header}x: &a\n  p: 1\nz: &b\n  p: 2\n  q: 2\nspec:\n  <<: [*a, *b]\n`);
    expect([place.lineOf('spec.p'), place.lineOf('spec.q')]).to.deep.equal([5, 8]);
  });
  it('counts the lines of the documents before', async () => {
    const { manifests } = await readText(`# x\n---\n${header}---\n\n${header}spec:\n  hostPID: true\n`);
    const lines = manifests.map(({ place }) => [place.line, place.lineOf('spec.hostPID')]);
    expect(lines).to.deep.equal([
      [3, 3],
      [8, 12],
    ]);
  });
  it('counts Windows line ends once', async () => {
    const { place } = await readOne(`${header}spec:\n  hostPID: true\n`.replaceAll('\n', '\r\n'));
    expect(place.lineOf('spec.hostPID')).to.equal(5);
  });
  it('counts letters outside ASCII once', async () => {
    const { place } = await readOne(`# é名🚀\n---\n${header}# é名🚀\nx: é名🚀\nspec:\n  hostPID: true\n`);
    expect(place.lineOf('spec.hostPID')).to.equal(9);
  });
  it('counts right behind brackets and quotes that are closed at the margin', async () => {
    const { place } = await readOne(`${header}x:\n  w: [\n{a: 1},\n{b: 2}\n  ]\n  v: "p\nq"\nspec:\n  hostPID: true\n`);
    const paths = ['x.w[0].a', 'x.w[1].b', 'x.v', 'spec.hostPID'];
    expect(paths.map((path) => place.lineOf(path))).to.deep.equal([6, 7, 9, 12]);
  });
  it('gives each item of a List its own line', async () => {
    const item = (name: string) =>
      `- apiVersion: v1\n  kind: Pod\n  metadata: {name: ${name}}\n  spec:\n    hostPID: yes\n`;
    const { manifests } = await readText(`apiVersion: v1\nkind: List\nitems:\n${item('a')}${item('b')}`);
    const lines = manifests.map(({ place }) => ['', 'spec.hostPID', 'spec.hostIPC'].map((path) => place.lineOf(path)));
    expect(lines).to.deep.equal([
      [4, 8, 7],
      [9, 13, 12],
    ]);
  });
  it('gives each item of a long List its own line, in whatever order they are asked for', async () => {
    const item = (index: number) => `- {apiVersion: v1, kind: Pod, metadata: {name: a${index}}}\n`;
    const { manifests } = await readText(
      `apiVersion: v1\nkind: List\nitems:\n${Array.from({ length: 200 }, (_, index) => item(index)).join('')}`,
    );
    const asked = [150, 40, 41, 41, 199, 0, 35, 100];
    expect(asked.map((index) => manifests[index]?.place.lineOf('metadata.name'))).to.deep.equal(
      asked.map((index) => index + 4),
    );
    expect(manifests.map(({ place }) => place.line)).to.deep.equal(
      Array.from({ length: 200 }, (_, index) => index + 4),
    );
  });
  it('knows the lines of JSON', async () => {
    const json =
      '{"apiVersion": "v1", "kind": "Pod",\n "metadata": {"name": "a"},\n "spec": {\n  "x": [1,\n   {"y\\u0041": 2}]}}';
    const { manifests } = await readText(`\n${json}\n${json}`);
    const paths = ['', 'kind', 'spec', 'spec.x[0]', 'spec.x[1]', 'spec.x[1].yA', 'spec.x[2]'];
    const lines = manifests.map(({ place }) => paths.map((path) => place.lineOf(path)));
    expect(lines).to.deep.equal([
      [2, 2, 4, 5, 6, 6, 5],
      [7, 7, 9, 10, 11, 11, 10],
    ]);
  });
});

describe('parseFieldPath', () => {
  const rows: readonly (readonly [sentence: string, path: string, steps: readonly (string | number)[]])[] = [
    ['splits at dots', 'spec.hostPID', ['spec', 'hostPID']],
    ['takes indexes as numbers', 'a[10][2].b', ['a', 10, 2, 'b']],
    ['takes a quoted key as it is', 'a["b.c/d[0]"].e', ['a', 'b.c/d[0]', 'e']],
    ['resolves the escapes of a quoted key', 'a["b\\"c\\u0041"]', ['a', 'b"cA']],
    ['finds no steps in nothing', '', []],
    ['ends where the path ends to make sense', 'a[b].c', ['a']],
  ];
  for (const [sentence, path, steps] of rows) {
    it(sentence, () => {
      expect(parseFieldPath(path)).to.deep.equal(steps);
    });
  }
});
