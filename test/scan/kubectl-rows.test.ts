import { expect } from 'chai';
import { fieldRows } from './field-rows.ts';
import { readOne, readText } from './read-text.ts';
import { refusedRows } from './refused-rows.ts';
import type { RefusedRow } from './refused-rows.ts';
import { header } from './row-texts.ts';
import { refusedScalars, scalarRows } from './scalar-rows.ts';
import { streamRows } from './stream-rows.ts';
import { stricterRows } from './stricter-rows.ts';

describe('scan reads a scalar as kubectl does:', () => {
  for (const { says, yaml, value } of scalarRows) {
    it(says, async () => {
      const { json } = await readOne(`${header}x: ${yaml}\n`);
      expect(json['x']).to.deep.equal(value);
    });
  }
});

describe('scan refuses a scalar that kubectl refuses:', () => {
  for (const { says, yaml } of refusedScalars) {
    it(says, async () => {
      const { manifests, problems } = await readText(`${header}x: ${yaml}\n---\n${header}`);
      expect(problems).to.have.lengthOf(1);
      expect(problems[0]?.line).to.be.within(4, 5);
      expect(manifests).to.have.lengthOf(1);
    });
  }
});

describe('scan reads a document as kubectl does:', () => {
  for (const { says, yaml, fields } of fieldRows) {
    it(says, async () => {
      const { json } = await readOne(header + yaml);
      const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...read } = json;
      expect(read).to.deep.equal(fields);
    });
  }
});

describe('scan reads a stream as kubectl does:', () => {
  for (const { says, text, names } of streamRows) {
    it(says, async () => {
      const { manifests, problems } = await readText(text);
      expect(problems).to.deep.equal([]);
      expect(manifests.map(({ name }) => name)).to.deep.equal(names);
    });
  }
});

describe('scan refuses what kubectl refuses, names the line, and reads on:', () => {
  refusedRows.forEach(itIsRefused);
});

describe('scan refuses what readers read differently, names the line, and reads on:', () => {
  stricterRows.forEach(itIsRefused);
});

function itIsRefused({ says, text, line, reason, names = [] }: RefusedRow): void {
  it(says, async () => {
    const { manifests, problems } = await readText(text);
    expect(problems).to.have.lengthOf(1);
    expect(problems[0]?.reason).to.match(reason);
    expect(problems[0]).to.deep.include({ path: '-', line });
    expect(manifests.map(({ name }) => name)).to.deep.equal(names);
  });
}
