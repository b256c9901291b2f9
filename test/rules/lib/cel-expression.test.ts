import { expect } from 'chai';

import { weighExpression, weighVariables } from '../../../src/rules/lib/cel-expression.ts';

const variablesOf = (texts: Readonly<Record<string, string>>): ReturnType<typeof weighVariables> =>
  weighVariables(Object.entries(texts).map(([name, expression]) => ({ name, expression })));
const always = (text: string, variables: Readonly<Record<string, string>> = {}): boolean | undefined =>
  weighExpression(text, variablesOf(variables)).always;

const isTrue = [
  'true',
  ' true ',
  '(true)',
  '!false',
  '!!true',
  '1 == 1',
  '1 != 2',
  '2 > 1 && 1 <= 1',
  '"a" == \'a\'',
  "'a' != 'b'",
  "request.name != '' || true",
  "true || request.name == 'web'",
  '!(false && object.spec.hostPID)',
  'object.spec == object.spec',
  '(object.stdin) == (object.stdin)',
  'true ? true : object.stdin',
  'object.stdin ? true : (1 == 1)',
  'true // whatever || false',
  "('a' == 'b') == false",
  '1 == 1 == true',
];
const isFalse = [
  'false',
  '!true',
  '1 == 2',
  "'a' == 'b'",
  'object.stdin && false',
  'false || 1 > 2',
  'object.a != object.a',
];
const isUntold = [
  'object.spec.hostPID',
  "request.name != 'web'",
  'size([1]) == 1',
  'has(object.spec.hostPID) || false',
  'object.spec.?hostPID.orValue(false) == true',
  '[1, 2].all(n, n == 1 || true)',
  '(1 == 1).size() == 1',
  '1 == 1.0',
  "'a\\'' == 'b'",
  '1 in [1]',
  'object.stdin ? true : false',
  "r'true'",
  '"""true"""',
];
const isNone = [
  '',
  '(',
  'true)',
  '1 ==',
  'true ? true',
  '§',
  'object["a"',
  'x'.repeat(70_000),
  '('.repeat(60_000),
  '!'.repeat(60_000),
  '['.repeat(60_000),
  'a ? b : '.repeat(8_000),
];

describe('an expression in CEL', () => {
  for (const text of isTrue) it(`is always true: ${text}`, () => expect(always(text)).to.equal(true));
  for (const text of isFalse) it(`is always false: ${text}`, () => expect(always(text)).to.equal(false));
  for (const text of isUntold) it(`may come to anything: ${text}`, () => expect(always(text)).to.equal(undefined));
  for (const text of isNone) {
    it(`is none, of which nothing is told: ${text.slice(0, 20)}`, () => expect(always(text)).to.equal(undefined));
  }

  it('comes to what its variables come to', () => {
    expect(always('variables.ok', { ok: '1 == 1' })).to.equal(true);
    expect(always('!variables.ok || variables.other', { ok: 'true', other: 'variables.ok' })).to.equal(true);
    expect(always('variables.ok', { ok: 'object.stdin' })).to.equal(undefined);
    expect(always('variables.gone')).to.equal(undefined);
    expect(always('variables.ok', { ok: 'variables.ok' })).to.equal(undefined);
  });

  it('mentions what it looks at, by its variables, too', () => {
    const variables = variablesOf({ who: "request.userInfo.username + ' of ' + namespaceObject.metadata.name" });
    const { mentions } = weighExpression("variables.who != '' && !has(object.?spec) && params.request", variables);

    expect([...mentions]).to.include.members(['object.spec', 'request.userInfo', 'namespaceObject', 'params']);
    expect([...mentions]).not.to.include.members(['request', 'spec']);
    expect([...mentions]).not.to.include('username');
  });

  it('is read in no time, however many backslashes it has, and a raw text has no escapes', () => {
    const slashes = '\\\\'.repeat(20_000);
    for (const quote of ['"""', "'''"]) {
      expect(always(`r${quote}\\${quote} != object.metadata.name && "${slashes}" != request.name`)).to.equal(undefined);
      expect(always(`${quote}${slashes}`)).to.equal(undefined);
    }
    expect(always("r'\\' == r'\\'")).to.equal(true);
  });

  it('is not read where it is longer than anybody writes one', () => {
    for (const text of ['true == '.repeat(6_000) + 'true', 'a<'.repeat(15_000) + 'a', ' '.repeat(70_000)]) {
      expect(weighExpression(text)).to.deep.include({ always: undefined, isTooLong: true });
    }
    expect(weighExpression('true && '.repeat(1_000) + 'true')).to.deep.include({ always: true });
  });

  it('mentions nothing that stands in a text or is a field of something else', () => {
    expect([...weighExpression("'object.spec' == x.object.params // request.name").mentions]).to.deep.equal([
      'x',
      'x.object',
    ]);
  });
});
