/** Holds the rows that `kubectl-rows.test.ts` holds us to, to the real kubectl. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { useControlPlane } from '../support/integration.ts';
import { fieldRows } from './field-rows.ts';
import { readText } from './read-text.ts';
import { refusedRows } from './refused-rows.ts';
import { header } from './row-texts.ts';
import { refusedScalars, scalarRows } from './scalar-rows.ts';
import { streamRows } from './stream-rows.ts';
import { stricterRows } from './stricter-rows.ts';
import { nearlyYaml } from './yaml-generator.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** What kubectl made of one file. */
interface Created {
  readonly objects: readonly JsonObject[];
  readonly names: readonly string[];
  /** Whether kubectl complained about the file. */
  readonly isRefused: boolean;
}

describe('kubectl', () => {
  const controlPlane = useControlPlane();

  /** Lets one kubectl read a folder with a file for each text; an object between two files tells where one ends. */
  async function create(texts: readonly (string | Buffer)[]): Promise<readonly Created[]> {
    const folder = await mkdtemp(join(tmpdir(), 'merlon-rows-'));
    try {
      await Promise.all(
        texts.flatMap((text, index) => [
          writeFile(join(folder, `${fileName(index)}-a.yaml`), text),
          writeFile(join(folder, `${fileName(index)}-b.yaml`), header.replace('row', `end-${index}`)),
        ]),
      );
      const args = ['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', folder];
      const { stdout, stderr } = await controlPlane().kubectl(args);
      const { manifests } = await readText(stdout);
      return texts.map((_, index) => {
        const start = manifests.findIndex(({ name }) => name === `end-${index - 1}`) + 1;
        const created = manifests.slice(
          start,
          manifests.findIndex(({ name }) => name === `end-${index}`),
        );
        return {
          objects: created.map(({ json }) => json),
          names: created.map(({ name }) => name),
          isRefused: stderr.includes(`${fileName(index)}-a.yaml`),
        };
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('makes of every scalar what the row says', async () => {
    const created = await create(scalarRows.map(({ yaml }) => `${header}x: ${yaml}\n`));
    const read = scalarRows.map((row, index) => ({ ...row, value: created[index]?.objects[0]?.['x'] }));
    expect(read).to.deep.equal(scalarRows);
  });

  it('refuses every scalar that the rows call refused', async () => {
    const created = await create(refusedScalars.map(({ yaml }) => `${header}x: ${yaml}\n`));
    const refused = refusedScalars.filter((_, index) => created[index]?.isRefused === true);
    expect(refused).to.deep.equal(refusedScalars);
  });

  it('makes of every document what the row says', async () => {
    const created = await create(fieldRows.map(({ yaml }) => header + yaml));
    const read = fieldRows.map((row, index) => {
      const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...fields } = created[index]?.objects[0] ?? {};
      return { ...row, fields };
    });
    expect(read).to.deep.equal(fieldRows);
  });

  it('sees in every stream the objects that the row says', async () => {
    const created = await create(streamRows.map(({ text }) => text));
    const read = streamRows.map(({ says }, index) => [says, created[index]?.names]);
    expect(read).to.deep.equal(streamRows.map(({ says, names }) => [says, names]));
    expect(created.filter(({ isRefused }) => isRefused)).to.deep.equal([]);
  });

  it('refuses every stream that the rows call refused', async () => {
    const created = await create(refusedRows.map(({ text }) => text));
    const refused = refusedRows.filter((_, index) => created[index]?.isRefused === true);
    expect(refused.map(({ says }) => says)).to.deep.equal(refusedRows.map(({ says }) => says));
  });

  it('accepts what the rows say only we refuse', async () => {
    const created = await create(stricterRows.map(({ text }) => text));
    const refused = stricterRows.filter((_, index) => created[index]?.isRefused === true);
    expect(refused.map(({ says }) => says)).to.deep.equal([]);
  });

  it('sees the same fields as we in 2000 texts that are nearly YAML, wherever both read them', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
    const texts = fc.sample(nearlyYaml, { seed, numRuns: 2000 }).map((text) => header + text);
    const created = await create(texts);
    let compared = 0;
    for (const [index, text] of texts.entries()) {
      const { manifests, problems } = await readText(text);
      const theirs = created[index];
      if (theirs === undefined || theirs.isRefused || problems.length > 0) continue;
      compared += 1;
      const ours = manifests.map(({ json }) => json);
      const hint = `SEED=${seed}, text ${index}: ${JSON.stringify(text)}`;
      expect(withoutSpace(ours), hint).to.deep.equal(withoutSpace(theirs.objects));
    }
    expect(compared).to.be.greaterThan(100);
  });
});

/**
 * The objects as they compare: without the namespace that kubectl adds, and without white space in strings, because
 * YAML 1.1 and 1.2 fold quoted lines differently.
 */
function withoutSpace(objects: readonly JsonObject[]): unknown {
  const text = JSON.stringify(objects.map(({ metadata: _metadata, ...fields }) => fields));
  return JSON.parse(text, (_, field: unknown) => (typeof field === 'string' ? field.replaceAll(/\s/g, '') : field));
}

/** Names that sort as the numbers do. */
function fileName(index: number): string {
  return `row-${String(index).padStart(4, '0')}`;
}
