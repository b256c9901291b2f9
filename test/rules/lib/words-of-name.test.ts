import { expect } from 'chai';

import { endsInWord, hasWord } from '../../../src/rules/lib/words-of-name.ts';

describe('hasWord', () => {
  const rows: readonly (readonly [name: string, word: string, isIn: boolean])[] = [
    ['DB_PASSWORD', 'password', true],
    ['dbPassword', 'password', true],
    ['DBPassword', 'password', true],
    ['db-password', 'PASSWORD', true],
    ['db.password', 'password', true],
    ['password', 'password', true],
    ['PASSWORD2', 'password', true],
    ['PASSWORD_FILE', 'password', true],
    ['PASS', 'pass', true],
    ['BYPASS', 'pass', false],
    ['PASSENGER', 'pass', false],
    ['TRESPASSING', 'pass', false],
    ['TOKENIZER', 'token', false],
    ['SECRETARY', 'secret', false],
    ['API_KEY_V2', 'api_key', true],
    ['apiKey', 'api_key', true],
    ['APIKEY', 'api_key', true],
    ['ApiKey', 'apikey', true],
    ['OAUTH2_API_KEY', 'api-key', true],
    ['RAPID_API_KEYS', 'api_key', false],
    ['CAPI_KEY', 'api_key', false],
    ['API_SECRET_KEY', 'api_key', false],
    ['PASS_PASSWORD', 'password', true],
    ['', 'password', false],
    ['___', 'password', false],
    ['ПАРОЛЬ', 'password', false],
    ['пароль_token', 'token', true],
  ];
  for (const [name, word, isIn] of rows) {
    it(`${isIn ? 'finds' : 'does not find'} "${word}" in "${name}"`, () => {
      expect(hasWord(name, [word])).to.equal(isIn);
    });
  }

  it('finds any word of a list, and nothing in an empty one', () => {
    expect(hasWord('DB_PASSWORD', ['token', 'password'])).to.equal(true);
    expect(hasWord('DB_PASSWORD', [])).to.equal(false);
  });
});

describe('endsInWord', () => {
  const rows: readonly (readonly [name: string, word: string, isAtEnd: boolean])[] = [
    ['SECRET_NAME', 'name', true],
    ['secretName', 'name', true],
    ['SECRET_NAME_2', 'name', true],
    ['SECRET_NAME2', 'name', true],
    ['NAME', 'name', true],
    ['NAME_SECRET', 'name', false],
    ['SECRET_RENAME', 'name', false],
    ['SECRET_NAME_KEY', 'name', false],
    ['TOKEN_EXPIRES_IN', 'expires_in', true],
    ['2', 'name', false],
    ['', 'name', false],
  ];
  for (const [name, word, isAtEnd] of rows) {
    it(`${isAtEnd ? 'finds' : 'does not find'} "${word}" at the end of "${name}"`, () => {
      expect(endsInWord(name, [word])).to.equal(isAtEnd);
    });
  }

  it('takes time in proportion to the length, whatever is written', () => {
    for (const piece of ['A', 'a', '1', '_', 'Aa', 'A1', 'PASSWORD', 'pass', '1a']) {
      const name = piece.repeat(Math.ceil(300_000 / piece.length));
      endsInWord(`${name}a`, ['name']);
      hasWord(name, ['password', 'pass', 'aaaa']);
    }
  }).timeout(20_000);
});
