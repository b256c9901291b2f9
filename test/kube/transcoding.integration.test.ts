/** Both encodings of the same object, as Kubernetes' own code writes them, must read the same. */
import { realpathSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { apiVersionOf, kindNames, kinds } from '../../src/core/kinds.ts';
import type { Kind } from '../../src/core/kinds.ts';
import { shapeCodec } from '../../src/kube/codec.ts';
import { unwrapObject } from '../../src/kube/protobuf-envelope.ts';
import { selectAssets } from '../control-plane/assets.ts';
import { skipUnlessMet } from '../support/integration.ts';
import { runProcess } from '../support/run-process.ts';
import { showMalformed } from './malformed-fields.ts';
import { objectArbitrary } from './object-arbitrary.ts';

interface Transcoded {
  readonly json?: unknown;
  readonly protobuf?: string;
  readonly error?: string;
}

const objectsPerKind = Number(process.env['TRANSCODED_OBJECTS'] ?? 200);
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe(`Protobuf and JSON of generated objects (SEED=${seed})`, () => {
  let transcode: (lines: readonly string[]) => Promise<readonly Transcoded[]>;

  before(async function () {
    skipUnlessMet(this, ['build']);
    this.timeout(60 * 60_000);
    const { kubeApiServer } = await selectAssets(process.env);
    if (kubeApiServer === undefined) throw new Error('there is no binary');
    const binary = realpathSync(kubeApiServer);
    transcode = async (lines) => {
      const { stdout } = await runProcess(binary, ['transcode'], { stdin: `${lines.join('\n')}\n`, timeoutMs: 60_000 });
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Transcoded);
    };
  });

  // client-go knows no APIService: what a real API server sends of it is compared in test/rules.
  for (const name of kindNames.filter((kind) => kind !== 'APIService')) {
    it(`reads ${name} the same from both`, async function () {
      this.timeout(60_000);
      const kind: Kind = kinds[name];
      const objects = fc.sample(objectArbitrary(apiVersionOf(kind), name, kind.shape), {
        numRuns: objectsPerKind,
        seed,
      });
      const answers = await transcode(objects.map((object) => JSON.stringify(object)));
      expect(answers).to.have.length(objects.length);
      const codec = shapeCodec(kind.shape);
      for (const { json, protobuf, error } of answers) {
        expect(error).to.equal(undefined);
        const bytes = Buffer.from(protobuf ?? '', 'base64');
        const { start, end } = unwrapObject(bytes, 0, bytes.length);
        expect(showMalformed(codec.protobuf?.(bytes, start, end))).to.deep.equal(showMalformed(codec.json(json)));
      }
    });
  }
});
