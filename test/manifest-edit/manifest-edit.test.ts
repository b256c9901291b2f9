/** The smallest edits of manifests: what is written, byte for byte, and what is refused. */
import { expect } from 'chai';

import { editManifests } from '../../src/manifest-edit/manifest-edit.ts';
import type { ManifestPatch } from '../../src/manifest-edit/manifest-edit.ts';

type Patch = ManifestPatch['patch'];

const noToken: Patch = { automountServiceAccountToken: false };
const label: Patch = { metadata: { labels: { 'example.com/level': 'restricted' } } };
const pull = (...names: string[]): Patch => ({
  spec: { containers: names.map((name) => ({ name, imagePullPolicy: 'Always' })) },
});
const withoutAnonymous: Patch = { subjects: [{ kind: 'User', name: 'ada' }] };

function edit(text: string, patch: Patch, index = 0): string {
  const { bytes, refused } = editManifests(Buffer.from(text), 'a.yaml', [{ index, patch }]);
  return refused[0] === undefined ? bytes.toString('utf8') : `refused: ${refused[0].reason}`;
}

const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n';
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n';
const binding = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: all }\n';

describe('the edit of a manifest', () => {
  describe('adds a field', () => {
    it('behind everything that its map holds', () => {
      expect(edit(account, noToken)).to.equal(`${account}automountServiceAccountToken: false\n`);
    });

    it('before what is said at the end of the document, and leaves a file without a last line break without one', () => {
      expect(edit(`${account}  # the end\n---\n${account}`, noToken)).to.equal(
        `${account}automountServiceAccountToken: false\n  # the end\n---\n${account}`,
      );
      expect(edit(account.trimEnd(), noToken)).to.equal(`${account}automountServiceAccountToken: false`);
    });

    it('beside a comment, which stays beside what it is about', () => {
      expect(edit(`${account.trimEnd()} # ours\n`, noToken)).to.equal(
        `${account.trimEnd()} # ours\nautomountServiceAccountToken: false\n`,
      );
    });

    it('with the line breaks of the document', () => {
      const windows = account.replaceAll('\n', '\r\n');
      expect(edit(windows, noToken)).to.equal(`${windows}automountServiceAccountToken: false\r\n`);
      expect(edit(windows, label)).to.equal(`${windows}  labels:\r\n    example.com/level: restricted\r\n`);
    });

    it('behind a byte order mark', () => {
      expect(edit(`\ufeff${account}`, noToken)).to.equal(`\ufeff${account}automountServiceAccountToken: false\n`);
    });

    it('in maps that are not there yet, indented as the document is', () => {
      expect(edit(account, label)).to.equal(`${account}  labels:\n    example.com/level: restricted\n`);
      const wide = 'apiVersion: v1\nkind: Namespace\nmetadata:\n    name: shop\n';
      expect(edit(wide, label)).to.equal(`${wide}    labels:\n        example.com/level: restricted\n`);
    });

    it('in a map that is there and empty', () => {
      const added = '    example.com/level: restricted\n';
      expect(edit(`${account}  labels:\n`, label)).to.equal(`${account}  labels:\n${added}`);
      expect(edit(`${account}  labels: # none\n  annotations: {}\n`, label)).to.equal(
        `${account}  labels: # none\n${added}  annotations: {}\n`,
      );
      expect(edit(`${account}  labels: {}\n`, label)).to.equal(
        `${account}  labels: { example.com/level: restricted }\n`,
      );
      expect(edit(`${account}  labels: null\n`, label)).to.equal(
        `${account}  labels: { example.com/level: restricted }\n`,
      );
    });

    it('behind a block of text, whatever ends it', () => {
      for (const block of ['  note: |\n    a\n    b\n', '  note: >-\n    a\n\n', '  note: |+\n    a\n\n\n']) {
        expect(edit(account + block, noToken)).to.equal(`${account}${block}automountServiceAccountToken: false\n`);
      }
      expect(edit(`${account}  note: |-\n    a`, noToken)).to.equal(
        `${account}  note: |-\n    a\nautomountServiceAccountToken: false`,
      );
    });

    it('between braces, as the others are written there', () => {
      expect(edit('{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n', label)).to.equal(
        '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {example.com/level: restricted}}}\n',
      );
      expect(edit('apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, }\n', label)).to.equal(
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { example.com/level: restricted }, }\n',
      );
    });

    it('between braces over several lines, on one of its own', () => {
      const before =
        'apiVersion: v1\nkind: Namespace\nmetadata: {\n    name: shop, # the name\n    uid: x # the last\n  }\n';
      expect(edit(before, label)).to.equal(
        before.replace(
          'uid: x # the last\n',
          'uid: x, # the last\n    labels: {\n      example.com/level: restricted\n    }\n',
        ),
      );
    });
  });

  describe('changes a value', () => {
    const containers = (policy: string): string =>
      `${pod}spec:\n  containers:\n  - name: a\n    image: a # one\n    ${policy}\n  - image: b\n    name: b\n`;

    it('in the quotes that it has', () => {
      expect(edit(containers('imagePullPolicy: Never # fast'), pull('a'))).to.equal(
        containers('imagePullPolicy: Always # fast'),
      );
      expect(edit(containers('imagePullPolicy: "Never"'), pull('a'))).to.equal(containers('imagePullPolicy: "Always"'));
      expect(edit(containers("imagePullPolicy: 'Never'"), pull('a'))).to.equal(containers("imagePullPolicy: 'Always'"));
    });

    it('that is written as a block, with a tag, or not at all', () => {
      expect(edit(containers('imagePullPolicy: |-\n      Never'), pull('a'))).to.equal(
        containers('imagePullPolicy: Always'),
      );
      expect(edit(containers('imagePullPolicy: !!str Never'), pull('a'))).to.equal(
        containers('imagePullPolicy: Always'),
      );
      expect(edit(`${account}automountServiceAccountToken: # why\n`, noToken)).to.equal(
        `${account}automountServiceAccountToken: false # why\n`,
      );
      expect(edit(`${account}automountServiceAccountToken: yes\n`, noToken)).to.equal(
        `${account}automountServiceAccountToken: false\n`,
      );
    });

    it('that stands for another one, which stays', () => {
      const text = containers('imagePullPolicy: &p Never').replace('  name: b', '  name: b\n    imagePullPolicy: *p');
      expect(edit(text, pull('b'))).to.equal(text.replace('*p', 'Always'));
    });

    it('of the items of a list that have the name', () => {
      expect(edit(containers('ports: []'), pull('b', 'a'))).to.equal(
        `${containers('ports: []\n    imagePullPolicy: Always')}    imagePullPolicy: Always\n`,
      );
    });
  });

  describe('takes items out of a list', () => {
    const ada = '- kind: User\n  apiGroup: rbac.authorization.k8s.io\n  name: ada\n';
    const anonymous = '- kind: User # nobody\n  name: system:anonymous\n';

    it('with their lines, and leaves the comments between them', () => {
      expect(edit(`${binding}subjects:\n# first\n${anonymous}# second\n${ada}${anonymous}`, withoutAnonymous)).to.equal(
        `${binding}subjects:\n# first\n# second\n${ada}`,
      );
    });

    it('and leaves brackets where all go', () => {
      expect(edit(`${binding}subjects:\n${anonymous}# the end\n`, { subjects: [] })).to.equal(
        `${binding}subjects: []\n# the end\n`,
      );
      expect(edit(`${binding}subjects: [{ kind: User, name: system:anonymous }]\n`, { subjects: [] })).to.equal(
        `${binding}subjects: []\n`,
      );
    });

    it('between brackets, with their commas', () => {
      const one = '{ kind: User, name: ada }';
      const other = '{ kind: User, name: "system:anonymous" }';
      for (const list of [
        [one, other],
        [other, one],
        [other, other, one, other],
      ]) {
        expect(edit(`${binding}subjects: [${list.join(', ')}]\n`, withoutAnonymous)).to.equal(
          `${binding}subjects: [${one}]\n`,
        );
      }
    });

    it('and refuses to write other ones', () => {
      expect(edit(`${binding}subjects:\n${ada}`, { subjects: [{ kind: 'User', name: 'bob' }] })).to.match(
        /^refused: the items of "subjects" would have to be written anew/,
      );
    });
  });

  describe('finds the object', () => {
    it('among those of a file, by its number', () => {
      const file = `# accounts\n${account}---\n${account}# last\n---\n---\n${account}`;
      expect(edit(file, noToken, 1)).to.equal(
        `# accounts\n${account}---\n${account}automountServiceAccountToken: false\n# last\n---\n---\n${account}`,
      );
    });

    it('in a list, however deep', () => {
      const list =
        'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ServiceAccount\n  metadata:\n    name: a\n- kind: List\n  apiVersion: v1\n  items:\n    - { apiVersion: v1, kind: ServiceAccount, metadata: { name: b } }\n';
      expect(edit(list, noToken, 0)).to.equal(
        list.replace('    name: a\n', '    name: a\n  automountServiceAccountToken: false\n'),
      );
      expect(edit(list, noToken, 1)).to.equal(
        list.replace('{ name: b } }', '{ name: b }, automountServiceAccountToken: false }'),
      );
    });

    it('in JSON, one value after the other, as it is printed', () => {
      const compact = '{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"d\\u00e9"}}\n';
      const pretty = `${JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'é' } }, null, '\t')}\n`;
      expect(edit(compact + pretty + compact, noToken, 2)).to.equal(
        compact + pretty + compact.replace('}}', '},"automountServiceAccountToken":false}'),
      );
      expect(edit(compact + pretty, label, 1)).to.equal(
        compact + pretty.replace('"é"\n', '"é",\n\t\t"labels": {\n\t\t\t"example.com/level": "restricted"\n\t\t}\n'),
      );
    });

    it('in YAML that closes its brackets further left than YAML 1.2 allows', () => {
      const text = `${pod}spec:\n  containers:\n  - name: a\n    args: [\n    x\n  ]\n    image: a\n`;
      expect(edit(text, pull('a'))).to.equal(`${text}    imagePullPolicy: Always\n`);
      const windows = text.replaceAll('\n', '\r\n');
      expect(edit(windows, pull('a'))).to.equal(`${windows}    imagePullPolicy: Always\r\n`);
    });
  });

  describe('is refused', () => {
    it('where something else would change with it', () => {
      const unused = account.replace('metadata:', 'metadata: &m');
      expect(edit(unused, label)).to.equal(`${unused}  labels:\n    example.com/level: restricted\n`);
      const two =
        'apiVersion: v1\nkind: List\nitems:\n- &a\n  apiVersion: v1\n  kind: ServiceAccount\n  metadata: { name: a }\n- *a\n';
      expect(edit(two, noToken, 0)).to.match(/^refused: others use what is written here \("&a"\)/);
      expect(edit(two, noToken, 1)).to.match(/^refused: it is written elsewhere \("\*a"\)/);
    });

    it('where a map comes from what is merged, but not where only a value does', () => {
      const merged = (what: string): string =>
        `apiVersion: v1\nkind: List\nx: &x { ${what} }\nitems:\n- <<: *x\n  apiVersion: v1\n  kind: ServiceAccount\n  metadata: { name: a }\n`;
      expect(edit(merged('automountServiceAccountToken: true'), noToken)).to.equal(
        `${merged('automountServiceAccountToken: true')}  automountServiceAccountToken: false\n`,
      );
      const map = merged('spec: { hostNetwork: true }').replace('ServiceAccount', 'Pod');
      expect(edit(map, { spec: { hostNetwork: false } })).to.match(/^refused: "spec" comes from what "<<" names/);
    });

    it('where the file is not UTF-8, of which not every byte would come back', () => {
      const { bytes, refused } = editManifests(Buffer.from(`\ufeff${account}`, 'utf16le'), 'a.yaml', [
        { index: 0, patch: noToken },
      ]);
      expect([bytes.length, refused.map(({ reason }) => reason)]).to.deep.equal([
        2 * (account.length + 1),
        ['the file is not UTF-8'],
      ]);
    });

    it('where the text would mean something else, and the others are made', () => {
      // A later "<<" wins over what is written before it.
      const text = `x: &x { automountServiceAccountToken: true }\n${account}automountServiceAccountToken: true\n<<: *x\n`;
      const { bytes, made, refused } = editManifests(Buffer.from(`${account}---\n${text}---\n${account}`), 'a.yaml', [
        { index: 0, patch: noToken },
        { index: 1, patch: noToken },
        { index: 2, patch: noToken },
      ]);
      expect(made.map(({ index }) => index)).to.deep.equal([0, 2]);
      expect(refused.map(({ patch, reason }) => [patch.index, reason])).to.deep.equal([
        [1, 'the text would mean something else besides'],
      ]);
      const fixed = `${account}automountServiceAccountToken: false\n`;
      expect(bytes.toString('utf8')).to.equal(`${fixed}---\n${text}---\n${fixed}`);
    });
  });

  it('makes the patches of one object one after the other', () => {
    const { bytes, made } = editManifests(Buffer.from(account), 'a.yaml', [
      { index: 0, patch: label },
      { index: 0, patch: { metadata: { labels: { other: 'on' } } } },
      { index: 0, patch: noToken },
    ]);
    expect(made).to.have.length(3);
    expect(bytes.toString('utf8')).to.equal(
      `${account}  labels:\n    example.com/level: restricted\n    other: "on"\nautomountServiceAccountToken: false\n`,
    );
  });
});
