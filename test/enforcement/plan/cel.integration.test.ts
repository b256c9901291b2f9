/** What goes into CEL comes out: literals held against the same text in an object, by a real API server. */
import { expect } from 'chai';

import { celLiteral } from '../../../src/enforcement/plan/cel.ts';
import { bodyOf } from '../../support/api-client.ts';
import { useControlPlane } from '../../support/integration.ts';
import { waitUntil } from '../../support/wait-until.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const name = 'cel-literals';
const seed = 8;

/** Of what breaks literals, words, and anything; the same for the same seed. */
function generateTexts(count: number): readonly string[] {
  const pieces = [
    '\\',
    "'",
    '"',
    '`',
    '\n',
    '\r',
    '\t',
    '\0',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ufffd',
    '\u{10ffff}',
  ];
  const words = [
    '\\u0041',
    '\\x41',
    '\\101',
    "''' ",
    '"""',
    "r'",
    "b'",
    '{{',
    '${a}',
    '%s',
    '//',
    '/*',
    "' || true || '",
    'ü',
    '日本',
    '😀',
    'é',
  ];
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const any = (): string => {
    const code = next(0x11_0000);
    return String.fromCodePoint(code >= 0xd800 && code <= 0xdfff ? 0x20 : code);
  };
  const piece = (): string =>
    [
      () => pieces[next(pieces.length)] ?? '',
      () => words[next(words.length)] ?? '',
      any,
      () => String.fromCodePoint(next(0x100)),
    ][next(4)]?.() ?? '';
  const random = Array.from({ length: count }, () => Array.from({ length: next(12) }, piece).join(''));
  return [...new Set(['', ...pieces, ...words, ...random])];
}

describe('literals in CEL', () => {
  const cluster = useControlPlane();
  const texts = generateTexts(500);

  after('the policy', async () => {
    await cluster().client.resource(ADMISSION, 'validatingadmissionpolicybindings').delete(name);
    await cluster().client.resource(ADMISSION, 'validatingadmissionpolicies').delete(name);
  });

  it(`mean the same to an API server: ${texts.length} of them`, async () => {
    const { client } = cluster();
    await client.createNamespace(name);
    const validations = texts.map((text, index) => ({
      expression: `object.data['t${index}'] == ${celLiteral(text)} && object.data['t${index}'] in ${celLiteral([text, 'x'])}`,
      message: `text ${index}`,
    }));
    const others = {
      expression: `${celLiteral(-5)} + 5 == 0 && ${celLiteral([-1, 2])} == [1 - 2, 2] && ${celLiteral(true)}`,
    };
    const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }];
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': name } };
    const spec = { matchConstraints: { resourceRules, namespaceSelector }, validations: [...validations, others] };
    const policies = client.resource(ADMISSION, 'validatingadmissionpolicies');
    bodyOf('policy', await policies.create({ metadata: { name }, spec }));
    const bindings = client.resource(ADMISSION, 'validatingadmissionpolicybindings');
    const binding = { policyName: name, validationActions: ['Deny'] };
    bodyOf('binding', await bindings.create({ metadata: { name }, spec: binding }));

    const answer = async (changed?: number): Promise<string> => {
      const data = Object.fromEntries(texts.map((text, index) => [`t${index}`, index === changed ? `${text}!` : text]));
      const path = `/api/v1/namespaces/${name}/configmaps?dryRun=All`;
      const { status, body } = await client.request('POST', path, { body: { metadata: { name: 'texts' }, data } });
      return `${status} ${String(body['message'])}`;
    };
    await waitUntil(async () => (await answer(0)).startsWith('422'), { what: 'the policy to be in force' });
    expect(await answer()).to.match(/^201 /);
    // Each is compared: one that differs is told by its number.
    for (const index of [1, Math.floor(texts.length / 2), texts.length - 1]) {
      expect(await answer(index)).to.match(new RegExp(`^422 .* denied request: text ${index}$`));
    }
  });
});
